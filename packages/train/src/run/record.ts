/**
 * `run.json`, what a run is: its resolved configuration, the data and mask it was started with, and which versions of
 * everything it ran on, at the start and at each resumption. A folder belongs to one configuration for good.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import type { JsonObject } from '@agentiad/core/support/json.ts';
import { isJsonObject } from '@agentiad/core/support/json.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import corePackage from '../../../core/package.json' with { type: 'json' };
import trainPackage from '../../package.json' with { type: 'json' };

export const RUN_FORMAT = 'agentiad-run-1';

/** What makes a run this run; all of it must be the same when it is resumed. */
export interface RunIdentity {
  /** `sft`, `grpo`. */
  readonly command: string;
  /** The resolved configuration. Where it lies (`work`, `$schema`) is no part of what it is. */
  readonly config: object;
  /** SHA-256 by name of what the run learns from. */
  readonly data?: Readonly<Record<string, string>>;
  /** SHA-256 over the trained positions of all samples (training.md S10). */
  readonly maskSha256?: string;
}

export interface Circumstances {
  readonly at: string;
  /** Backend and adapter. */
  readonly device: string | null;
  readonly versions: Readonly<Record<string, string>>;
  /** Null outside a git checkout. */
  readonly git: { readonly commit: string; readonly hasChanges: boolean } | null;
}

export interface RunRecord extends RunIdentity {
  readonly format: typeof RUN_FORMAT;
  readonly configSha256: string;
  readonly started: Circumstances;
  readonly resumed: readonly (Circumstances & { readonly step: number })[];
}

export function createRecord(identity: RunIdentity, started: Circumstances): RunRecord {
  return { format: RUN_FORMAT, configSha256: configHash(identity), ...identity, started, resumed: [] };
}

export async function circumstances(device: string | null): Promise<Circumstances> {
  const versions = {
    agentiad: trainPackage.version,
    node: process.versions.node,
    ...corePackage.dependencies,
    ...trainPackage.dependencies,
  };
  codeState ??= gitState();
  return { at: new Date().toISOString(), device, versions, git: await codeState };
}

/** Of the code that this process runs: as it was when first asked. */
let codeState: Promise<Circumstances['git']> | null = null;

async function gitState(): Promise<Circumstances['git']> {
  const git = async (...args: string[]) =>
    (await promisify(execFile)('git', args, { cwd: import.meta.dirname })).stdout.trim();
  try {
    return { commit: await git('rev-parse', 'HEAD'), hasChanges: (await git('status', '--porcelain')) !== '' };
  } catch {
    return null; // no git, or no checkout: a released package
  }
}

/** Reads `run.json`; throws a UserError when it is none. */
export function parseRecord(text: string, file: string): RunRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw notOurs(file, 'it is not valid JSON.', cause);
  }
  if (!isJsonObject(value) || value['format'] !== RUN_FORMAT) throw notOurs(file, `it is no ${RUN_FORMAT}.`);
  return value as unknown as RunRecord;
}

/** Throws a UserError, with the fields that differ, unless `record` is the run that `identity` describes. */
export function checkSameRun(record: RunRecord, identity: RunIdentity, folder: string): void {
  const differences = differencesOf(describe(record), describe(identity));
  if (differences.length === 0) return;
  const shown = differences.slice(0, 4).join('; ');
  throw new UserError({
    code: 'another-run',
    subject: folder,
    reason: `the folder belongs to another run: ${shown}${differences.length > 4 ? '; …' : ''}.`,
    remedy: 'Resume with the configuration and data it was started with, or give the new run another name.',
  });
}

function configHash(identity: RunIdentity): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(placeless(identity.config))))
    .digest('hex');
}

function describe({ command, config, data, maskSha256 }: RunIdentity): JsonObject {
  const described = { command, config: placeless(config), data: data ?? {}, mask: maskSha256 ?? null };
  return JSON.parse(JSON.stringify(described)) as JsonObject;
}

function placeless(config: object): object {
  return Object.fromEntries(Object.entries(config).filter(([key]) => key !== 'work' && key !== '$schema'));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .toSorted()
      .map((key) => [key, sorted(value[key])]),
  );
}

/** `config.sft.steps 100, now 200` for every leaf that differs. */
function differencesOf(before: unknown, now: unknown, path = ''): string[] {
  if (isJsonObject(before) && isJsonObject(now)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])];
    return keys.flatMap((key) => differencesOf(before[key], now[key], path === '' ? key : `${path}.${key}`));
  }
  const [was, is] = [shortJson(before), shortJson(now)];
  return JSON.stringify(sorted(before)) === JSON.stringify(sorted(now)) ? [] : [`${path} was ${was}, now ${is}`];
}

function shortJson(value: unknown): string {
  const text = value === undefined ? 'absent' : JSON.stringify(value);
  return text.length <= 40 ? text : `${text.slice(0, 37)}…`;
}

function notOurs(file: string, reason: string, cause?: unknown): UserError {
  return new UserError({
    code: 'run-damaged',
    subject: file,
    reason,
    remedy: 'Nothing was changed. Restore the file, or give the run another name.',
    cause,
  });
}
