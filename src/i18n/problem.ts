/**
 * Problems in the page's language. They are made where things go wrong, in English; another language has them by code
 * (`problems.json`), with the English sentence as `{{reason}}` where it says what no code can. Unknown codes stay as
 * they are.
 */
import i18next from 'i18next';
import { sentenceInWords } from './sentences.ts';

export interface ProblemText {
  readonly code: string;
  readonly subject: string;
  readonly reason: string;
  readonly remedy: string;
}

export function problemInWords<T extends ProblemText>(problem: T): T {
  const known = (field: string) => {
    const key = `problems:${problem.code}.${field}`;
    const values = { reason: sentenceInWords(problem.reason).replace(/[.。]$/, ''), subject: problem.subject };
    return i18next.exists(key) ? i18next.t(key, values) : null;
  };
  return {
    ...problem,
    subject: known('subject') ?? problem.subject,
    reason: known('reason') ?? problem.reason,
    remedy: known('remedy') ?? problem.remedy,
  };
}
