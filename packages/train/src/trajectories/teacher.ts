/**
 * A scripted teacher that needs no network: acts through the same loop, tools and renderer as the model. What it *does*
 * follows from the observations alone, so that a student can learn it; only the final answer and, without `difference`,
 * the place to zoom into come from the ground truth (agent-spec §2.6).
 */
import type { Box } from '@agentiad/core/image/box.ts';
import type { ToolName } from '@agentiad/core/protocol/modes.ts';
import type { TraceStep } from '@agentiad/core/protocol/trace.ts';

export interface GroundTruth {
  readonly label: 'normal' | 'anomalous';
  readonly type: string | null;
  /** Place to zoom into when no tool tells it, normalised: around the defect, or where one might have been. */
  readonly zoom: Box;
}

/** Points of `difference` between which the teacher wants to see a known-good part before it answers. */
const UNSURE = { from: 75, to: 140 } as const;

/** What an observation of `difference` says, in points (100 = as far as good parts differ among themselves). */
export interface Reading {
  readonly exemplarCount: number;
  readonly score: number;
  readonly percentile: number | null;
  readonly peak: number;
  /** First place, as written. */
  readonly box: string;
  /** Of the places, most different first. */
  readonly places: readonly number[];
}

/** Reads a `difference` observation the way the student has to: from its text. */
export function readDifference(text: string): Reading | null {
  const head = /Compared with (\d+) known-good parts?: (\d+), (?:percentile (\d+)|uncalibrated), peak (\d+)/.exec(text);
  const place = /\n1\. (\[[^\]]*\])/.exec(text);
  if (!head || !place) return null;
  return {
    exemplarCount: Number(head[1]),
    score: Number(head[2]),
    percentile: head[3] === undefined ? null : Number(head[3]),
    peak: Number(head[4]),
    box: place[1]!,
    places: [...text.matchAll(/\n\d+\. \[[^\]]*\] (\d+)/g)].map(([, points]) => Number(points)),
  };
}

/** The teacher's next turn, without the end-of-turn token. */
export function scriptedTurn(truth: GroundTruth, offered: readonly ToolName[], steps: readonly TraceStep[]): string {
  const last = steps.at(-1);
  const done = (name: ToolName) => steps.some(({ call }) => call?.name === name);
  if (last?.observation?.isError) return answerTurn(truth, steps);
  if (offered.includes('difference')) {
    const readings = readReadings(steps);
    if (!done('difference')) return turn('I compare the part with known-good parts.', difference(1));
    if (!done('crop_image_normalized')) {
      return turn(`Place 1 differs most: ${readings[0]!.score}. I zoom in.`, crop(readings[0]!.box));
    }
    if (readings.length === 1) return turn('I compare the crop as well.', difference(2));
    if (isUnsure(readings) && !done('query_image')) return turn('I look at a known-good part.', query());
    return answerTurn(truth, steps);
  }
  if (offered.includes('crop_image_normalized') && !done('crop_image_normalized')) {
    return turn('I zoom in.', crop(`[${truth.zoom.map((value) => value.toFixed(2)).join(', ')}]`));
  }
  if (offered.includes('query_image') && !done('query_image')) return turn('I look at a known-good part.', query());
  return answerTurn(truth, steps);
}

function readReadings(steps: readonly TraceStep[]): Reading[] {
  return steps.flatMap((step) => {
    const reading = step.call?.name === 'difference' && step.observation ? readDifference(step.observation.text) : null;
    return reading ? [reading] : [];
  });
}

function isUnsure(readings: readonly Reading[]): boolean {
  return readings.some(({ score, percentile }) => percentile === null || (score >= UNSURE.from && score <= UNSURE.to));
}

function answerTurn(truth: GroundTruth, steps: readonly TraceStep[]): string {
  const readings = readReadings(steps);
  const cropBox = steps
    .find(({ call }) => call?.name === 'crop_image_normalized')
    ?.rawText.match(/"bbox_2d": (\[[^\]]*\])/)?.[1];
  const thought =
    readings.length > 0
      ? readings
          .map(({ score, peak }, index) => `${index === 0 ? 'Whole part' : 'Crop'} ${score}, peak ${peak}.`)
          .join(' ')
      : `I judge by ${['the whole part', cropBox && 'the crop'].filter(Boolean).join(' and ')} alone.`;
  const think = `<think>${thought}</think>`;
  if (truth.label === 'normal') {
    return `${think}<answer>{"anomaly_present": false, "top_anomaly": "none", "visual_descriptions": []}</answer>`;
  }
  const box = readings[0]?.box ?? cropBox;
  const text = readings.length > 0 ? 'differs from known-good parts' : 'looks unusual';
  const evidence = box ? `, "evidence": [{"text": "${text}", "image": 1, "bbox_2d": ${box}}]` : '';
  return (
    `${think}<answer>{"anomaly_present": true, "top_anomaly": "${truth.type}", ` +
    `"visual_descriptions": ["${text}"]${evidence}}</answer>`
  );
}

function turn(thought: string, call: string): string {
  return `${thought}\n<tool_call>\n${call}\n</tool_call>`;
}

function difference(target: number): string {
  return `{"name": "difference", "arguments": {"target_image": ${target}, "top_k": 1}}`;
}

function crop(box: string): string {
  return `{"name": "crop_image_normalized", "arguments": {"bbox_2d": ${box}, "target_image": 1}}`;
}

function query(): string {
  return '{"name": "query_image", "arguments": {}}';
}
