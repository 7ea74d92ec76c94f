/**
 * What a teacher is asked for, step by step (agent-spec §2.4, §2.6): a region to look at, why it deserves a closer look
 * (CoT-1, perceptive), what the close view shows (CoT-2, local), why it is not enough, and how the part differs from a
 * known-good one (CoT-3, comparative). Our own wording. The truth goes to the teacher as a private hint, and only in
 * the steps and fields that the specification names.
 */
import type { ChatCompletionContentPart, ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import { candidateTypes, systemPrompt } from '@agentiad/core/agent/prompt.ts';
import type { Box } from '@agentiad/core/image/box.ts';
import { boxToPixels } from '@agentiad/core/image/box.ts';
import { cropRaster } from '@agentiad/core/image/crop.ts';
import { encodePng } from '@agentiad/core/image/png.ts';
import type { Raster } from '@agentiad/core/image/raster.ts';
import type { TraceStep } from '@agentiad/core/protocol/trace.ts';
import type { Label } from '../../data/labelledCase.ts';

export interface StepContext {
  readonly category: string;
  readonly types: readonly string[];
  readonly truth: { readonly label: Label; readonly type: string | null };
  /** Where the student is about to zoom or has zoomed, normalised. */
  readonly region: Box;
  readonly steps: readonly TraceStep[];
  /** Images of the conversation so far, as the model saw them; the first is the part. */
  readonly images: readonly Raster[];
}

export type StepName = 'region' | 'perceive' | 'look' | 'doubt' | 'compare';
export type HintField = 'status' | 'type' | 'box';

interface ReasoningStep {
  /** What of the truth the teacher is told. */
  readonly hints: readonly HintField[];
  readonly wants: string;
  shows(context: StepContext): readonly { readonly caption: string; readonly raster: Raster }[];
}

const WRITER =
  'You write demonstrations for a student who learns to inspect industrial parts. You write as the student would: ' +
  'in the first person, from what can be seen in the images, in plain words.';

const ANSWER_FORM =
  'Write the final turn exactly in the form <think>reasoning</think><answer>JSON</answer> that the student was told, ' +
  'and nothing else. In <think>, two to five sentences that lead from what is visible to the conclusion.';

const seenSoFar = ({ images }: StepContext) =>
  images.map((raster, index) => ({
    caption: index === 0 ? 'Image 1, the whole part:' : `Image ${index + 1}:`,
    raster,
  }));

export const REASONING_STEPS: Readonly<Record<StepName, ReasoningStep>> = {
  region: {
    hints: [],
    wants:
      'Choose the one region of the part that most deserves a closer look. ' +
      'Write only its box as [x_min, y_min, x_max, y_max], each a number from 0 to 1.',
    shows: seenSoFar,
  },
  perceive: {
    hints: ['status', 'type', 'box'],
    wants:
      'Write two or three sentences: what the student sees in the whole image at the marked region, and why that region ' +
      'deserves a closer look. Do not conclude, do not name a defect type, do not speak of a second image or of a mark. ' +
      'Plain text without tags.',
    shows: (context) => [{ caption: 'The whole part:', raster: context.images[0]! }, ...regionView(context)],
  },
  look: {
    hints: ['status', 'type'],
    wants: `Bring together the whole view and, where there is one, the close view. ${ANSWER_FORM}`,
    shows: seenSoFar,
  },
  doubt: {
    hints: [],
    wants:
      'Write two or three sentences in which the student says that the close view alone does not settle it and that a ' +
      'known-good part is needed to compare with. Do not conclude. Plain text without tags.',
    shows: () => [],
  },
  compare: {
    hints: ['status', 'type'],
    wants:
      'The last image shows a known-good part. Describe in <think> how the inspected region agrees with or differs from ' +
      `it, then conclude. ${ANSWER_FORM}`,
    shows: seenSoFar,
  },
};

/** The request of one step, as chat messages. */
export function stepMessages(name: StepName, context: StepContext): ChatCompletionMessageParam[] {
  const { hints, wants, shows } = REASONING_STEPS[name];
  const task = [
    `Class of the part: "${context.category}".`,
    ['Candidate anomaly types:', ...candidateTypes(context.types).map((type) => `- ${type}`)].join('\n'),
    ...(context.steps.length > 0 ? [`The inspection so far:\n${transcriptOf(context.steps)}`] : []),
    ...(hints.length > 0 ? [hintText(hints, context)] : []),
    wants,
  ].join('\n\n');
  const answers = name === 'look' || name === 'compare';
  return [
    { role: 'system', content: answers ? `${WRITER}\n\nThe student was told:\n${systemPrompt([])}` : WRITER },
    { role: 'user', content: [...imageParts(shows(context)), { type: 'text', text: task }] },
  ];
}

/** The truth, for the teacher alone. Its wording is forbidden in the output (`outputRules.ts`). */
export function hintText(
  fields: readonly HintField[],
  { truth, region }: Pick<StepContext, 'truth' | 'region'>,
): string {
  const isBad = truth.label === 'anomalous';
  const facts = [
    ...(fields.includes('status') ? [`the part is ${isBad ? 'ABNORMAL' : 'NORMAL'}`] : []),
    ...(fields.includes('type') && isBad && truth.type !== null ? [`the defect type is "${truth.type}"`] : []),
    ...(fields.includes('box') ? [`the region is ${boxText(region)}`] : []),
  ];
  return `Private, for you alone: ${facts.join('; ')}. What you write must agree with this and never reveal that you were told.`;
}

/** Turns and observations as text, for a teacher or a judge to read. */
export function transcriptOf(steps: readonly TraceStep[]): string {
  return steps
    .flatMap(({ rawText, observation }) => [
      `Student: ${rawText}`,
      ...(observation ? [`Tool: ${observation.text.trim()}`] : []),
    ])
    .join('\n');
}

export function imageParts(
  images: readonly { readonly caption: string; readonly raster: Raster }[],
): ChatCompletionContentPart[] {
  return images.flatMap(({ caption, raster }): ChatCompletionContentPart[] => [
    { type: 'text', text: caption },
    { type: 'image_url', image_url: { url: dataUrl(raster) } },
  ]);
}

function dataUrl(raster: Raster): string {
  return `data:image/png;base64,${Buffer.from(encodePng(raster)).toString('base64')}`;
}

/** The region cut from the image as the student sees it; nothing when it is no pixel wide there. */
function regionView({ images, region }: StepContext): { caption: string; raster: Raster }[] {
  const part = images[0]!;
  const box = boxToPixels(region, part);
  if (box[0] >= box[2] || box[1] >= box[3]) return [];
  return [{ caption: `The region ${boxText(region)}:`, raster: cropRaster(part, box) }];
}

function boxText(box: Box): string {
  return `[${box.map((value) => value.toFixed(2)).join(', ')}]`;
}
