/** Takes image files in: decode in the worker, keep bytes and thumbnail, give each refusal a name. */
import { UserError } from '@agentiad/core/support/userError.ts';
import { problemOf, type PreparedImage, type Problem } from '../../runtime/messages.ts';
import { addNotice, guarded, readFile, type StudioContext } from '../context.ts';
import type { Current, PartMeta } from '../studioState.ts';

/** Session files kept besides the stored ones. */
const KEPT_FILES = 40;

export interface TakenImage {
  readonly meta: PartMeta;
  readonly bytes: ArrayBuffer;
}

/** Reads, decodes and stores one file. Null when it was refused: `refuse` is told why, a notice unless it is given. */
export async function takeImage(
  context: StudioContext,
  file: File,
  refuse = (problem: Problem) => addNotice(context, problem),
): Promise<TakenImage | null> {
  context.store.setState((state) => ({ reading: state.reading + 1 }));
  try {
    const bytes = await file.arrayBuffer();
    const prepared = await context.engine.prepare(bytes, file.name);
    await keepImage(context, prepared, bytes);
    return { meta: prepared.meta, bytes };
  } catch (error) {
    refuse(problemOf(error, file.name));
    return null;
  } finally {
    context.store.setState((state) => ({ reading: state.reading - 1 }));
  }
}

/** A file taken in before, by hash. Null when its bytes are gone: the notice then says so. */
export async function takeKept(
  context: StudioContext,
  { name, sha256 }: { readonly name: string; readonly sha256: string },
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
  return bytes && takeImage(context, new File([bytes], name));
}

async function keepImage(context: StudioContext, prepared: PreparedImage, bytes: ArrayBuffer): Promise<void> {
  const { meta, bitmap, thumb, thumbMime } = prepared;
  context.pictures.put(meta.sha256, bitmap);
  context.files.set(meta.sha256, bytes);
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
    }),
  );
}

/** Makes sure the pictures of a run come: its part and exemplars in full where the files are here, else as the model saw them. */
export function wantPictures(context: StudioContext, current: Current): void {
  const sources = new Set([current.sha256, ...current.run.images.map((image) => image.source.sha256)]);
  for (const sha256 of sources) {
    context.pictures.want(sha256, async () => {
      const bytes = await readFile(context, sha256).catch(() => null);
      if (!bytes) return null;
      const prepared = await context.engine.prepare(bytes, current.name).catch(() => null);
      return prepared?.bitmap ?? null;
    });
  }
  const seen = new Set(Object.keys(current.run.assets).map((key) => `seen:${key}`));
  // What the model saw in other runs is decoded again when they are opened again.
  context.pictures.keepOnly('seen:', seen);
  for (const [key, asset] of Object.entries(current.run.assets))
    context.pictures.want(`seen:${key}`, () => context.host.bitmapOfAsset(asset).catch(() => null));
}

export function dismissNotice(context: StudioContext, id: string): void {
  context.store.setState((state) => ({ notices: state.notices.filter((notice) => notice.id !== id) }));
}

export function noticeOf(context: StudioContext, code: string, subject: string, reason: string, remedy: string): void {
  addNotice(context, { code, subject, reason, remedy });
}
