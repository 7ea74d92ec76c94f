/**
 * What happens to dropped, pasted and picked files: traces open in replay, library and recipe files go to the library, the first
 * image is inspected, others wait.
 */
import type { Problem } from '../../runtime/messages.ts';
import type { StudioContext } from '../context.ts';
import { claimEngine, claimOrTell } from './claim.ts';
import { takeImage, takeKept } from './images.ts';
import { inspectImage } from './inspect.ts';
import { importLibrary } from './libraryFile.ts';
import { refusedHere } from './readOnly.ts';
import { isRecipeFile, openRecipeFile } from './recipeFile.ts';
import { tellRefusals } from './refusals.ts';
import { leaveSample } from './settings.ts';
import { importTrace } from './traces.ts';
import { enqueue, removeQueued } from './waiting.ts';

export { isBusy } from './claim.ts';
export { removeQueued } from './waiting.ts';

export async function addFiles(context: StudioContext, files: readonly File[]): Promise<void> {
  if (!files.every(isJsonFile) && refusedHere(context)) return;
  if (files.some(isImageFile)) leaveSample(context);
  const { category } = context.store.getState();
  let claim = files.some(isImageFile) ? claimEngine(context) : null;
  const refused: Problem[] = [];
  try {
    for (const file of files) {
      if (isRecipeFile(file)) {
        await openRecipeFile(context, file);
        continue;
      }
      if (isJsonFile(file)) {
        await importJson(context, file);
        continue;
      }
      const image = await takeImage(context, file, (problem) => refused.push(problem));
      if (!image) continue;
      if (claim) void inspectImage(context, claim, image, category);
      else await enqueue(context, image.meta, category);
      claim = null;
    }
  } finally {
    claim?.release();
    tellRefusals(context, refused);
  }
}

/** What is neither a recipe nor JSON is taken for an image. */
function isImageFile(file: File): boolean {
  return !isJsonFile(file) && !isRecipeFile(file);
}

export function isJsonFile(file: File): boolean {
  return file.type === 'application/json' || /\.json$/i.test(file.name);
}

/** A recipe or library file names its schema near its start; whatever else comes as JSON must be a trace. */
async function importJson(context: StudioContext, file: File): Promise<void> {
  const text = await file.text();
  if (text.slice(0, 200).includes('"agentiad-recipe/')) await openRecipeFile(context, file);
  else if (text.slice(0, 200).includes('"agentiad-library/')) await importLibrary(context, text, file.name);
  else await importTrace(context, text, file.name);
}

/** Inspects a waiting image now (the next one when no id is given). It leaves the list once it is on the stage. */
export async function inspectQueued(context: StudioContext, id?: string): Promise<void> {
  const { queue } = context.store.getState();
  const item = id === undefined ? queue[0] : queue.find((waiting) => waiting.id === id);
  const claim = item && claimOrTell(context);
  if (!claim) return;
  try {
    const image = await takeKept(context, item);
    if (!image) return;
    const inspection = inspectImage(context, claim, image, item.category, item.recipe?.id);
    await removeQueued(context, item.id);
    await inspection;
  } finally {
    claim.release();
  }
}
