/**
 * Which feature tower? Image AUROC of Library match with 3, 5 and all exemplars on MVTec-style folders, and time per
 * image on one wasm thread. From the repository root:
 *
 *     npx tsx packages/train/src/experiments/towers.ts DATA_DIR[,DATA_DIR] NAME=TOWER_DIR …
 *
 * TOWER_DIR: written by `scripts/extract_tower.py`. A row with the first tower's weights replaced by random ones is
 * added. Prints a Markdown table.
 */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Raster } from '@agentiad/core/image/raster.ts';
import type { ByteSource } from '@agentiad/core/model/weightSource.ts';
import { float32ToFloat16 } from '@agentiad/core/support/float16.ts';
import { sha256Hex } from '@agentiad/core/support/hash.ts';
import { createRandom } from '@agentiad/core/support/random.ts';
import { calibrate } from '@agentiad/core/tools/difference/calibration.ts';
import type { FeatureTower, PatchFeatures } from '@agentiad/core/tools/difference/featureTower.ts';
import { libraryMatchDefaults } from '@agentiad/core/tools/difference/options.ts';
import { nearestDistances } from '@agentiad/core/tools/difference/patchDistance.ts';
import { largest, minimumMap, smoothMap, type ScoreMap } from '@agentiad/core/tools/difference/scoreMap.ts';
import { createTower, towerInputSize } from '@agentiad/core/tools/difference/tower.ts';
import { kernelLength, parseTowerManifest, sealTowerManifest } from '@agentiad/core/tools/difference/towerManifest.ts';
import { readImage } from '../data/imageFile.ts';
import { computeRates, type Decision } from '@agentiad/core/validation/metrics.ts';
import { computeAuroc } from '@agentiad/core/validation/ranking.ts';
import { selectBackend } from '../host/backend.ts';
import { openFolder } from '../host/folderSource.ts';

const drawsPerSize = 8;

interface ImageSet {
  readonly name: string;
  readonly exemplars: readonly Raster[];
  readonly tests: readonly { readonly raster: Raster; readonly label: 'normal' | 'anomalous' }[];
}

/** Features of all images, and the distances of each to each exemplar: any draw of exemplars follows by minima. */
interface Compared {
  readonly grid: { readonly rows: number; readonly columns: number };
  /** [exemplars, then tests][exemplar]; null on the diagonal. */
  readonly pairs: readonly (readonly (Float32Array | null)[])[];
  readonly millisecondsPerImage: number;
}

async function main(): Promise<void> {
  const { positionals } = parseArgs({ allowPositionals: true });
  const [folders = '', ...named] = positionals;
  const selected = await selectBackend('wasm');
  const sets = await Promise.all(folders.split(',').map(readSet));
  const towers = named.map((entry) => entry.split('=') as [string, string]);
  const sources: [string, ByteSource][] = towers.map(([name, folder]) => [name, openFolder(folder)]);
  const first = sources[0];
  if (first) sources.push([`${first[0]}, random weights`, await withRandomWeights(first[1])]);
  console.log(`Adapter: ${selected.adapter}. AUROC mean ± sd over ${drawsPerSize} draws; BA at ratio 1.\n`);
  console.log(
    `| tower | KB | ${sets.map((set) => `${set.name} ms/image | 3 | 5 | all (${set.exemplars.length})`).join(' | ')} |`,
  );
  console.log(`|---|---|${'---|'.repeat(4 * sets.length)}`);
  for (const [name, source] of sources) {
    const tower = await createTower(source);
    const size = (await source.size('tower.bin')) ?? 0;
    const cells: string[] = [];
    for (const set of sets) {
      const compared = await compareAll(tower, set);
      cells.push(compared.millisecondsPerImage.toFixed(0));
      for (const count of [3, 5, set.exemplars.length]) cells.push(scoreDraws(set, compared, count));
    }
    tower.dispose();
    console.log(`| ${name} | ${Math.round(size / 1000)} | ${cells.join(' | ')} |`);
  }
}

async function readSet(folder: string): Promise<ImageSet> {
  const read = async (directory: string) => {
    const files = (await readdir(path.join(folder, directory))).sort();
    return Promise.all(files.map(async (file) => (await readImage(path.join(folder, directory, file))).raster));
  };
  const kinds = (await readdir(path.join(folder, 'test'))).sort();
  const tests = await Promise.all(
    kinds.map(async (kind) => {
      const label = kind === 'good' ? ('normal' as const) : ('anomalous' as const);
      return (await read(path.join('test', kind))).map((raster) => ({ raster, label }));
    }),
  );
  return { name: path.basename(folder), exemplars: await read('train/good'), tests: tests.flat() };
}

