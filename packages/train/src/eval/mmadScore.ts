/**
 * MMAD accuracies both ways (agent-spec §6.3, training.md §6): by the rules of the benchmark's own script, odd ones
 * included, so that figures compare with its tables; and strictly, where whatever cannot be read is wrong.
 */
import { mean } from '@agentiad/core/validation/metrics.ts';
import type { Options } from './mmadParse.ts';
import { readByScript, readStrictly } from './mmadParse.ts';

/** One question and what was replied. */
export interface MmadReply {
  /** Path in the benchmark, `<data set>/<class>/...`. */
  readonly image: string;
  /** Question group as the benchmark names it, e.g. `Anomaly Detection`. */
  readonly type: string;
  readonly options: Options;
  /** The right letter. */
  readonly correct: string;
  /** Null: no reply came. */
  readonly reply: string | null;
}

/** Shares 0..1. */
export interface MmadScores {
  /** Per data set and question group; detection is balanced. */
  readonly perDataset: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Unweighted over data sets, per group. */
  readonly perType: Readonly<Record<string, number>>;
  /** Mean of the groups. */
  readonly average: number;
  /** Per data set: good parts rejected, defects missed. */
  readonly overkill: Readonly<Record<string, number>>;
  readonly miss: Readonly<Record<string, number>>;
  readonly questions: number;
  /** Questions that were not counted at all; 0 when scored strictly. */
  readonly dropped: number;
  readonly unparsable: number;
}

export interface StrictMmadScores extends MmadScores {
  /** Balanced detection per class `<data set>/<class>`, where both labels occur. */
  readonly perClass: Readonly<Record<string, number>>;
  /** Detection: mean over classes, and over questions without balancing. */
  readonly detection: { readonly macro: number; readonly micro: number };
}

export const DETECTION = 'Anomaly Detection';

/** Structure and details of the object are one group in the benchmark's tables. */
export function mmadGroup(type: string): string {
  return type === 'Object Structure' || type === 'Object Details' ? 'Object Analysis' : type;
}

/** As the benchmark tells them apart. */
export function isNormalPath(image: string): boolean {
  return image.includes('good');
}

interface Counted {
  readonly dataset: string;
  readonly group: string;
  readonly class: string;
  readonly isNormal: boolean;
  readonly isRight: boolean;
}

function counted(reply: MmadReply, said: string | null): Counted {
  const [dataset = '', name = ''] = reply.image.split('/');
  return {
    dataset,
    group: mmadGroup(reply.type),
    class: `${dataset}/${name}`,
    isNormal: isNormalPath(reply.image),
    isRight: said === reply.correct,
  };
}

/**
 * The benchmark's figures. Its script takes an entry that it cannot read out of the list it is walking through, so that
 * the entry after it is skipped as well, right or wrong; a group that a data set does not have counts 0 there, and so
 * does a side of detection without images.
 */
export function scoreByScript(replies: readonly MmadReply[]): MmadScores {
  const kept: Counted[] = [];
  let unparsable = 0;
  for (let i = 0; i < replies.length; i++) {
    const reply = replies[i]!;
    const said = readByScript(reply.reply, reply.options);
    if (said !== null && /^[A-E]$/.test(reply.correct)) kept.push(counted(reply, said));
    else {
      unparsable++;
      i++;
    }
  }
  const datasets = namesOf(replies, ({ image }) => image.split('/')[0]!);
  const groups = namesOf(replies, ({ type }) => mmadGroup(type));
  const zeroIfNone = (share: number) => (Number.isNaN(share) ? 0 : share);
  return {
    ...tabulate(kept, datasets, groups, zeroIfNone),
    questions: replies.length,
    dropped: replies.length - kept.length,
    unparsable,
  };
}

/** Every question counts, what cannot be read is wrong, and what a data set does not have is left out of the means. */
export function scoreStrictly(replies: readonly MmadReply[]): StrictMmadScores {
  const said = replies.map((reply) => readStrictly(reply.reply, reply.options));
  const all = replies.map((reply, i) => counted(reply, said[i]!));
  const detection = all.filter(({ group }) => group === DETECTION);
  const classes = namesOf(detection, (entry) => entry.class);
  const perClass = Object.fromEntries(
    classes
      .map((name) => [name, balanced(detection.filter((entry) => entry.class === name))] as const)
      .filter(([, share]) => !Number.isNaN(share)),
  );
  return {
    ...tabulate(
      all,
      namesOf(all, ({ dataset }) => dataset),
      namesOf(all, ({ group }) => group),
      (share) => share,
    ),
    perClass,
    detection: { macro: mean(Object.values(perClass)), micro: right(detection) },
    questions: replies.length,
    dropped: 0,
    unparsable: said.filter((letter) => letter === null).length,
  };
}

/** `settle`: what a share of nothing (NaN) counts as; means leave NaN out. */
function tabulate(
  entries: readonly Counted[],
  datasets: readonly string[],
  groups: readonly string[],
  settle: (share: number) => number,
): Pick<MmadScores, 'perDataset' | 'perType' | 'average' | 'overkill' | 'miss'> {
  const cell = (dataset: string, group: string) => {
    const own = entries.filter((entry) => entry.dataset === dataset && entry.group === group);
    if (group !== DETECTION) return settle(right(own));
    return (
      (settle(right(own.filter(({ isNormal }) => isNormal))) + settle(right(own.filter((entry) => !entry.isNormal)))) /
      2
    );
  };
  const perDataset = Object.fromEntries(
    datasets.map((dataset) => [
      dataset,
      Object.fromEntries(
        groups.map((group) => [group, cell(dataset, group)]).filter(([, share]) => !Number.isNaN(share)),
      ),
    ]),
  ) as Record<string, Record<string, number>>;
  const perType = Object.fromEntries(
    groups.map((group) => [group, meanOf(datasets.map((dataset) => perDataset[dataset]![group] ?? NaN))]),
  );
  const wrongOf = (dataset: string, isNormal: boolean) =>
    1 - settle(right(entries.filter((e) => e.dataset === dataset && e.group === DETECTION && e.isNormal === isNormal)));
  return {
    perDataset,
    perType,
    average: meanOf(Object.values(perType)),
    overkill: Object.fromEntries(datasets.map((dataset) => [dataset, wrongOf(dataset, true)])),
    miss: Object.fromEntries(datasets.map((dataset) => [dataset, wrongOf(dataset, false)])),
  };
}

function right(entries: readonly Counted[]): number {
  return mean(entries.map(({ isRight }) => Number(isRight)));
}

function balanced(entries: readonly Counted[]): number {
  return (right(entries.filter(({ isNormal }) => isNormal)) + right(entries.filter(({ isNormal }) => !isNormal))) / 2;
}

function meanOf(shares: readonly number[]): number {
  return mean(shares.filter((share) => !Number.isNaN(share)));
}

function namesOf<T>(items: readonly T[], nameOf: (item: T) => string): string[] {
  return [...new Set(items.map(nameOf))];
}
