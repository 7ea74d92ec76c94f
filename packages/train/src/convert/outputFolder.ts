/**
 * Where a new model goes. Its files are written into a sibling folder that is renamed when all are there, so that a
 * folder of this name is either whole or not there; whatever goes wrong, nothing is left behind.
 */
import { mkdir, open, readdir, readFile, realpath, rename, rm, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { containerFormat, manifestFile } from '@agentiad/core/model/containerManifest.ts';
import type { OutputFile } from '@agentiad/core/model/writeContainer.ts';
import { isJsonObject } from '@agentiad/core/support/json.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { prepareOutputFolder, writing } from '../host/files.ts';

/** Room that is left alone, for the file system's own books. */
const spareBytes = 16 * 1024 * 1024;

/**
 * Refuses a target that would overwrite something that is no model of ours, or one of `sources` (folders that are read).
 * Throws a UserError.
 */
export async function checkTarget(target: string, sources: readonly string[] = []): Promise<void> {
  if (target === '') throw occupied('--to', 'names no folder.');
  const found = await stat(target).catch(() => null);
  if (!found) return;
  if (!found.isDirectory()) throw occupied(target, 'is a file.');
  const real = await realpath(target);
  for (const source of sources) {
    const inside = path.relative(real, await realpath(source).catch(() => path.resolve(source)));
    if (inside === '') throw occupied(target, 'is also what is read.');
    if (!inside.startsWith('..') && !path.isAbsolute(inside)) throw occupied(target, `holds what is read: ${source}.`);
  }
  const names = await readdir(target);
  if (names.length === 0) return;
  const own = await modelFiles(target);
  if (!own) throw occupied(target, 'is not empty and holds no converted model.');
  const foreign = names.filter((name) => !own.has(name));
  if (foreign.length > 0) throw occupied(target, `holds what is not of the model: ${foreign.join(', ')}.`);
}

/** Names of the files of the model in `folder`; null when there is none of ours. */
async function modelFiles(folder: string): Promise<ReadonlySet<string> | null> {
  const text = await readFile(path.join(folder, manifestFile), 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    const manifest: unknown = JSON.parse(text);
    if (!isJsonObject(manifest) || manifest['format'] !== containerFormat) return null;
    const { chunks, files } = manifest;
    const named = [chunks, files].flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []));
    const paths = named.flatMap((entry) =>
      isJsonObject(entry) && typeof entry['path'] === 'string' ? entry['path'] : [],
    );
    return new Set([manifestFile, ...paths]);
  } catch {
    return null; // whatever it is, we did not write it
  }
}

/**
 * Puts `files` into the folder `target`, replacing the model that is there. Resolves to what the generator returns.
 * Throws a UserError when there is no room for `bytes`.
 */
export async function writeModelFolder<T>(
  target: string,
  bytes: number,
  files: AsyncGenerator<OutputFile, T>,
): Promise<T> {
  const folder = path.resolve(target);
  await checkTarget(folder);
  const parent = path.dirname(folder);
  await prepareOutputFolder(parent);
  await checkRoom(parent, target, bytes);
  const partial = path.join(parent, `.${path.basename(folder)}.partial-${process.pid}`);
  try {
    await writing(partial, () => mkdir(partial));
    let next = await files.next();
    for (; !next.done; next = await files.next()) {
      const { path: name, bytes: content } = next.value;
      await writing(path.join(target, name), () => writeWhole(path.join(partial, name), content));
    }
    await writing(target, () => replace(folder, partial));
    return next.value;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function checkRoom(parent: string, target: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(parent);
  const free = bavail * bsize;
  const needed = bytes + spareBytes;
  if (free >= needed) return;
  const inMegabytes = (count: number) => `${Math.ceil(count / 1e6)} MB`;
  throw new UserError({
    code: 'disk-full',
    subject: target,
    reason: `needs ${inMegabytes(needed)}, but ${inMegabytes(free)} are free.`,
    remedy: 'Free some space, or name a folder on another disk.',
  });
}

async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Puts `partial` in the place of `folder`; if that fails the old one stays. */
async function replace(folder: string, partial: string): Promise<void> {
  const old = `${partial}.old`;
  const hasOld = await rename(folder, old).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
  try {
    await rename(partial, folder);
  } catch (error) {
    if (hasOld) await rename(old, folder);
    throw error;
  }
  await rm(old, { recursive: true, force: true });
}

function occupied(subject: string, reason: string): UserError {
  return new UserError({
    code: 'target-occupied',
    subject,
    reason,
    remedy: 'Name a new folder, or one that holds a converted model alone, which will be replaced.',
  });
}
