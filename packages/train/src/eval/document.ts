/** The evaluation report as a file (core/schema/eval.schema.json), and reading one back. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import evalSchema from '@agentiad/core/schema/eval.schema.json' with { type: 'json' };
import type { Mode } from '@agentiad/core/protocol/modes.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import type { TextOnlyResult } from '../data/textOnly.ts';
import { readUserFile } from '../host/files.ts';
import type { Interval } from '@agentiad/core/validation/bootstrap.ts';
import type { Outcome } from './evaluate.ts';
import type { Decision } from '@agentiad/core/validation/metrics.ts';
import type { MmadScores, StrictMmadScores } from './mmadScore.ts';
import type { PixelMetrics } from './pixels.ts';
import type { EvalReport, Summary } from './report.ts';
import type { ThresholdSource } from './thresholds.ts';

export const NOT_MEASURED = 'not measured';
export type Maybe<T> = T | typeof NOT_MEASURED;

export interface BaselineReport extends Summary {
  /** Its balanced accuracy less the agent's, over the same images; the interval is a paired bootstrap. */
  readonly lead: { readonly value: number; readonly ci95: Interval };
  /** Where its thresholds come from, in cases; null for what has no threshold. */
  readonly thresholds: Readonly<Record<ThresholdSource, number>> | null;
}

export const BASELINES = ['alwaysAnomalous', 'textOnly', 'noTool', 'pixelDiff', 'patchNN'] as const;
export const CONTROLS = ['toolsDisabled', 'greyCrop', 'wrongExemplar'] as const;
/** Baselines with a decision for every case. */
export type DecidingBaseline = Exclude<(typeof BASELINES)[number], 'textOnly' | 'alwaysAnomalous'>;

export interface EvalDocument extends EvalReport {
  readonly schema: 'agentiad-eval/1';
  /** Says first whether a baseline beats the agent. */
  readonly headline: string;
  readonly baselines: {
    readonly alwaysAnomalous: BaselineReport;
    readonly textOnly: TextOnlyResult;
  } & Readonly<Record<DecidingBaseline, Maybe<BaselineReport>>>;
  /** Other exemplars than a case's own are those of another category: not measured where there is one alone. */
  readonly controls: Maybe<Readonly<Record<(typeof CONTROLS)[number], Maybe<Summary>>>>;
  /** F1 at the threshold that was best on another report, made of a validation split. */
  readonly f1AtValidation: Maybe<{ readonly value: number; readonly threshold: number; readonly from: string }>;
  /** Library match's map of the whole part against the masks. */
  readonly pixels: Maybe<PixelMetrics>;
  readonly mmad: Maybe<{
    /** Replies read off the agent's verdicts, or every question put to the model. */
    readonly replies: 'agent' | 'ask';
    readonly script: MmadScores;
    readonly strict: StrictMmadScores;
  }>;
  readonly created: string;
  readonly mode: Mode;
  readonly exemplars: number;
  readonly model: {
    readonly id: string;
    readonly sha256: string;
    readonly backend: string;
    readonly adapter: string;
  };
  readonly data: {
    readonly path: string;
    readonly sha256: string | null;
    readonly split: string;
    readonly seed: number;
  };
  readonly outcomes: readonly Outcome[];
  /** Decisions of the baselines, in the order of `outcomes`. */
  readonly baselineDecisions: Readonly<Partial<Record<DecidingBaseline, readonly Decision[]>>>;
}

const ajv = new Ajv2020({ allErrors: false, allowUnionTypes: true, strictTypes: false, strictRequired: false });
const isReport = ajv.compile<EvalDocument>(evalSchema);

/** Throws a UserError for a file that is not there or not a report of this command. */
export async function readReport(file: string): Promise<EvalDocument> {
  const text = new TextDecoder().decode(await readUserFile(file));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw notAReport(file, 'it is not JSON.', cause);
  }
  if (isReport(value)) return value;
  const [error] = isReport.errors ?? [];
  throw notAReport(file, `it is not an evaluation report: ${error?.instancePath || 'it'} ${error?.message}.`);
}

function notAReport(subject: string, reason: string, cause?: unknown): UserError {
  return new UserError({
    code: 'report-unreadable',
    subject,
    reason,
    remedy: 'Give a file of `agentiad eval --out`.',
    cause,
  });
}
