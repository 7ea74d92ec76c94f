/**
 * The label-leak test (agent-spec §7.3): how well does the prompt's text alone, without any image, tell the label?
 * Bag-of-words naive Bayes with add-one smoothing, each group predicted by a model that never saw that group.
 */
import { assert } from '@agentiad/core/support/assert.ts';
import type { Label } from './labelledCase.ts';

export interface TextOnlyResult {
  readonly n: number;
  readonly accuracy: number;
  /** Mean of recall and specificity; a label without cases is left out. */
  readonly balancedAccuracy: number;
  readonly majority: number;
  /** 95 % interval of the balanced accuracy (normal approximation, spread of pure chance). */
  readonly ci95: readonly [number, number];
  /** Upper end of the 95 % interval of the balanced accuracy under pure chance (normal approximation). */
  readonly chanceUpper: number;
  /** Above `chanceUpper`. Below chance is no leak: leaving one out of equal prompts favours the other label. */
  readonly leaks: boolean;
}

const WORD = /[\p{L}\p{N}_]+/gu;

interface Counts {
  readonly words: Map<string, number>;
  total: number;
  documents: number;
}

/** `groups[i]` names what is left out together with case i; give every case its own name for leave-one-out. */
export function textOnlyAccuracy(
  prompts: readonly string[],
  labels: readonly Label[],
  groups: readonly string[],
): TextOnlyResult {
  assert(prompts.length === labels.length && labels.length === groups.length, 'one label and one group per prompt');
  const documents = prompts.map(bagOfWords);
  const vocabulary = new Set(documents.flatMap((bag) => [...bag.keys()])).size;
  const all = { normal: emptyCounts(), anomalous: emptyCounts() };
  documents.forEach((bag, i) => add(all[labels[i]!], bag, 1));
  const members = new Map<string, number[]>();
  groups.forEach((group, i) => members.set(group, [...(members.get(group) ?? []), i]));
  const credit = { normal: 0, anomalous: 0 };
  for (const indices of members.values()) {
    for (const i of indices) add(all[labels[i]!], documents[i]!, -1);
    for (const i of indices) {
      const margin =
        logLikelihood(all.anomalous, documents[i]!, vocabulary) - logLikelihood(all.normal, documents[i]!, vocabulary);
      const isAnomalous = labels[i] === 'anomalous';
      // A tie is a coin flip.
      credit[labels[i]!] += Math.abs(margin) < 1e-9 ? 0.5 : margin > 0 === isAnomalous ? 1 : 0;
    }
    for (const i of indices) add(all[labels[i]!], documents[i]!, 1);
  }
  const n = labels.length;
  const anomalous = labels.filter((label) => label === 'anomalous').length;
  const rates = [
    ...(anomalous > 0 ? [credit.anomalous / anomalous] : []),
    ...(n > anomalous ? [credit.normal / (n - anomalous)] : []),
  ];
  const balancedAccuracy = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  const variance = anomalous > 0 && n > anomalous ? (1 / anomalous + 1 / (n - anomalous)) / 16 : 0;
  const halfWidth = 1.96 * Math.sqrt(variance);
  const chanceUpper = 0.5 + halfWidth;
  return {
    ci95: [balancedAccuracy - halfWidth, balancedAccuracy + halfWidth],
    n,
    accuracy: (credit.normal + credit.anomalous) / n,
    balancedAccuracy,
    majority: Math.max(anomalous, n - anomalous) / n,
    chanceUpper,
    leaks: balancedAccuracy > chanceUpper,
  };
}

/**
 * What a prompt shows without its image: words, neighbouring words (so that the order of a list counts), and the
 * punctuation around words (lists of one label have ended in periods). Lengths show in how often everything else comes.
 */
function bagOfWords(text: string): Map<string, number> {
  const lower = text.toLowerCase();
  const words = lower.match(WORD) ?? [];
  const shapes = lower.split(/\s+/).map((word) => word.replace(WORD, 'x'));
  const pairs = words.slice(1).map((word, at) => `${words[at]} ${word}`);
  const bag = new Map<string, number>();
  for (const feature of [...words, ...pairs, ...shapes.filter((shape) => shape !== 'x')]) {
    bag.set(feature, (bag.get(feature) ?? 0) + 1);
  }
  return bag;
}

function emptyCounts(): Counts {
  return { words: new Map(), total: 0, documents: 0 };
}

function add(counts: Counts, bag: Map<string, number>, sign: 1 | -1): void {
  for (const [word, n] of bag) {
    counts.words.set(word, (counts.words.get(word) ?? 0) + sign * n);
    counts.total += sign * n;
  }
  counts.documents += sign;
}

/** Uniform prior: the question is what the words tell, not the base rate. */
function logLikelihood(counts: Counts, bag: Map<string, number>, vocabulary: number): number {
  if (counts.documents === 0) return 0;
  let sum = 0;
  for (const [word, n] of bag) sum += n * Math.log(((counts.words.get(word) ?? 0) + 1) / (counts.total + vocabulary));
  return sum;
}

/** Ten folds with the labels in proportion: leaving one of many equal prompts out would favour the other label. */
export function stratifiedFolds(labels: readonly Label[]): string[] {
  const next = { normal: 0, anomalous: 0 };
  return labels.map((label) => `fold-${next[label]++ % 10}`);
}
