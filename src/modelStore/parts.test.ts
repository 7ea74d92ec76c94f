// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { createMemoryDisk } from '../testing/memoryDisk.ts';
import { openJournal, parseJournal } from './journal.ts';
import { createMeter, type ModelProgress } from './meter.ts';
import { parseModelAddress } from './modelSource.ts';
import { createReadAhead } from './readAhead.ts';
import { bytesInWords } from './room.ts';

describe('the address of a model', () => {
  it.each([
    [
      'Qwen/Qwen2.5-VL-3B-Instruct',
      'https://huggingface.co/Qwen/Qwen2.5-VL-3B-Instruct/resolve/main/',
      'huggingface.co',
    ],
    ['https://huggingface.co/a/b/tree/v2', 'https://huggingface.co/a/b/resolve/v2/', 'huggingface.co'],
    ['https://hf.co/a/b', 'https://huggingface.co/a/b/resolve/main/', 'huggingface.co'],
    ['https://example.org/models/mine', 'https://example.org/models/mine/', 'example.org'],
    ['example.org/models/mine/manifest.json', 'https://example.org/models/mine/', 'example.org'],
    ['http://localhost:8080/m/?x=1#y', 'http://localhost:8080/m/', 'localhost:8080'],
  ])('%s', (typed, address, host) => expect(parseModelAddress(typed)).toMatchObject({ address, host }));

  it.each([
    '',
    'nano',
    'two words',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://huggingface.co/datasets/a',
    'http://localhost/%E0%A4%A/',
  ])('“%s” is refused', (typed) =>
    expect(() => parseModelAddress(typed)).toThrowError(expect.objectContaining({ code: 'model-address' })),
  );
});

describe('the journal', () => {
  const sha256 = 'a'.repeat(64);

  it('does not trust a line that was cut off, and writes over it', async () => {
    const disk = createMemoryDisk();
    const open = async () => openJournal(await (await disk.folder('m')).open('journal'));
    (await open()).add({ path: 'a.bin', length: 1, sha256 });
    const bytes = disk.files.get('m/journal')!;
    disk.files.set('m/journal', new Uint8Array([...bytes, ...bytes.subarray(0, -1)]));
    const journal = await open();
    expect([...journal.entries.keys()]).toEqual(['a.bin']);
    journal.add({ path: 'b.bin', length: 2, sha256 });
    journal.drop(['a.bin']);
    expect(parseJournal(new TextDecoder().decode(disk.files.get('m/journal')))).toEqual(
      new Map([['b.bin', { path: 'b.bin', length: 2, sha256 }]]),
    );
  });

  it('knows a file by its length and hash, not by its name alone', async () => {
    const disk = createMemoryDisk();
    const journal = openJournal(await (await disk.folder('m')).open('journal'));
    journal.add({ path: 'a.bin', length: 1, sha256 });
    expect(journal.has({ path: 'a.bin', length: 1, sha256 })).toBe(true);
    expect(journal.has({ path: 'a.bin', length: 2, sha256 })).toBe(false);
    expect(journal.has({ path: 'a.bin', length: 1, sha256: 'b'.repeat(64) })).toBe(false);
  });
});

describe('progress', () => {
  it('tells rate and time left of the last seconds, and never goes backwards', () => {
    let now = 0;
    const told: ModelProgress[] = [];
    const meter = createMeter(
      { phase: 'downloading', doneBytes: 0, totalBytes: 10_000 },
      (progress) => told.push(progress),
      () => now,
    );
    for (; now <= 4000; now += 250) meter.add(250);
    expect(told.at(-1)).toMatchObject({ bytesPerSecond: 1062.5 });
    expect(told.at(-1)!.secondsLeft).toBeGreaterThan(4);
    meter.takeBack(2000);
    meter.note('again');
    expect(told.at(-1)).toMatchObject({ doneBytes: told.at(-2)!.doneBytes, note: 'again' });
  });
});

describe('reading ahead', () => {
  it('gives what the source has, asks for each planned byte once, and holds little', async () => {
    const size = 70_000_000;
    let bytes = 0;
    let open = 0;
    let most = 0;
    const source = {
      size: () => Promise.resolve(size),
      async read(_path: string, start: number, end: number) {
        most = Math.max(most, ++open);
        bytes += end - start;
        await Promise.resolve();
        open -= 1;
        return new Uint8Array(end - start);
      },
    };
    const order = [
      { file: 'a', begin: 1000, end: 40_001_000 },
      { file: 'b', begin: 0, end: 500 },
      { file: 'a', begin: 50_000_000, end: 60_000_000 },
    ];
    const ahead = createReadAhead(source, order);
    for (const { file, begin, end } of order) {
      for (let at = begin; at < end; at += 3_000_000) {
        const piece = await ahead.read(file, at, Math.min(end, at + 3_000_000));
        expect(piece.length).toBe(Math.min(end, at + 3_000_000) - at);
      }
    }
    expect(bytes).toBe(50_000_500);
    expect(most).toBeGreaterThan(3);
    expect(most).toBeLessThanOrEqual(6);
  });
});

describe('sizes', () => {
  it.each([
    [0, '0 kB'],
    [400, '1 kB'],
    [1_644_096, '1.6 MB'],
    [980e6, '980 MB'],
    [2.94e9, '2.9 GB'],
  ])('%d is %s', (bytes, words) => expect(bytesInWords(bytes)).toBe(words));
});
