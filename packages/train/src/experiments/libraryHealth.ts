/**
 * How far apart are near-duplicates and different photographs, and does a defective part among the exemplars stand out?
 * From the repository root:
 *
 *     npx tsx packages/train/src/experiments/libraryHealth.ts DATA/aliens,DATA/cookies [--draws N] [--seed N]
 *
 * MVTec-style folders. Near-duplicates: copies of the good images shifted by 2 pixels, 5 % brighter, with noise, or
 * resampled; their mean patch distance against that of the two most alike different photographs. Suspects: random
 * libraries of 5, 8 and 12 good images, with and without one defective image planted; share of planted ones beyond each
 * ratio (hits), of good ones beyond it (false alarms), and of planted ones that are the worst of their library.
 */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Raster } from '@agentiad/core/image/raster.ts';
import { resizeRaster } from '@agentiad/core/image/resize.ts';
import { createRandom } from '@agentiad/core/support/random.ts';
import type { PatchFeatures } from '@agentiad/core/tools/difference/featureTower.ts';
import { ratiosAgainstOthers } from '@agentiad/core/tools/difference/health.ts';
import { libraryMatchDefaults } from '@agentiad/core/tools/difference/options.ts';
import { mutualDistances } from '@agentiad/core/tools/difference/patchDistance.ts';
import { minimumMap, smoothMap } from '@agentiad/core/tools/difference/scoreMap.ts';
import { createTower, towerInputSize } from '@agentiad/core/tools/difference/tower.ts';
import { readImage } from '../data/imageFile.ts';
import { mean } from '@agentiad/core/validation/metrics.ts';
import { selectBackend } from '../host/backend.ts';
import { openFolder } from '../host/folderSource.ts';

const librarySizes = [5, 8, 12];
const ratios = [1.2, 1.26, 1.33, 1.4, 1.46, 1.6];

type Random = ReturnType<typeof createRandom>;

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      tower: { type: 'string', default: 'public/models/tower' },
      draws: { type: 'string', default: '200' },
      seed: { type: 'string', default: '1' },
    },
  });
  const selected = await selectBackend('wasm');
  const tower = await createTower(openFolder(values.tower));
  console.log(`Adapter: ${selected.adapter}.`);
  for (const folder of (positionals[0] ?? '').split(',')) {
    const images = await readFolder(folder);
    const size = towerInputSize(images[0]!.raster, libraryMatchDefaults.wholeSide);
    const features: PatchFeatures[] = [];
    for (const { raster } of images) features.push(await tower.extract(raster, size));
    const pairs = await allPairs(features);
    const good = [...images.keys()].filter((at) => images[at]!.isGood);
    const bad = [...images.keys()].filter((at) => !images[at]!.isGood);

    console.log(`\n${path.basename(folder)}: ${good.length} good, ${bad.length} defective images`);
    const apart = good
      .flatMap((a) => good.flatMap((b) => (a < b ? [mean([...pairs[a]![b]!])] : [])))
      .sort((a, b) => a - b);
    console.log(`different photographs: mean patch distance at least ${apart[0]!.toFixed(3)}, median ${middle(apart)}`);
    for (const [name, copy] of Object.entries(copies)) {
      const distances: number[] = [];
      for (const at of good) {
        const random = createRandom(at + 1);
        const copied = await tower.extract(copy(images[at]!.raster, random), size);
        distances.push(mean([...(await mutualDistances(features[at]!, copied))[0]]));
      }
      distances.sort((a, b) => a - b);
      console.log(`copy, ${name}: at most ${distances.at(-1)!.toFixed(3)}, median ${middle(distances)}`);
    }

    const random = createRandom(Number(values.seed));
    console.log(
      `| exemplars | ${ratios.map((ratio) => `> ${ratio}: hits / false alarms`).join(' | ')} | planted is worst |`,
    );
    for (const count of librarySizes.filter((wanted) => wanted <= good.length)) {
      const draws = Array.from({ length: Number(values.draws) }, () => {
        const chosen = draw(good, count, random);
        const planted = bad[random.integer(0, bad.length - 1)]!;
        const judged = judge([...chosen, planted], features, pairs);
        return { planted: judged.at(-1)!, beside: judged.slice(0, -1), clean: judge(chosen, features, pairs) };
      });
      const cells = ratios.map((ratio) => {
        const hits = mean(draws.map(({ planted }) => Number(planted > ratio)));
        const alarms = mean(draws.flatMap(({ clean }) => clean.map((value) => Number(value > ratio))));
        return `${hits.toFixed(2)} / ${alarms.toFixed(3)}`;
      });
      const worst = mean(draws.map(({ planted, beside }) => Number(planted > Math.max(...beside))));
      console.log(`| ${count} | ${cells.join(' | ')} | ${worst.toFixed(2)} |`);
    }
  }
}

