/**
 * Reading drills: the teacher's turns over made-up tool observations. Endless, they teach a student to copy boxes, numbers
 * and type names from what a tool said. An echo says a demonstration's own numbers again, changed. Both train the answer
 * that all demonstrations together make likely; made-up numbers, which alone say nothing about defects, none at all where
 * no such tendency is known. Their pictures are those of any demonstrations, recoloured: whatever a part looks like, what
 * Library match says of it is to count.
 */
import { systemPrompt, userPrompt } from '@agentiad/core/agent/prompt.ts';
import type { Box } from '@agentiad/core/image/box.ts';
import type { Raster } from '@agentiad/core/image/raster.ts';
import { MODES } from '@agentiad/core/protocol/modes.ts';
import { parseTurn } from '@agentiad/core/protocol/parseTurn.ts';
import type { TraceStep } from '@agentiad/core/protocol/trace.ts';
import { findValueTokens } from '@agentiad/core/agent/score.ts';
import type { Random } from '@agentiad/core/support/random.ts';
import type { ContentPart, Segment } from '@agentiad/core/tokenizer/conversation.ts';
import { createConversation } from '@agentiad/core/tokenizer/conversation.ts';
import type { Tokenizer } from '@agentiad/core/tokenizer/tokenizer.ts';
import { calibratedFrom } from '@agentiad/core/tools/difference/calibration.ts';
import { describeDifference } from '@agentiad/core/tools/differenceTool.ts';
import type { Label } from '../data/labelledCase.ts';
import { shuffled } from '../data/split.ts';
import { DEFECT_TYPES } from '../parts/types.ts';
import type { LabelReader } from './labelReader.ts';
import { LARGEST, OTHER_COUNTS, varyComparison, type Comparison, type Readings } from './readings.ts';
import { drawPicture } from './pictures.ts';
import { scriptedTurn } from './teacher.ts';
import type { Trajectory } from './trajectory.ts';
import { OTHER_NAMES } from './typeNames.ts';

/** How often a drill without a tendency answers with a defect: there is more to copy in such an answer. */
const DEFECTIVE = 0.7;

/** What a rehearsal is written for. */
export interface RehearsalSetting {
  readonly tokenizer: Tokenizer;
  readonly imageTokenId: number;
  /** Side of the square of pixels that becomes one token. */
  readonly imageTokenPixels: number;
  /** As a model sees them; empty: text alone. */
  readonly pictures: readonly Raster[];
}

/**
 * Numbers from all over the range of an observation, so that none is met for the first time in an inspection. Without `read`
 * the verdict itself is not trained.
 */
export function createDrill(read: LabelReader | null, random: Random, setting: RehearsalSetting): Trajectory {
  const comparisons = madeUp(random);
  const label = random.next() < (read?.(comparisons) ?? DEFECTIVE) ? ('anomalous' as const) : ('normal' as const);
  const drill = rehearse({ label, category: 'part', random, setting, comparisons });
  return read ? drill : withoutVerdict(drill, setting.tokenizer);
}

/** The same record, in which the value of `anomaly_present` is not trained. */
export function withoutVerdict(sample: Trajectory, tokenizer: Tokenizer): Trajectory {
  const { trueIds, falseIds } = findValueTokens(tokenizer);
  const values = new Set([...trueIds, ...falseIds]);
  return { ...sample, segments: sample.segments.flatMap((segment) => leaveOut(segment, sample.ids, values)) };
}

/** A demonstration's readings said again: other places and names, other numbers, and the answer that `read` makes likely. */
export function createEcho(
  readings: Readings,
  read: LabelReader,
  random: Random,
  setting: RehearsalSetting,
): Trajectory {
  const comparisons = readings.comparisons.map((comparison) => varyComparison(comparison, random));
  const label = random.next() < read(comparisons) ? 'anomalous' : 'normal';
  // Under a name that says nothing for half of them: what holds for one kind of part alone is to hang on its name.
  const category = random.next() < 0.5 ? readings.category : 'part';
  return rehearse({ label, category, random, setting, comparisons });
}

/** The teacher's turns; types, places and pictures are drawn. */
function rehearse(about: {
  readonly label: Label;
  readonly category: string;
  readonly random: Random;
  readonly setting: RehearsalSetting;
  /** What Library match says, in order; the last one again where it is asked more often. */
  readonly comparisons: readonly Comparison[];
}): Trajectory {
  const { label, category, random, setting, comparisons } = about;
  const { tokenizer, imageTokenId } = setting;
  let asked = 0;
  const compare = () => comparisons[Math.min(asked++, comparisons.length - 1)]!;
  const names = random.next() < 0.5 ? DEFECT_TYPES : OTHER_NAMES;
  const types = shuffled(names, random).slice(0, random.integer(1, 6));
  const type = label === 'normal' ? null : types[random.integer(0, types.length - 1)]!;
  const conversation = createConversation({ tokenizer, chatTemplate: null, imageTokenId });
  const images: Raster[] = [];
  /** Of the content, what can be shown: adds a picture where one is asked for and there are any. */
  const show = (content: readonly ContentPart[]): [ContentPart[], number[]] => {
    const shown = content.filter(({ type }) => type === 'text' || setting.pictures.length > 0);
    const added = shown.filter(({ type }) => type === 'image').map(() => drawPicture(setting.pictures, random));
    images.push(...added);
    return [shown, added.map(({ width, height }) => (width * height) / setting.imageTokenPixels ** 2)];
  };
  conversation.open(systemPrompt(MODES.full), ...show(userPrompt({ category, types, offered: MODES.full })));
  const steps: TraceStep[] = [];
  for (;;) {
    const text = scriptedTurn({ label, type, zoom: [0, 0, 1, 1] }, MODES.full, steps);
    conversation.addGenerated([...tokenizer.encode(text), conversation.endOfTurnId]);
    const parsed = parseTurn(text);
    if (parsed.kind !== 'call') break;
    const said = observe(parsed.name, random, compare);
    const observation = { text: said, isError: false, image: null, boxes: [], map: null };
    steps.push({ ...EMPTY_STEP, rawText: text, call: { name: parsed.name, arguments: parsed.arguments }, observation });
    const isPicture = parsed.name !== 'difference';
    conversation.observe(...show([{ type: 'text', text: said }, ...(isPicture ? [{ type: 'image' } as const] : [])]));
  }
  const { ids, segments } = conversation.record;
  return { id: 'drill', mode: 'full', ids, segments, images, label };
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

/** Of the whole part, then of a crop. */
function madeUp(random: Random): Comparison[] {
  const exemplarCount = random.integer(1, OTHER_COUNTS.most);
  const near = (ratio: number) => limited(ratio * Math.exp(0.5 * random.normal()));
  const whole = SCORES.least * (SCORES.most / SCORES.least) ** random.next();
  return [whole, near(whole)].map((score) => ({
    exemplarCount,
    score,
    percentile: exemplarCount >= calibratedFrom ? random.next() : null,
    peak: random.next() < SAME_PEAK ? score : near(score),
    ratios: [score],
  }));
}

/** Range of made-up scores. */
const SCORES = { least: 0.3, most: LARGEST } as const;

/** How often the peak of made-up readings is their score, as it is where standing out decided. */
const SAME_PEAK = 0.4;

const limited = (ratio: number) => Math.min(LARGEST, Math.max(0.05, ratio));

function drawBox(random: Random): Box {
  const width = 0.03 + 0.3 * random.next();
  const height = 0.03 + 0.3 * random.next();
  const x = (1 - width) * random.next();
  const y = (1 - height) * random.next();
  return [x, y, x + width, y + height];
}
