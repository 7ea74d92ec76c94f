/** Reads what rewards look at from the trace of a rollout and the truth of its case. */
import { boxIou } from '@agentiad/core/image/box.ts';
import type { Box } from '@agentiad/core/image/box.ts';
import type { Trace, TraceStep } from '@agentiad/core/protocol/trace.ts';
import { askedBox, cropTool } from '@agentiad/core/tools/crop.ts';
import type { LabelledCase } from '../data/labelledCase.ts';
import type { RolloutFacts } from './facts.ts';

/** An answer after reasoning in its tags. */
const REASONED = /<think>[\s\S]*<\/think>[\s\S]*<answer>/;

export function readFacts(
  trace: Trace,
  truth: Pick<LabelledCase, 'label' | 'type' | 'boxes'>,
  confidenceGain: number | null,
): RolloutFacts {
  const { agentAnswer, regions } = trace.verdict;
  const boxes = truth.boxes.map(({ box }) => box);
  const acted = trace.steps.filter(({ observation }) => observation !== null);
  const isAttempt = ({ call, rawText }: TraceStep) => call !== null || rawText.includes('<tool_call>');
  const cropped = lastCrop(trace);
  const defects = regions.filter(({ kind }) => kind === 'defect');
  // After too many calls the answer's beginning is forced, which leaves no room for reasoning.
  const isForced = acted.length > trace.verdict.settings.maxToolCalls;
  const isBare = agentAnswer !== null && !isForced && !REASONED.test(trace.steps.at(-1)!.rawText);
  return {
    truth: { label: truth.label, type: truth.type },
    answer: agentAnswer && { isAnomalous: agentAnswer.anomaly_present, type: agentAnswer.top_anomaly },
    calls: acted.filter(isAttempt).map(({ call, observation }) => ({
      name: call?.name ?? null,
      ok: observation?.isError === false,
    })),
    iou: cropped && boxes.length > 0 ? bestIou(cropped, boxes) : null,
    locationIou: boxes.length > 0 ? Math.max(0, ...defects.map(({ box }) => bestIou(box, boxes))) : null,
    malformedTurns: acted.filter(({ call }) => call === null).length + (isBare ? 1 : 0),
    confidenceGain,
  };
}

/** The box the last executed crop of the part asked for, without padding, in pixels of the part. */
function lastCrop(trace: Trace): Box | null {
  const step = trace.steps.findLast(
    ({ call, observation }) => call?.name === cropTool.name && observation?.isError === false,
  );
  if (!step?.call) return null;
  const target = trace.images[(step.call.arguments['target_image'] as number) - 1]!;
  if (target.role !== 'part' && target.role !== 'crop') return null;
  return askedBox(step.call.arguments['bbox_2d'] as number[], target.frame);
}

function bestIou(box: Box, truths: readonly Box[]): number {
  return Math.max(...truths.map((truth) => boxIou(box, truth)));
}
