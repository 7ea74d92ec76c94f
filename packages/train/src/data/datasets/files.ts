/** Listing a dataset's folders. Paths are relative to the root, with forward slashes, sorted. */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { datasetConflict } from './dataset.ts';

const IMAGE = /\.(png|jpe?g|tiff?|bmp|webp)$/i;

/** Empty for a folder that is not there. */
export async function foldersIn(root: string, folder = '.'): Promise<string[]> {
  return (await entriesOf(root, folder)).filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** Names of the files right in `folder`; empty when it is not there. */
export async function filesIn(root: string, folder: string): Promise<string[]> {
  return (await entriesOf(root, folder)).filter((entry) => !entry.isDirectory()).map(({ name }) => name);
}

/** Paths of the images right in `folder`; empty when it is not there. */
export async function imagesIn(root: string, folder: string): Promise<string[]> {
  return (await filesIn(root, folder)).filter((name) => IMAGE.test(name)).map((name) => path.posix.join(folder, name));
}

export async function isFolder(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => null);
  return found?.isDirectory() ?? false;
}

export async function isFile(root: string, file: string): Promise<boolean> {
  const found = await stat(path.join(root, file)).catch(() => null);
  return found?.isFile() ?? false;
}

/** File name without folder and extension. */
export function stemOf(file: string): string {
  return path.posix.basename(file).replace(/\.[^.]*$/, '');
}

/** Text of a file that the layout needs; null when it is not there. */
export async function textOf(root: string, file: string): Promise<string | null> {
  return readFile(path.join(root, file), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
}

/** JSON of a file; null when it is not there. */
export async function jsonOf(root: string, file: string): Promise<unknown> {
  const text = await textOf(root, file);
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw datasetConflict(path.join(root, file), 'it is not valid JSON.', 'Download the file again.', cause);
  }
}

async function entriesOf(root: string, folder: string) {
  const entries = await readdir(path.join(root, folder), { withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
      throw error;
    },
  );
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}
