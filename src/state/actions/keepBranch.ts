/** Keeps the branch that a question makes: with every step that comes, and as it ends. */
import type { MadeBranch } from '@agentiad/core/agent/askAgain.ts';
import type { Trace, TraceBranch } from '@agentiad/core/protocol/trace.ts';
import type { RunSoFar } from '@agentiad/core/replay/runSoFar.ts';
import { guarded, type StudioContext } from '../context.ts';
import type { Current, EngineStatus } from '../studioState.ts';
import { keepRun } from './room.ts';

export interface BranchKeeper {
  /** Stores what there is by now; of what comes faster than it is stored, only the newest. */
  keepSoFar(run: RunSoFar): void;
  /** Stores it as it ended, in the place of what there was of it. */
  keep(made: MadeBranch): Promise<Trace>;
  /** The inspection with what was kept of the branch; as it was before when that is nothing. */
  kept(): Promise<Trace>;
}

/** Call it while the run is held. `named` is what is known of the branch from its beginning. */
export async function createBranchKeeper(
  context: StudioContext,
  {
    current,
    trace,
    begun,
    named,
  }: {
    readonly current: Current;
    readonly trace: Trace;
    readonly begun: RunSoFar;
    readonly named: Pick<TraceBranch, 'id' | 'kind' | 'after'>;
  },
): Promise<BranchKeeper> {
  const { branchSoFar } = await import('@agentiad/core/agent/branchSoFar.ts');
  const known = {
    ...named,
    created: context.host.now().toISOString(),
    model: modelOf(context.store.getState().engine) ?? trace.verdict.model,
  };
  let kept = trace;
  let newest: RunSoFar | null = null;
  let storing: Promise<void> | null = null;
  const put = async ({ branch, assets }: MadeBranch) => {
    kept = await growTrace(context, current.runId, trace, (now) => ({
      ...now,
      assets: { ...now.assets, ...assets },
      branches: [...(now.branches ?? []).filter(({ id }) => id !== branch.id), branch],
    }));
  };
  const storeNewest = async () => {
    while (newest) {
      const run = newest;
      newest = null;
      const branch = branchSoFar(run, begun, known);
      const own = branch.images.map(({ asset }) => [asset, run.assets[asset]!] as const);
      await put({ branch, assets: Object.fromEntries(own) });
    }
    storing = null;
  };
  return {
    keepSoFar(run) {
      if (run.steps.length === begun.steps.length) return;
      newest = run;
      storing ??= storeNewest();
    },
    async keep(made) {
      newest = null;
      await storing;
      await put(made);
      return kept;
    },
    async kept() {
      await storing;
      return kept;
    },
  };
}

/** The loaded model as verdicts name it. */
function modelOf(engine: EngineStatus): TraceBranch['model'] | null {
  if (engine.state !== 'ready') return null;
  const { card, backend } = engine.info;
  const { id, sha256, scheme, trainedOn, licence, commercialUse, tuned } = card;
  return {
    ...{ id, sha256, scheme, trainedOn, licence, commercialUse, tuned },
    ...{ backend: backend.name, adapter: backend.adapter },
  };
}

/**
 * Adds to what is stored under a run, which may have grown in another tab meanwhile: call it while the run is held.
 * `shown` is what there was on the stage. Returns the grown trace.
 */
export async function growTrace(
  context: StudioContext,
  runId: string,
  shown: Trace,
  grow: (trace: Trace) => Trace,
): Promise<Trace> {
  const { store, storage, unsaved } = context;
  const found = unsaved.get(runId) ?? (await guarded(context, 'This inspection', () => storage.loadRun(runId)));
  const { verdict, ...rest } = found?.stored ?? shown;
  const grown = grow(verdict ? { ...rest, verdict, assets: { ...shown.assets, ...rest.assets } } : shown);
  const record = found?.run ?? store.getState().history.find(({ id }) => id === runId);
  if (record) await keepRun(context, record, grown);
  return grown;
}
