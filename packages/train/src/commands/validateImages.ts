/** The inspections of a validation: one labelled image after the other; what an interrupted run finished is not done again. */
import { access } from 'node:fs/promises';
import path from 'node:path';
import { inspect } from '@agentiad/core/agent/inspect.ts';
import { loadedOf, type InspectionDeps } from '@agentiad/core/agent/request.ts';
import { DEFAULT_WINDOW, windowOfGoodParts, type WindowChoice } from '@agentiad/core/image/windowLevel.ts';
import type { Recipe } from '@agentiad/core/protocol/recipe.ts';
import { isJsonObject } from '@agentiad/core/support/json.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import type { ExemplarSet } from '@agentiad/core/tools/exemplars.ts';
import { labelledScore } from '@agentiad/core/validation/labelledScore.ts';
import { decodeImage } from '../host/decodeImage.ts';
import { readUserFile } from '../host/files.ts';
import type { LabelledImage } from '../host/labelledImages.ts';
import { nodeSha256 } from '../host/sha256.ts';
import { workKey, type FinishedWork } from '../run/finishedWork.ts';
import { createProgress } from '../run/progress.ts';
import type { ValidatedImage } from './validationReport.ts';
import { traceFile, writeTrace } from './verdictWriter.ts';

/** What came of an image, whatever it is called and labelled. */
export type FinishedImage = Pick<ValidatedImage, 'score' | 'libraryScore' | 'seconds' | 'width' | 'height'>;

export function isFinishedImage(value: unknown): value is FinishedImage {
  if (!isJsonObject(value)) return false;
  const { score, libraryScore, seconds, width, height } = value;
  const isScore = (field: unknown) => field === null || typeof field === 'number';
  return (
    isScore(score) && isScore(libraryScore) && [seconds, width, height].every((field) => typeof field === 'number')
  );
}

export interface ImagesToValidate {
  readonly images: readonly LabelledImage[];
  readonly recipe: Recipe;
  /** The known-good parts, reduced from more than 8 bits as told. */
  readonly libraryFor: (window: WindowChoice) => Promise<ExemplarSet | null>;
  readonly seed: number;
  /** Goes before what an image says itself. */
  readonly window: WindowChoice | undefined;
  readonly traces: string | undefined;
  readonly signal: AbortSignal;
  readonly finished: FinishedWork<FinishedImage>;
  readonly onLeftOut: (
    name: string,
    reason: string,
    options: { readonly tell?: (text: string) => void; readonly isHarmless?: boolean },
  ) => void;
}

export interface ValidatedImages {
  readonly images: readonly ValidatedImage[];
  /** How many of them an earlier run had finished. */
  readonly known: number;
  readonly keys: ReadonlySet<string>;
}

export async function validateImages(given: ImagesToValidate, deps: InspectionDeps): Promise<ValidatedImages> {
  const { images, recipe, signal, finished, onLeftOut } = given;
  const progress = createProgress({ unit: 'image', total: images.length });
  const goodParts = new Set(recipe.exemplarSha256);
  const done = new Map<string, ValidatedImage>();
  const keys = new Set<string>();
  let known = 0;

  const inspectOne = async (image: LabelledImage): Promise<void> => {
    const { file, name, truth } = image;
    const bytes = await readUserFile(file);
    const sha256 = await nodeSha256.hex(bytes);
    const same = done.get(sha256);
    const reason = goodParts.has(sha256)
      ? 'is one of the known-good parts'
      : same && (same.truth === truth ? `is the same image as ${same.name}` : `is labelled otherwise as ${same.name}`);
    if (reason) return onLeftOut(name, reason, { isHarmless: same === undefined || same.truth === truth });
    const about = { id: sha256, truth, name, sha256 };
    const window = given.window ?? image.windowLevel ?? DEFAULT_WINDOW;
    const library = await given.libraryFor(windowOfGoodParts('low' in window ? window : null));
    const key = keyOfImage({ ...given, window, library, sha256 }, deps);
    keys.add(key);
    const earlier = finished.get(key);
    const isTraced = given.traces === undefined || (await isThere(traceFile(given.traces, file, sha256)));
    if (earlier && isTraced) {
      known += 1;
      done.set(sha256, { ...about, ...earlier, problem: null });
      return;
    }
    const part = await decodeImage(bytes, path.basename(file), window);
    const { category, types, mode, t1, t2 } = recipe;
    const thresholds = { t1, t2 };
    const { seed } = given;
    const asked = { part, category, types, mode, library, thresholds, seed, recipe, isValidation: true, signal };
    const trace = await inspect(asked, deps);
    if (signal.aborted) return;
    if (given.traces) await writeTrace(given.traces, file, trace);
    const { verdict } = trace;
    const { score, libraryScore, seconds } = labelledScore(sha256, truth, verdict);
    const { width, height } = part.raster;
    const result: FinishedImage = { score, libraryScore, seconds, width, height };
    // A failed inspection gets another chance.
    if (verdict.status === 'complete') await finished.put(key, result);
    const problem = verdict.status === 'failed' ? (verdict.errors[0]?.message ?? 'no answer') : null;
    done.set(sha256, { ...about, ...result, problem });
  };

  for (const [index, image] of images.entries()) {
    if (signal.aborted) break;
    try {
      await inspectOne(image);
    } catch (error) {
      // One refused image must not lose the others.
      if (!(error instanceof UserError)) throw error;
      onLeftOut(image.name, error.reason, { tell: progress.say });
    }
    progress.update(index + 1);
  }
  progress.stop();
  return { images: [...done.values()], known, keys };
}

export interface DecidesImage extends Pick<ImagesToValidate, 'recipe' | 'seed'> {
  readonly window: WindowChoice;
  readonly library: ExemplarSet | null;
  /** Of the image file. */
  readonly sha256: string;
}

/** Everything that decides what an inspection comes to: another recipe, model, image, machine is another key. */
export function keyOfImage(
  { recipe, seed, window, library, sha256 }: DecidesImage,
  deps: Pick<InspectionDeps, 'model' | 'tower' | 'runtime'>,
): string {
  const { backend, adapter } = deps.runtime;
  const exemplars = library?.exemplars.map((exemplar) => [exemplar.sha256, exemplar.name]) ?? null;
  // When it was saved decides nothing, and a new version is saved at every run.
  const asked = { recipe: { ...recipe, saved: null }, exemplars, seed, window, sha256 };
  return workKey({ of: 1, ...asked, ...loadedOf(deps), backend, adapter });
}

const isThere = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );
