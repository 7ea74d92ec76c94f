/** Takes image files in: decode in the worker, keep bytes and thumbnail, give each refusal a name. */
import { LARGE_IMAGE_PIXELS } from '@agentiad/core/image/limits.ts';
import { DEFAULT_WINDOW, type WindowChoice } from '@agentiad/core/image/windowLevel.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { problemOf, type PreparedImage, type Problem } from '../../runtime/messages.ts';
import { addNotice, guarded, readFile, type StudioContext } from '../context.ts';
import { withoutMissing } from '../compareState.ts';
import type { Current, PartMeta } from '../studioState.ts';
import { pictureVariant, windowFor } from '../windows.ts';

/** Session files kept besides the stored ones. */
const KEPT_FILES = 40;

export interface TakenImage {
  readonly meta: PartMeta;
  readonly bytes: ArrayBuffer;
}

/**
 * Reads, decodes and stores one file. Null when it was refused: `refuse` is told why, a notice unless it is given.
 * `window` reduces an image of more than 8 bits and is kept with it.
 */
export async function takeImage(
  context: StudioContext,
  file: File,
  refuse = (problem: Problem) => addNotice(context, problem),
  window: WindowChoice = DEFAULT_WINDOW,
): Promise<TakenImage | null> {
  context.store.setState((state) => ({ reading: state.reading + 1 }));
  try {
    const bytes = await file.arrayBuffer();
    const prepared = await context.engine.prepare(bytes, file.name, window);
    await keepImage(context, prepared, bytes);
    if (prepared.meta.width * prepared.meta.height > LARGE_IMAGE_PIXELS) addNotice(context, isLarge(prepared.meta));
    return { meta: prepared.meta, bytes };
  } catch (error) {
    refuse(problemOf(error, file.name));
    return null;
  } finally {
    context.store.setState((state) => ({ reading: state.reading - 1 }));
  }
}

function isLarge({ name, width, height }: PartMeta): Problem {
  return {
    code: 'image-large',
    subject: name,
    reason: `It has ${Math.round((width * height) / 1e6)} megapixels: it is inspected whole, which takes more time and memory.`,
    remedy: 'Crop it to the part if this computer becomes slow.',
  };
}

/**
 * A file taken in before, by hash. Null when its bytes are gone: the notice then says so. Without `window` an image of
 * more than 8 bits is reduced as it was last.
 */
export async function takeKept(
  context: StudioContext,
  { name, sha256 }: { readonly name: string; readonly sha256: string },
  window?: WindowChoice,
): Promise<TakenImage | null> {
  const bytes = await guarded(context, name, async () => {
    const found = await readFile(context, sha256);
    if (found) return found;
    throw new UserError({
      code: 'image-missing',
      subject: name,
      reason: 'is no longer in this browser’s storage, so it cannot be inspected.',
      remedy: 'Add the image file again.',
    });
  });
  if (!bytes) return null;
  const stored = await context.storage.readAsset(sha256).catch(() => null);
  const last = context.store.getState().windows[sha256]?.level ?? stored?.windowLevel;
  return takeImage(context, new File([bytes], name), undefined, window ?? last);
}

async function keepImage(context: StudioContext, prepared: PreparedImage, bytes: ArrayBuffer): Promise<void> {
  const { meta, bitmap, thumb, thumbMime } = prepared;
  context.pictures.put(meta.sha256, bitmap, pictureVariant(meta.windowLevel));
  noteWindow(context, meta);
  context.files.set(meta.sha256, bytes);
  // What could not be laid on each other for want of this file is tried again.
  context.store.setState(({ compare }) => ({ compare: withoutMissing(compare, meta.sha256) }));
  for (const oldest of [...context.files.keys()].slice(0, -KEPT_FILES)) context.files.delete(oldest);
  const mime = `image/${meta.format}`;
  // A full disk must not keep anybody from inspecting: the image stays in this session.
  await guarded(context, meta.name, () =>
    context.storage.putImage({
      sha256: meta.sha256,
      mime,
      bytes,
      thumb,
      thumbMime,
      added: context.host.now().toISOString(),
      ...(meta.windowLevel && { windowLevel: meta.windowLevel }),
    }),
  );
}

function noteWindow({ store }: StudioContext, { sha256, bitDepth, windowLevel: level }: PartMeta): void {
  if (level) store.setState(({ windows }) => ({ windows: { ...windows, [sha256]: { bitDepth, level } } }));
}

/** Makes sure the pictures of a run come: its part and exemplars in full where the files are here, else as the model saw them. */
export function wantPictures(context: StudioContext, current: Current): void {
  const sources = new Set([current.sha256, ...current.run.images.map((image) => image.source.sha256)]);
  for (const sha256 of sources) {
    const window = windowFor(current, sha256);
    const load = async () => {
      const bytes = await readFile(context, sha256).catch(() => null);
      if (!bytes) return null;
      const prepared = await context.engine.prepare(bytes, current.name, window).catch(() => null);
      if (prepared) noteWindow(context, prepared.meta);
      return prepared?.bitmap ?? null;
    };
    context.pictures.want(sha256, load, pictureVariant(window));
  }
  const assets = new Set(Object.keys(current.run.assets).map((key) => `seen:${key}`));
  // What the model saw in other runs is decoded again when they are opened again.
  context.pictures.keepOnly('seen:', assets);
  for (const [key, asset] of Object.entries(current.run.assets))
    context.pictures.want(`seen:${key}`, () => context.host.bitmapOfAsset(asset).catch(() => null));
}

/** Makes sure the picture of a good part comes, as it is stored. */
export function wantGoodPart(
  context: StudioContext,
  { sha256, name }: { readonly sha256: string; readonly name: string },
) {
  context.pictures.want(sha256, async () => {
    const bytes = await readFile(context, sha256).catch(() => null);
    const prepared = bytes && (await context.engine.prepare(bytes, name, DEFAULT_WINDOW).catch(() => null));
    return prepared?.bitmap ?? null;
  });
}

export function dismissNotice(context: StudioContext, id: string): void {
  context.store.setState((state) => ({ notices: state.notices.filter((notice) => notice.id !== id) }));
}

export function noticeOf(context: StudioContext, code: string, subject: string, reason: string, remedy: string): void {
  addNotice(context, { code, subject, reason, remedy });
}
