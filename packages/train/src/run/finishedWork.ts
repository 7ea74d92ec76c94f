/**
 * What a command that was interrupted need not work out again: one JSON object a line, `{"key","value"}`, on the disk as soon
 * as it is there. `kill -9` at any moment leaves whole lines and at most one that is cut short, which counts for nothing.
 */
import { open, readFile, rm, type FileHandle } from 'node:fs/promises';
import { sha256Hex } from '@agentiad/core/support/hash.ts';
import { parseJsonObject } from '@agentiad/core/support/json.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { encodeUtf8 } from '@agentiad/core/support/utf8.ts';
import { fileUnreadable, writing } from '../host/files.ts';
import { replaceFile } from './durable.ts';

export interface FinishedWork<T> {
  get(key: string): T | null;
  /** Resolves when it is on the disk. */
  put(key: string, value: T): Promise<void>;
  /** Forgets what belongs to work that is done; without anything left the file goes. */
  drop(keys: ReadonlySet<string>): Promise<void>;
  close(): Promise<void>;
}

/** The key of a result: the hash of all that decided it. */
export function workKey(decidedBy: unknown): string {
  return sha256Hex(encodeUtf8(JSON.stringify(decidedBy)));
}

/** `isValue` tells values of today's shape; others are not gone on with. */
export async function openFinishedWork<T>(
  file: string,
  isValue: (value: unknown) => value is T,
): Promise<FinishedWork<T>> {
  const text = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw fileUnreadable(file, error);
  });
  const finished = new Map<string, T>();
  for (const line of text === null ? [] : new TextDecoder().decode(text).split('\n')) {
    const { key, value } = lineOf(line, file);
    if (typeof key === 'string' && isValue(value)) finished.set(key, value);
  }
  let handle: FileHandle | null = null;
  const linesOf = () => [...finished].map(([key, value]) => `${JSON.stringify({ key, value })}\n`).join('');
  return {
    get: (key) => finished.get(key) ?? null,
    put: (key, value) =>
      writing(file, async () => {
        if (!handle) {
          // A line that was cut short must not run into the next.
          await replaceFile(file, encodeUtf8(linesOf()));
          handle = await open(file, 'a');
        }
        finished.set(key, value);
        await handle.writeFile(`${JSON.stringify({ key, value })}\n`);
        await handle.sync();
      }),
    async drop(keys) {
      for (const key of keys) finished.delete(key);
      if (finished.size > 0) await replaceFile(file, encodeUtf8(linesOf()));
      else await writing(file, () => rm(file, { force: true }));
    },
    close: async () => void (await handle?.close()),
  };
}

function lineOf(line: string, file: string): { readonly key?: unknown; readonly value?: unknown } {
  if (line === '') return {};
  try {
    return parseJsonObject(encodeUtf8(line), file);
  } catch (error) {
    if (error instanceof UserError) return {}; // cut short
    throw error;
  }
}
