/**
 * Prompts of others' training records, for the leak test: JSON Lines or a JSON list of `{prompt, label, category}` or of
 * AgentIAD's GRPO records `{question, gt_answer, class_name}` (agent-spec §4.3).
 */
import { UserError } from '@agentiad/core/support/userError.ts';
import type { LeakCase } from './leakTest.ts';

export function parsePromptRecords(text: string, subject: string): LeakCase[] {
  return parseValues(text, subject).map((value, at) => {
    const record = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
    const { prompt = record['question'], category = record['class_name'], label } = record;
    const truth = typeof record['gt_answer'] === 'boolean' ? (record['gt_answer'] ? 'anomalous' : 'normal') : label;
    if (typeof prompt === 'string' && typeof category === 'string' && (truth === 'normal' || truth === 'anomalous')) {
      return { prompt, category, label: truth };
    }
    throw invalid(`${subject} record ${at + 1}`, 'it has no prompt, category or label.');
  });
}

function parseValues(text: string, subject: string): unknown[] {
  try {
    if (text.trimStart().startsWith('[')) return JSON.parse(text) as unknown[];
    return text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => JSON.parse(line) as unknown);
  } catch (cause) {
    throw invalid(subject, 'it is neither a JSON list nor one JSON object a line.', cause);
  }
}

function invalid(subject: string, reason: string, cause?: unknown): UserError {
  return new UserError({
    code: 'prompt-records',
    subject,
    reason,
    remedy: 'Records are {prompt, label: "normal"|"anomalous", category} or {question, gt_answer, class_name}.',
    cause,
  });
}
