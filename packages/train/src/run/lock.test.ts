import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LOCK_FILE, lockRun } from './lock.ts';
import { openRun } from './runFolder.ts';

let root: string;
beforeEach(async () => (root = await mkdtemp(path.join(os.tmpdir(), 'agentiad-lock-'))));
afterEach(() => rm(root, { recursive: true }));

const lockFile = () => path.join(root, LOCK_FILE);
const holder = async () => JSON.parse(await readFile(lockFile(), 'utf8')) as Record<string, unknown>;
const writeHolder = (changes: object) =>
  writeFile(lockFile(), JSON.stringify({ host: os.hostname(), pid: process.pid, began: null, ...changes }));

describe('lockRun', () => {
  it('refuses the folder that another process writes to, by its number, until it lets go', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await writeHolder({ pid: child.pid });
    await expect(lockRun(root)).rejects.toThrow(`process ${child.pid} is writing to this run`);
    await new Promise((resolve) => {
      child.on('close', resolve);
      child.kill('SIGKILL');
    });
    const lock = await lockRun(root); // killed: nobody wrote that it is over
    expect(await holder()).toMatchObject({ pid: process.pid });
    await lock.release();
    expect(await readdir(root)).toEqual([]);
  });

  it('takes over from a process whose number another one has now, and from one that died writing the lock', async () => {
    await writeHolder({ began: 'another boot 17' });
    await (await lockRun(root)).release();
    await writeFile(lockFile(), '{"host":');
    await (await lockRun(root)).release();
    expect(await readdir(root)).toEqual([]);
  });

  it('believes a lock of another machine, and tells which file to remove', async () => {
    await writeHolder({ host: 'elsewhere', pid: 4 });
    await expect(lockRun(root)).rejects.toThrow(/process 4 on elsewhere.*remove .*run\.lock/s);
  });

  it('lets one of many have it', async () => {
    await writeHolder({ pid: 2 ** 30 });
    const ends = await Promise.allSettled(Array.from({ length: 8 }, () => lockRun(root)));
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

describe('openRun', () => {
  const options = (resume: boolean) => ({ folder: path.join(root, 'run'), command: 'sft', config: { a: 1 }, resume });

  it('holds its folder until it is closed, and leaves no lock behind', async () => {
    const first = await openRun(options(false));
    await expect(openRun(options(true))).rejects.toMatchObject({ code: 'run-in-use' });
    await first.metrics({ step: 1, loss: 2 });
    await first.close();
    const second = await openRun(options(true));
    await second.close();
    expect(await readdir(path.join(root, 'run'))).not.toContain(LOCK_FILE);
  });
});
