/** The result file of a benchmark run (core/schema/bench.schema.json): what was measured, on what, with the raw values. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import benchSchema from '@agentiad/core/schema/bench.schema.json' with { type: 'json' };
import { median } from '@agentiad/core/engine/microBenchTimer.ts';
import { assert } from '@agentiad/core/support/assert.ts';

export type Unit = 'ms' | 's' | 'GB/s' | 'GFLOP/s' | 'tokens/s' | 'µs' | 'bytes' | 'dispatches' | 'times';

/** One figure: the median of `samples`, or what was worked out from other figures. */
export interface Figure {
  readonly group: 'ceiling' | 'kernel' | 'vision' | 'prefill' | 'decode' | 'inspection' | 'memory' | 'load';
  readonly name: string;
  readonly value: number;
  readonly unit: Unit;
  /** Raw values in `unit`; empty for counted and extrapolated figures. */
  readonly samples: readonly number[];
  /** How it was worked out, where the whole was not measured. */
  readonly extrapolated?: string;
  /** Work per second of this figure, and its share of the ceiling it is held against. */
  readonly rate?: { readonly value: number; readonly unit: Unit; readonly share: number; readonly ceiling: string };
  readonly note?: string;
}

/** The same work by this project and by another program, timed in turn. */
export interface Comparison {
  readonly name: string;
  /** What the other program is, with its settings. */
  readonly peer: string;
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
  readonly unit: 'ms';
  /** Median of theirs / median of ours: above 1 this project is faster. */
  readonly ratio: number;
  readonly target: number | null;
  readonly note?: string;
}

export interface TokenModel {
  readonly bytes: number;
  readonly readRate: number;
  readonly dispatches: number;
  readonly dispatchSeconds: number;
  /** bytes / readRate + dispatches * dispatchSeconds. */
  readonly modelSeconds: number;
  readonly measuredSeconds: number;
  readonly ratio: number;
  readonly target: number;
  readonly extrapolated: boolean;
}

export interface BenchResult {
  readonly schema: 'agentiad-bench/1';
  readonly name: string;
  readonly created: string;
  readonly adapter: { readonly name: string; readonly isSoftware: boolean; readonly tier: number };
  readonly host: { readonly platform: string; readonly cpu: string; readonly cores: number; readonly memory: number };
  readonly versions: Readonly<Record<string, string>>;
  readonly settings: {
    readonly shape: string;
    readonly budgetMinutes: number;
    readonly timing: 'gpu timestamps' | 'wall clock';
    readonly scheme: string;
  };
  readonly figures: readonly Figure[];
  readonly comparisons: readonly Comparison[];
  readonly tokenModel: TokenModel | null;
  /** What was left out, and why. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
}

export function measured(
  group: Figure['group'],
  name: string,
  samples: readonly number[],
  unit: Unit,
  more: Pick<Figure, 'rate' | 'note'> = {},
): Figure {
  return { group, name, value: median(samples), unit, samples, ...more };
}

export function derived(
  group: Figure['group'],
  name: string,
  value: number,
  unit: Unit,
  more: Pick<Figure, 'extrapolated' | 'note' | 'rate'> = {},
): Figure {
  return { group, name, value, unit, samples: [], ...more };
}

export function compare(
  given: Omit<Comparison, 'ratio' | 'unit' | 'theirs' | 'ours'> & {
    ours: readonly number[];
    theirs: readonly number[];
  },
): Comparison {
  return { ...given, unit: 'ms', ratio: median(given.theirs) / median(given.ours) };
}

const validate = new Ajv2020({ allErrors: true }).compile<BenchResult>(benchSchema);

/** The problems of `value` as a result file; none when it is one. */
export function benchProblems(value: unknown): string[] {
  if (validate(value)) return [];
  return (validate.errors ?? []).map(
    (error) => `${error.instancePath || 'the document'} ${error.message ?? 'is invalid'}`,
  );
}

export function checkedResult(value: BenchResult): BenchResult {
  const problems = benchProblems(value);
  assert(problems.length === 0, `the result does not fit its schema: ${problems.join('; ')}`);
  return value;
}

/** The figure of that group and name. */
export function figureOf(figures: readonly Figure[], group: Figure['group'], name: string): Figure | undefined {
  return figures.find((figure) => figure.group === group && figure.name === name);
}
