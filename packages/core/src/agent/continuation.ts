/**
 * Going on from an earlier inspection: its steps are taken over as they are, and the model is shown the very tokens and
 * pixels that it was shown or wrote then, as far as the trace kept them.
 */
import { base64 } from '@scure/base';
import { decodePng } from '../image/png.ts';
import { imageTokenCount, patchify } from '../image/process.ts';
import { resizeRaster } from '../image/resize.ts';
import { cropRaster } from '../image/crop.ts';
import type { Raster } from '../image/raster.ts';
import type { Trace, TraceImage, TraceStep } from '../protocol/trace.ts';
import type { Verdict } from '../protocol/verdict.ts';
import { imagesAfter, stepsUpTo } from '../replay/branches.ts';
import { assert } from '../support/assert.ts';
import { sha256Hex } from '../support/hash.ts';
import { UserError } from '../support/userError.ts';
import { encodeUtf8 } from '../support/utf8.ts';
import type { LoopStart } from './openConversation.ts';
import type { Question } from './question.ts';
import { humanStep } from './question.ts';
import type { RestoredImage } from './recorder.ts';
import { seeImage } from './recorder.ts';
import type { InspectionRequest, LoadedModel, LoopLimits } from './request.ts';

/** A trace, or what was kept of one whose verdict never came. */
export type StoredInspection = Pick<Trace, 'images' | 'steps' | 'assets' | 'firstBelief'> & {
  readonly verdict: Verdict | null;
};

export interface Continuation {
  readonly stored: StoredInspection;
  /** Which model made it; null where nobody knows. */
  readonly modelSha256: string | null;
  /** The last step to take over, which must have its observation; null: none. */
  readonly after: string | null;
  /** What a person asks there; null: the agent just goes on. */
  readonly question: Question | null;
  /** Makes a branch, which another model may make too; otherwise it is the inspection itself that goes on. */
  readonly isBranch: boolean;
}

interface Asked {
  readonly request: InspectionRequest;
  readonly model: LoadedModel;
  readonly limits: LoopLimits;
  readonly system: string;
  readonly userText: string;
}

/** Said of a branch that another model made than the inspection it leaves. */
export const OTHER_MODEL = 'Asked of another model than the one that made this inspection.';

/** Rejects with a UserError when the conversation cannot be had again. */
export async function restoreStart(
  { stored, modelSha256, after, question, isBranch }: Continuation,
  asked: Asked,
): Promise<{ readonly start: LoopStart; readonly warnings: readonly string[] }> {
  const { request, model } = asked;
  const { part } = request;
  const isSameModel = modelSha256 === null || modelSha256 === model.backbone.card.sha256;
  checkPart(stored, request);
  checkPrompt(stored, asked);
  if (!isSameModel && !isBranch) {
    throw new UserError({
      code: 'other-model',
      subject: part.name,
      reason: 'was begun with another model than the one loaded now.',
      remedy: 'Load that model, or inspect the image again with this one.',
    });
  }
  const steps = stepsUpTo(stored.steps, after).map((step) => withNumbers(step, stored));
  assert(
    steps.every(({ observation }) => observation),
    'a step without an observation cannot be gone on from',
  );
  const images: RestoredImage[] = [];
  for (const image of imagesAfter(stored.images, steps)) images.push(await restoreImage(image, stored, asked));
  return {
    start: {
      images,
      steps: isSameModel ? steps : steps.map((step) => ({ ...step, ids: undefined })),
      firstBelief: stored.firstBelief,
      question: question && humanStep(question, part.raster),
    },
    warnings: isSameModel ? [] : [OTHER_MODEL],
  };
}

function checkPart(stored: StoredInspection, { part }: InspectionRequest): void {
  if (stored.images[0]?.source.sha256 === part.sha256) return;
  throw new UserError({
    code: 'other-part',
    subject: part.name,
    reason: 'is not the image that this inspection was made of.',
    remedy: 'Open the image itself.',
  });
}

function checkPrompt({ verdict }: StoredInspection, { request, system, userText }: Asked): void {
  if (!verdict || verdict.settings.promptSha256 === sha256Hex(encodeUtf8(`${system}\n${userText}`))) return;
  throw new UserError({
    code: 'conversation-changed',
    subject: request.part.name,
    reason: 'was inspected with other tools than can be offered now: good parts came or went, or the program changed.',
    remedy: 'Inspect it again, then ask.',
  });
}

/** Traces of earlier versions keep a tool's numbers in the verdict alone. */
function withNumbers(step: TraceStep, { verdict, images }: StoredInspection): TraceStep {
  const { call, observation } = step;
  if (!verdict || !observation || observation.isError) return step;
  const match = call?.name === 'difference' && !observation.match ? verdict.libraryMatch : null;
  const shown = images.find(({ index }) => index === observation.image);
  const exemplar =
    shown?.role === 'exemplar' && !observation.exemplar
      ? verdict.exemplars.find(({ sha256 }) => sha256 === shown.source.sha256)
      : undefined;
  return { ...step, observation: { ...observation, ...(match && { match }), ...(exemplar && { exemplar }) } };
}

async function restoreImage(traceImage: TraceImage, stored: StoredInspection, asked: Asked): Promise<RestoredImage> {
  const { processor } = asked.model;
  const asset = stored.assets[traceImage.asset];
  const seen = asset ? decodePng(base64.decode(asset.base64)) : null;
  const raster = await sourceOf(traceImage, seen, asked);
  const { role, source, frame } = traceImage;
  const image = { role, source, frame, raster };
  const { index } = traceImage;
  // Without its pixels the image is looked at anew, as it was then.
  if (!asset || !seen) {
    const sight = seeImage(image, { processor, limits: asked.limits });
    const { processed, tokens } = sight;
    return { index, image, processed, tokens, traceImage: { ...traceImage, asset: sight.sha256 }, asset: sight.asset };
  }
  const processed = patchify(seen, processor);
  return { index, image, processed, tokens: imageTokenCount(processed, processor), traceImage, asset };
}

/** What tools cut from: the file itself; where that is gone, what the model saw of it, as large as the file showed it. */
async function sourceOf({ role, source, frame }: TraceImage, seen: Raster | null, asked: Asked): Promise<Raster> {
  const { part, library } = asked.request;
  if (role === 'part') return part.raster;
  if (role === 'crop') return cropRaster(part.raster, frame);
  const exemplar = library?.exemplars.find(({ sha256 }) => sha256 === source.sha256);
  if (exemplar) {
    const whole = await exemplar.load();
    return role === 'exemplar' ? whole : cropRaster(whole, frame);
  }
  if (seen) return resizeRaster(seen, frame[2] - frame[0], frame[3] - frame[1]);
  throw new UserError({
    code: 'exemplar-missing',
    subject: source.name,
    reason: 'was shown in this inspection, and neither the library nor the trace has it any more.',
    remedy: 'Add the file to the library again, or inspect the image again.',
  });
}
