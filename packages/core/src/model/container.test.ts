import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import modelSchema from '../../schema/model.schema.json' with { type: 'json' };
import { portableSha256 } from '../support/hash.ts';
import { parseJsonObject } from '../support/json.ts';
import { encodeUtf8 } from '../support/utf8.ts';
import { UserError } from '../support/userError.ts';
import { openContainer } from './container.ts';
import { checkManifest, type ContainerCard } from './containerManifest.ts';
import { createMemorySource, type Files } from './testing.ts';
import { decodeRows, storedLayout, weightSchemeNames } from './weightSchemes.ts';
import type { ByteSource } from './weightSource.ts';
import { writeContainer, type TensorToWrite } from './writeContainer.ts';

const card: ContainerCard = {
  id: 'nano',
  name: 'Nano',
  scheme: 'q8',
  trainedOn: 'procedural parts',
  licence: 'MIT',
  commercialUse: 'yes',
  tuned: true,
};

const ramp = (count: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(i + 1) * (1 + i / count));

const tensors: TensorToWrite[] = [
  { name: 'exact', shape: [7], scheme: 'f32', values: ramp(7) },
  { name: 'half', shape: [3, 5], scheme: 'f16', values: ramp(15) },
  { name: 'coded', shape: [4, 9], scheme: 'q8', values: ramp(36) },
  { name: 'zeros', shape: [2, 3], scheme: 'q8', values: new Float32Array(6) },
];

async function write(chunkBytes: number): Promise<Files> {
  const files: Files = new Map();
  const contents = {
    card,
    config: { model_type: 'qwen2_5_vl' },
    tensors,
    files: new Map([['a.json', encodeUtf8('{}')]]),
  };
  for await (const { path, bytes } of writeContainer(contents, chunkBytes)) files.set(path, bytes);
  return files;
}

async function refusal(files: Files): Promise<UserError> {
  const readAll = async () => {
    const container = await openContainer(createMemorySource(files));
    for (const name of container.weights.tensors.keys()) await container.weights.read(name);
  };
  const error = await readAll().then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  return error as UserError;
}

function editManifest(files: Files, edit: (manifest: string) => string): Files {
  const text = Array.from(files.get('manifest.json')!, (byte) => String.fromCharCode(byte)).join('');
  return new Map(files).set('manifest.json', encodeUtf8(edit(text)));
}

describe('the container', () => {
  it.each([16, 64, 1 << 20])('gives back what was written, in chunks of %i bytes', async (chunkBytes) => {
    const files = await write(chunkBytes);
    const chunks = Array.from(files.keys()).filter((path) => path.endsWith('.bin'));
    for (const path of chunks) expect(files.get(path)!.length).toBeLessThanOrEqual(chunkBytes);
    const { weights, card: read } = await openContainer(createMemorySource(files));
    expect(read).toMatchObject(card);
    expect(await weights.read('exact')).toEqual(ramp(7));
    expect(await weights.read('zeros')).toEqual(new Float32Array(6));
    const half = await weights.read('half');
    ramp(15).forEach((value, i) => expect(Math.abs(half[i]! - value)).toBeLessThanOrEqual(Math.abs(value) * 2 ** -11));
    expect(weights.tensors.get('half')).toEqual({ shape: [3, 5], dtype: 'f16' });
  });

  it('q8 is off by at most half a step of its row', async () => {
    const { weights } = await openContainer(createMemorySource(await write(64)));
    const coded = await weights.read('coded');
    const values = ramp(36);
    for (let row = 0; row < 4; row++) {
      const largest = Math.max(...values.subarray(row * 9, row * 9 + 9).map(Math.abs));
      for (let i = row * 9; i < row * 9 + 9; i++) {
        expect(Math.abs(coded[i]! - values[i]!)).toBeLessThanOrEqual((largest / 127) * 0.5001);
      }
    }
  });

  it('is known by the hash of its manifest', async () => {
    const files = await write(64);
    const open = async (at: Files) => (await openContainer(createMemorySource(at))).card.sha256;
    expect(await open(files)).toMatch(/^[0-9a-f]{64}$/);
    expect(await open(editManifest(files, (text) => text.replace('"Nano"', '"Mano"')))).not.toBe(await open(files));
  });

  it('writes a manifest that follows the published schema', async () => {
    const manifest = parseJsonObject((await write(64)).get('manifest.json')!, 'manifest.json');
    const ajv = new Ajv2020({ allErrors: true, strictTypes: false });
    ajv.validate(modelSchema, manifest);
    expect(ajv.errors).toBeNull();
    expect(modelSchema.properties.tensors.items.properties.scheme.enum).toEqual(weightSchemeNames);
  });

  it.each([16, 64, 1 << 20])('hands out rows as they are stored, from chunks of %i bytes', async (chunkBytes) => {
    const { encoded, weights } = await openContainer(createMemorySource(await write(chunkBytes)));
    for (const [name, { shape, scheme }] of encoded.tensors) {
      const rows = shape[0]!;
      const { columns } = storedLayout(scheme, shape);
      const whole = await weights.read(name);
      for (let row = 0; row < rows; row++) {
        const expected = whole.slice(row * columns, (row + 1) * columns);
        expect(decodeRows(scheme, await encoded.readRows(name, row, row + 1), 1, columns)).toEqual(expected);
        expect(await weights.readRows(name, row, row + 1)).toEqual(expected);
      }
    }
    expect((await encoded.readRows('coded', 1, 3)).codes.length).toBe(18);
    expect((await encoded.readRows('exact', 2, 5)).scales).toBeNull();
  });

  it('reads and hashes a chunk once; later only what is asked for', async () => {
    const files = await write(64);
    const memory = createMemorySource(files);
    const wholes: string[] = [];
    let hashes = 0;
    const source: ByteSource = {
      size: memory.size,
      read: (path, start, end) => {
        if (end - start === files.get(path)!.length) wholes.push(path);
        return memory.read(path, start, end);
      },
    };
    const sha256 = { ...portableSha256, hex: (bytes: Uint8Array) => (hashes++, portableSha256.hex(bytes)) };
    const { encoded } = await openContainer(source, sha256);
    const names = [...encoded.tensors.keys()];
    for (const name of [...names, ...names]) await encoded.readRows(name, 0, encoded.tensors.get(name)!.shape[0]!);
    const chunks = [...files.keys()].filter((path) => path.endsWith('.bin'));
    expect(wholes).toEqual(['manifest.json', ...chunks]);
    expect(hashes).toBe(chunks.length);
  });

  it('tries a chunk again that was bad and has been fetched anew', async () => {
    const files = await write(64);
    const good = files.get('weights-0001.bin')!;
    files.set(
      'weights-0001.bin',
      good.map((byte) => byte ^ 1),
    );
    const { encoded } = await openContainer(createMemorySource(files));
    const read = () => encoded.readRows('coded', 0, 4);
    await expect(read()).rejects.toMatchObject({ code: 'wrong-hash', subject: 'weights-0001.bin' });
    files.set('weights-0001.bin', good);
    expect((await read()).codes.length).toBe(36);
  });

  it('hands out its other files, checked', async () => {
    const files = await write(64);
    const container = await openContainer(createMemorySource(files));
    expect(await container.readFile('a.json')).toEqual(encodeUtf8('{}'));
    expect(await container.readFile('b.json')).toBeNull();
    files.set('a.json', encodeUtf8('{ '));
    await expect(container.readFile('a.json')).rejects.toThrow(/a\.json.*SHA-256/);
  });
});

