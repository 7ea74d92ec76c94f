/**
 * `data check`: does the prompt's text alone, without the image, tell the label? Each category gives as many normal as
 * anomalous cases, so that a category's base rate (which everybody may know) is no leak, only what differs *within* it.
 * Two classifiers (`textOnly.ts`): one that knows the categories (ten folds), one that never saw the category it
 * judges (what is common to the lists of one label everywhere). Chance is 0.5 for both; the test fails when the lower
 * confidence bound of either accuracy is above that.
 */
import { createRandom } from '@agentiad/core/support/random.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import type { Label } from './labelledCase.ts';
import { shuffled } from './split.ts';
import { textOnlyAccuracy } from './textOnly.ts';

export interface LeakCase {
  readonly prompt: string;
  readonly label: Label;
  readonly category: string;
}

export interface LeakScore {
  readonly accuracy: number;
  /** One-sided lower bound of the accuracy; both bounds hold together with 99 % confidence. */
  readonly lowerBound: number;
}

export interface LeakResult {
  /** Cases compared, half of them normal. */
  readonly n: number;
  readonly categories: number;
  /** Categories with one label only; their cases were left out. */
  readonly oneLabel: readonly string[];
  readonly withinCategories: LeakScore;
  /** Null for a single category. */
  readonly acrossCategories: LeakScore | null;
  readonly leaks: boolean;
}

const CHANCE = 0.5;
const FOLDS = 10;
/** Standard normal quantile of 0.995: two tests share the 1 % of false alarms. */
const Z = 2.576;

/** Throws a UserError when every category has one label only: then its name tells the label, and nothing can be compared. */
export function leakTest(cases: readonly LeakCase[], seed: number): LeakResult {
  const byCategory = new Map<string, LeakCase[]>();
  for (const one of cases) byCategory.set(one.category, [...(byCategory.get(one.category) ?? []), one]);
  const random = createRandom(seed);
  const chosen: (LeakCase & { readonly fold: string })[] = [];
  const oneLabel: string[] = [];
  let offset = 0;
  for (const [category, members] of byCategory) {
    const of = (label: Label) =>
      shuffled(
        members.filter((member) => member.label === label),
        random,
      );
    const [normal, anomalous] = [of('normal'), of('anomalous')];
    const pairs = Math.min(normal.length, anomalous.length);
    if (pairs === 0) oneLabel.push(category);
    for (let k = 0; k < pairs; k++) {
      const fold = `fold-${offset++ % FOLDS}`;
      chosen.push({ ...normal[k]!, fold }, { ...anomalous[k]!, fold });
    }
  }
  if (chosen.length === 0) {
    throw new UserError({
      code: 'label-leak',
      subject: 'every category',
      reason: 'has cases of one label only: its name in the prompt tells the label.',
      remedy: 'Name good and defective images of one thing alike.',
    });
  }
  const score = (groups: readonly string[]): LeakScore => {
    const { accuracy, n } = textOnlyAccuracy(
      chosen.map(({ prompt }) => prompt),
      chosen.map(({ label }) => label),
      groups,
    );
    return { accuracy, lowerBound: wilsonLower(accuracy, n) };
  };
  const withinCategories = score(chosen.map(({ fold }) => fold));
  const categories = byCategory.size - oneLabel.length;
  const acrossCategories = categories > 1 ? score(chosen.map(({ category }) => category)) : null;
  return {
    n: chosen.length,
    categories,
    oneLabel,
    withinCategories,
    acrossCategories,
    leaks: [withinCategories, acrossCategories].some((one) => one !== null && one.lowerBound > CHANCE),
  };
}

/** Lower end of the Wilson score interval. */
function wilsonLower(share: number, n: number): number {
  const z2 = Z * Z;
  const spread = Z * Math.sqrt((share * (1 - share) + z2 / (4 * n)) / n);
  return (share + z2 / (2 * n) - spread) / (1 + z2 / n);
}
