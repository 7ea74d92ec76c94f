/** A training run's configuration file (`packages/train/runs/*.json`), checked against `schema/run.schema.json`. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Mode } from '@agentiad/core/protocol/modes.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import runSchema from '../../schema/run.schema.json' with { type: 'json' };
import type { NanoSizes } from '../nano/folder.ts';
import type { SftSettings } from '../sft/train.ts';

export type SourceConfig =
  | {
      readonly kind: 'procedural';
      readonly count: number;
      readonly designsPerFamily: number;
      readonly exemplars: readonly [number, number];
    }
  | {
      readonly kind: 'deeppcb';
      readonly count: number;
      /** `manifest.jsonl`, relative to the folder of data sets (`--data-dir`). */
      readonly manifest: string;
      readonly exemplars: number;
      /** Share of the boards kept out of training. */
      readonly heldOutShare: number;
    };

export interface RunConfig {
  readonly name: string;
  readonly seed: number;
  /** Absolute after reading. */
  readonly work: string;
  readonly model: NanoSizes;
  readonly data: {
    readonly corpus: number;
    readonly modes: Readonly<Partial<Record<Mode, number>>>;
    readonly sources: readonly SourceConfig[];
  };
  readonly sft: SftSettings;
  readonly card: {
    readonly id: string;
    readonly name: string;
    readonly trainedOn: string;
    readonly licence: string;
    readonly commercialUse: 'yes' | 'no' | 'ask';
  };
}

export const REPOSITORY = fileURLToPath(new URL('../../../../', import.meta.url));

export async function readRunConfig(file: string): Promise<RunConfig> {
  const fail = (reason: string, cause?: unknown) =>
    new UserError({
      code: 'run-config',
      subject: file,
      reason,
      remedy: 'See packages/train/runs for examples.',
      cause,
    });
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw fail('the run configuration cannot be read.', error);
  });
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch (error) {
    throw fail('it is not valid JSON.', error);
  }
  const ajv = new Ajv2020({ allErrors: true, strictTypes: false });
  if (!ajv.validate(runSchema, config)) {
    throw fail(`it does not fit the schema: ${ajv.errorsText(ajv.errors, { dataVar: 'run' })}.`);
  }
  const run = config as RunConfig;
  return { ...run, work: path.resolve(REPOSITORY, run.work) };
}
