/** `--library`: a folder of known-good parts, or the studio's library file. */
import { stat } from 'node:fs/promises';
import type { WindowChoice } from '@agentiad/core/image/windowLevel.ts';
import { readExemplarFolder } from './exemplarFolder.ts';
import { readLibraryFile, type ReadLibrary } from './libraryFile.ts';

export async function readLibrary(given: string, category: string | null, window: WindowChoice): Promise<ReadLibrary> {
  const found = await stat(given).catch(() => null);
  return found?.isFile()
    ? readLibraryFile(given, category, window)
    : { set: await readExemplarFolder(given, category, window), types: [] };
}
