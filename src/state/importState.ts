/** An import from the first look at a folder to what came of it; and what the look found. Pure. */
import type { ImportPlan } from '@agentiad/core/layouts/importPlan.ts';
import type { LookedAt } from '../runtime/intakeMessages.ts';
import type { Problem } from '../runtime/messages.ts';
import type { ExemplarRecord } from '../storage/schema.ts';

/** Where the images of one folder name go; the name is '' where the folder has none. */
export interface ImportTarget {
  readonly takes: boolean;
  /** An existing kind of part or a new one. */
  readonly category: string;
}

export interface ImportChoices {
  /** By the name that the plan gives the kind, '' for none. */
  readonly targets: Readonly<Record<string, ImportTarget>>;
  /** Also labelled images, for validation. */
  readonly takesLabelled: boolean;
  /** Also good parts of another size or shape than most. */
  readonly takesOutliers: boolean;
}

/** A file that is not taken, with the cause; `same` names what it is a copy of. */
export type Refusal =
  | { readonly kind: 'problem'; readonly problem: Problem }
  | { readonly kind: 'copy'; readonly same: string; readonly isInLibrary: boolean }
  | { readonly kind: 'labelled'; readonly same: string }
  | { readonly kind: 'good'; readonly same: string };

export interface Findings {
  readonly refused: ReadonlyMap<string, Refusal>;
  /** Good parts of another size or shape than most of their kind. */
  readonly outliers: ReadonlySet<string>;
}

export interface ImportResult {
  readonly added: readonly ExemplarRecord[];
  readonly labelledIds: readonly string[];
  /** Kinds of part that there were not before. */
  readonly newKinds: readonly string[];
  readonly refused: ReadonlyMap<string, Refusal>;
  /** Files that were still to come when it was cancelled, or when storage had no room. */
  readonly left: number;
  readonly seconds: number;
  readonly isUndone: boolean;
}

export type ImportState =
  | { readonly stage: 'looking'; readonly done: number; readonly total: number | null }
  | { readonly stage: 'failed'; readonly problem: Problem }
  | {
      readonly stage: 'ready';
      readonly plan: ImportPlan;
      readonly looks: ReadonlyMap<string, LookedAt | Problem>;
      readonly choices: ImportChoices;
    }
  | { readonly stage: 'taking'; readonly done: number; readonly total: number; readonly isStopping: boolean }
  | { readonly stage: 'done'; readonly result: ImportResult };

export const targetKey = (category: string | null) => category ?? '';

export function isProblem(look: LookedAt | Problem | undefined): look is Problem {
  return look !== undefined && 'code' in look;
}

interface Known {
  readonly category: string;
  readonly name: string;
  readonly sha256: string;
  readonly width?: number;
  readonly height?: number;
}

/**
 * What must not be taken, and what looks odd. `exemplars` and `labelled` are those there are already. An image is kept
 * once, and never is a good part and a labelled image of one kind.
 */
export function examine(input: {
  readonly plan: ImportPlan;
  readonly looks: ReadonlyMap<string, LookedAt | Problem>;
  readonly choices: ImportChoices;
  readonly exemplars: readonly Known[];
  readonly labelled: readonly Known[];
}): Findings {
  const { plan, looks, choices } = input;
  const refused = new Map<string, Refusal>();
  const key = (category: string, sha256: string) => `${category}\n${sha256}`;
  const index = (all: readonly Known[]) =>
    new Map(all.map(({ category, sha256, name }) => [key(category, sha256), name]));
  const goodHere = index(input.exemplars);
  const labelledHere = index(input.labelled);
  const came = { good: new Map<string, string>(), labelled: new Map<string, string>() };
  const sizes = new Map<string, { path: string; width: number; height: number }[]>();
  // Labelled images first: a good part that is one of them would show the agent what it is tested on.
  const groups = plan.groups.toSorted((a, b) => Number(b.role === 'labelled') - Number(a.role === 'labelled'));
  for (const group of groups) {
    if (group.role === 'skipped') continue;
    const { category } = choices.targets[targetKey(group.category)] ?? { category: '' };
    for (const path of group.paths) {
      const look = looks.get(path);
      if (look === undefined) continue;
      if (isProblem(look)) {
        refused.set(path, { kind: 'problem', problem: look });
        continue;
      }
      const at = key(category, look.sha256);
      const own = group.role === 'good' ? goodHere : labelledHere;
      const first = came[group.role].get(at);
      const other = group.role === 'good' ? (came.labelled.get(at) ?? labelledHere.get(at)) : goodHere.get(at);
      if (other !== undefined) refused.set(path, { kind: group.role === 'good' ? 'labelled' : 'good', same: other });
      else if (own.has(at)) refused.set(path, { kind: 'copy', same: own.get(at)!, isInLibrary: true });
      else if (first !== undefined) refused.set(path, { kind: 'copy', same: first, isInLibrary: false });
      else {
        came[group.role].set(at, path);
        if (group.role !== 'good') continue;
        const come = sizes.get(category) ?? [];
        come.push({ path, ...look });
        sizes.set(category, come);
      }
    }
  }
  const outliers = new Set<string>();
  for (const [category, come] of sizes) {
    const here = input.exemplars.filter((known) => known.category === category && known.width && known.height);
    const all = [...here.map(({ width, height }) => ({ width: width!, height: height! })), ...come];
    const isOutlier = outlierAmong(all);
    for (const { path, ...size } of come) if (isOutlier(size)) outliers.add(path);
  }
  return { refused, outliers };
}

interface Sides {
  readonly width: number;
  readonly height: number;
}

/** Tells which sizes are of another shape than the middle one of `all`, or much larger or smaller. */
export function outlierAmong(all: readonly Sides[]): (size: Sides) => boolean {
  if (all.length === 0) return () => false;
  const shape = median(all.map((size) => size.width / size.height));
  const side = median(all.map((size) => Math.max(size.width, size.height)));
  return ({ width, height }) => {
    const longer = Math.max(width, height) / side;
    return Math.abs(width / height / shape - 1) > 0.05 || longer > 1.5 || longer < 1 / 1.5;
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
