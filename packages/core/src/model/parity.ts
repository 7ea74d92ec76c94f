/**
 * Runs golden cases against a forward pass (model path or engine), stage by stage: each stage is fed the golden tensor of
 * the stage before, so that an error shows where it is made. Then greedy decoding from the image files on.
 */
import { processImage } from '../image/process.ts';
import { parseProcessorConfig } from '../image/processorConfig.ts';
import type { ProcessedImage, ProcessorConfig } from '../image/processor.ts';
import type { Raster } from '../image/raster.ts';
import { parseJsonObject, type JsonObject } from '../support/json.ts';
import { UserError } from '../support/userError.ts';
import { openCheckpoint } from './checkpoint.ts';
import { imageIds, parseModelConfig, type ModelConfig } from './config.ts';
import { readGoldenCase, type GoldenCase, type GoldenTensor } from './goldenCase.ts';
import { createHashWeights } from './hashWeights.ts';
import { compareExactly, compareTensor, type TensorReport } from './parityReport.ts';
import { concatenatePixels, openModelForward, type OpenForward, type ParityForward } from './parityForward.ts';
import { imageTokens, mropePositions, type Grid } from './positions.ts';
import { freeRun, greedySteps, judgeGreedy, type GreedyReport } from './parityGreedy.ts';
import type { ByteSource } from './weightSource.ts';

export interface ParityOptions {
  /** The golden folder. */
  readonly source: ByteSource;
  /** Names of the cases: `cases/<name>.json`. */
  readonly caseNames: readonly string[];
  readonly decodeImage: (bytes: Uint8Array, name: string) => Promise<Raster>;
  /** The forward pass to check; by default the model path on the active TensorFlow.js backend. */
  readonly open?: OpenForward;
}

export interface CaseReport {
  readonly name: string;
  readonly tensors: readonly TensorReport[];
  /** One per prompt of the case. */
  readonly greedy: readonly GreedyReport[];
  readonly passed: boolean;
}

/** Pixels: largest error, and the share of values that may be off by more than rounding. */
const pixelLimit = 0.02;
const pixelShare = 0.01;

/** Yields a report per case as it is done. Throws a UserError when the folder or a case cannot be read. */
export async function* runParity(options: ParityOptions): AsyncGenerator<CaseReport> {
  const { source, caseNames, decodeImage, open = openModelForward } = options;
  const config = parseModelConfig(await readJson(source, 'config.json'));
  let forward: ParityForward | null = null;
  let isHash = false;
  try {
    for (const name of caseNames) {
      const golden = await readGoldenCase(source, name);
      if (isHash !== golden.hasHashWeights) {
        forward?.dispose();
        forward = null;
      }
      isHash = golden.hasHashWeights;
      forward ??= await open(config, isHash ? createHashWeights(config) : await openCheckpoint(source));
      const rasters: Raster[] = [];
      for (const path of golden.images) rasters.push(await decodeImage(await readWhole(source, path), path));
      const processor = golden.images.length > 0 ? await readProcessor(source, golden) : null;
      yield await runCase(config, forward, golden, processor, rasters);
    }
  } finally {
    forward?.dispose();
  }
}

