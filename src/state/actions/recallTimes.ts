/** What inspections of earlier visits consisted of: for the first one of this visit, whose time is foretold from it. */
import type { StudioContext } from '../context.ts';
import { withTimed, type TimedRun } from '../expectedTime.ts';

/** Each is a trace to read. */
const RECALLED = 6;

/** Looks at the last inspections made here with the model and the backend that are used now. */
export async function recallTimes({ store, storage }: StudioContext): Promise<void> {
  const { engine, history, timed } = store.getState();
  if (engine.state !== 'ready' || timed.length > 0) return;
  const { card, backend } = engine.info;
  const last = history.filter(({ origin, status }) => origin === 'live' && status === 'complete').slice(0, RECALLED);
  let recalled: readonly TimedRun[] = [];
  for (const { id, category, durationMs } of last.toReversed()) {
    const trace = (await storage.loadRun(id))?.stored;
    if (!trace?.verdict || trace.verdict.model.sha256 !== card.sha256) continue;
    if (trace.verdict.model.backend !== backend.name) continue;
    // The first one of a kind worked out the features of its good parts, unless an earlier one had.
    const isFirst = !history.some((run) => run.category === category && run.created < trace.verdict!.created);
    const about = { category, recipe: null, seconds: durationMs / 1000, newExemplars: isFirst ? 1 : 0 };
    recalled = withTimed(recalled, { ...trace, verdict: trace.verdict }, about);
  }
  const earlier = recalled.map((run): TimedRun => ({ ...run, isEarlier: true }));
  store.setState((state) => ({ timed: [...earlier, ...state.timed] }));
}
