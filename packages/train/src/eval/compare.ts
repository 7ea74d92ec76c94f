/** Two runs over the same cases, compared case by case (training.md §6). */
import { createRandom } from '@agentiad/core/support/random.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import type { Interval } from '@agentiad/core/validation/bootstrap.ts';
import { pairedInterval } from '@agentiad/core/validation/bootstrap.ts';
import type { EvalDocument } from './document.ts';
import type { Outcome } from './evaluate.ts';
import { mcNemarExact } from './mcNemar.ts';
import { computeRates, isRight } from '@agentiad/core/validation/metrics.ts';
import type { IntervalName } from './report.ts';
import { INTERVALS } from './report.ts';

export interface Difference {
  readonly a: number;
  readonly b: number;
  /** b - a. */
  readonly difference: number;
  /** 95 %, paired bootstrap over images. */
  readonly ci95: Interval;
}

export interface Comparison {
  readonly n: number;
  readonly metrics: Readonly<Record<IntervalName, Difference>>;
  /** Exact McNemar test on the cases that one run alone got right. */
  readonly mcNemar: { readonly bothRight: number; readonly onlyA: number; readonly onlyB: number; readonly p: number };
  readonly perCategory: Readonly<Record<string, { readonly n: number; readonly a: number; readonly b: number }>>;
  /** Cases that one run alone got right, by id. */
  readonly onlyA: readonly string[];
  readonly onlyB: readonly string[];
}

type Run = Pick<EvalDocument, 'outcomes'> & { readonly name: string };

/** Throws a UserError `compare-cases` unless both runs are of the same cases with the same labels. */
export function compareRuns(a: Run, b: Run, seed: number): Comparison {
  const ofB = new Map(b.outcomes.map((outcome) => [outcome.id, outcome]));
  checkCases(a, b, ofB);
  const left = a.outcomes;
  const right = left.map(({ id }) => ofB.get(id)!);
  const only = (x: readonly Outcome[], y: readonly Outcome[]) =>
    x.flatMap((outcome, i) => (isRight(outcome) && !isRight(y[i]!) ? [outcome.id] : []));
  const onlyA = only(left, right);
  const onlyB = only(right, left);
  const names = Object.keys(INTERVALS) as IntervalName[];
  const differences = names.map((name): [IntervalName, Difference] => {
    const statistic = INTERVALS[name];
    const [own, other] = [statistic(left), statistic(right)];
    const ci95 = pairedInterval(left, right, statistic, createRandom(seed));
    return [name, { a: own, b: other, difference: other - own, ci95 }];
  });
  const categories = [...new Set(left.map(({ category }) => category))].sort();
  return {
    n: left.length,
    metrics: Object.fromEntries(differences) as Record<IntervalName, Difference>,
    mcNemar: {
      bothRight: left.filter((outcome, i) => isRight(outcome) && isRight(right[i]!)).length,
      onlyA: onlyA.length,
      onlyB: onlyB.length,
      p: mcNemarExact(onlyA.length, onlyB.length),
    },
    perCategory: Object.fromEntries(
      categories.map((name) => {
        const own = left.filter(({ category }) => category === name);
        const other = own.map(({ id }) => ofB.get(id)!);
        return [name, { n: own.length, a: computeRates(own).accuracy, b: computeRates(other).accuracy }];
      }),
    ),
    onlyA,
    onlyB,
  };
}

function checkCases(a: Run, b: Run, ofB: ReadonlyMap<string, Outcome>): void {
  const refuse = (reason: string): never => {
    throw new UserError({
      code: 'compare-cases',
      subject: `${a.name} and ${b.name}`,
      reason,
      remedy: 'Evaluate both with the same --data, --split, --limit and --seed.',
    });
  };
  const idsOfA = new Set(a.outcomes.map(({ id }) => id));
  const missingInB = a.outcomes.filter(({ id }) => !ofB.has(id));
  const missingInA = b.outcomes.filter(({ id }) => !idsOfA.has(id));
  const example = missingInB[0] ?? missingInA[0];
  if (example) {
    refuse(
      `they are not of the same cases: ${missingInB.length} of ${a.outcomes.length} are missing in the second, ` +
        `${missingInA.length} of ${b.outcomes.length} in the first, e.g. "${example.id}".`,
    );
  }
  const relabelled = a.outcomes.find(({ id, label }) => ofB.get(id)!.label !== label);
  if (relabelled) refuse(`"${relabelled.id}" is ${relabelled.label} in the first and not in the second.`);
}

/** The comparison in words and a table, for a terminal. */
export function describeComparison({ n, metrics, mcNemar }: Comparison): string {
  const rows = Object.entries(metrics).map(([name, { a, b, difference, ci95 }]) => {
    const [low, high] = ci95;
    const verdict = low > 0 ? 'B better' : high < 0 ? 'A better' : 'could be chance';
    const change = `${signed(difference)} [${signed(low)}, ${signed(high)}]`;
    return `${name.padEnd(17)} A ${a.toFixed(3)}  B ${b.toFixed(3)}  B - A ${change}  ${verdict}\n`;
  });
  const { bothRight, onlyA, onlyB, p } = mcNemar;
  return (
    `${n} cases; both right ${bothRight}, only A ${onlyA}, only B ${onlyB}, none ${n - bothRight - onlyA - onlyB}\n` +
    `${rows.join('')}McNemar (exact, two-sided): p ${p < 0.0001 ? '< 0.0001' : `= ${p.toFixed(4)}`}\n`
  );
}

function signed(value: number): string {
  return `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(3)}`;
}
