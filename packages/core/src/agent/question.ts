/** What a person can ask of an inspection, as a step in the agent's place: a look at a place, or at another good part. */
import type { Box, Size } from '../image/box.ts';
import { boxToNormalised, clampBox } from '../image/box.ts';
import { UserError } from '../support/userError.ts';
import { cropTool, cutOut, MIN_SIDE } from '../tools/crop.ts';
import { queryTool, rankExemplars, showExemplar, usableExemplars } from '../tools/query.ts';
import type { HumanStep } from './openConversation.ts';

export type Question =
  /** Looks at `box`, pixels of the part. */
  | { readonly kind: 'asked'; readonly box: Box }
  /** Compares with this good part of the library. */
  | { readonly kind: 'swapped'; readonly exemplarId: string };

/** Digits after the point of a normalised coordinate: a tenth of a pixel in 1000. */
const DIGITS = 4;

export function humanStep(question: Question, part: Size): HumanStep {
  return question.kind === 'asked' ? lookAt(question.box, part) : compareWith(question.exemplarId);
}

/** A zoom of exactly the box, without the room that the tool leaves around the agent's own boxes. */
function lookAt(box: Box, part: Size): HumanStep {
  const cut = largeEnough(box, part);
  const raw = boxToNormalised(cut, part).map((value) => Number(value.toFixed(DIGITS)));
  return {
    rawText: turnText('I zoom in.', cropTool.name, `{"bbox_2d": [${raw.join(', ')}], "target_image": 1}`),
    call: { name: cropTool.name, arguments: { bbox_2d: raw, target_image: 1 } },
    run: ({ images }) => Promise.resolve(cutOut(images[0]!, cut, false)),
  };
}

function compareWith(exemplarId: string): HumanStep {
  return {
    rawText: turnText('I look at a known-good part.', queryTool.name, '{}'),
    call: { name: queryTool.name, arguments: {} },
    async run(context) {
      const ranked = await rankExemplars(context, usableExemplars(context.library, context.images[0]!.source.sha256));
      const chosen = ranked.find(({ exemplar }) => exemplar.id === exemplarId);
      if (!chosen)
        throw new UserError({
          code: 'exemplar-missing',
          subject: 'The good part you chose',
          reason: 'is not in the library of this category, or it is the part itself.',
          remedy: 'Choose another one.',
        });
      return showExemplar(chosen.exemplar, chosen.similarity);
    },
  };
}

/** Whole pixels inside the part; a place too small for the model grows around its middle. */
export function largeEnough(box: Box, part: Size): Box {
  const [x1, x2] = side(box[0], box[2], part.width);
  const [y1, y2] = side(box[1], box[3], part.height);
  return clampBox([x1, y1, x2, y2], part).box;
}

function side(from: number, to: number, length: number): [number, number] {
  const [low, high] = [Math.floor(Math.min(from, to)), Math.ceil(Math.max(from, to))];
  const missing = Math.max(0, MIN_SIDE + 1 - (Math.min(high, length) - Math.max(low, 0)));
  if (missing === 0) return [low, high];
  const start = Math.min(Math.max(0, low - Math.floor(missing / 2)), Math.max(0, length - MIN_SIDE - 1));
  return [start, Math.min(length, start + Math.max(MIN_SIDE + 1, high - low))];
}

/** The layout of the agent's own calls. */
function turnText(thought: string, name: string, args: string): string {
  return `${thought}\n<tool_call>\n{"name": "${name}", "arguments": ${args}}\n</tool_call>`;
}