async function compareAll(tower: FeatureTower, set: ImageSet): Promise<Compared> {
  const size = towerInputSize(set.exemplars[0]!, libraryMatchDefaults.wholeSide);
  const rasters = [...set.exemplars, ...set.tests.map((test) => test.raster)];
  await tower.extract(rasters[0]!, size);
  const start = performance.now();
  const features: PatchFeatures[] = [];
  for (const raster of rasters) features.push(await tower.extract(raster, size));
  const millisecondsPerImage = (performance.now() - start) / rasters.length;
  const pairs: (Float32Array | null)[][] = [];
  for (const [i, query] of features.entries()) {
    const row: (Float32Array | null)[] = [];
    for (const [j] of set.exemplars.entries()) row.push(i === j ? null : await nearestDistances(query, features[j]!));
    pairs.push(row);
  }
  return { grid: { rows: features[0]!.rows, columns: features[0]!.columns }, pairs, millisecondsPerImage };
}

/** `AUROC mean ± sd, balanced accuracy at ratio 1` over random draws of `count` exemplars. */
function scoreDraws(set: ImageSet, compared: Compared, count: number): string {
  const random = createRandom(count);
  const draws = count === set.exemplars.length ? 1 : drawsPerSize;
  const results = Array.from({ length: draws }, () =>
    scoreDraw(set, compared, drawIndices(set.exemplars.length, count, random)),
  );
  const aurocs = results.map((decisions) => computeAuroc(decisions));
  const mean = average(aurocs);
  const sd = Math.sqrt(average(aurocs.map((value) => (value - mean) ** 2)));
  const balanced = average(results.map(balancedAtOne));
  return `${mean.toFixed(3)}${draws > 1 ? ` ± ${sd.toFixed(3)}` : ''} (BA ${balanced.toFixed(2)})`;
}

type Scored = Pick<Decision, 'label' | 'score'>;

function scoreDraw(set: ImageSet, { grid, pairs }: Compared, chosen: readonly number[]): Scored[] {
  const mapOf = (image: number): ScoreMap => {
    const maps = chosen.map((exemplar) => pairs[image]![exemplar]!).filter((map) => map !== null);
    return smoothMap({ ...grid, values: minimumMap(maps) });
  };
  const calibration = calibrate(chosen.map(mapOf), libraryMatchDefaults.wholeBackground);
  return set.tests.map(({ label }, i) => ({
    label,
    score: largest(calibration.toRatios(mapOf(set.exemplars.length + i)).values),
  }));
}

function balancedAtOne(decisions: readonly Scored[]): number {
  return computeRates(decisions.map((decision) => ({ ...decision, saysAnomalous: (decision.score ?? 0) > 1 })))
    .balancedAccuracy;
}

function drawIndices(from: number, count: number, random: ReturnType<typeof createRandom>): number[] {
  const left = Array.from({ length: from }, (_, i) => i);
  return Array.from({ length: count }, () => left.splice(random.integer(0, left.length - 1), 1)[0]!);
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The same tower with kernels drawn as He et al. (2015) and biases of zero. */
async function withRandomWeights(source: ByteSource): Promise<ByteSource> {
  const text = Buffer.from(await source.read('tower.json', 0, (await source.size('tower.json'))!)).toString();
  const manifest = parseTowerManifest(text);
  const random = createRandom(1);
  const bytes = new Uint8Array(manifest.bytes);
  for (const layer of manifest.layers) {
    const fanIn = layer.kernelSize ** 2 * (layer.op === 'depthwise' ? 1 : layer.inputs);
    const spread = Math.sqrt(2 / fanIn);
    const values = Float32Array.from({ length: kernelLength(layer) }, () => spread * random.normal());
    bytes.set(new Uint8Array(float32ToFloat16(values).buffer), layer.kernelOffset);
  }
  const files: Record<string, Uint8Array> = {
    'tower.json': Buffer.from(sealTowerManifest(JSON.stringify({ ...manifest, sha256: sha256Hex(bytes) }))),
    [manifest.file]: bytes,
  };
  return {
    size: async (file) => files[file]?.length ?? null,
    read: async (file, start, end) => files[file]!.slice(start, end),
  };
}

await main();
