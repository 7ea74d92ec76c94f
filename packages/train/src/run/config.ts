/** A training run's configuration file (`packages/train/runs/*.json`), checked against `schema/run.schema.json`. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ErrorObject } from 'ajv/dist/2020.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Mode } from '@agentiad/core/protocol/modes.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import runSchema from '../../schema/run.schema.json' with { type: 'json' };
import { fileUnreadable } from '../host/files.ts';
import type { RolloutPlace } from '../grpo/openPolicy.ts';
import type { GrpoPresetName, GrpoSettings } from '../grpo/settings.ts';
import { GRPO_PRESETS } from '../grpo/settings.ts';
import type { LoraSettings } from '../nn/lora.ts';
import type { NanoSizes } from '../nano/folder.ts';
import type { SftSettings } from '../sft/train.ts';

export type SourceConfig =
  | {
      readonly kind: 'procedural';
      readonly count: number;
      readonly designsPerFamily: number;
      readonly exemplars: readonly [number, number];
      /** Share of the designs whose parts lie as they fall; default none. */
      readonly looseShare?: number;
    }
  | {
      readonly kind: 'deeppcb';
      readonly count: number;
      /** `manifest.jsonl`, relative to the folder of data sets (`--data-dir`). */
      readonly manifest: string;
      readonly exemplars: number | readonly [number, number];
      /** Share of the boards kept out of training. */
      readonly heldOutShare: number;
      /** The first template lies exactly as the window. Default: none does. */
      readonly aligned?: boolean;
    }
  | {
      /** The train split of an imported dataset (`agentiad data import`). */
      readonly kind: 'manifest';
      readonly count: number;
      readonly manifest: string;
      readonly exemplars: number;
      /** Cut windows of this side instead of taking whole photographs. */
      readonly windowSize?: number;
    };

/** A model whose weights exist: a Hugging Face checkpoint or a converted model. */
export interface StartConfig {
  /** Folder; absolute after reading. */
  readonly checkpoint: string;
  /** Area of every view, at most. */
  readonly viewPixels?: number;
}

/** Which values are trained and how they are held; the schema fills in what is left out. */
export interface TrainedParts {
  /** What a full fine-tuning leaves alone; with `lora` the whole base is frozen. */
  readonly frozen: 'none' | 'vision';
  readonly lora?: LoraSettings;
  /** How the frozen base of an adapter is kept. */
  readonly base: 'f32' | 'q4';
  /** Recompute each block in the backward pass instead of keeping its activations. */
  readonly recompute: boolean;
  /** Steps between checkpoints. */
  readonly saveEvery: number;
}

export interface RunConfig {
  readonly name: string;
  readonly seed: number;
  /** Absolute after reading. */
  readonly work: string;
  readonly model: NanoSizes | StartConfig;
  readonly data: {
    readonly corpus: number;
    readonly modes: Readonly<Partial<Record<Mode, number>>>;
    readonly sources: readonly SourceConfig[];
  };
  readonly sft: SftSettings & TrainedParts & { readonly accumulation: number };
  readonly grpo?: GrpoSettings & TrainedParts & { readonly preset: GrpoPresetName; readonly rollouts: RolloutPlace };
  readonly card: {
    readonly id: string;
    readonly name: string;
    readonly trainedOn: string;
    readonly licence: string;
    readonly commercialUse: 'yes' | 'no' | 'ask';
    /** False where no demonstration shows a specification. Default: it reads them. */
    readonly readsSpecification?: boolean;
  };
}

export const REPOSITORY = fileURLToPath(new URL('../../../../', import.meta.url));

/** Reads and checks `file`; what it leaves out is filled in, folders become absolute. Throws a UserError. */
export async function readRunConfig(file: string): Promise<RunConfig> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw fileUnreadable(file, error as NodeJS.ErrnoException);
  });
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch (error) {
    throw bad(file, `it is not valid JSON: ${(error as Error).message}.`, error);
  }
  const ajv = new Ajv2020({ allErrors: true, strictTypes: false, useDefaults: true, discriminator: true });
  if (!ajv.validate(runSchema, config)) {
    const errors = ajv.errors!.filter(({ keyword }) => keyword !== 'if'); // it says only that one of the others failed
    throw bad(file, `it does not fit the schema: ${errors.map(describeError).join(', ')}.`);
  }
  const run = config as RunConfig;
  const { model, data, sft, grpo } = run;
  if (Object.values(data.modes).every((share) => share === 0)) throw bad(file, 'data.modes: all shares are 0.');
  for (const [index, { exemplars }] of data.sources.entries()) {
    if (Array.isArray(exemplars) && exemplars[0]! > exemplars[1]!)
      throw bad(file, `data.sources/${index}: exemplars [${exemplars.join(', ')}] begin with the larger number.`);
  }
  checkParts(file, 'sft', sft);
  if (grpo) checkParts(file, 'grpo', grpo);
  const absolute = (folder: string) => path.resolve(REPOSITORY, folder);
  return {
    ...run,
    work: absolute(run.work),
    model: 'checkpoint' in model ? { ...model, checkpoint: absolute(model.checkpoint) } : model,
    ...(grpo && { grpo: fillGrpo(grpo) }),
  };
}

function checkParts(file: string, name: string, { base, frozen, lora }: TrainedParts): void {
  if (base === 'q4' && !lora) throw bad(file, `${name}.base q4 needs ${name}.lora: int4 weights cannot be trained.`);
  if (lora && frozen !== 'none')
    throw bad(file, `with ${name}.lora the whole base is frozen: leave out ${name}.frozen.`);
}

/** The preset's settings with those of the file over them, also inside `sampling`, `reward` and `loss`. */
function fillGrpo(given: NonNullable<RunConfig['grpo']>): NonNullable<RunConfig['grpo']> {
  const preset = GRPO_PRESETS[given.preset];
  return {
    ...preset,
    ...given,
    sampling: { ...preset.sampling, ...given.sampling },
    reward: { ...preset.reward, ...given.reward },
    loss: { ...preset.loss, ...given.loss },
  };
}

function describeError({ instancePath, message, params }: ErrorObject): string {
  const { additionalProperty, allowedValues, tagValue } = params as Readonly<Record<string, unknown>>;
  const extra = additionalProperty ?? tagValue ?? (allowedValues as readonly unknown[] | undefined)?.join(', ');
  return `run${instancePath} ${message}${extra === undefined ? '' : ` (${String(extra)})`}`;
}

/** Sizes of a run that starts from random weights; throws a UserError for one that starts from a checkpoint. */
export function nanoSizes({ name, model }: RunConfig): NanoSizes {
  if (!('checkpoint' in model)) return model;
  throw bad(name, 'it starts from a checkpoint, and its tokenizer with it: there is none to learn.');
}

function bad(subject: string, reason: string, cause?: unknown): UserError {
  return new UserError({
    code: 'run-config',
    subject,
    reason,
    remedy: 'See packages/train/runs for examples and packages/train/schema/run.schema.json for all fields.',
    cause,
  });
}
