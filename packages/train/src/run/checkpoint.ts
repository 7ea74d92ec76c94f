/**
 * Checkpoints of a run: `<folder>/<number>-step-<step>/` with `tensors.safetensors`, `state.json` and, with the size and
 * hash of both, `checkpoint.json`. A folder gets its name when all of it is on the disk. Numbers only grow.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { readSafetensorsHeader, readSafetensorsTensor } from '@agentiad/core/model/safetensors.ts';
import type { Float32Tensor } from '@agentiad/core/model/writeSafetensors.ts';
import { encodeSafetensors } from '@agentiad/core/model/writeSafetensors.ts';
import { assert } from '@agentiad/core/support/assert.ts';
import { isJsonObject, parseJsonObject } from '@agentiad/core/support/json.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { writing } from '../host/files.ts';
import { openFolder } from '../host/folderSource.ts';
import { PARTIAL, syncFolder, writeNew } from './durable.ts';

/** What a run needs to go on. `state` is JSON: every number in it finite (put arrays with NaN among the tensors). */
export interface CheckpointContents {
  readonly tensors: ReadonlyMap<string, Float32Tensor>;
  readonly state: unknown;
}

export interface Checkpoint extends CheckpointContents {
  readonly step: number;
}

/** A checkpoint that was found whole. */
export interface StoredCheckpoint {
  readonly folder: string;
  readonly step: number;
  /** Length of the run's metrics when it was saved. */
  readonly metricsBytes: number;
}

const FORMAT = 'agentiad-checkpoint-1';
const FILES = { tensors: 'tensors.safetensors', state: 'state.json', manifest: 'checkpoint.json' } as const;
const KEPT = 2;

/** Saves a checkpoint into `root`; keeps the last two. */
export async function writeCheckpoint(
  root: string,
  step: number,
  metricsBytes: number,
  contents: CheckpointContents,
): Promise<StoredCheckpoint> {
  const found = await listCheckpoints(root);
  const name = `${String((found.at(-1)?.number ?? 0) + 1).padStart(6, '0')}-step-${step}`;
  const partial = path.join(root, `${PARTIAL}${name}`);
  await rm(partial, { recursive: true, force: true });
  await writing(partial, () => mkdir(partial));
  const files: Record<string, { bytes: number; sha256: string }> = {};
  const write = async (file: string, pieces: Iterable<Uint8Array>) => {
    const hash = createHash('sha256');
    let bytes = 0;
    const counted = function* () {
      for (const piece of pieces) {
        hash.update(piece);
        bytes += piece.length;
        yield piece;
      }
    };
    await writeNew(path.join(partial, file), counted());
    files[file] = { bytes, sha256: hash.digest('hex') };
  };
  await write(FILES.tensors, encodeSafetensors(contents.tensors));
  await write(FILES.state, [Buffer.from(JSON.stringify(contents.state, checkNumber))]);
  const manifest = { format: FORMAT, step, metricsBytes, files };
  await writeNew(path.join(partial, FILES.manifest), [Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)]);
  await syncFolder(partial);
  await writing(path.join(root, name), () => rename(partial, path.join(root, name)));
  await syncFolder(root);
  for (const old of found.slice(0, Math.max(0, found.length + 1 - KEPT))) await removeCheckpoint(root, old.name);
  return { folder: path.join(root, name), step, metricsBytes };
}

/** JSON would turn these into null without a word. */
function checkNumber(key: string, value: unknown): unknown {
  assert(
    typeof value !== 'number' || Number.isFinite(value),
    `the state of a checkpoint holds ${key}: ${String(value)}`,
  );
  return value;
}

/** By another name first: a half-removed checkpoint must not look like one. */
async function removeCheckpoint(root: string, name: string): Promise<void> {
  const away = path.join(root, `${PARTIAL}removed-${name}`);
  await rename(path.join(root, name), away);
  await rm(away, { recursive: true, force: true });
}

async function listCheckpoints(root: string): Promise<{ name: string; number: number }[]> {
  return (await readdir(root))
    .filter((name) => /^\d+-step-\d+$/.test(name))
    .map((name) => ({ name, number: Number.parseInt(name, 10) }))
    .toSorted((a, b) => a.number - b.number);
}

/** The newest checkpoint of `root`, checked against its hashes; null when there is none. Throws a UserError if damaged. */
export async function findCheckpoint(root: string): Promise<StoredCheckpoint | null> {
  const newest = (await listCheckpoints(root)).at(-1);
  if (!newest) return null;
  const folder = path.join(root, newest.name);
  const manifest = await readManifest(folder);
  for (const [name, { bytes, sha256 }] of manifest.files) {
    const file = path.join(folder, name);
    const found = await stat(file).catch(() => null);
    if (!found?.isFile()) throw damaged(file, 'it is missing.');
    if (found.size !== bytes) throw damaged(file, `it has ${found.size} bytes instead of ${bytes}.`);
    if ((await hashFile(file)) !== sha256) throw damaged(file, 'its content is not what was saved (SHA-256 differs).');
  }
  return { folder, step: manifest.step, metricsBytes: manifest.metricsBytes };
}

/** Contents of a checkpoint that `findCheckpoint` found. */
export async function readCheckpoint({ folder, step }: StoredCheckpoint): Promise<Checkpoint> {
  const source = openFolder(folder);
  const tensors = new Map<string, Float32Tensor>();
  for (const [name, entry] of await readSafetensorsHeader(source, FILES.tensors)) {
    const values = await readSafetensorsTensor(source, FILES.tensors, name, entry);
    assert(values instanceof Float32Array, `${name} is not float32`);
    tensors.set(name, { shape: entry.shape, values });
  }
  return { step, tensors, state: JSON.parse(await readFile(path.join(folder, FILES.state), 'utf8')) as unknown };
}

interface Manifest {
  readonly step: number;
  readonly metricsBytes: number;
  readonly files: readonly (readonly [string, { readonly bytes: number; readonly sha256: string }])[];
}

async function readManifest(folder: string): Promise<Manifest> {
  const file = path.join(folder, FILES.manifest);
  const bytes = await readFile(file).catch((error: unknown) => {
    throw damaged(file, 'it cannot be read.', error);
  });
  const { format, step, metricsBytes, files } = parseJsonObject(bytes, file);
  const hashes = [FILES.tensors, FILES.state].map((name) => [name, isJsonObject(files) ? files[name] : null] as const);
  const isWhole =
    format === FORMAT &&
    Number.isSafeInteger(step) &&
    Number.isSafeInteger(metricsBytes) &&
    hashes.every(([, entry]) => isJsonObject(entry) && typeof entry['sha256'] === 'string');
  if (!isWhole) throw damaged(file, `it is not the description of a checkpoint (${FORMAT}).`);
  return { step, metricsBytes, files: hashes } as unknown as Manifest;
}

async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(piece as Buffer);
  return hash.digest('hex');
}

function damaged(file: string, reason: string, cause?: unknown): UserError {
  return new UserError({
    code: 'checkpoint-damaged',
    subject: file,
    reason: `the checkpoint is damaged: ${reason}`,
    remedy: `Nothing was changed. Move ${path.dirname(file)} away to go on from the checkpoint before it.`,
    cause,
  });
}
