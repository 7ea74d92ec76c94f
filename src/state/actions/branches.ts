/** Between an inspection and what came of questions asked of it: each is a run of its own on the stage. */
import { runOfBranch } from '@agentiad/core/replay/branches.ts';
import { runOfTrace, turnCount } from '@agentiad/core/replay/runSoFar.ts';
import type { StudioContext } from '../context.ts';
import { wantPictures } from './images.ts';

/** Shows branch `id` of the trace on the stage, or the inspection itself for null. The step on show stays where it can. */
export function showBranch(context: StudioContext, id: string | null): void {
  const { store, playhead } = context;
  const { current } = store.getState();
  if (!current?.trace || current.activity !== 'open' || current.branch === id) return;
  const run = id === null ? runOfTrace(current.trace) : runOfBranch(current.trace, id);
  const shown = { ...current, run, branch: id };
  store.setState({ current: shown, selected: null });
  const turns = turnCount(run);
  playhead.reset({ live: false, turns, t: Math.min(playhead.turn(), turns) });
  wantPictures(context, shown);
}

/** Opens a branch at its first own step. */
export function openBranch(context: StudioContext, id: string): void {
  const branch = context.store.getState().current?.trace?.branches?.find((known) => known.id === id);
  if (!branch) return;
  showBranch(context, id);
  const steps = context.store.getState().current?.run.steps ?? [];
  context.playhead.goTo(steps.length - branch.steps.length + 1);
}
