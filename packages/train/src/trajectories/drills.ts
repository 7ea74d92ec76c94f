/**
 * Reading drills: the teacher's turns over made-up tool observations, as text alone. Short and endless, they teach a
 * student to copy boxes, numbers and type names from what a tool said before it meets images. The value of
 * `anomaly_present` is not trained on made-up numbers, which say nothing about defects; an echo says a demonstration's
 * own numbers again, changed, and trains the answer that all demonstrations together make likely.
 */
import { userPrompt } from '@agentiad/core/agent/prompt.ts';
import type { Box } from '@agentiad/core/image/box.ts';
import { MODES } from '@agentiad/core/protocol/modes.ts';
import { parseTurn } from '@agentiad/core/protocol/parseTurn.ts';
import type { TraceStep } from '@agentiad/core/protocol/trace.ts';
import { findValueTokens } from '@agentiad/core/agent/score.ts';
import type { Random } from '@agentiad/core/support/random.ts';
import type { Segment } from '@agentiad/core/tokenizer/conversation.ts';
import { createConversation } from '@agentiad/core/tokenizer/conversation.ts';
import type { Tokenizer } from '@agentiad/core/tokenizer/tokenizer.ts';
import { describeDifference } from '@agentiad/core/tools/differenceTool.ts';
import type { Label } from '../data/labelledCase.ts';
import { shuffled } from '../data/split.ts';
import { DEFECT_TYPES } from '../parts/types.ts';
import type { LabelReader } from './labelReader.ts';
import { varyComparison, type Comparison, type Readings } from './readings.ts';
import { scriptedTurn } from './teacher.ts';
import type { Trajectory } from './trajectory.ts';
import { OTHER_NAMES } from './typeNames.ts';

export function createDrill(random: Random, tokenizer: Tokenizer, imageTokenId: number): Trajectory {
  const label = random.next() < 0.3 ? ('normal' as const) : ('anomalous' as const);
  const drill = rehearse({ label, category: 'part', random, tokenizer, imageTokenId, compare: () => madeUp(random) });
  const { trueIds, falseIds } = findValueTokens(tokenizer);
  const values = new Set([...trueIds, ...falseIds]);
  return { ...drill, segments: drill.segments.flatMap((segment) => leaveOut(segment, drill.ids, values)) };
}

/** A demonstration's readings said again: other places and names, other numbers, and the answer that `read` makes likely. */
export function createEcho(
  readings: Readings,
  read: LabelReader,
  random: Random,
  tokenizer: Tokenizer,
  imageTokenId: number,
): Trajectory {
  const comparisons = readings.comparisons.map((comparison) => varyComparison(comparison, random));
  const label = random.next() < read(comparisons) ? 'anomalous' : 'normal';
  // Under a name that says nothing for half of them: what holds for one kind of part alone is to hang on its name.
  const category = random.next() < 0.5 ? readings.category : 'part';
  let said = 0;
  const compare = () => comparisons[Math.min(said++, comparisons.length - 1)]!;
  return rehearse({ label, category, random, tokenizer, imageTokenId, compare });
}

/** The teacher's turns over observations without images; types and places are drawn. */
function rehearse(about: {
  readonly label: Label;
  readonly category: string;
  readonly random: Random;
  readonly tokenizer: Tokenizer;
  readonly imageTokenId: number;
  readonly compare: () => Comparison;
}): Trajectory {
  const { label, category, random, tokenizer, imageTokenId, compare } = about;
  const names = random.next() < 0.5 ? DEFECT_TYPES : OTHER_NAMES;
  const types = shuffled(names, random).slice(0, random.integer(1, 6));
  const type = label === 'normal' ? null : types[random.integer(0, types.length - 1)]!;
  const conversation = createConversation({ tokenizer, chatTemplate: null, imageTokenId });
  const user = userPrompt({ category, types, offered: MODES.full }).filter((content) => content.type === 'text');
  conversation.open('', user, []);
  const steps: TraceStep[] = [];
  for (;;) {
    const text = scriptedTurn({ label, type, zoom: [0, 0, 1, 1] }, MODES.full, steps);
    conversation.addGenerated([...tokenizer.encode(text), conversation.endOfTurnId]);
    const parsed = parseTurn(text);
    if (parsed.kind !== 'call') break;
    const said = observe(parsed.name, random, compare);
    const observation = { text: said, isError: false, image: null, boxes: [], map: null };
    steps.push({ ...EMPTY_STEP, rawText: text, call: { name: parsed.name, arguments: parsed.arguments }, observation });
    conversation.observe([{ type: 'text', text: observation.text }], []);
  }
  const { ids, segments } = conversation.record;
  return { id: 'drill', mode: 'full', ids, segments, images: [], label };
}

const EMPTY_STEP = {
  id: '',
  thought: '',
  author: 'agent' as const,
  tokens: { prefilled: 0, generated: 0 },
  ms: { prefill: 0, decode: 0, tool: 0 },
};

/** Cuts the value tokens out of a model segment: they stay in the record as observed, which nothing trains. */
function leaveOut(segment: Segment, ids: readonly number[], values: ReadonlySet<number>): Segment[] {
  if (segment.kind !== 'model') return [segment];
  const parts: Segment[] = [];
  let from = segment.from;
  for (let at = segment.from; at <= segment.to; at++) {
    if (at < segment.to && !values.has(ids[at]!)) continue;
    if (at > from) parts.push({ ...segment, from, to: at });
    if (at < segment.to) parts.push({ ...segment, kind: 'observation', from: at, to: at + 1 });
    from = at + 1;
  }
  return parts;
}

function observe(tool: string, random: Random, compare: () => Comparison): string {
  const size = `${random.integer(40, 400)}x${random.integer(40, 400)}`;
  if (tool === 'crop_image_normalized') return `\nHere is the cropped image (Image Size: ${size}):`;
  if (tool === 'query_image') return `\nHere is the normal reference image (Image Size: ${size}):`;
  const { exemplarCount, score, percentile, peak, ratios } = compare();
  return describeDifference({
    places: ratios.map((ratio) => ({ box: drawBox(random), ratio, percentile: null })),
    score,
    percentile: percentile === null ? null : 100 * percentile,
    calibrated: percentile !== null,
    exemplarCount,
    standsOut: peak,
  });
}

function madeUp(random: Random): Comparison {
  const exemplarCount = random.integer(1, 60);
  const score = 0.4 + 2.1 * random.next() ** 2;
  return {
    exemplarCount,
    score,
    percentile: exemplarCount >= 3 ? random.next() : null,
    peak: random.next() < 0.6 ? score : score * (0.4 + 0.6 * random.next()),
    ratios: [score],
  };
}

function drawBox(random: Random): Box {
  const width = 0.03 + 0.3 * random.next();
  const height = 0.03 + 0.3 * random.next();
  const x = (1 - width) * random.next();
  const y = (1 - height) * random.next();
  return [x, y, x + width, y + height];
}
