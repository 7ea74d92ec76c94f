/**
 * What does the patch bank of a large library cost in accuracy, and how long does its search take? From the repository
 * root:
 *
 *     npx tsx packages/train/src/experiments/largeLibrary.ts [--families A,B] [--exemplars N] [--count N] [--seed N]
 *         [--folders DATA/aliens,DATA/cookies] [--left-out N] [--banks 4000,8000,12000] [--out FILE]
 *
 * One design of each procedural family (validation split) with N exemplars, and MVTec-style folders with all they have:
 * AUROC and balanced accuracy at ratio 1 of (a) every patch of every exemplar, (b) every patch of 24 evenly thinned
 * exemplars, (c) banks of so many patches. All are calibrated on the same left-out exemplars. Times are the search alone
 * and `LibraryMatch.compare` once the library is known. Writes JSON (stdout without --out).
 */
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Raster } from '@agentiad/core/image/raster.ts';
import { calibrate } from '@agentiad/core/tools/difference/calibration.ts';
import type { PatchFeatures } from '@agentiad/core/tools/difference/featureTower.ts';
import { createLibraryMatch } from '@agentiad/core/tools/difference/libraryMatch.ts';
import { libraryMatchDefaults } from '@agentiad/core/tools/difference/options.ts';
import { createBankBuilder } from '@agentiad/core/tools/difference/patchBank.ts';
import { nearestDistances } from '@agentiad/core/tools/difference/patchDistance.ts';
import { largest, minimumMap, smoothMap } from '@agentiad/core/tools/difference/scoreMap.ts';
import { createTower, towerInputSize } from '@agentiad/core/tools/difference/tower.ts';
import { thin } from '@agentiad/core/tools/difference/viewLibrary.ts';
import type { Exemplar } from '@agentiad/core/tools/exemplars.ts';
import { computeRates, type Decision } from '@agentiad/core/validation/metrics.ts';
import { computeAuroc } from '@agentiad/core/validation/ranking.ts';
import { readImage } from '../data/imageFile.ts';
import { proceduralCases } from '../data/proceduralSource.ts';
import { selectBackend } from '../host/backend.ts';
import { openFolder } from '../host/folderSource.ts';
import { listFamilies } from '../parts/families/index.ts';

const thinnedTo = 24;

interface ImageSet {
  readonly name: string;
  readonly exemplars: readonly Exemplar[];
  readonly tests: readonly { readonly raster: Raster; readonly label: Decision['label'] }[];
}

/** One way to search: distances of a query to all exemplars but `without`. */
type Search = (query: PatchFeatures, without: number | null) => Promise<Float32Array>;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      families: { type: 'string', default: 'wovenFabric,circuitBoard,printedLabel' },
      exemplars: { type: 'string', default: '200' },
      count: { type: 'string', default: '26' },
      seed: { type: 'string', default: '3' },
      folders: { type: 'string', default: '' },
      'left-out': { type: 'string', default: '8' },
      banks: { type: 'string', default: '4000,8000,12000' },
      tower: { type: 'string', default: 'public/models/tower' },
      out: { type: 'string' },
    },
  });
  const { adapter } = await selectBackend('wasm');
  const tower = await createTower(openFolder(values.tower));
  const split = (text: string) => text.split(',').filter((name) => name !== '');
  const sets: (() => Promise<ImageSet>)[] = [
    ...split(values.families).map((name) => () => designOf(name, Number(values.exemplars), values)),
    ...split(values.folders).map((folder) => () => readFolder(folder)),
  ];
  const results: object[] = [];
  for (const open of sets) {
    const set = await open();
    const size = towerInputSize(set.exemplars[0]!, libraryMatchDefaults.wholeSide);
    const exemplars: PatchFeatures[] = [];
    for (const exemplar of set.exemplars) exemplars.push(await tower.extract(await exemplar.load(), size));
    const tests: PatchFeatures[] = [];
    for (const { raster } of set.tests) tests.push(await tower.extract(raster, size));
    const leftOut = thin([...exemplars.keys()], Number(values['left-out']));
    const score = async (search: Search) => {
      const found: Float32Array[] = [];
      const searchMs = await timed(async () => {
        for (const test of tests) found.push(await search(test, null));
      }, tests.length);
      const usual: Float32Array[] = [];
      for (const index of leftOut) usual.push(await search(exemplars[index]!, index));
      return { ...judge(set, tests[0]!, found, usual), searchMs };
    };
    const everyone = [...exemplars.keys()];
    const banks: Record<string, object> = {};
    for (const patches of split(values.banks).map(Number))
      banks[patches] = await score(await bankSearch(exemplars, patches));
    results.push({
      set: set.name,
      exemplars: exemplars.length,
      tests: tests.length,
      leftOut: leftOut.length,
      exhaustive: await score(exhaustiveSearch(exemplars, everyone)),
      [`thinnedTo${thinnedTo}`]: await score(exhaustiveSearch(exemplars, thin(everyone, thinnedTo))),
      banks,
      compareMs: await timeCompare(tower, set),
    });
    console.error(JSON.stringify(results.at(-1)));
  }
  const text = `${JSON.stringify({ adapter, results }, null, 2)}\n`;
  if (values.out) await writeFile(values.out, text);
  else process.stdout.write(text);
}

