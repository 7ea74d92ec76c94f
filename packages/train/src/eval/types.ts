/** Which kind of defect: accuracy over anomalous parts, and who was taken for whom. */
import { mean } from '@agentiad/core/validation/metrics.ts';

export interface TypeAnswer {
  /** Null for a good part. */
  readonly truthType: string | null;
  /** `none` for "normal"; null without a valid answer. */
  readonly saidType: string | null;
}

export interface TypeScores {
  /** Over anomalous parts of known type: the very word. */
  readonly accuracy: number;
  /** Mean over types. */
  readonly macroAccuracy: number;
  readonly confusion: Confusion;
}

export interface Confusion {
  /** Truths; `good` for good parts. */
  readonly rows: readonly string[];
  /** What was said; `good` for "normal", `no answer` for what could not be read. */
  readonly columns: readonly string[];
  /** `counts[row][column]`. */
  readonly counts: readonly (readonly number[])[];
}

export const GOOD = 'good';
export const NO_ANSWER = 'no answer';

export function typeScores(answers: readonly TypeAnswer[], labels: readonly ('normal' | 'anomalous')[]): TypeScores {
  const typed = answers.filter(({ truthType }) => truthType !== null);
  const types = [...new Set(typed.map(({ truthType }) => truthType!))];
  const accuracyOf = (some: readonly TypeAnswer[]) =>
    mean(some.map(({ truthType, saidType }) => Number(truthType === saidType)));
  return {
    accuracy: accuracyOf(typed),
    macroAccuracy: mean(types.map((type) => accuracyOf(typed.filter(({ truthType }) => truthType === type)))),
    confusion: confusionOf(answers.filter(({ truthType }, i) => truthType !== null || labels[i] === 'normal')),
  };
}

/** Anomalous parts without a known type are not in it. */
function confusionOf(answers: readonly TypeAnswer[]): Confusion {
  const truthOf = ({ truthType }: TypeAnswer) => truthType ?? GOOD;
  const saidOf = ({ saidType }: TypeAnswer) => (saidType === null ? NO_ANSWER : saidType === 'none' ? GOOD : saidType);
  const order = (name: string) => (name === GOOD ? 0 : name === NO_ANSWER ? 2 : 1);
  const sorted = (names: Iterable<string>) =>
    [...new Set(names)].sort((a, b) => order(a) - order(b) || (a < b ? -1 : a > b ? 1 : 0));
  const rows = sorted(answers.map(truthOf));
  // Every truth is a column as well, so that the right answers lie on the diagonal.
  const columns = sorted([...rows, ...answers.map(saidOf)]);
  const counts = rows.map((row) =>
    columns.map((column) => answers.filter((answer) => truthOf(answer) === row && saidOf(answer) === column).length),
  );
  return { rows, columns, counts };
}