async function runCase(
  config: ModelConfig,
  forward: ParityForward,
  golden: GoldenCase,
  processor: ProcessorConfig | null,
  rasters: readonly Raster[],
): Promise<CaseReport> {
  const tensors: TensorReport[] = [];
  let images: readonly ProcessedImage[] = [];
  if (processor && golden.pixelValues && golden.imageEmbeds) {
    const own = rasters.map((raster) => processImage(raster, processor).processed);
    const grids = own.flatMap(({ grid }) => [1, grid.height, grid.width]);
    const goldenGrids = golden.grids.flatMap(({ height, width }) => [1, height, width]);
    tensors.push(compareExactly('image_grid_thw', grids, goldenGrids));
    const pixels = compareTensor('pixel_values', concatenatePixels(own), golden.pixelValues, pixelLimit, pixelShare);
    tensors.push(pixels);
    const goldenImages = splitPixels(golden.name, golden.pixelValues, golden.grids, config);
    const embeds = await forward.imageEmbeds(goldenImages);
    const embedsLimit = golden.tolerance * golden.imageEmbeds.largest;
    tensors.push(compareTensor('image_embeds', embeds, golden.imageEmbeds, embedsLimit));
    // Pixels that differ within the limit may turn a close greedy step: judged only when they are the same.
    images = pixels.passed && pixels.differing === 0 ? own : goldenImages;
  }
  const imagesOfRow = assignImages(golden, config);
  tensors.push(checkPositions(config, golden, imagesOfRow));
  tensors.push(await checkLogits(forward, golden));

  const greedy: GreedyReport[] = [];
  for (const [row, prompt] of golden.inputIds.entries()) {
    const rowImages = imagesOfRow[row]!.map((index) => images[index]!);
    const expected = golden.generatedIds[row]!;
    const neverSampled = imageIds(config);
    const steps = await greedySteps(forward, config, prompt, rowImages, expected);
    const free = await freeRun(forward, prompt, rowImages, steps.length);
    greedy.push(judgeGreedy(expected, steps, free, 2 * golden.tolerance * golden.logits.largest, neverSampled));
  }
  return { name: golden.name, tensors, greedy, passed: [...tensors, ...greedy].every(({ passed }) => passed) };
}

function checkPositions(config: ModelConfig, golden: GoldenCase, imagesOfRow: readonly number[][]): TensorReport {
  const rows = golden.inputIds.map((ids, row) => {
    const grids = imagesOfRow[row]!.map((index) => golden.grids[index]!);
    return { length: ids.length, ids: mropePositions(ids, grids, config).ids };
  });
  const flat = [0, 1, 2].flatMap((axis) =>
    rows.flatMap(({ length, ids }) => Array.from(ids.subarray(axis * length, (axis + 1) * length))),
  );
  return compareExactly('position_ids', flat, Array.from(golden.positionIds.values));
}

async function checkLogits(forward: ParityForward, golden: GoldenCase): Promise<TensorReport> {
  const values = await forward.logits({
    ids: golden.inputIds,
    positionIds: Int32Array.from(golden.positionIds.values),
    embeds: golden.imageEmbeds && Float32Array.from(golden.imageEmbeds.values),
  });
  return compareTensor('logits', values, golden.logits, golden.tolerance * golden.logits.largest);
}

/** Which images belong to which prompt: in order, by their number of tokens. */
function assignImages(golden: GoldenCase, config: ModelConfig): number[][] {
  let next = 0;
  return golden.inputIds.map((ids) => {
    const mine: number[] = [];
    let places = ids.filter((id) => id === config.special.image).length;
    while (places > 0 && next < golden.grids.length) {
      places -= imageTokens(golden.grids[next]!, config.vision.mergeSize);
      mine.push(next++);
    }
    if (places === 0) return mine;
    throw badFolder(`cases/${golden.name}.json`, 'The image ids in input_ids do not match image_grid_thw.');
  });
}

function splitPixels(
  name: string,
  golden: GoldenTensor,
  grids: readonly Grid[],
  config: ModelConfig,
): ProcessedImage[] {
  const values = Float32Array.from(golden.values);
  let at = 0;
  return grids.map((grid, index) => {
    const pixelValues = values.subarray(at, (at += grid.height * grid.width * config.vision.patchDim));
    return { pixelValues, grid, sha256: `${name} ${index}` };
  });
}

/** The case says which of the two processors made it; the file does not always. */
async function readProcessor(source: ByteSource, golden: GoldenCase): Promise<ProcessorConfig> {
  const processor = parseProcessorConfig(await readJson(source, 'preprocessor_config.json'));
  return { ...processor, resampler: golden.isFast ? 'torchvision' : 'pillow' };
}

async function readJson(source: ByteSource, path: string): Promise<JsonObject> {
  return parseJsonObject(await readWhole(source, path), path);
}

async function readWhole(source: ByteSource, path: string): Promise<Uint8Array> {
  const size = await source.size(path);
  if (size === null) throw badFolder(path, 'It is missing from the golden folder.');
  return source.read(path, 0, size);
}

function badFolder(subject: string, reason: string): UserError {
  return new UserError({ code: 'bad-golden', subject, reason, remedy: 'Make the golden folder again.' });
}
