/** Where `inspect` puts its verdicts: one JSON object, or one per line as soon as each is there, so that none is lost. */
import { open, writeFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import { writing } from '../host/files.ts';
import type { Verdict } from '@agentiad/core/protocol/verdict.ts';

export interface VerdictWriter {
  write(verdict: Verdict): Promise<void>;
  close(): Promise<void>;
}

/** `target`: a file, replaced when the first verdict comes, or `-` for standard output. */
export function createVerdictWriter(target: string, format: 'object' | 'lines'): VerdictWriter {
  let file: FileHandle | null = null;
  return {
    async write(verdict) {
      const text = `${JSON.stringify(verdict, null, format === 'object' ? 2 : undefined)}\n`;
      if (target === '-') process.stdout.write(text);
      else {
        file ??= await writing(target, () => open(target, 'w'));
        const opened = file;
        await writing(target, () => opened.appendFile(text));
      }
    },
    async close() {
      await file?.close();
    },
  };
}

/** Where the trace of the image `file` is in `folder`. */
export function traceFile(folder: string, file: string, sha256: string): string {
  return path.join(folder, `${path.basename(file, path.extname(file))}-${sha256.slice(0, 8)}.trace.json`);
}

/** Writes a trace that the studio can open into `folder`, named after the image. */
export async function writeTrace(folder: string, file: string, trace: Trace): Promise<void> {
  const target = traceFile(folder, file, trace.verdict.image.sha256);
  await writing(target, () => writeFile(target, JSON.stringify(trace)));
}
