import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRun } from './runFolder.ts';

let root: string;
beforeEach(async () => (root = await mkdtemp(path.join(tmpdir(), 'agentiad-run-'))));
afterEach(() => rm(root, { recursive: true }));

const config = { name: 'toy', work: '/somewhere', sft: { steps: 9, learningRate: 0.001 } };
const options = (resume: boolean, changes: object = {}) => {
  return { folder: path.join(root, 'toy'), command: 'sft', config, resume, ...changes };
};
const contents = (step: number) => ({
  tensors: new Map([
    ['weights', { shape: [2, 3], values: Float32Array.from({ length: 6 }, (_, i) => step + i / 7) }],
    ['count', { shape: [], values: Float32Array.of(NaN) }],
  ]),
  state: { step, random: [1, -2, 3, 4], buffer: [{ ids: [1, 2] }] },
});

async function runTo(steps: number, saved: readonly number[]): Promise<void> {
  const run = await openRun(options(false));
  for (let step = 1; step <= steps; step++) {
    await run.metrics({ step, loss: 1 / step });
    if (saved.includes(step)) await run.saveCheckpoint(step, contents(step));
  }
  await run.close();
}

const listing = async () => {
  const names = (await readdir(root, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const files = names.map((entry) => path.join(entry.parentPath, entry.name)).toSorted();
  return Promise.all(files.map(async (file) => [file, (await readFile(file)).toString('base64')]));
};
const checkpoints = () => readdir(path.join(root, 'toy/checkpoints'));

describe('openRun', () => {
  it('gives back the last checkpoint, value for value, and keeps two', async () => {
    await runTo(6, [2, 4, 6]);
    expect(await checkpoints()).toEqual(['000002-step-4', '000003-step-6']);
    const run = await openRun(options(true));
    expect(run.startStep).toBe(6);
    const found = (await run.lastCheckpoint())!;
    expect(found.step).toBe(6);
    expect(found.tensors).toEqual(contents(6).tensors);
    expect(found.state).toEqual(contents(6).state);
    await run.close();
  });

  it('drops the metrics of steps that will be taken again, and half a line', async () => {
    await runTo(5, [3]);
    const file = path.join(root, 'toy/metrics.jsonl');
    await appendFile(file, '{"step":6,"lo');
    const run = await openRun(options(true));
    await run.metrics({ step: 4, loss: Infinity });
    await run.close();
    const lines = (await readFile(file, 'utf8')).trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { step: number }).step)).toEqual([1, 2, 3, 4]);
    expect(lines.at(-1)).toBe('{"step":4,"loss":null}');
  });

  it('starts anew when it was killed before its first checkpoint', async () => {
    await runTo(2, []);
    const run = await openRun(options(true));
    expect(await run.lastCheckpoint()).toBeNull();
    expect(await readFile(path.join(root, 'toy/metrics.jsonl'), 'utf8')).toBe('');
    await run.close();
  });

  it('records the configuration, versions, data and each resumption', async () => {
    const identity = { data: { 'manifest.jsonl': 'ab12' }, maskSha256: 'cd34', device: 'cpu' };
    await (await openRun(options(false, identity))).close();
    await (await openRun(options(true, identity))).close();
    const record = JSON.parse(await readFile(path.join(root, 'toy/run.json'), 'utf8')) as Record<string, unknown>;
    expect(record).toMatchObject({ command: 'sft', config, data: identity.data, maskSha256: 'cd34' });
    expect(record['started']).toMatchObject({ device: 'cpu', versions: { node: process.versions.node } });
    expect(record['resumed']).toHaveLength(1);
  });

  const refusals: [string, object, RegExp][] = [
    ['other settings', { config: { ...config, sft: { steps: 9, learningRate: 0.01 } } }, /learningRate was 0.001, now/],
    ['another command', { command: 'grpo' }, /command was "sft", now "grpo"/],
    ['other data', { data: { 'a.jsonl': 'ff' } }, /data.a.jsonl was absent, now "ff"/],
    ['another mask', { maskSha256: 'ee' }, /mask was null, now "ee"/],
  ];
  it.each(refusals)('refuses to resume with %s and changes nothing', async (_, changes, message) => {
    await runTo(2, [2]);
    const before = await listing();
    await expect(openRun(options(true, changes))).rejects.toThrow(message);
    await expect(openRun(options(true, changes))).rejects.toThrow(path.join(root, 'toy'));
    expect(await listing()).toEqual(before);
  });

  it('goes on although the work folder has moved', async () => {
    await runTo(2, [2]);
    await (await openRun(options(true, { config: { ...config, work: '/elsewhere' } }))).close();
  });

  it('refuses to start over a run, and to use a folder of other files', async () => {
    await runTo(1, []);
    await expect(openRun(options(false))).rejects.toThrow(/holds a run already.*--resume/);
    await mkdir(path.join(root, 'photos'));
    await writeFile(path.join(root, 'photos/a.png'), 'x');
    for (const resume of [true, false]) {
      await expect(openRun({ ...options(resume), folder: path.join(root, 'photos') })).rejects.toThrow(/a\.png/);
    }
    await expect(openRun({ ...options(true), folder: path.join(root, 'nowhere') })).rejects.toThrow(/no such/);
  });

  const damages: [string, (file: (name: string) => string) => Promise<void>, RegExp][] = [
    ['truncated tensors', (file) => truncate(file('tensors.safetensors'), 40), /tensors\.safetensors.*40 bytes/],
    [
      'a changed state',
      (file) => writeFile(file('state.json'), '{"step":7,"random":[1,-2,3,4],"buffer":[{"ids":[1,2]}]}'),
      /state\.json.*SHA-256/,
    ],
    ['a lost file', (file) => rm(file('state.json')), /state\.json.*missing/],
    ['an empty description', (file) => writeFile(file('checkpoint.json'), '{}'), /checkpoint\.json.*description/],
    ['a lost description', (file) => rm(file('checkpoint.json')), /checkpoint\.json.*cannot be read/],
    ['lost metrics', (file) => truncate(file('../../metrics.jsonl'), 3), /metrics\.jsonl.*3 bytes/],
    ['a broken record', (file) => writeFile(file('../../run.json'), '{'), /run\.json.*not valid JSON/],
  ];
  it.each(damages)('refuses %s by name and changes nothing', async (_, damage, message) => {
    await runTo(6, [4, 6]);
    await damage((name) => path.join(root, 'toy/checkpoints/000002-step-6', name));
    const before = await listing();
    await expect(openRun(options(true))).rejects.toThrow(message);
    expect(await listing()).toEqual(before);
  });

  it('goes on from the checkpoint before a damaged one once that is moved away', async () => {
    await runTo(6, [4, 6]);
    await rm(path.join(root, 'toy/checkpoints/000002-step-6'), { recursive: true });
    const run = await openRun(options(true));
    expect(run.startStep).toBe(4);
    await run.close();
  });

  it('does not let a state lose a number in JSON', async () => {
    const run = await openRun(options(false));
    const saved = run.saveCheckpoint(1, { tensors: new Map(), state: { buffer: [{ old: NaN }] } });
    await expect(saved).rejects.toThrow(/old: NaN/);
    await run.close();
    await (await openRun(options(true))).close();
    expect(await checkpoints()).toEqual([]);
  });
});
