/**
 * Does the evidence map point at the defect, tell more than `pixelDiff` and stay quiet on good parts? The same cells as
 * the page draws, with its iso-line at ratio 1. From the repository root:
 *
 *     npx tsx packages/train/src/experiments/evidenceMap.ts [--count N] [--seed N] [--split validation|test] [--out FILE]
 *
 * Procedural parts with true masks: every family, two designs each, 5 exemplars. The pixel of the marked peak lies in the
 * defect's mask (`peakInMask`) or within half a cell of it (`peakNearMask`); the same of the middle of the map's largest
 * cell (`cellInMask`, `cellNearMask`), which was all there was before the peak was looked at again. Writes JSON (stdout
 * without --out); bench/results/evidence-map.json is made with `--count 416 --seed 10 --split test`.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Box, Size } from '@agentiad/core/image/box.ts';
import type { DifferenceResult, LibraryMatch } from '@agentiad/core/tools/difference/contract.ts';
import { createLibraryMatch } from '@agentiad/core/tools/difference/libraryMatch.ts';
import { largest } from '@agentiad/core/tools/difference/scoreMap.ts';
import { createTower } from '@agentiad/core/tools/difference/tower.ts';
import type { LabelledCase } from '../data/labelledCase.ts';
import { proceduralCases } from '../data/proceduralSource.ts';
import { createPixelDiff, type PixelDiff } from '../eval/baselines.ts';
import { mean } from '@agentiad/core/validation/metrics.ts';
import { pixelMetrics, samplePixels, type PixelSample } from '../eval/pixels.ts';
import { computeAuroc } from '@agentiad/core/validation/ranking.ts';
import { selectBackend } from '../host/backend.ts';
import { openFolder } from '../host/folderSource.ts';
import { listFamilies } from '../parts/families/index.ts';
import { dilate } from '../parts/mask.ts';
import { renderPart } from '../parts/renderPart.ts';
import { DEFECT_TYPES } from '../parts/types.ts';

/** The iso-line: as far as good parts get from each other. */
const THRESHOLD = 1;
const WHOLE: Box = [0, 0, 1, 1];

interface Row {
  readonly family: string;
  readonly label: 'normal' | 'anomalous';
  readonly score: number;
  readonly pixels: number;
  /** Share of the map's cells above the iso-line. */
  readonly areaAbove: number;
  /** Null for a good part. */
  readonly peak: { readonly marked: Hit; readonly cell: Hit } | null;
}

interface Hit {
  readonly inMask: boolean;
  readonly nearMask: boolean;
}

interface Library {
  readonly match: LibraryMatch;
  readonly pixels: PixelDiff;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: '208' },
      seed: { type: 'string', default: '1' },
      split: { type: 'string', default: 'validation' },
      tower: { type: 'string', default: 'public/models/tower' },
      out: { type: 'string' },
    },
  });
  const split = values.split === 'test' ? 'test' : 'validation';
  const selected = await selectBackend('wasm');
  const tower = await createTower(openFolder(values.tower));
  const families = listFamilies();
  const cases = proceduralCases({
    families,
    split,
    count: Number(values.count),
    seed: Number(values.seed),
    designsPerFamily: 2,
  });
  const libraries = new Map<string, Library>();
  const rows: Row[] = [];
  const samples: PixelSample[] = [];
  for (const labelled of cases) {
    let library = libraries.get(labelled.category);
    if (!library) {
      const exemplars = await Promise.all(labelled.exemplars.exemplars.map((exemplar) => exemplar.load()));
      library = { match: createLibraryMatch({ tower, set: labelled.exemplars }), pixels: createPixelDiff(exemplars) };
      libraries.set(labelled.category, library);
    }
    const { raster, sha256 } = await labelled.part();
    const mask = maskOf(labelled);
    const found = await library.match.compare({ raster, view: WHOLE, topK: 1, excludeSha256: sha256 });
    const { map, score } = found;
    rows.push({
      family: labelled.category.split('-')[0]!,
      label: labelled.label,
      score,
      pixels: library.pixels.score(raster),
      areaAbove: mean(Array.from(map.values, (value) => Number(value > THRESHOLD))),
      peak: mask && peakIn(found, mask, raster),
    });
    const cells = Array.from(map.values);
    samples.push(
      samplePixels(
        { ...map, values: cells, box: WHOLE },
        mask && { width: raster.width, height: raster.height, pixels: mask },
        raster,
      ),
    );
  }
  const result = {
    data: {
      parts: `procedural:${split}`,
      n: rows.length,
      seed: Number(values.seed),
      designs: libraries.size,
      exemplars: 5,
    },
    adapter: selected.adapter,
    ...summary(rows),
    pixelAuroc: pixelMetrics(samples)?.auroc ?? null,
    pixelAupro: pixelMetrics(samples)?.aupro ?? null,
    perFamily: Object.fromEntries(
      families.map(({ name }) => [name, summary(rows.filter(({ family }) => family === name))]),
    ),
  };
  const text = `${JSON.stringify(result, null, 2)}\n`;
  if (values.out) await writeFile(values.out, text);
  else process.stdout.write(text);
}

function summary(rows: readonly Row[]) {
  const bad = rows.flatMap(({ peak }) => peak ?? []);
  const good = rows.filter(({ label }) => label === 'normal');
  const auroc = (score: (row: Row) => number) =>
    computeAuroc(rows.map((row) => ({ label: row.label, score: score(row) })));
  return {
    peakInMask: mean(bad.map(({ marked }) => Number(marked.inMask))),
    peakNearMask: mean(bad.map(({ marked }) => Number(marked.nearMask))),
    cellInMask: mean(bad.map(({ cell }) => Number(cell.inMask))),
    cellNearMask: mean(bad.map(({ cell }) => Number(cell.nearMask))),
    auroc: auroc(({ score }) => score),
    aurocPixelDiff: auroc(({ pixels }) => pixels),
    areaAboveOnNormal: mean(good.map(({ areaAbove }) => areaAbove)),
    largestAreaAboveOnNormal: Math.max(...good.map(({ areaAbove }) => areaAbove)),
    normalWithoutSignal: mean(good.map(({ score }) => Number(score <= THRESHOLD))),
  };
}

/** Whether the marked peak, and the middle of the map's largest cell, show the defect. */
function peakIn({ map, peak }: DifferenceResult, mask: Uint8Array, { width, height }: Size): Row['peak'] {
  const { rows, columns, values } = map;
  const widened = dilate(mask, width, Math.round(width / columns / 2));
  const hitAt = ([x, y]: readonly [number, number]): Hit => {
    const at = Math.floor(y * height) * width + Math.floor(x * width);
    return { inMask: mask[at]! > 0, nearMask: widened[at]! > 0 };
  };
  const cell = values.indexOf(largest(values));
  const middle = hitAt([((cell % columns) + 0.5) / columns, (Math.floor(cell / columns) + 0.5) / rows]);
  return { marked: peak ? hitAt(peak) : middle, cell: middle };
}

/** The mask of the very render that the case's part is; null for a good part. */
function maskOf({ id, type }: LabelledCase): Uint8Array | null {
  const [, category = '', partSeed] = id.split('/');
  const at = category.lastIndexOf('-');
  return renderPart({
    family: category.slice(0, at),
    categorySeed: Number(category.slice(at + 1)),
    partSeed: Number(partSeed),
    defect: DEFECT_TYPES.find((known) => known === type) ?? null,
  }).mask;
}

await main();
