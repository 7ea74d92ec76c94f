/**
 * How well does Library match separate good from bad, and point at the defect? Whole part, crop at the most differing
 * place (padded by 0.1 as the zoom tool does), both together, and `pixelDiff` beside. From the repository root:
 *
 *     npx tsx packages/train/src/experiments/matchQuality.ts [--data MANIFEST.jsonl] [--count N] [--tower DIR]
 *
 * Procedural parts: every family, two designs each, 5 exemplars. With --data the DeepPCB scans of the manifest: windows of
 * 320 pixels against 1 template and against 5 (turned, scaled, relit copies). Prints a Markdown table.
 */
import { parseArgs } from 'node:util';
import { boxIou, boxToNormalised, boxToPixels, clampBox, type Box } from '@agentiad/core/image/box.ts';
import { cropRaster } from '@agentiad/core/image/crop.ts';
import type { LibraryMatch } from '@agentiad/core/tools/difference/contract.ts';
import { createLibraryMatch } from '@agentiad/core/tools/difference/libraryMatch.ts';
import { createTower } from '@agentiad/core/tools/difference/tower.ts';
import { deepPcbCases, readDeepPcb } from '../data/deepPcbSource.ts';
import type { LabelledCase } from '../data/labelledCase.ts';
import { proceduralCases } from '../data/proceduralSource.ts';
import { pixelDiff } from '../eval/baselines.ts';
import { computeRates } from '@agentiad/core/validation/metrics.ts';
import { computeAuroc } from '@agentiad/core/validation/ranking.ts';
import { selectBackend } from '../host/backend.ts';
import { openFolder } from '../host/folderSource.ts';
import { listFamilies } from '../parts/families/index.ts';

/** Padding of a zoom, in part sizes. */
const padding = 0.1;

interface Row {
  readonly label: LabelledCase['label'];
  readonly whole: number;
  readonly crop: number;
  readonly pixels: number;
  readonly pixelThreshold: number | null;
  /** Intersection over union of the first place with the nearest true box; null for a good part. */
  readonly iou: number | null;
  /** True when the first place touches a true box. */
  readonly isHit: boolean | null;
  readonly wholeMs: number;
  readonly cropMs: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      count: { type: 'string', default: '104' },
      tower: { type: 'string', default: 'public/models/tower' },
    },
  });
  const selected = await selectBackend('wasm');
  const tower = await createTower(openFolder(values.tower));
  const count = Number(values.count);
  const sets: [string, LabelledCase[]][] = [
    [
      'procedural, 5 exemplars',
      proceduralCases({ families: listFamilies(), split: 'validation', count, seed: 1, designsPerFamily: 2 }),
    ],
  ];
  if (values.data) {
    const scans = await readDeepPcb(values.data);
    sets.push(['DeepPCB, 1 exemplar', deepPcbCases(scans, { count: 60, seed: 1 })]);
    sets.push(['DeepPCB, 5 exemplars', deepPcbCases(scans, { count: 60, seed: 1, exemplarCount: 5 })]);
  }
  console.log(`Adapter: ${selected.adapter}. "A / B": AUROC / balanced accuracy at ratio 1.\n`);
  console.log('| set | n | whole | crop | larger of both | pixelDiff | place hits | mean IoU | whole ms | crop ms |');
  console.log('|---|---|---|---|---|---|---|---|---|---|');
  for (const [name, cases] of sets) {
    const matches = new Map<string, LibraryMatch>();
    const rows: Row[] = [];
    for (const labelled of cases) {
      // DeepPCB: every case has its own exemplars. Procedural: one library per design.
      const key = labelled.exemplars.exemplars.map((exemplar) => exemplar.sha256).join();
      const match = matches.get(key) ?? createLibraryMatch({ tower, set: labelled.exemplars });
      matches.set(key, match);
      rows.push(await inspect(labelled, match));
    }
    console.log(describe(name, rows));
  }
}

async function inspect(labelled: LabelledCase, match: LibraryMatch): Promise<Row> {
  const { raster, sha256: excludeSha256 } = await labelled.part();
  const start = performance.now();
  const whole = await match.compare({ raster, view: [0, 0, 1, 1], topK: 3, excludeSha256 });
  const middle = performance.now();
  const place = whole.places[0]!.box;
  const padded: Box = [place[0] - padding, place[1] - padding, place[2] + padding, place[3] + padding];
  const view = boxToNormalised(clampBox(boxToPixels(padded, raster), raster).box, raster);
  const crop = cropRaster(raster, boxToPixels(view, raster));
  const zoomed = await match.compare({ raster: crop, view, topK: 1, excludeSha256 });
  const end = performance.now();
  const truths = labelled.boxes.map(({ box }) => boxToNormalised(box, raster));
  const exemplars = await Promise.all(labelled.exemplars.exemplars.map((exemplar) => exemplar.load()));
  const pixels = pixelDiff(raster, exemplars);
  return {
    label: labelled.label,
    whole: whole.score,
    crop: zoomed.score,
    pixels: pixels.score,
    pixelThreshold: pixels.threshold,
    iou: truths.length > 0 ? Math.max(...truths.map((truth) => boxIou(truth, place))) : null,
    isHit: truths.length > 0 ? truths.some((truth) => boxIou(truth, place) > 0) : null,
    wholeMs: middle - start,
    cropMs: end - middle,
  };
}

function describe(name: string, rows: readonly Row[]): string {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!;
  const rate = (score: (row: Row) => number, threshold: (row: Row) => number | null) => {
    const decisions = rows.map((row) => {
      const limit = threshold(row);
      return { label: row.label, score: score(row), saysAnomalous: limit === null ? null : score(row) > limit };
    });
    const balanced = decisions.some((d) => d.saysAnomalous === null)
      ? '–'
      : computeRates(decisions).balancedAccuracy.toFixed(2);
    return `${computeAuroc(decisions).toFixed(3)} / ${balanced}`;
  };
  const atOne = () => 1;
  const cells = [
    rate((row) => row.whole, atOne),
    rate((row) => row.crop, atOne),
    rate((row) => Math.max(row.whole, row.crop), atOne),
    rate(
      (row) => row.pixels,
      (row) => row.pixelThreshold,
    ),
    mean(rows.flatMap((row) => (row.isHit === null ? [] : [Number(row.isHit)]))).toFixed(2),
    mean(rows.flatMap((row) => row.iou ?? [])).toFixed(2),
    median(rows.map((row) => row.wholeMs)).toFixed(0),
    median(rows.map((row) => row.cropMs)).toFixed(0),
  ];
  return `| ${name} | ${rows.length} | ${cells.join(' | ')} |`;
}

await main();
