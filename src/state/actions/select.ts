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
  // On a narrow page the picture comes to the front.
  store.setState({ selected: { regionId, turn }, narrowPane: 'image' });
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
  if (turn > 0) showStep(context, turn);
}

/** Goes to a step, with the picture in front on a narrow page. */
export function showStep({ store, playhead }: StudioContext, turn: number): void {
  playhead.goTo(turn);
  store.setState({ narrowPane: 'image' });
}

/** Points at the next region of the verdict (`by` 1) or the one before (-1); after the last comes the first. */
export function selectNextRegion(context: StudioContext, by: 1 | -1): void {
  const { current, selected } = context.store.getState();
  const regions = current?.run.verdict?.regions ?? [];
  if (regions.length === 0) return;
  const at = regions.findIndex(({ id }) => id === selected?.regionId);
  const next = at < 0 ? (by === 1 ? 0 : regions.length - 1) : (at + by + regions.length) % regions.length;
  selectRegion(context, regions[next]!.id);
}

/** The mouse is over a region, on the stage or in a list; null: over none. */
export function hoverRegion({ store }: StudioContext, regionId: string | null): void {
  if (store.getState().hovered !== regionId) store.setState({ hovered: regionId });
}