describe('a damaged container', () => {
  it('with a hundred thousand chunks and tensors is read in no time', async () => {
    const files = await write(64);
    const manifest = parseJsonObject(files.get('manifest.json')!, 'manifest.json');
    const { chunks, tensors } = manifest as { chunks: object[]; tensors: object[] };
    const more = Array.from({ length: 1e5 }, (_, i) => ({ path: `x${i}`, length: 0, sha256: '0'.repeat(64) }));
    const absurd = { ...manifest, chunks: [...chunks, ...more], tensors: Array(25_000).fill(tensors).flat() };
    const started = performance.now();
    checkManifest(absurd);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('with a missing chunk names it', async () => {
    const files = await write(64);
    files.delete('weights-0001.bin');
    expect(await refusal(files)).toMatchObject({ code: 'missing-file', subject: 'weights-0001.bin' });
  });

  it('with a flipped byte names the chunk', async () => {
    const files = await write(64);
    const flipped = files.get('weights-0001.bin')!.map((byte, at) => (at === 20 ? byte ^ 1 : byte));
    expect(await refusal(files.set('weights-0001.bin', flipped))).toMatchObject({
      code: 'wrong-hash',
      subject: 'weights-0001.bin',
    });
  });

  it('with a short chunk says both lengths', async () => {
    const files = await write(64);
    const error = await refusal(files.set('weights-0001.bin', files.get('weights-0001.bin')!.subarray(0, 60)));
    expect(error.code).toBe('wrong-length');
    expect(error.reason).toMatch(/60 bytes.*62/);
  });

  it.each([
    ['version', '"version": 1', '"version": 2', 'container-version', /version 2.*version 1/],
    ['scheme', '"scheme": "f16"', '"scheme": "q3"', 'unknown-scheme', /q3.*f32, f16, q8, q4/],
    ['format', '"agentiad-model"', '"something"', 'bad-manifest', /does not describe/],
    ['tensor length', '"length": 28', '"length": 24', 'bad-manifest', /exact/],
    ['chunk number', '"chunk": 0', '"chunk": 9', 'bad-manifest', /exact/],
    ['path', '"path": "weights-0000.bin"', '"path": "../weights.bin"', 'bad-manifest', /chunks/],
    ['path to the folder itself', '"path": "weights-0000.bin"', '"path": "."', 'bad-manifest', /chunks/],
    ['path to the folder above', '"path": "a.json"', '"path": ".."', 'bad-manifest', /files/],
    [
      'path of another file',
      '"path": "a.json"',
      '"path": "weights-0000.bin"',
      'bad-manifest',
      /weights-0000.bin twice/,
    ],
    ['path of its own', '"path": "a.json"', '"path": "manifest.json"', 'bad-manifest', /lists manifest.json itself/],
    ['licence', '"licence"', '"license"', 'bad-manifest', /model card/],
  ])('with a wrong %s is refused', async (_, from, to, code, reason) => {
    const error = await refusal(editManifest(await write(64), (text) => text.replace(from, to)));
    expect(error.code).toBe(code);
    expect(error.reason).toMatch(reason);
  });
});
