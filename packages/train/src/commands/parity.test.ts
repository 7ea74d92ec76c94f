import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { decodePng } from '@agentiad/core/image/png.ts';
import { runParity, type CaseReport } from '@agentiad/core/model/parity.ts';
import type { ByteSource } from '@agentiad/core/model/weightSource.ts';
import { parseJsonObject } from '@agentiad/core/support/json.ts';
import { encodeUtf8 } from '@agentiad/core/support/utf8.ts';
import { selectBackend, type SelectedBackend } from '../host/backend.ts';
import { openFolder } from '../host/folderSource.ts';
import { goldenFolders, runFolder } from './parity.ts';

const fixtures = path.resolve(import.meta.dirname, '../../../core/fixtures/golden');
const folders = await goldenFolders(fixtures);
const large = 'dimensions-3b';

let selected: SelectedBackend | null = null;

afterEach(async () => {
  await selected?.dispose();
  selected = null;
});

async function all(reports: AsyncIterable<CaseReport>): Promise<CaseReport[]> {
  const list: CaseReport[] = [];
  for await (const report of reports) list.push(report);
  return list;
}

/** What was too far off, in words. */
function failures(report: CaseReport): string[] {
  const tensors = report.tensors.filter(({ passed }) => !passed).map(({ name }) => name);
  return report.greedy.every(({ passed }) => passed) ? tensors : [...tensors, 'generated_ids'];
}

describe('parity with Hugging Face transformers', () => {
  it('has the golden folders of the repository', () => {
    expect(folders.length).toBeGreaterThanOrEqual(7);
  });

  it.each(folders.map((folder) => path.basename(folder)))(
    'holds on wasm for %s',
    { timeout: 300_000 },
    async (name) => {
      selected = await selectBackend('wasm');
      for (const report of await all(runFolder(path.join(fixtures, name)))) expect(failures(report)).toEqual([]);
    },
  );

  const tiny = folders.map((folder) => path.basename(folder)).filter((name) => name !== large);
  it.each(tiny)('holds on cpu for %s', { timeout: 120_000 }, async (name) => {
    selected = await selectBackend('cpu');
    for (const report of await all(runFolder(path.join(fixtures, name)))) expect(failures(report)).toEqual([]);
  });
});

describe('a model that is not the golden one is found out', () => {
  /** The golden folder `folder` with some files replaced. */
  function edited(folder: string, edits: ReadonlyMap<string, (bytes: Uint8Array) => Uint8Array>): ByteSource {
    const source = openFolder(path.join(fixtures, folder));
    const bytesOf = async (file: string): Promise<Uint8Array> => {
      const bytes = await source.read(file, 0, (await source.size(file))!);
      return edits.get(file)!(bytes);
    };
    return {
      size: async (file) => (edits.has(file) ? (await bytesOf(file)).length : source.size(file)),
      read: async (file, start, end) =>
        edits.has(file) ? (await bytesOf(file)).subarray(start, end) : source.read(file, start, end),
    };
  }

  const editJson = (from: RegExp, to: string) => (bytes: Uint8Array) => {
    const text = JSON.stringify(parseJsonObject(bytes, 'edited'));
    expect(text).toMatch(from);
    return encodeUtf8(text.replace(from, to));
  };

  async function failuresOf(folder: string, caseName: string, file: string, edit: (bytes: Uint8Array) => Uint8Array) {
    selected = await selectBackend('wasm');
    const source = edited(folder, new Map([[file, edit]]));
    const decodeImage = async (bytes: Uint8Array) => decodePng(bytes);
    const [report] = await all(runParity({ source, caseNames: [caseName], decodeImage }));
    return failures(report!);
  }

  it.each([
    ['another rotary base', 'config.json', /"rope_theta":[\d.e+]+/, '"rope_theta":500', ['logits']],
    ['mrope sections exchanged', 'config.json', /\[2,3,3\]/, '[3,3,2]', ['logits']],
    ['another epsilon', 'config.json', /"rms_norm_eps":[\d.e-]+/, '"rms_norm_eps":0.01', ['logits']],
    ['smaller windows', 'config.json', /"window_size":112/, '"window_size":56', ['image_embeds']],
    [
      'all blocks windowed',
      'config.json',
      /"fullatt_block_indexes":\[1\]/,
      '"fullatt_block_indexes":[]',
      ['image_embeds'],
    ],
    ['other pixel means', 'preprocessor_config.json', /"image_mean":\[0\.48/, '"image_mean":[0.49', ['pixel_values']],
    [
      'fewer pixels',
      'preprocessor_config.json',
      /"max_pixels":\d+/,
      '"max_pixels":4000',
      ['image_grid_thw', 'pixel_values'],
    ],
  ])('%s', async (_, file, from, to, expected) => {
    const found = await failuresOf('one-image', 'partial-window', file, editJson(from, to));
    expect(found.filter((name) => name !== 'generated_ids')).toEqual(expected);
  });

  it('an id that the model does not choose', async () => {
    const flip = (bytes: Uint8Array) => {
      const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
      const header = parseJsonObject(bytes.subarray(8, 8 + length), 'header') as Record<
        string,
        { data_offsets: [number, number] }
      >;
      const changed = Uint8Array.from(bytes);
      changed[8 + length + header['generated_ids']!.data_offsets[0]]! ^= 1;
      return changed;
    };
    const found = await failuresOf('one-image', 'partial-window', 'cases/partial-window.safetensors', flip);
    expect(found).toEqual(['generated_ids']);
  });
});
