/** onnxruntime's WebGPU provider in a process of its own (bench/ort), asked for one timing at a time. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { UserError } from '@agentiad/core/support/userError.ts';

export interface LinearJob {
  readonly kind: 'linear';
  readonly m: number;
  readonly rows: number;
  readonly columns: number;
  readonly type: 'f32' | 'f16';
  readonly accuracyLevel: number;
}

export interface LayerJob {
  readonly kind: 'layer';
  readonly m: number;
  /** Tokens cached before, and the tokens the cache has room for. */
  readonly context: number;
  readonly capacity: number;
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly intermediate: number;
  readonly type: 'f32' | 'f16';
  readonly accuracyLevel: number;
}

export type PeerJob = LinearJob | LayerJob;

export interface OrtPeer {
  /** Builds graphs with that many pieces each and warms them up; returns onnxruntime's version. */
  open(job: PeerJob, counts: readonly number[]): Promise<string>;
  /** Runs each graph once: their milliseconds, in the order of `counts`. */
  time(): Promise<number[]>;
  close(): Promise<void>;
  /** Ends the process. */
  end(): void;
}

const folder = fileURLToPath(new URL('../../../../bench/ort', import.meta.url));

/** Throws a UserError when onnxruntime is not installed. */
export function createOrtPeer(): OrtPeer {
  if (!existsSync(path.join(folder, 'node_modules/onnxruntime-node'))) {
    throw new UserError({
      code: 'ort-missing',
      subject: 'onnxruntime-node',
      reason: 'is not installed; it is no part of this project.',
      remedy: 'Run `node bench/ort/install.mjs` (300 MB), or unpack the ort archive over a packed folder.',
    });
  }
  let child: ChildProcessWithoutNullStreams | null = null;
  let waiting: { id: number; resolve: (answer: Answer) => void; reject: (error: Error) => void } | null = null;
  let lastId = 0;
  let errors = '';

  const start = (): ChildProcessWithoutNullStreams => {
    // A process that is killed cleans nothing up: its graphs and weights are ours to remove.
    const scratch = mkdtempSync(path.join(os.tmpdir(), 'agentiad-ort-'));
    const started = spawn(process.execPath, [path.join(folder, 'peer.mjs'), scratch], { cwd: folder });
    errors = '';
    started.stderr.on('data', (text: Buffer) => (errors = (errors + text.toString()).slice(-2000)));
    createInterface({ input: started.stdout }).on('line', (line) => {
      const answer = parseAnswer(line);
      if (!waiting || answer?.id !== waiting.id) return; // Dawn prints warnings on this stream too
      const { resolve, reject } = waiting;
      waiting = null;
      if (answer.error) reject(new Error(`onnxruntime: ${answer.error}`));
      else resolve(answer);
    });
    started.stdin.on('error', () => {}); // its end is told by `close`
    started.on('close', (code) => {
      rmSync(scratch, { recursive: true, force: true });
      if (child !== started) return; // ended on purpose
      child = null;
      waiting?.reject(new Error(`onnxruntime's process ended (${code}): ${errors.trim().split('\n').at(-1) ?? ''}`));
      waiting = null;
    });
    return started;
  };

  const ask = (request: object): Promise<Answer> => {
    child ??= start();
    const id = ++lastId;
    return new Promise((resolve, reject) => {
      waiting = { id, resolve, reject };
      child!.stdin.write(`${JSON.stringify({ id, ...request })}\n`);
    });
  };

  return {
    open: async (job, counts) => (await ask({ op: 'open', job, counts })).version ?? 'unknown',
    time: async () => (await ask({ op: 'time' })).ms ?? [],
    close: async () => void (child && (await ask({ op: 'close' }))),
    end() {
      child?.kill();
      child = null;
      waiting?.reject(new Error('onnxruntime took too long'));
      waiting = null;
    },
  };
}

interface Answer {
  readonly id: number;
  readonly error?: string;
  readonly version?: string;
  readonly ms?: number[];
}

function parseAnswer(line: string): Answer | null {
  return line.startsWith('{"id":') ? (JSON.parse(line) as Answer) : null;
}
