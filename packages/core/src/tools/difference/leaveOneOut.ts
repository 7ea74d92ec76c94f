/** How far each exemplar lies from the others: what calibration learns from. */
import { assert } from '../../support/assert.ts';
import { minimumMap, smoothMap, type ScoreMap } from './scoreMap.ts';
import { mutualDistances, nearestDistances } from './patchDistance.ts';
import { distancesWithout } from './patchBank.ts';
import type { ExemplarView, LargeLibrary, ViewLibrary } from './viewLibrary.ts';

/**
 * Smoothed distances of each exemplar in `used` to the other ones, `without` (the part itself) not among them;
 * `inspected`: see `ScoreMap`.
 */
export async function leaveOneOut(
  library: ViewLibrary,
  used: readonly ExemplarView[],
  without: string,
  inspected: Uint8Array | undefined,
): Promise<ScoreMap[]> {
  const maps: ScoreMap[] = [];
  for (const left of used) {
    const { rows, columns } = left.query.features;
    const values = library.bank
      ? await distancesInBank(library.bank, left, without)
      : await distancesToOthers(library, left, used);
    maps.push(smoothMap({ rows, columns, values, inspected }));
  }
  return maps;
}

async function distancesToOthers(
  library: ViewLibrary,
  left: ExemplarView,
  used: readonly ExemplarView[],
): Promise<Float32Array> {
  const others: Float32Array[] = [];
  for (const right of used) if (right !== left) others.push(await pairDistances(library, left, right));
  return minimumMap(others);
}

/** The bank is searched without the exemplar's own patches; whatever else is left out follows from the two nearest. */
async function distancesInBank(bank: LargeLibrary, left: ExemplarView, without: string): Promise<Float32Array> {
  const own = numberOf(bank, left.exemplar.sha256);
  assert(own !== null, `${left.exemplar.name} is in the bank`);
  const nearest = bank.leftOut.get(own) ?? (await bank.patches.search(left.query.features, own));
  bank.leftOut.set(own, nearest);
  return distancesWithout(nearest, numberOf(bank, without));
}

/** The exemplar's number in the bank; null when it is not in it. */
export function numberOf(bank: LargeLibrary, sha256: string): number | null {
  const number = bank.exemplars.findIndex(({ exemplar }) => exemplar.sha256 === sha256);
  return number < 0 ? null : number;
}

/** Distances of exemplar `left` to `right`, from the store or into it. */
async function pairDistances(library: ViewLibrary, left: ExemplarView, right: ExemplarView): Promise<Float32Array> {
  const key = pairKey(left, right);
  const known = library.pairs.get(key);
  if (known) return known;
  if (left.query !== left.bank) {
    const distances = await nearestDistances(left.query.features, right.bank.features);
    library.pairs.set(key, distances);
    return distances;
  }
  const [distances, reverse] = await mutualDistances(left.query.features, right.query.features);
  library.pairs.set(key, distances).set(pairKey(right, left), reverse);
  return distances;
}

function pairKey(left: ExemplarView, right: ExemplarView): string {
  return `${left.exemplar.id}:${right.exemplar.id}`;
}
