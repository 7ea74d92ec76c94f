/**
 * How well a map of differences covers the defect, pixel by pixel (training.md §6). Maps and masks are compared on a grid
 * of at most 128 cells a side; a cell is defective when the mask touches it, so that thin scratches do not vanish.
 */
import type { Trace, TraceStep } from '@agentiad/core/protocol/trace.ts';
import { connectedRegions } from '../data/connectedRegions.ts';
import type { DefectMask } from '../data/maskBoxes.ts';
import { mean } from '@agentiad/core/validation/metrics.ts';

const SIDE = 128;
/** AUPRO is integrated up to this share of normal cells. */
const PRO_LIMIT = 0.3;
const PRO_STEPS = 200;

type EvidenceMap = NonNullable<NonNullable<TraceStep['observation']>['map']>;

export interface PixelSample {
  readonly columns: number;
  readonly kind: EvidenceMap['kind'];
  /** Higher = more different; row-major. */
  readonly values: Float32Array;
  /** 1 = defective. */
  readonly truth: Uint8Array;
}

export interface PixelMetrics {
  /** Images with a map. */
  readonly n: number;
  /** All cells pooled; mostly background. */
  readonly auroc: number;
  /** Mean overlap per defect region (8-connected) against the false positive rate, up to 0.3. */
  readonly aupro: number;
  readonly regions: number;
}

/** Library match's map of the whole part, if the agent asked for it. */
export function wholeMap(trace: Trace): EvidenceMap | null {
  const whole = trace.steps.find(({ call }) => call?.name === 'difference' && call.arguments['target_image'] === 1);
  return whole?.observation?.map ?? null;
}

/** `mask` null: a good part. `size`: of the part, pixels. */
export function samplePixels(
  map: EvidenceMap,
  mask: DefectMask | null,
  size: { width: number; height: number },
): PixelSample {
  const scale = Math.min(1, SIDE / Math.max(size.width, size.height));
  const columns = Math.max(1, Math.round(size.width * scale));
  const rows = Math.max(1, Math.round(size.height * scale));
  const values = new Float32Array(columns * rows);
  const truth = new Uint8Array(columns * rows);
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++) {
      const row = Math.min(map.rows - 1, Math.floor(((y + 0.5) / rows) * map.rows));
      const column = Math.min(map.columns - 1, Math.floor(((x + 0.5) / columns) * map.columns));
      values[y * columns + x] = map.values[row * map.columns + column]!;
    }
  mask?.pixels.forEach((value, i) => {
    if (value === 0) return;
    const x = Math.floor(((i % mask.width) / mask.width) * columns);
    const y = Math.floor((Math.floor(i / mask.width) / mask.height) * rows);
    truth[y * columns + x] = 1;
  });
  return { columns, kind: map.kind, values, truth };
}

/** Null where there is nothing to measure: no map, no defective cell, or maps on two scales. */
export function pixelMetrics(samples: readonly PixelSample[]): PixelMetrics | null {
  if (new Set(samples.map(({ kind }) => kind)).size !== 1) return null;
  const normal = pooled(samples, 0);
  const defective = pooled(samples, 1);
  if (normal.length === 0 || defective.length === 0) return null;
  const regions = samples.flatMap(({ truth, columns, values }) =>
    connectedRegions(truth, columns).map((cells) => Float32Array.from(cells, (i) => values[i]!).sort()),
  );
  return {
    n: samples.length,
    auroc: areaUnderRoc(normal, defective),
    aupro: areaUnderPro(normal, regions),
    regions: regions.length,
  };
}

/** Values of all cells of one truth, ascending. */
function pooled(samples: readonly PixelSample[], wanted: 0 | 1): Float32Array {
  const size = samples.reduce((sum, { truth }) => sum + truth.reduce((n, t) => n + Number(t === wanted), 0), 0);
  const out = new Float32Array(size);
  let at = 0;
  for (const { values, truth } of samples) truth.forEach((t, i) => t === wanted && (out[at++] = values[i]!));
  return out.sort();
}

/** Both ascending; ties count half. */
function areaUnderRoc(normal: Float32Array, defective: Float32Array): number {
  let wins = 0;
  let below = 0;
  let upTo = 0;
  for (const value of defective) {
    while (below < normal.length && normal[below]! < value) below++;
    while (upTo < normal.length && normal[upTo]! <= value) upTo++;
    wins += (below + upTo) / 2;
  }
  return wins / (normal.length * defective.length);
}

/** Share of an ascending list that is at least `threshold`. */
function shareAbove(ascending: ArrayLike<number>, threshold: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! < threshold) low = middle + 1;
    else high = middle;
  }
  return (ascending.length - low) / ascending.length;
}

function areaUnderPro(normal: Float32Array, regions: readonly Float32Array[]): number {
  const overlapAt = (threshold: number) => mean(regions.map((region) => shareAbove(region, threshold)));
  const curve: { x: number; y: number }[] = [{ x: 0, y: overlapAt(nextUp(normal.at(-1)!)) }];
  for (let step = 1; step <= PRO_STEPS; step++) {
    // Thresholds at even steps of the false positive rate, one beyond the limit to interpolate to it.
    const rank = Math.min(normal.length, Math.ceil((step / PRO_STEPS) * PRO_LIMIT * normal.length) + 1);
    const threshold = normal[normal.length - rank]!;
    const x = shareAbove(normal, threshold);
    if (x > curve.at(-1)!.x) curve.push({ x, y: overlapAt(threshold) });
  }
  return areaUpTo(curve, PRO_LIMIT) / PRO_LIMIT;
}

/** Smallest float32 above `value`, so that no normal cell reaches it. */
function nextUp(value: number): number {
  return value + Math.max(1e-30, Math.abs(value) * 2 ** -23);
}

/** Trapezoids; the last one is cut at `limit`. */
function areaUpTo(curve: readonly { x: number; y: number }[], limit: number): number {
  let area = 0;
  for (let i = 1; i < curve.length; i++) {
    const a = curve[i - 1]!;
    const b = curve[i]!;
    const end = Math.min(limit, b.x);
    if (end <= a.x) break;
    const y = a.y + ((b.y - a.y) * (end - a.x)) / (b.x - a.x);
    area += ((end - a.x) * (a.y + y)) / 2;
  }
  return area;
}
