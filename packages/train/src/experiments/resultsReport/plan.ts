/** What the report of docs/results.md measures: rows (a model and a mode) on sets. */
import type { Mode } from '@agentiad/core/protocol/modes.ts';
import { MODES } from '@agentiad/core/protocol/modes.ts';
import { parseJsonObject } from '@agentiad/core/support/json.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { UsageError } from '../../commands/usageError.ts';
import { readUserFile } from '../../host/files.ts';

export interface PlannedSet {
  readonly name: string;
  readonly data: string;
  readonly limit: number;
  /** Draws of generated parts and of windows; default 0. */
  readonly seed?: number;
  readonly exemplars?: number;
  /** Counts in the mean lead over `patchNN`: every source once. */
  readonly inMean?: boolean;
}

export interface PlannedRow {
  readonly name: string;
  readonly model: string;
  readonly mode: Mode;
  readonly limit?: number;
  readonly controls?: boolean;
  /** Default true. Left out where another row on the same sets has them. */
  readonly baselines?: boolean;
  /** Names of sets; default: all. */
  readonly sets?: readonly string[];
}

export interface Plan {
  readonly sets: readonly PlannedSet[];
  readonly rows: readonly PlannedRow[];
}

/** Throws a UserError for what is no plan. */
export async function readPlan(file: string): Promise<Plan> {
  const { sets, rows } = parseJsonObject(await readUserFile(file), file) as unknown as Partial<Plan>;
  const isNamed = (list: unknown) => Array.isArray(list) && list.every((item) => typeof item?.name === 'string');
  if (!isNamed(sets) || !isNamed(rows)) {
    const remedy = 'See packages/train/src/experiments/resultsReport/plan.json.';
    throw new UserError({ code: 'no-plan', subject: file, reason: 'it has no sets and rows with names.', remedy });
  }
  for (const row of rows!) {
    if (!(row.mode in MODES))
      throw new UsageError(file, `row ${row.name}: there is no mode ${row.mode}.`, 'Correct it.');
    checkNames(`${file}, row ${row.name}`, row.sets, sets!);
  }
  return { sets: sets!, rows: rows! };
}

/** Throws a UsageError for a name that none of `known` has. */
export function checkNames(
  where: string,
  names: readonly string[] = [],
  known: readonly { readonly name: string }[],
): void {
  for (const name of names) {
    if (known.some((item) => item.name === name)) continue;
    throw new UsageError(where, `${name} is not in the plan.`, `It has: ${known.map((item) => item.name).join('; ')}.`);
  }
}
