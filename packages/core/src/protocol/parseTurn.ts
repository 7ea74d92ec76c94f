/**
 * Reads what the model wrote in one turn: a tool call, an answer, or neither (agent-spec §2.8, §3.4). Strict where the
 * authors' scripts disagreed among themselves: the last call counts, an answer must be the only one and valid JSON.
 */
import type { Answer } from './answer.ts';
import { checkDocument } from './schema.ts';

export type Turn =
  | { readonly kind: 'call'; readonly name: string; readonly arguments: Readonly<Record<string, unknown>> }
  | { readonly kind: 'bad-call'; readonly problem: string }
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'bad-answer'; readonly problem: string }
  | { readonly kind: 'neither' };

/** Parses a turn's text; `text` without the end-of-turn token. */
export function parseTurn(text: string): Turn {
  const trimmed = text.trimEnd();
  if (trimmed.endsWith('</tool_call>')) return parseCall(trimmed);
  const answers = [...trimmed.matchAll(/<answer>([\s\S]*?)<\/answer>/g)];
  if (answers.length === 1) return parseAnswer(answers[0]![1]!);
  if (answers.length > 1)
    return { kind: 'bad-answer', problem: `Exactly one <answer> is expected, found ${answers.length}.` };
  if (trimmed.includes('<answer>')) return { kind: 'bad-answer', problem: 'The <answer> is not closed.' };
  if (trimmed.includes('<tool_call>')) return { kind: 'bad-call', problem: 'The turn must end with </tool_call>.' };
  return { kind: 'neither' };
}

function parseCall(text: string): Turn {
  const start = text.lastIndexOf('<tool_call>');
  if (start < 0) return { kind: 'bad-call', problem: 'There is a </tool_call> without <tool_call>.' };
  const body = text.slice(start + '<tool_call>'.length, -'</tool_call>'.length);
  const call = parseJson(body);
  if (call === undefined) return { kind: 'bad-call', problem: 'The text inside <tool_call> is not valid JSON.' };
  if (!isRecord(call) || typeof call['name'] !== 'string') {
    return { kind: 'bad-call', problem: 'A call needs a string "name" and an object "arguments".' };
  }
  if (!isRecord(call['arguments'])) return { kind: 'bad-call', problem: '"arguments" must be an object.' };
  return { kind: 'call', name: call['name'], arguments: call['arguments'] };
}

function parseAnswer(body: string): Turn {
  const value = parseJson(body);
  if (value === undefined) return { kind: 'bad-answer', problem: 'The text inside <answer> is not valid JSON.' };
  const checked = checkDocument('answer', value);
  if (!checked.ok) return { kind: 'bad-answer', problem: checked.problems.join('; ') };
  return { kind: 'answer', answer: checked.value };
}

/** The reasoning of a turn for reading: text before the call or answer, without `<think>` tags. */
export function readThought(text: string): string {
  return text
    .replace(/<tool_call>[\s\S]*$/, '')
    .replace(/<answer>[\s\S]*$/, '')
    .replace(/<\/?think>/g, '')
    .trim();
}

/** `undefined` for text that is not JSON (JSON itself has no such value). */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