function exhaustiveSearch(exemplars: readonly PatchFeatures[], among: readonly number[]): Search {
  return async (query, without) => {
    const maps: Float32Array[] = [];
    for (const index of among) if (index !== without) maps.push(await nearestDistances(query, exemplars[index]!));
    return minimumMap(maps);
  };
}

async function bankSearch(exemplars: readonly PatchFeatures[], patches: number): Promise<Search> {
  const builder = createBankBuilder(Math.floor(patches / exemplars.length));
  for (const exemplar of exemplars) await builder.add(exemplar);
  const bank = builder.build();
  return async (query, without) => (await bank.search(query, without)).first;
}

function judge(
  { tests }: ImageSet,
  { rows, columns }: PatchFeatures,
  found: readonly Float32Array[],
  usual: readonly Float32Array[],
): { auroc: number; balancedAccuracy: number } {
  const smooth = (values: Float32Array) => smoothMap({ rows, columns, values });
  const calibration = calibrate(usual.map(smooth), libraryMatchDefaults.wholeBackground);
  const decisions = found.map((distances, index) => {
    const score = largest(calibration.toRatios(smooth(distances)).values);
    return { label: tests[index]!.label, score, saysAnomalous: score > 1 };
  });
  return { auroc: computeAuroc(decisions), balancedAccuracy: computeRates(decisions).balancedAccuracy };
}

/** A compare of a whole part as the studio makes it: the first one, which learns the library, and the mean of later ones. */
async function timeCompare(tower: Awaited<ReturnType<typeof createTower>>, { exemplars, tests }: ImageSet) {
  const match = createLibraryMatch({ tower, set: { category: 'timing', exemplars } });
  const compare = (raster: Raster) => match.compare({ raster, view: [0, 0, 1, 1], topK: 3, excludeSha256: 'none' });
  const first = await timed(() => compare(tests[0]!.raster), 1);
  const rest = tests.slice(1, 6);
  const later = await timed(async () => {
    for (const { raster } of rest) await compare(raster);
  }, rest.length);
  return { first, later };
}

/** Milliseconds per turn, by the clock and of processor time: one thread, so the second is what an idle machine takes. */
async function timed(work: () => Promise<unknown>, turns: number): Promise<{ wall: number; processor: number }> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return {
    wall: Math.round((performance.now() - start) / turns),
    processor: Math.round((user + system) / 1000 / turns),
  };
}

async function designOf(
  name: string,
  exemplars: number,
  { count, seed }: { readonly count: string; readonly seed: string },
): Promise<ImageSet> {
  const families = listFamilies().filter((family) => family.name === name);
  const options = { split: 'validation', count: Number(count), seed: Number(seed), designsPerFamily: 1 } as const;
  const cases = proceduralCases({ families, exemplars, ...options });
  const tests = await Promise.all(
    cases.map(async (labelled) => ({ raster: (await labelled.part()).raster, label: labelled.label })),
  );
  return { name, exemplars: cases[0]!.exemplars.exemplars, tests };
}

async function readFolder(folder: string): Promise<ImageSet> {
  const read = async (directory: string) => {
    const files = (await readdir(path.join(folder, directory))).sort();
    return Promise.all(files.map(async (file) => (await readImage(path.join(folder, directory, file))).raster));
  };
  const exemplars = (await read('train/good')).map((raster, index): Exemplar => {
    const { width, height } = raster;
    return { id: `${index}`, name: `${index}`, sha256: `${index}`, width, height, load: async () => raster };
  });
  const kinds = (await readdir(path.join(folder, 'test'))).sort();
  const tests = await Promise.all(
    kinds.map(async (kind) => {
      const label = kind === 'good' ? ('normal' as const) : ('anomalous' as const);
      return (await read(path.join('test', kind))).map((raster) => ({ raster, label }));
    }),
  );
  return { name: path.basename(folder), exemplars, tests: tests.flat() };
}

await main();
