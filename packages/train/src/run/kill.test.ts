import { spawn } from 'node:child_process';
import type { FileHandle } from 'node:fs/promises';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRandom } from '@agentiad/core/support/random.ts';
import { LOCK_FILE } from './lock.ts';
import { parseMetrics } from './metrics.ts';
import { advance, resumeToy, startToy, toyStep } from './testRun.ts';

/** Calls that change the disk and may still be made; then the process is "dead": the next is half done, no other runs. */
const disk = vi.hoisted(() => ({ callsLeft: Infinity, isHalfDone: false, open: [] as FileHandle[] }));

vi.mock('node:fs/promises', async (load) => {
  const real = await load<typeof import('node:fs/promises')>();
  const counted = (call: (...args: unknown[]) => Promise<unknown>, half?: (...args: unknown[]) => Promise<unknown>) => {
    return async (...args: unknown[]) => {
      if (disk.callsLeft-- > 0) return call(...args);
      if (half && !disk.isHalfDone) await half(...args);
      disk.isHalfDone = true;
      throw new Error('killed');
    };
  };
  const countedHandle = (handle: FileHandle) => {
    const write = handle.writeFile.bind(handle) as (data: unknown) => Promise<void>;
    const half = (data: unknown) => write((data as Uint8Array).slice(0, (data as Uint8Array).length / 2));
    handle.appendFile = handle.writeFile = counted(write, half) as typeof handle.writeFile;
    handle.truncate = counted(handle.truncate.bind(handle) as never) as typeof handle.truncate;
    disk.open.push(handle);
    return handle;
  };
  return {
    ...real,
    open: async (...args: Parameters<typeof real.open>) =>
      countedHandle((await counted(real.open as never)(...args)) as never),
    mkdir: counted(real.mkdir as never),
    rename: counted(real.rename as never),
    rm: counted(real.rm as never),
  };
});

let root: string;
beforeEach(async () => (root = await mkdtemp(path.join(tmpdir(), 'agentiad-kill-'))));
afterEach(async () => {
  disk.callsLeft = Infinity;
  await rm(root, { recursive: true });
});

/** The folder loads, and what it holds is what a run without interruption had at that step. Returns the step. */
async function expectWhole(folder: string, size: number): Promise<number> {
  const { run, toy } = await resumeToy(folder, size);
  const uninterrupted = startToy(size);
  const losses = Array.from({ length: toy.step }, () => advance(uninterrupted));
  expect(toy.weights).toEqual(uninterrupted.weights);
  expect(toy.random.state()).toEqual(uninterrupted.random.state());
  const metrics = parseMetrics(await readFile(path.join(folder, 'metrics.jsonl'), 'utf8'));
  expect(metrics).toEqual(losses.map((loss, index) => ({ step: index + 1, loss })));
  await run.close();
  return toy.step;
}

describe('a run that dies', () => {
  it('loses at most the step it was taking, whichever change of the disk was its last', async () => {
    const STEPS = 3;
    const reached = new Set<number>();
    for (let calls = 0; !reached.has(STEPS); calls++) {
      const folder = path.join(root, String(calls));
      await mkdir(folder);
      let taken = 0;
      Object.assign(disk, { callsLeft: calls, isHalfDone: false });
      try {
        const { run, toy } = await resumeToy(folder, 8);
        for (; taken < STEPS; taken++) await toyStep(run, toy);
        await run.close();
      } catch (error) {
        expect(String((error as Error).cause ?? error)).toContain('killed');
      }
      Object.assign(disk, { callsLeft: Infinity, isHalfDone: false });
      for (const handle of disk.open.splice(0)) if (handle.fd >= 0) await handle.close();
      await rm(path.join(folder, LOCK_FILE), { force: true }); // of a process that died, but this one lives on
      const step = await expectWhole(folder, 8);
      expect([taken, taken + 1]).toContain(step); // the step under way may have been saved already
      reached.add(taken);
    }
    expect([...reached]).toEqual([0, 1, 2, 3]);
  });

  it('survives kill -9 at a random moment, goes on, and keeps the step under way on Ctrl-C', async () => {
    const size = 20_000;
    const folder = path.join(root, 'killed');
    await mkdir(folder);
    const killed = await runAndSignal(folder, size, 'SIGKILL', createRandom(Date.now()).integer(0, 40));
    expect(killed.signal).toBe('SIGKILL');
    const step = await expectWhole(folder, size);
    expect(step).toBeGreaterThanOrEqual(lastNumber(killed.output)); // nothing saved is ever lost

    const stopped = await runAndSignal(folder, size, 'SIGINT', 10);
    expect(stopped.code).toBe(130);
    expect(stopped.output).toContain('Stopping after this step');
    expect(/taken (\d+)/.exec(stopped.output)![1]).toBe(String(step + 1));
    expect(await expectWhole(folder, size)).toBe(lastNumber(stopped.output));
  });
});

/** Of the last step that a process said was taken. */
function lastNumber(output: string): number {
  return Number(/(\d+)\n[^\d]*$/.exec(output)![1]);
}

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

/** Runs the toy in a process of its own and sends it `signal` so many milliseconds after its second step. */
function runAndSignal(folder: string, size: number, signal: NodeJS.Signals, afterMs: number): Promise<Ended> {
  const script = fileURLToPath(new URL('testRunProcess.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, folder, String(size)]);
  let [output, errors] = ['', ''];
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  child.stdout.on('data', (data: Buffer) => {
    const before = output.split('taken').length;
    output += data.toString();
    if (before <= 2 && output.split('taken').length > 2) setTimeout(() => child.kill(signal), afterMs);
  });
  return new Promise((resolve, reject) => {
    child.on('close', (code, ended) =>
      errors === '' ? resolve({ code, signal: ended, output }) : reject(new Error(errors)),
    );
  });
}
