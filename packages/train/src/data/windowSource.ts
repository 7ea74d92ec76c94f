/**
 * Windows of a manifest's photographs, as many without as with defects. Good windows come from defective photographs as
 * well as from good ones, so that nothing but the defect tells the two apart; the exemplars are windows of good
 * photographs at the same place.
 */
import path from 'node:path';
import type { Size } from '@agentiad/core/image/box.ts';
import type { Exemplar } from '@agentiad/core/tools/exemplars.ts';
import { createRandom, mixSeed } from '@agentiad/core/support/random.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { readImage, readImageSize } from './imageFile.ts';
import { asDecoded, generatedExemplar } from './labelledCase.ts';
import type { LabelledCase } from './labelledCase.ts';
import { boxesOf, checkBoxes, readManifest } from './manifest.ts';
import type { ManifestRow } from '@agentiad/core/protocol/manifest.ts';
import { chooseRows, exemplarOpener, exemplarsOf, typesByCategory } from './manifestSource.ts';
import type { ManifestSourceOptions } from './manifestSource.ts';
import { shuffled } from './split.ts';
import { cutWindow, largestType, NO_WARP, placeWindow } from './windows.ts';
import type { PlacedWindow } from './windows.ts';

export interface WindowSourceOptions extends ManifestSourceOptions {
  readonly count: number;
  /** Side in pixels. */
  readonly windowSize: number;
}

/** Photographs whose defects have no boxes are left out: where their good places are is not known. */
export async function windowCases(file: string, options: WindowSourceOptions): Promise<LabelledCase[]> {
  const { count, windowSize: size, seed = 0 } = options;
  const manifest = await readManifest(file);
  const random = createRandom(mixSeed('windows', seed));
  const known = chooseRows(manifest, options).filter((row) => row.label === 'normal' || row.boxes.length > 0);
  const good = shuffled(known, random);
  const bad = good.filter(({ boxes }) => boxes.length > 0);
  const sizes = new Map<string, Size>();
  const sizeOf = async (row: ManifestRow): Promise<Size> => {
    const found = sizes.get(row.image) ?? (await readImageSize(manifest.resolve(row.image)));
    sizes.set(row.image, found);
    return found;
  };
  const types = typesByCategory(manifest);
  const openExemplar = exemplarOpener(manifest);
  const next = { good: 0, bad: 0 };
  const cases: LabelledCase[] = [];
  for (let misses = 0; cases.length < count;) {
    const isGood = cases.length % 2 === 0;
    const pool = isGood ? good : bad;
    const row = pool[next[isGood ? 'good' : 'bad']++ % pool.length];
    if (row === undefined || misses > 2 * known.length) throw noWindow(file, isGood, size);
    const image = await sizeOf(row);
    checkBoxes(row, image, file);
    const window = placeWindow(boxesOf(row), image, { size, margin: 0, isGood }, random);
    if (window === null) {
      misses++;
      continue;
    }
    misses = 0;
    const exemplars = await Promise.all(exemplarsOf(manifest, row, options).map((name) => openExemplar(name, row)));
    const part = manifest.resolve(row.image);
    cases.push(
      windowCase({ row, part, image, window, size, exemplars, types: types.get(row.category)! }, cases.length),
    );
  }
  return cases;
}

interface WindowRequest {
  readonly row: ManifestRow;
  readonly part: string;
  readonly image: Size;
  readonly window: PlacedWindow;
  readonly size: number;
  readonly exemplars: readonly Exemplar[];
  readonly types: readonly string[];
}

function windowCase({ row, part, image, window, size, exemplars, types }: WindowRequest, at: number): LabelledCase {
  const { left, top, boxes } = window;
  const place = `${row.id}@${left},${top},${size}`;
  const nameOf = (file: string) => `${path.parse(file).name}@${left},${top}.png`;
  return {
    id: `${place}#${at}`,
    source: row.source ?? row.category,
    category: row.category,
    group: row.group ?? row.id,
    types,
    label: boxes.length === 0 ? 'normal' : 'anomalous',
    type: largestType(boxes),
    boxes,
    part: async () =>
      asDecoded(
        cutWindow((await readImage(part, row.windowLevel)).raster, left, top, size, NO_WARP),
        nameOf(part),
        place,
      ),
    exemplars: {
      category: row.category,
      exemplars: exemplars.map((exemplar) => {
        // The same place of a photograph of another size.
        const x = Math.round((left / image.width) * exemplar.width);
        const y = Math.round((top / image.height) * exemplar.height);
        const load = async () => cutWindow(await exemplar.load(), x, y, size, NO_WARP);
        return generatedExemplar(nameOf(exemplar.name), `${exemplar.sha256}@${x},${y},${size}`, size, load);
      }),
    },
  };
}

function noWindow(file: string, isGood: boolean, size: number): UserError {
  return new UserError({
    code: 'no-window',
    subject: file,
    reason: `no ${isGood ? 'defect-free' : 'defective'} window of ${size} x ${size} pixels was found.`,
    remedy: 'Use a smaller window, or photographs whose defects have boxes.',
  });
}
