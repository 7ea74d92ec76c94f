/** A drawn split, kept in a file beside the manifest so that other runs and other people use the same one. */
import { readFile, writeFile } from 'node:fs/promises';
import { UserError } from '@agentiad/core/support/userError.ts';
import { mixSeed } from '@agentiad/core/support/random.ts';
import { writing } from '../host/files.ts';
import { MANIFEST_SPLITS } from '@agentiad/core/protocol/manifest.ts';
import type { ManifestSplit } from '@agentiad/core/protocol/manifest.ts';
import { splitByGroup } from './split.ts';

export type SplitShares = Readonly<Partial<Record<ManifestSplit, number>>>;

export interface StoredSplit {
  readonly dataset: string;
  readonly seed: number;
  readonly shares: SplitShares;
  /** Group to split. */
  readonly groups: Readonly<Record<string, ManifestSplit>>;
}

export interface SplitItem {
  readonly group: string;
  readonly category: string;
  readonly label: string;
}

/** Whole groups, drawn within each category and apart for groups with and without defects: every side gets its share. */
export function drawSplit(
  dataset: string,
  items: readonly SplitItem[],
  shares: SplitShares,
  seed: number,
): StoredSplit {
  const strata = new Map<string, { group: string; stratum: string }>();
  for (const { group, category, label } of items) {
    const known = strata.get(group);
    if (known === undefined || label === 'anomalous') strata.set(group, { group, stratum: `${category} ${label}` });
  }
  const members = [...strata.values()];
  const groups: Record<string, ManifestSplit> = {};
  for (const stratum of [...new Set(members.map((member) => member.stratum))].sort()) {
    const own = members.filter((member) => member.stratum === stratum);
    const drawn = splitByGroup(
      own,
      ({ group }) => group,
      shares as Record<ManifestSplit, number>,
      mixSeed('split', seed, stratum),
    );
    for (const name of MANIFEST_SPLITS) for (const { group } of drawn[name] ?? []) groups[group] = name;
  }
  return { dataset, seed, shares, groups };
}

/** Throws a UserError for a group that the stored split does not know. */
export function splitOf({ dataset, groups }: StoredSplit, group: string): ManifestSplit {
  const split = groups[group];
  if (split !== undefined) return split;
  throw new UserError({
    code: 'split-unknown-group',
    subject: group,
    reason: `the stored split of ${dataset} does not know it.`,
    remedy: 'Use the split file that belongs to this copy, or draw a new split with --split.',
  });
}

/** `sets/mmad.jsonl` -> `sets/mmad.split.json`. */
export function splitFile(manifestFile: string): string {
  return manifestFile.replace(/(\.jsonl)?$/, '.split.json');
}

export async function writeSplit(file: string, split: StoredSplit): Promise<void> {
  await writing(file, () => writeFile(file, `${JSON.stringify(split, null, 1)}\n`));
}

export async function readSplit(file: string): Promise<StoredSplit> {
  const fail = (reason: string, cause?: unknown) =>
    new UserError({
      code: 'split-file',
      subject: file,
      reason,
      remedy: 'Use a file that `agentiad data import` wrote.',
      cause,
    });
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw fail('the split file cannot be read.', cause);
  });
  let value: Partial<StoredSplit> | null;
  try {
    value = JSON.parse(text) as Partial<StoredSplit> | null;
  } catch (cause) {
    throw fail('it is not valid JSON.', cause);
  }
  const splits = Object.values(value?.groups ?? {});
  if (splits.length > 0 && splits.every((split) => MANIFEST_SPLITS.includes(split))) return value as StoredSplit;
  throw fail('it has no "groups" with train, validation or test.');
}
