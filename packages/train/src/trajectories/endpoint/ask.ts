/** Asks until the output can be used: an unusable one goes back to whoever wrote it, with the error (agent-spec §9.1). */
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import type { ChatEndpoint } from './chatEndpoint.ts';
import type { Rule } from './outputRules.ts';
import { applyRule } from './outputRules.ts';

/** The outputs stayed unusable after all repairs. The candidate is dropped; its log line names the step. */
export class UnusableOutputError extends Error {
  constructor(step: string, problem: string) {
    super(`${step}: ${problem}`);
    this.name = 'UnusableOutputError';
  }
}

/** Above every seed of a candidate. */
const REPAIR_SEED = 1000;

export interface Question<T> {
  /** For messages and logs. */
  readonly step: string;
  readonly model: string;
  readonly messages: readonly ChatCompletionMessageParam[];
  readonly temperature: number;
  readonly seed: number;
  readonly rule: Rule<T>;
}

/** `onRepair` is told of every output that had to go back. Throws `UnusableOutputError`. */
export async function askUntilUsable<T>(
  endpoint: ChatEndpoint,
  question: Question<T>,
  repairs: number,
  onRepair: (step: string, problem: string) => void,
): Promise<T> {
  const { step, model, temperature, seed, rule } = question;
  let messages = question.messages;
  for (let attempt = 0; ; attempt++) {
    // A seed of its own: a repair that failed in the same words must not be answered from the cache.
    const answer = await endpoint.complete({ model, messages, temperature, seed: seed + REPAIR_SEED * attempt });
    const checked = applyRule(answer, rule);
    if (checked.ok) return checked.value;
    if (attempt === repairs) throw new UnusableOutputError(step, checked.problem);
    onRepair(step, checked.problem);
    messages = [
      ...question.messages,
      { role: 'assistant', content: answer.text || '(nothing)' },
      { role: 'user', content: `That cannot be used. ${checked.problem} Write the whole output again.` },
    ];
  }
}
