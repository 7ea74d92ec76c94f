/** Turns what an inspection did into a verdict (design §6): label, regions, claims with their evidence, coverage. */
import type { Box } from '../image/box.ts';
import { boxArea, boxFromCrop, boxToPixels } from '../image/box.ts';
import type { Answer } from '../protocol/answer.ts';
import { labelOfScore } from '../protocol/thresholds.ts';
import type { TraceImage, TraceStep } from '../protocol/trace.ts';
import type { Claim, ExemplarUse, Label, LibraryMatchSummary, Region } from '../protocol/verdict.ts';
import { askedBox, cropTool } from '../tools/crop.ts';
import type { LoopResult } from './loop.ts';

export const SCORE_MEANING =
  'How strongly the agent leans to "anomalous" when it writes its answer: 0 = normal, 1 = anomalous. Not a probability.';

export const CALIBRATED_MEANING =
  'How likely a part that scores so is defective, as on the labelled images that its recipe was validated on.';
export const NO_SCORE_MEANING = 'Library match decided; the agent was not asked and gave no score.';

/** Of what was stopped. */
export const NOTHING_DECIDED = 'Stopped before an answer. Nothing was decided.';

/** Label and reason in plain words; `doubt` (see `findDoubt`) always means review (design §6). */
export function decide(options: {
  readonly result: LoopResult;
  /** On the scale of the thresholds: calibrated where the recipe is. */
  readonly score: number | null;
  readonly thresholds: { readonly t1: number; readonly t2: number };
  readonly doubt: string | null;
}): { label: Label; reason: string } {
  const { result, score, thresholds, doubt } = options;
  if (result.status === 'interrupted') return { label: 'review', reason: NOTHING_DECIDED };
  if (result.status === 'failed' || !result.answer || score === null) {
    const cause = result.errors[0]?.message ?? 'The agent gave no answer.';
    return { label: 'review', reason: `Sent to review: the inspection failed. ${cause}` };
  }
  const says = `The agent says ${describeAnswer(result.answer)}.`;
  if (doubt !== null) return { label: 'review', reason: `Sent to review: ${doubt}. ${says}` };
  const label = labelOfScore(score, thresholds);
  return { label, reason: `${BECAUSE[label]} ${says}` };
}

const BECAUSE: Readonly<Record<Label, string>> = {
  normal: 'The score is below t1.',
  anomalous: 'The score is above t2.',
  review: 'Sent to review: the score lies between t1 and t2.',
};

export function describeAnswer(answer: Answer): string {
  return answer.anomaly_present ? `defect: ${answer.top_anomaly}` : 'normal';
}

/**
 * Every place the agent or a person looked at, and, for an anomalous answer, where it says the defect is. A verdict that
 * the thresholds made normal has no defect region, whatever the agent said.
 */
export function collectRegions(found: {
  readonly answer: Answer | null;
  readonly label: Label;
  readonly images: readonly TraceImage[];
  readonly steps: readonly TraceStep[];
}): Region[] {
  const { answer, label, images, steps } = found;
  const regions: Region[] = [];
  const add = (region: Omit<Region, 'id'>) => regions.push({ id: `r${regions.length + 1}`, ...region });
  const zooms = steps.flatMap((step) => zoomOf(step, images) ?? []);
  for (const { frame, step, origin } of zooms) add({ kind: 'inspected', box: frame, label: null, step, origin });
  if (!answer?.anomaly_present || label === 'normal') return regions;
  const answerStep = steps.at(-1)!.id;
  for (const { image: index, bbox_2d: box } of answer.evidence ?? []) {
    const image = imageAt(images, index);
    // A box the wrong way round means no place; unlike a tool call it cannot be asked for again.
    if (!image || !isOnPart(image) || !box || box[0] >= box[2] || box[1] >= box[3]) continue;
    const origin = { image: index, frame: image.frame, raw: `[${box.join(', ')}]`, clamped: false };
    add({
      kind: 'defect',
      box: toPart(box, image.frame),
      label: answer.top_anomaly,
      step: answerStep,
      origin,
    });
  }
  if (regions.some(({ kind }) => kind === 'defect')) return regions;
  // No box in the answer: the last place that was asked for, without the padding.
  const last = zooms.at(-1);
  if (last) add({ kind: 'defect', box: last.asked, label: answer.top_anomaly, step: last.step, origin: last.origin });
  return regions;
}

/** Where a step zoomed into the part: what was shown, and what was asked for without padding. */
function zoomOf({ id, call, observation }: TraceStep, images: readonly TraceImage[]) {
  const shown = imageAt(images, observation?.image);
  if (call?.name !== cropTool.name || shown?.role !== 'crop') return null;
  const raw = call.arguments['bbox_2d'] as readonly number[];
  const target = call.arguments['target_image'] as number;
  const { frame } = imageAt(images, target)!;
  const clamped = observation?.boxes[0]?.clamped ?? false;
  const origin = { image: target, frame, raw: `[${raw.join(', ')}]`, clamped };
  return { frame: shown.frame, step: id, asked: askedBox(raw, frame), origin };
}

function imageAt(images: readonly TraceImage[], index: number | null | undefined): TraceImage | null {
  return images.find((image) => image.index === index) ?? null;
}

/** One claim per cited evidence or description; a claim that cites nothing the agent did is marked unsupported. */
export function collectClaims(answer: Answer | null, regions: readonly Region[], steps: readonly TraceStep[]): Claim[] {
  if (!answer) return [];
  const cited = (answer.evidence ?? []).map((evidence): Claim => {
    const step = steps.find(({ observation }) => observation?.image === evidence.image)?.id;
    const inStep = evidence.image === 1 ? steps[0]?.id : step;
    const raw = evidence.bbox_2d ? `[${evidence.bbox_2d.join(', ')}]` : null;
    const about = regions.filter((region) =>
      region.kind === 'defect'
        ? region.origin.raw === raw && region.origin.image === evidence.image
        : region.step === step,
    );
    const stepIds = inStep ? [inStep] : [];
    return {
      text: evidence.text,
      evidence: { steps: stepIds, regions: about.map(({ id }) => id) },
      unsupported: stepIds.length === 0,
    };
  });
  const texts = new Set(cited.map(({ text }) => text));
  const uncited = answer.visual_descriptions
    .filter((text) => !texts.has(text))
    .map((text): Claim => ({ text, evidence: { steps: [], regions: [] }, unsupported: true }));
  return [...cited, ...uncited];
}

/** Library match's own view of the whole part, else of the largest view it compared; `first`: what it saw before all. */
export function summariseLibraryMatch(
  steps: readonly TraceStep[],
  first: LibraryMatchSummary | null = null,
): LibraryMatchSummary | null {
  const matches = [...steps.flatMap(({ observation }) => observation?.match ?? []), ...(first ? [first] : [])];
  return matches.toSorted((a, b) => boxArea(b.view) - boxArea(a.view))[0] ?? null;
}

/** Good parts that were shown, each once. */
export function collectExemplars(steps: readonly TraceStep[]): ExemplarUse[] {
  const used = new Map<string, ExemplarUse>();
  for (const { observation } of steps) {
    const exemplar = observation?.exemplar;
    if (exemplar && !used.has(exemplar.id)) used.set(exemplar.id, exemplar);
  }
  return [...used.values()];
}

function isOnPart({ role }: TraceImage): boolean {
  return role === 'part' || role === 'crop';
}

function toPart(normalised: Box, frame: Box): Box {
  return boxFromCrop(boxToPixels(normalised, { width: frame[2] - frame[0], height: frame[3] - frame[1] }), frame);
}
