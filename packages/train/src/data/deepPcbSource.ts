/**
 * DeepPCB windows without the label leak: good parts are defect-free windows of the *scans*, bad ones windows around
 * boxes of the same scans, exemplars are the template's window at the same place. Groups are boards (first five digits).
 */
import path from 'node:path';
import type { Raster } from '@agentiad/core/image/raster.ts';
import { createRandom, mixSeed } from '@agentiad/core/support/random.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { readImage } from './imageFile.ts';
import { asDecoded, generatedExemplar } from './labelledCase.ts';
import type { LabelledCase } from './labelledCase.ts';
import { boxesOf, readManifest } from './manifest.ts';
import type { ManifestRow } from '@agentiad/core/protocol/manifest.ts';
import { shuffled } from './split.ts';
import { cutWindow, drawWarp, largestType, NO_WARP, placeWindow } from './windows.ts';
import type { PlacedWindow, WindowWarp } from './windows.ts';

const BOARD = { width: 640, height: 640 } as const;
export const DEEPPCB_TYPES = ['mousebite', 'open', 'pin_hole', 'short', 'spur', 'spurious_copper'] as const;

export interface DeepPcbOptions {
  readonly count: number;
  readonly seed: number;
  /** Side of the window, default 320. */
  readonly windowSize?: number;
  /** Template windows per case, or a range to draw from; default 1. From the second on they are slightly shifted and turned. */
  readonly exemplarCount?: number | readonly [min: number, max: number];
  /** Also turn, scale, relight and blur the first exemplar. */
  readonly isMisaligned?: boolean;
  /** Keep only these boards (`boardOf` a row); default all. */
  readonly boards?: ReadonlySet<string>;
}

export interface DeepPcbScan {
  readonly row: ManifestRow;
  readonly board: string;
  readonly scan: string;
  readonly template: string;
}

/** The scans of a manifest that has DeepPCB rows, with absolute paths. */
export async function readDeepPcb(manifestFile: string): Promise<DeepPcbScan[]> {
  const manifest = await readManifest(manifestFile);
  const scans = manifest.rows
    .filter((row) => /_test\.jpg$/.test(row.image) && row.exemplars.length === 1)
    .map((row) => ({
      row,
      board: path.basename(row.image).slice(0, 5),
      scan: manifest.resolve(row.image),
      template: manifest.resolve(row.exemplars[0]!),
    }));
  if (scans.length > 0) return scans;
  throw new UserError({
    code: 'deeppcb-missing',
    subject: manifestFile,
    reason: 'no row is a DeepPCB scan (*_test.jpg with its template as the one exemplar).',
    remedy: 'Use the manifest of a DeepPCB copy.',
  });
}

/** Draws balanced windows; both labels come from the same boards. */
export function deepPcbCases(scans: readonly DeepPcbScan[], options: DeepPcbOptions): LabelledCase[] {
  const { count, seed, windowSize = 320, exemplarCount = 1, isMisaligned = false } = options;
  const random = createRandom(mixSeed('deeppcb', seed));
  const pool = shuffled(
    scans.filter((scan) => options.boards?.has(scan.board) ?? true),
    random,
  );
  if (pool.length === 0) {
    throw new UserError({
      code: 'deeppcb-no-boards',
      subject: 'DeepPCB windows',
      reason: 'none of the wanted boards is there.',
      remedy: 'Take boards from the `board` field of the scans.',
    });
  }
  // Warped exemplars look beyond their window's edge: keep away from the border of the board.
  const [fewest, most] = typeof exemplarCount === 'number' ? [exemplarCount, exemplarCount] : exemplarCount;
  const margin = isMisaligned || most > 1 ? Math.ceil(windowSize * 0.1) : 0;
  const cases: LabelledCase[] = [];
  for (let at = 0, misses = 0; cases.length < count; at++) {
    const scan = pool[at % pool.length]!;
    const isGood = cases.length % 2 === 0;
    const window = placeWindow(boxesOf(scan.row), BOARD, { size: windowSize, margin, isGood }, random);
    if (window === null) {
      if (++misses > 50 * pool.length) throw noWindow(isGood, windowSize);
      continue;
    }
    const length = fewest === most ? most : random.integer(fewest, most);
    const warps = Array.from({ length }, (_, k) => (k > 0 || isMisaligned ? drawWarp(random) : NO_WARP));
    const decoy =
      isGood &&
      placeWindow(
        boxesOf(scan.row),
        BOARD,
        { size: windowSize, margin, isGood: false },
        createRandom(mixSeed('decoy', seed, cases.length)),
      );
    cases.push(makeCase(scan, window, decoy || null, windowSize, warps, cases.length, seed));
  }
  return cases;
}

function makeCase(
  scan: DeepPcbScan,
  window: PlacedWindow,
  decoy: PlacedWindow | null,
  size: number,
  warps: readonly WindowWarp[],
  at: number,
  seed: number,
): LabelledCase {
  const { left, top, boxes } = window;
  const place = `${scan.row.id}@${left},${top},${size}`;
  return {
    id: `${place}#${seed}.${at}`,
    source: 'deeppcb',
    category: 'pcb',
    group: scan.board,
    types: DEEPPCB_TYPES,
    label: boxes.length === 0 ? 'normal' : 'anomalous',
    type: largestType(boxes),
    boxes,
    ...(decoy && { decoy: () => decoy.boxes[0]!.box }),
    part: async () => {
      const raster = cutWindow((await readImage(scan.scan)).raster, left, top, size, NO_WARP);
      return asDecoded(raster, `${path.basename(scan.scan)}@${left},${top}.png`, place);
    },
    exemplars: {
      category: 'pcb',
      exemplars: warps.map((warp, k) => {
        const load = async (): Promise<Raster> =>
          cutWindow((await readImage(scan.template)).raster, left, top, size, warp);
        const name = `${path.basename(scan.template)}@${left},${top}-${k + 1}.png`;
        return generatedExemplar(name, `${place}/template/${JSON.stringify(warp)}`, size, load);
      }),
    },
  };
}

function noWindow(isGood: boolean, size: number): UserError {
  return new UserError({
    code: 'deeppcb-no-window',
    subject: 'DeepPCB windows',
    reason: `no ${isGood ? 'defect-free' : 'defective'} window of ${size} pixels was found.`,
    remedy: 'Use a smaller window or more boards.',
  });
}
