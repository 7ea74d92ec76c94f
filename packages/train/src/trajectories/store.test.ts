import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { tokenSpaceOf } from './build.ts';
import type { StoreHeader } from './store.ts';
import { createTrajectoryWriter, readTrajectories } from './store.ts';
import { demonstrateCase, GOOD, makeCase, tinyModel } from './testCase.ts';
import type { Trajectory } from './trajectory.ts';

const root = await mkdtemp(path.join(os.tmpdir(), 'agentiad-store-'));
afterAll(() => rm(root, { recursive: true }));

async function store(
  name: string,
  trajectories: readonly Trajectory[],
  options: Parameters<typeof createTrajectoryWriter>[1] = {},
): Promise<string> {
  const folder = path.join(root, name);
  const writer = await createTrajectoryWriter(folder, options);
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

  it('names a place where it cannot be made', async () => {
    await writeFile(path.join(root, 'file'), '');
    await expect(store('file', trajectories)).rejects.toThrow(/file: it is a file, not a folder\. Name another folder/);
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

const header: StoreHeader = {
  format: 'agentiad-trajectories/1',
  tokens: tokenSpaceOf(tinyModel),
  maker: { teacher: 'scripted' },
};

describe('what a trajectory carries beside its tokens', () => {
  it('comes back too, log-probabilities to the last bit', async () => {
    const [first] = trajectories;
    const model = new Set(
      first!.segments.filter(({ kind }) => kind === 'model').flatMap(({ from, to }) => range(from, to)),
    );
    const sampled: Trajectory = {
      ...first!,
      sampler: { temperature: 0.7, topP: 0.95, seed: 3 },
      logProbabilities: first!.ids.map((_, position) => (model.has(position) ? -1 / (position + 3) : NaN)),
      reward: { total: 0.1 + 0.2, components: { accuracy: 0.1, format: 0.2 } },
      truncated: false,
    };
    expect(await readTrajectories(await store('sampled', [sampled]))).toEqual([sampled]);
  });

  it('says which calls were made, and the truth of the case', () => {
    expect(trajectories[0]!.calls).toEqual([
      {
        turn: 2,
        name: 'crop_image_normalized',
        arguments: { bbox_2d: [0.18, 0.5, 0.44, 0.75], target_image: 1 },
        ok: true,
        error: null,
      },
      { turn: 4, name: 'query_image', arguments: {}, ok: true, error: null },
    ]);
    expect(trajectories[0]!.meta).toMatchObject({ category: 'washer', type: 'scratch', source: 'test' });
  });
});

describe('a sample that does not hold together is named, when it is read and when it is written', () => {
  const [good] = trajectories;
  const image = good!.segments.findIndex(({ kind }) => kind === 'image');
  const edit = (index: number, change: object) =>
    good!.segments.map((segment, at) => (at === index ? { ...segment, ...change } : segment));
  const model = good!.segments.find(({ kind }) => kind === 'model')!;

  it.each<[string, string, Partial<Trajectory>]>([
    ['an image too many', 'trajectory-images', { images: [...good!.images, good!.images[0]!] }],
    ['an image too few', 'trajectory-images', { images: good!.images.slice(1) }],
    [
      'an image of another size',
      'trajectory-images',
      { images: [{ width: 28, height: 28, data: new Uint8Array(28 * 28 * 3) }, ...good!.images.slice(1)] },
    ],
    [
      'an image token outside the runs',
      'trajectory-images',
      { ids: good!.ids.map((id, at) => (at === model.from ? header.tokens.imageTokenId : id)) },
    ],
    ['spans that overlap', 'trajectory-spans', { segments: edit(image, { from: good!.segments[image]!.from - 1 }) }],
    ['spans out of order', 'trajectory-spans', { segments: good!.segments.toReversed() }],
    ['turns that run backwards', 'trajectory-spans', { segments: edit(good!.segments.length - 1, { turn: 0 }) }],
    ['a span of no known kind', 'trajectory-spans', { segments: edit(0, { kind: 'assistant' }) }],
    ['ids after the last span', 'trajectory-spans', { ids: [...good!.ids, 5] }],
    ['an id beyond the vocabulary', 'trajectory-ids', { ids: good!.ids.with(7, header.tokens.vocabSize) }],
    ['an id that is no whole number', 'trajectory-ids', { ids: good!.ids.with(7, 1.5) }],
    ['log-probabilities of other ids', 'trajectory-log-probabilities', { logProbabilities: [-1] }],
    [
      "a log-probability off the model's tokens",
      'trajectory-log-probabilities',
      { logProbabilities: good!.ids.map(() => -1) },
    ],
  ])('%s', async (name, code, change) => {
    const bad = { ...good!, ...change };
    await expect(store(name, [bad], { header })).rejects.toMatchObject({ code });

    const folder = await store(name, [good!, good!], { header });
    const file = path.join(folder, 'trajectories.jsonl');
    const lines = (await readFile(file, 'utf8')).split('\n');
    const { images, ...rest } = change;
    const stored = JSON.parse(lines[1]!) as { images: object[] };
    const first = stored.images[0]!;
    const resized = images && {
      images: images.map((_, at) => stored.images[at + good!.images.length - images.length] ?? first),
    };
    const sized =
      name === 'an image of another size'
        ? { images: [{ ...first, width: 28, height: 28 }, ...stored.images.slice(1)] }
        : resized;
    lines[1] = JSON.stringify({ ...stored, ...rest, ...sized });
    await writeFile(file, lines.join('\n'));
    const read = readTrajectories(folder);
    await expect(read).rejects.toMatchObject({ code });
    await expect(read).rejects.toThrow(/trajectories\.jsonl:2: test\/1\/pz\+cr/);
  });

  it('a store made for other tokens', async () => {
    const folder = await store('tokens', trajectories, { header });
    expect(await readTrajectories(folder, header.tokens)).toHaveLength(2);
    const other = { ...header.tokens, vocabSize: header.tokens.vocabSize + 1 };
    await expect(readTrajectories(folder, other)).rejects.toMatchObject({ code: 'trajectories-of-another-model' });
  });
});

describe('a store that is gone on with', () => {
  it('keeps what is whole, drops what was written half, and ends as if it had never been cut', async () => {
    const [a, b] = trajectories;
    const other = { ...b!, id: 'test/2/pz+cr' };
    const whole = await store('whole', [a!, other], { header });
    const cut = await store('cut', [a!, other], { header });
    const file = path.join(cut, 'trajectories.jsonl');
    await writeFile(file, (await readFile(file, 'utf8')).slice(0, -200));

    const writer = await createTrajectoryWriter(cut, { header, resume: true });
    expect([...writer.done]).toEqual([a!.id]);
    await writer.write(other);
    await writer.close();
    for (const name of ['trajectories.jsonl', 'images.rgb', 'store.json']) {
      expect(await readFile(path.join(cut, name))).toEqual(await readFile(path.join(whole, name)));
    }
  });

  it('is never replaced by another maker’s, and is by the same one’s', async () => {
    const folder = await store('kept', trajectories, { header });
    const mine = { ...header, maker: { teacher: 'another' } };
    await expect(createTrajectoryWriter(folder, { header: mine })).rejects.toMatchObject({
      code: 'trajectories-of-another-maker',
    });
    expect(await readTrajectories(folder)).toHaveLength(2);
    await (await createTrajectoryWriter(folder, { header })).close();
    expect(await readTrajectories(folder)).toHaveLength(0);
  });

  it('is refused when another teacher began it', async () => {
    const folder = await store('begun', trajectories, { header });
    const mine = { ...header, maker: { teacher: 'another' } };
    await expect(createTrajectoryWriter(folder, { header: mine, resume: true })).rejects.toMatchObject({
      code: 'trajectories-of-another-maker',
      subject: folder,
    });
    expect(await readTrajectories(folder)).toHaveLength(2);
  });
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
