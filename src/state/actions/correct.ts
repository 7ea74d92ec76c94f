/** Correcting boxes and label of the run on the stage: written through at every change, undone and redone. */
import type { Box } from '@agentiad/core/image/box.ts';
import { hashVerdict } from '@agentiad/core/protocol/hashVerdict.ts';
import type { CorrectionRecord } from '../../storage/schema.ts';
import { guarded, type StudioContext } from '../context.ts';
import {
  arrowStep,
  correctionOf,
  middleBox,
  movedBox,
  resizedBox,
  type CorrectedRegion,
  type CorrectionContent,
} from '../correction.ts';
import { omit, withKey } from '../keyed.ts';
import type { Change } from '../change.ts';
import type { StudioState } from '../studioState.ts';
import { setCompareMode } from './compare.ts';
import { decidable } from './decide.ts';
import { refusedHere } from './readOnly.ts';

/** The boxes that the stage shows and edits now; null: nothing is being corrected. */
export function corrected(
  state: Pick<StudioState, 'current' | 'correcting' | 'corrections' | 'decisions'>,
): CorrectionContent | null {
  const { current, correcting } = state;
  const verdict = decidable(state);
  if (!verdict || !current || correcting?.runId !== current.runId) return null;
  return correctionOf(verdict, state.corrections[current.runId], state.decisions[current.runId]);
}

export function beginCorrecting(context: StudioContext): void {
  const { store, playhead } = context;
  const { current } = store.getState();
  if (!current || !decidable({ current }) || refusedHere(context)) return;
  playhead.last();
  setCompareMode(context, 'off');
  store.setState({ correcting: { runId: current.runId, selected: null }, selected: null });
}

export function endCorrecting({ store }: StudioContext): void {
  store.setState({ correcting: null });
}

/** Keeps the boxes as they are shown, also those that nobody had to change, and ends. */
export async function confirmCorrection(context: StudioContext): Promise<void> {
  const { store } = context;
  const { current, corrections } = store.getState();
  const content = corrected(store.getState());
  if (current && content && !corrections[current.runId]) await keep(context, content);
  endCorrecting(context);
}

export function selectCorrected({ store }: StudioContext, selected: number | null): void {
  store.setState(({ correcting }) => ({ correcting: correcting && { ...correcting, selected } }));
}

export async function addCorrected(context: StudioContext, box: Box | null = null): Promise<void> {
  const { current } = context.store.getState();
  const content = corrected(context.store.getState());
  if (!current || !content) return;
  const type = content.regions.at(-1)?.type ?? current.trace?.verdict.settings.types[0] ?? null;
  selectCorrected(context, content.regions.length);
  await keep(context, {
    label: 'anomalous',
    regions: [...content.regions, { box: box ?? middleBox(current.size), type }],
  });
}

export async function changeCorrected(
  context: StudioContext,
  index: number,
  change: Partial<CorrectedRegion>,
): Promise<void> {
  await edit(context, index, (region) => [{ ...region, ...change }]);
}

/** Deletes a box. The part stays defective: where it is may not be known. */
export async function removeCorrected(context: StudioContext, index: number): Promise<void> {
  const left = (corrected(context.store.getState())?.regions.length ?? 0) - 1;
  await edit(context, index, () => []);
  selectCorrected(context, left > 0 ? Math.min(index, left - 1) : null);
}

/** A part said to be good has no box. */
export async function labelCorrected(context: StudioContext, label: CorrectionRecord['label']): Promise<void> {
  const content = corrected(context.store.getState());
  if (!content || content.label === label) return;
  if (label === 'normal') selectCorrected(context, null);
  await keep(context, { label, regions: label === 'normal' ? [] : content.regions });
}

/** Moves or resizes the selected box by one step of the arrow keys. */
export async function nudgeCorrected(
  context: StudioContext,
  how: 'move' | 'resize',
  dx: number,
  dy: number,
): Promise<void> {
  const { current, correcting } = context.store.getState();
  if (!current || correcting?.selected == null) return;
  const step = arrowStep(current.size);
  const change = how === 'move' ? movedBox : resizedBox;
  await edit(
    context,
    correcting.selected,
    (region) => [{ ...region, box: change(region.box, dx * step, dy * step, current.size) }],
    `${how} ${correcting.selected}`,
  );
}

/** Forgets what was corrected: the part is again what the verdict and the decision say. */
export async function dropCorrection(context: StudioContext): Promise<void> {
  const { current, corrections } = context.store.getState();
  if (!current || !corrections[current.runId]) return;
  await change(context, current.runId, null);
  selectCorrected(context, null);
}

/** Shows and stores the correction of a run; null takes it back. */
export async function putCorrection(
  context: StudioContext,
  runId: string,
  correction: CorrectionRecord | null,
): Promise<void> {
  context.store.setState(({ corrections, correcting }) => ({
    corrections: correction ? withKey(corrections, runId, correction) : omit(corrections, runId),
    correcting:
      correcting?.runId === runId && (correcting.selected ?? 0) >= (correction?.regions.length ?? 0)
        ? { runId, selected: null }
        : correcting,
  }));
  await guarded(context, 'The correction', async () => {
    if (correction) await context.storage.putCorrection(correction);
    else await context.storage.deleteCorrection(runId);
  });
}

async function edit(
  context: StudioContext,
  index: number,
  by: (region: CorrectedRegion) => readonly CorrectedRegion[],
  gesture: string | null = null,
): Promise<void> {
  const content = corrected(context.store.getState());
  if (!content?.regions[index]) return;
  const regions = content.regions.flatMap((region, at) => (at === index ? by(region) : [region]));
  await keep(context, { label: content.label, regions }, gesture);
}

async function keep(context: StudioContext, content: CorrectionContent, gesture: string | null = null): Promise<void> {
  const { store, host, preferences } = context;
  const { current } = store.getState();
  const verdict = decidable({ current });
  if (!current || !verdict) return;
  const { label, regions } = content;
  await change(
    context,
    current.runId,
    {
      runId: current.runId,
      label,
      regions,
      author: preferences.getState().author,
      at: host.now().toISOString(),
      verdictSha256: hashVerdict(verdict),
    },
    gesture,
  );
}

/** A run of presses of the same key is one change. */
async function change(
  context: StudioContext,
  runId: string,
  after: CorrectionRecord | null,
  gesture: string | null = null,
): Promise<void> {
  const before = context.store.getState().corrections[runId] ?? null;
  context.store.setState(({ changes }) => {
    const last = changes.done.at(-1);
    const goesOn = gesture !== null && last?.kind === 'correction' && last.runId === runId && last.gesture === gesture;
    const made: Change = { kind: 'correction', runId, before: goesOn ? last.before : before, after, gesture };
    return { changes: { done: [...(goesOn ? changes.done.slice(0, -1) : changes.done), made], undone: [] } };
  });
  await putCorrection(context, runId, after);
}
