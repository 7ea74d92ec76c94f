import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createTrajectoryWriter, readTrajectories } from './store.ts';
import { demonstrateCase, GOOD, makeCase } from './testCase.ts';
import type { Trajectory } from './trajectory.ts';

const root = await mkdtemp(path.join(os.tmpdir(), 'agentiad-store-'));
afterAll(() => rm(root, { recursive: true }));

async function store(name: string, trajectories: readonly Trajectory[]): Promise<string> {
  const folder = path.join(root, name);
  const writer = await createTrajectoryWriter(folder);
  for (const trajectory of trajectories) await writer.write(trajectory);
  await writer.close();
  return folder;
}

const trajectories = await Promise.all(
  [makeCase(), makeCase(GOOD)].map(async (example) => (await demonstrateCase(example, 'pz+cr')).trajectory),
);

describe('the trajectory store', () => {
  it('gives back ids, segments, labels and every pixel', async () => {
    expect(await readTrajectories(await store('both', trajectories))).toEqual(trajectories);
  });

  it('replaces what was there', async () => {
    const folder = await store('twice', trajectories);
    await store('twice', trajectories.slice(1));
    expect(await readTrajectories(folder)).toEqual(trajectories.slice(1));
  });

  it('says so when there is nothing', async () => {
    await expect(readTrajectories(path.join(root, 'none'))).rejects.toMatchObject({ code: 'trajectories-missing' });
    const folder = await store('lines', trajectories);
    await rm(path.join(folder, 'trajectories.jsonl'));
    await expect(readTrajectories(folder)).rejects.toMatchObject({ code: 'trajectories-missing' });
  });

  it('refuses a store that was cut off, naming the line', async () => {
    const pixels = await store('pixels', trajectories);
    await truncate(path.join(pixels, 'images.rgb'), 30_000);
    await expect(readTrajectories(pixels)).rejects.toMatchObject({ code: 'trajectories-damaged' });

    const lines = await store('line', trajectories);
    const file = path.join(lines, 'trajectories.jsonl');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.slice(0, -40));
    await expect(readTrajectories(lines)).rejects.toThrow(/trajectories\.jsonl:2/);
  });
});
