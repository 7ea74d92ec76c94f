// @vitest-environment node
import { createHash } from 'node:crypto';
import { UserError } from '@agentiad/core/support/userError.ts';
import { describe, expect, it } from 'vitest';
import { createMemoryDisk, type MemoryDisk } from '../testing/memoryDisk.ts';
import { chunkedNano, stockNano, withManifest, type ModelFiles } from '../../e2e/modelFiles.ts';
import type { ModelSource } from './modelSource.ts';
import { createModelStore, type ModelStore } from './modelStore.ts';
import { openStoredModel } from './storedModel.ts';

const container = chunkedNano(300_000);
const stock = await stockNano();

const sourceOf = (files: ModelFiles): ModelSource => ({
  kind: 'files',
  name: 'a folder',
  files: [...files].map(([name, bytes]) => new File([Uint8Array.from(bytes)], name, { lastModified: 1 })),
});

const storeOn = (disk: MemoryDisk, freeBytes: number | null = null): ModelStore =>
  createModelStore({
    disk,
    fetch,
    room: () => Promise.resolve({ freeBytes, usedBytes: 0 }),
    clock: () => 0,
    now: () => new Date('2026-05-01T12:00:00Z'),
    alone: (_id, work) => work(),
  });

const never = new AbortController().signal;
const add = (store: ModelStore, files: ModelFiles) => store.add(sourceOf(files), never, () => {});

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** What the disk holds of the model, without the record and the journal, by hash. */
const modelFiles = (disk: MemoryDisk) => {
  const files = Array.from(disk.files, ([key, bytes]) => [key.split('/')[1]!, sha256(bytes)]);
  return Object.fromEntries(files.filter(([name]) => name !== 'model.json' && name !== 'journal')) as object;
};

describe.each([
  ['container', container],
  ['stock checkpoint', stock],
])('a %s that is killed while it is written', (_what, files) => {
  it('is never taken for whole before it is, and whole after going on, wherever the kill was', async () => {
    const reference = createMemoryDisk();
    const { storedBytes } = await add(storeOn(reference), files);
    const kills = [
      0,
      1,
      100,
      700,
      900,
      1200,
      5000,
      ...Array.from({ length: 24 }, (_, i) => Math.floor((storedBytes * (i + 1)) / 24.2)),
    ];
    for (const breakAfter of [...kills, storedBytes - 1, storedBytes + 100]) {
      const disk = createMemoryDisk();
      disk.breakAfter = breakAfter;
      const killed = await add(storeOn(disk), files).then(
        () => false,
        () => true,
      );
      const [model] = await storeOn(disk).list();
      if (killed && model) {
        expect(model.state).toBe('partial');
        await expect(openStoredModel(disk, model.id)).rejects.toMatchObject({ code: 'model-not-whole' });
      }
      disk.breakAfter = Infinity;
      expect((await add(storeOn(disk), files)).state).toBe('whole');
      expect(modelFiles(disk)).toEqual(modelFiles(reference));
    }
  }, 60_000);

  it('does not read again what was verified', async () => {
    const disk = createMemoryDisk();
    disk.breakAfter = 900_000;
    await add(storeOn(disk), files).catch(() => {});
    disk.breakAfter = Infinity;
    const [before] = await storeOn(disk).list();
    const progress: number[] = [];
    await storeOn(disk).add(sourceOf(files), never, ({ doneBytes }) => progress.push(doneBytes));
    expect(progress[0]).toBe(before!.verifiedBytes);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
  });
});

