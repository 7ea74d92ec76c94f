/** "What decided it?": the inspection made again with something taken away or made wrong, one control after the other. */
import { windowOfGoodParts } from '@agentiad/core/image/windowLevel.ts';
import { CHECK_KINDS, type CheckKind, type Trace, type TraceCheck } from '@agentiad/core/protocol/trace.ts';
import { problemOf } from '../../runtime/messages.ts';
import { whyNotAsk } from '../askable.ts';
import { addNotice, readFile, type StudioContext } from '../context.ts';
import { recipeFor } from '../recipes.ts';
import { enabledExemplars, type Current, type StudioState } from '../studioState.ts';
import { windowOfRun } from '../windows.ts';
import { setAsking, stopIfAsked } from './ask.ts';
import { claimOrTell } from './claim.ts';
import { jobFor, libraryJob } from './job.ts';
import { growTrace } from './keepBranch.ts';

/** Does nothing while `whyNotAsk` has a reason. Every control is kept as soon as it is done. */
export async function checkWhatDecided(context: StudioContext): Promise<void> {
  const { store, host } = context;
  const { current } = store.getState();
  if (!current?.trace || whyNotAsk(store.getState()) !== null) return;
  const claim = claimOrTell(context);
  if (!claim) return;
  const { runId, trace } = current;
  try {
    setAsking(context, { runId, kind: 'checks', done: 0, total: CHECK_KINDS.length, isStopping: false });
    await host.holdRun(runId, () => makeChecks(context, current, trace));
  } catch (error) {
    addNotice(context, problemOf(error, current.name));
  } finally {
    setAsking(context, null);
    claim.release();
  }
}

async function makeChecks(context: StudioContext, current: Current, trace: Trace): Promise<void> {
  const { store } = context;
  for (const [index, kind] of CHECK_KINDS.entries()) {
    if (store.getState().asking?.isStopping) return;
    const check = await makeCheck(context, current, kind, trace);
    if (check.status === 'interrupted') return;
    const grown = await growTrace(context, current.runId, trace, (now) => ({
      ...now,
      checks: [...(now.checks ?? []).filter((other) => other.kind !== kind), check],
    }));
    store.setState(({ current: shown, asking }) => ({
      ...(shown?.runId === current.runId && { current: { ...shown, trace: grown } }),
      asking: asking && { ...asking, done: index + 1 },
    }));
  }
}

async function makeCheck(context: StudioContext, current: Current, kind: CheckKind, trace: Trace): Promise<TraceCheck> {
  const bytes = await readFile(context, current.sha256);
  if (!bytes || !current.askedFor) throw new Error('the check was asked for without its image');
  const job = { ...jobFor(context, current, current.askedFor, bytes), believes: false };
  const others = kind === 'wrong-exemplar' ? otherLibrary(context.store.getState(), current) : null;
  const checking = context.engine.check(job, { kind, trace, others }, (sha256) => readFile(context, sha256));
  stopIfAsked(context);
  return checking;
}

/** Good parts of the first other category that has some. */
function otherLibrary(state: StudioState, current: Current) {
  const other = state.categories.find(
    ({ name }) => name !== current.category && enabledExemplars(state, name).length > 0,
  );
  return other
    ? libraryJob(state, other.name, windowOfGoodParts(windowOfRun(current)), recipeFor(state, other.name))
    : null;
}
