/** Answers by the content of their request: a run that was killed, or is made again, asks only what is missing. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { sha256Hex } from '@agentiad/core/support/hash.ts';
import { writing } from '../../host/files.ts';
import type { Answer } from './chatEndpoint.ts';

export interface RequestCache {
  /** Null when the request was not answered yet, or its answer cannot be read any more. */
  get(key: string): Promise<Answer | null>;
  put(key: string, answer: Answer): Promise<void>;
}

/** SHA-256 of the address and the body as sent; the key of the account is not part of it. */
export function requestKey(baseUrl: string, body: object): string {
  return sha256Hex(new TextEncoder().encode(JSON.stringify([baseUrl, body])));
}

export function createRequestCache(folder: string): RequestCache {
  const fileOf = (key: string) => path.join(folder, key.slice(0, 2), `${key}.json`);
  return {
    async get(key) {
      const text = await readFile(fileOf(key), 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null;
        throw error;
      });
      return text === null ? null : readAnswer(text);
    },
    async put(key, answer) {
      const file = fileOf(key);
      const unfinished = `${file}.${process.pid}`;
      await writing(file, async () => {
        await mkdir(path.dirname(file), { recursive: true });
        await writeFile(unfinished, JSON.stringify(answer));
        await rename(unfinished, file);
      }).catch(async (error: unknown) => {
        await rm(unfinished, { force: true });
        throw error;
      });
    },
  };
}

function readAnswer(text: string): Answer | null {
  try {
    return JSON.parse(text) as Answer;
  } catch {
    return null;
  }
}