/** Ratio of each member of a library against the others. */
function judge(members: readonly number[], features: readonly PatchFeatures[], pairs: Pairs): number[] {
  const { rows, columns } = features[0]!;
  const maps = members.map((own) => {
    const others = members.filter((other) => other !== own).map((other) => pairs[own]![other]!);
    return smoothMap({ rows, columns, values: minimumMap(others) });
  });
  return ratiosAgainstOthers(maps);
}

type Pairs = readonly (readonly (Float32Array | undefined)[])[];

async function allPairs(features: readonly PatchFeatures[]): Promise<Pairs> {
  const pairs: Float32Array[][] = features.map(() => []);
  for (let a = 0; a < features.length; a++) {
    for (let b = a + 1; b < features.length; b++) {
      [pairs[a]![b], pairs[b]![a]] = await mutualDistances(features[a]!, features[b]!);
    }
  }
  return pairs;
}

const copies: Readonly<Record<string, (raster: Raster, random: Random) => Raster>> = {
  'shifted by 2 pixels of 320': (raster) => shifted(raster, Math.round(raster.width / 160)),
  '5 % brighter': (raster) => changed(raster, (value) => 1.05 * value),
  'noise of 5 grey levels': (raster, random) => changed(raster, (value) => value + 5 * random.normal()),
  'resampled at half size': (raster) =>
    resizeRaster(resizeRaster(raster, raster.width >> 1, raster.height >> 1), raster.width, raster.height),
};

function changed(raster: Raster, change: (value: number) => number): Raster {
  return {
    ...raster,
    data: Uint8Array.from(raster.data, (value) => Math.min(255, Math.max(0, Math.round(change(value))))),
  };
}

function shifted({ width, height, data }: Raster, by: number): Raster {
  const moved = new Uint8Array(data.length);
  for (let at = 0; at < width * height; at++) {
    const from = Math.max(0, Math.floor(at / width) - by) * width + Math.max(0, (at % width) - by);
    moved.set(data.subarray(from * 3, from * 3 + 3), at * 3);
  }
  return { width, height, data: moved };
}

function draw(from: readonly number[], count: number, random: Random): number[] {
  const left = [...from];
  return Array.from({ length: count }, () => left.splice(random.integer(0, left.length - 1), 1)[0]!);
}

function middle(sorted: readonly number[]): string {
  return sorted[sorted.length >> 1]!.toFixed(3);
}

async function readFolder(folder: string): Promise<{ raster: Raster; isGood: boolean }[]> {
  const kinds = (await readdir(path.join(folder, 'test'))).sort();
  const folders = ['train/good', ...kinds.map((kind) => path.join('test', kind))];
  const images = folders.map(async (name) => {
    const files = (await readdir(path.join(folder, name))).sort();
    const rasters = await Promise.all(
      files.map(async (file) => (await readImage(path.join(folder, name, file))).raster),
    );
    return rasters.map((raster) => ({ raster: smaller(raster), isGood: name.endsWith('good') }));
  });
  return (await Promise.all(images)).flat();
}

/** Photographs of many megapixels are brought down before they are copied and compared. */
function smaller(raster: Raster): Raster {
  const scale = Math.min(1, 640 / Math.max(raster.width, raster.height));
  return resizeRaster(raster, Math.round(raster.width * scale), Math.round(raster.height * scale));
}

await main();
