/** Scores a finished demonstration, so that the best of several can be kept (agent-spec §9.1). */
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import type { Raster } from '@agentiad/core/image/raster.ts';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import type { LabelledCase } from '../../data/labelledCase.ts';
import { askUntilUsable } from './ask.ts';
import type { ChatEndpoint } from './chatEndpoint.ts';
import type { Checked } from './outputRules.ts';
import { hintText, imageParts, transcriptOf } from './reasoningSteps.ts';

export interface Judgement {
  /** 0 to 10. */
  readonly score: number;
  readonly reason: string;
}

const TASK =
  'You judge demonstrations of an inspection from which a student will learn. Give a score from 0 to 10: is every ' +
  'statement visible in the images, does the reasoning lead to the answer, is the closer look aimed well, is it short, ' +
  'and does nothing in it reveal that its writer knew the answer beforehand? ' +
  'Write only JSON: {"score": number, "reason": "one sentence"}.';

export function judge(options: {
  readonly endpoint: ChatEndpoint;
  readonly model: string;
  readonly repairs: number;
  readonly seed: number;
  readonly example: LabelledCase;
  readonly trace: Trace;
  readonly images: readonly Raster[];
  readonly onRepair: (step: string, problem: string) => void;
}): Promise<Judgement> {
  const { endpoint, example, trace, images } = options;
  const { label, type } = example;
  const truth = hintText(['status', 'type'], { truth: { label, type }, region: [0, 0, 1, 1] });
  const shown = images.map((raster, index) => ({ caption: `Image ${index + 1}:`, raster }));
  const text = `${truth}\n\nThe student was asked:\n${trace.prompt.user}\n\n${transcriptOf(trace.steps)}`;
  const messages: ChatCompletionMessageParam[] = [
    { role: 'system', content: TASK },
    { role: 'user', content: [...imageParts(shown), { type: 'text', text }] },
  ];
  const { model, seed } = options;
  const question = { step: 'judge', model, messages, temperature: 0, seed, rule: readJudgement };
  return askUntilUsable(endpoint, question, options.repairs, options.onRepair);
}

export function readJudgement(text: string): Checked<Judgement> {
  const problem =
    'It is not JSON of the form {"score": number from 0 to 10, "reason": "one sentence"} and nothing else.';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, problem };
  }
  const { score, reason } = (value ?? {}) as { score?: unknown; reason?: unknown };
  if (typeof score !== 'number' || !(score >= 0 && score <= 10) || typeof reason !== 'string')
    return { ok: false, problem };
  return { ok: true, value: { score, reason } };
}
