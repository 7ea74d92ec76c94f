/** Pointing at a region of the verdict: the replay goes to the turn that shows it, the stage frames and highlights it. */
import type { Claim } from '@agentiad/core/protocol/verdict.ts';
import type { StudioContext } from '../context.ts';
import { turnOfRegion } from '@agentiad/core/replay/runSoFar.ts';

export function selectRegion({ store, playhead }: StudioContext, regionId: string): void {
  const run = store.getState().current?.run;
  const region = run?.verdict?.regions.find((known) => known.id === regionId);
  if (!run || !region) return;
  const turn = turnOfRegion(run, region);
  playhead.seek(turn);
  store.setState({ selected: { regionId, turn } });
}

/** Pointing at the region that is pointed at lets go of it. */
export function toggleRegion(context: StudioContext, regionId: string): void {
  if (context.store.getState().selected?.regionId === regionId) context.store.setState({ selected: null });
  else selectRegion(context, regionId);
}

/** Shows what a claim rests on: its first region, else its first step. */
export function selectClaim(context: StudioContext, { evidence }: Claim): void {
  const [regionId] = evidence.regions;
  if (regionId !== undefined) return selectRegion(context, regionId);
  const steps = context.store.getState().current?.run.steps ?? [];
  const turn = steps.findIndex((step) => step.id === evidence.steps[0]) + 1;
  if (turn > 0) context.playhead.goTo(turn);
}