describe('the store', () => {
  it('refuses a model for which there is no room, before anything is written', async () => {
    const disk = createMemoryDisk();
    await expect(add(storeOn(disk, 1_000_000), container)).rejects.toMatchObject({
      code: 'no-room',
      reason: expect.stringContaining('needs 1.8 MB more') as string,
    });
    expect(disk.files.size).toBe(0);
  });

  it('keeps the error of a full disk, and what was verified', async () => {
    const full = new UserError({ code: 'disk-full', subject: 'x', reason: 'full', remedy: 'free' });
    const disk = createMemoryDisk(() => full);
    disk.breakAfter = 800_000;
    await expect(add(storeOn(disk), container)).rejects.toBe(full);
    expect((await storeOn(disk).list())[0]).toMatchObject({ state: 'partial' });
  });

  it('finds damaged files on verifying, drops them and mends them from the folder', async () => {
    const disk = createMemoryDisk();
    const { id } = await add(storeOn(disk), container);
    expect(await storeOn(disk).verify(id, never, () => {})).toEqual([]);
    disk.files.get(`${id}/weights-0002.bin`)![77]! ^= 1;
    disk.files.set(`${id}/tokenizer.json`, new Uint8Array(3));
    expect((await storeOn(disk).verify(id, never, () => {})).toSorted()).toEqual([
      'tokenizer.json',
      'weights-0002.bin',
    ]);
    expect((await storeOn(disk).list())[0]).toMatchObject({ id, state: 'partial' });
    await add(storeOn(disk), container);
    expect(modelFiles(disk)).toMatchObject({ 'weights-0002.bin': sha256(container.get('weights-0002.bin')!) });
  });

  it('names a file that is not what the manifest says, and keeps the others', async () => {
    const wrong = new Map(container)
      .set('weights-0001.bin', Buffer.alloc(300_000, 7))
      .set('tokenizer.json', Buffer.from('{}'));
    const disk = createMemoryDisk();
    await expect(add(storeOn(disk), wrong)).rejects.toMatchObject({
      code: 'model-damaged',
      subject: '2 files (tokenizer.json, weights-0001.bin)',
    });
    const [model] = await storeOn(disk).list();
    expect(model).toMatchObject({ state: 'partial' });
    expect(model!.verifiedBytes).toBeGreaterThan(1_000_000);
  });

  it('ends between pieces when cancelled', async () => {
    const cancel = new AbortController();
    cancel.abort();
    const disk = createMemoryDisk();
    await expect(storeOn(disk).add(sourceOf(container), cancel.signal, () => {})).rejects.toThrow();
    expect(await storeOn(disk).list()).toEqual([]);
  });

  it('gives a stored model back as it came, and its weights to whoever loads it', async () => {
    const disk = createMemoryDisk();
    const { id } = await add(storeOn(disk), container);
    const source = await openStoredModel(disk, id);
    expect(await source.size('nothing.bin')).toBeNull();
    expect(await source.read('weights-0000.bin', 5, 9)).toEqual(
      Uint8Array.from(container.get('weights-0000.bin')!.subarray(5, 9)),
    );
  });

  it('names a file of the picked folder that cannot be read any more, also without streams that can be iterated', async () => {
    const source = sourceOf(container) as ModelSource & { readonly kind: 'files' };
    const broken = source.files.find(({ name }) => name === 'weights-0001.bin')!;
    const failing = () =>
      new ReadableStream({ pull: () => Promise.reject(new DOMException('gone', 'NotReadableError')) });
    for (const file of source.files) {
      const slice = file.slice.bind(file);
      file.slice = (...range) => {
        const piece = slice(...range);
        const stream = file === broken ? failing : piece.stream.bind(piece);
        return Object.assign(piece, {
          stream: () => Object.assign(stream(), { [Symbol.asyncIterator]: undefined }),
        });
      };
    }
    await expect(storeOn(createMemoryDisk()).add(source, never, () => {})).rejects.toMatchObject({
      code: 'model-file-unreadable',
      subject: 'weights-0001.bin',
    });
  });

  it('says so when the browser can no longer read a file of a model in use: deleted elsewhere, or evicted', async () => {
    const disk = createMemoryDisk();
    const { id } = await add(storeOn(disk), container);
    const folder = disk.folder.bind(disk);
    const gone = () => Promise.reject(new DOMException('gone', 'NotReadableError'));
    disk.folder = async (name) => {
      const opened = await folder(name);
      return {
        ...opened,
        async snapshot(path) {
          const blob = await opened.snapshot(path);
          return path === 'weights-0000.bin' ? Object.assign(blob!, { slice: () => ({ arrayBuffer: gone }) }) : blob;
        },
      };
    };
    const source = await openStoredModel(disk, id);
    await expect(source.read('weights-0000.bin', 0, 4)).rejects.toMatchObject({ code: 'model-not-whole' });
  });

  interface Change {
    readonly tensors?: readonly object[];
    readonly files?: readonly object[];
    readonly config?: Readonly<Record<string, number>>;
    /** Name of a file more. */
    readonly file?: string;
  }
  it.each<[what: string, change: Change, code: string, reason: RegExp]>([
    ['a tensor is missing', { tensors: [] }, 'model-weights', /no such tensor/],
    ['there are more layers in its config', { config: { num_hidden_layers: 9 } }, 'model-weights', /no such tensor/],
    [
      'a table is wider in its config',
      { config: { vocab_size: 2 ** 23 } },
      'model-weights',
      /but config.json asks for/,
    ],
    ['its tokenizer is missing', { files: [] }, 'bad-manifest', /lists no tokenizer.json/],
    ['a file is named as the store names its own', { file: 'journal' }, 'bad-manifest', /names a file journal/],
    ['a file is named as the record', { file: 'model.json' }, 'bad-manifest', /names a file model.json/],
  ])('refuses a container before anything is stored when %s', async (_, { config, file, ...fields }, code, reason) => {
    const files = withManifest(container, (manifest) => {
      Object.assign(manifest, fields, { config: { ...(manifest['config'] as object), ...config } });
      if (file) (manifest['files'] as object[]).push({ path: file, length: 5, sha256: 'a'.repeat(64) });
    });
    const disk = createMemoryDisk();
    await expect(add(storeOn(disk), files)).rejects.toMatchObject({ code, reason: expect.stringMatching(reason) });
    expect([...disk.files]).toEqual([]);
  });

  it('takes a stock checkpoint as a base model under the licence its README states', async () => {
    const offer = await storeOn(createMemoryDisk()).look(sourceOf(stock), never);
    expect(offer).toMatchObject({
      kind: 'checkpoint',
      card: { tuned: false, licence: 'apache-2.0', commercialUse: 'yes', scheme: 'q8' },
    });
    expect(offer.storedBytes).toBeLessThan(offer.fetchedBytes);
  });
});
