/** Fetches the piece of a large image that the view needs; the reduced copy stays until it has come, and if it never does. */
import type { PieceRequest } from '../../runtime/pictureMessages.ts';
import { readFile, type StudioContext } from '../context.ts';
import { windowShown } from '../windows.ts';

/** Images whose file cannot be read, by hash: asked for once. */
const unreadable = new WeakMap<StudioContext, Set<string>>();

export async function sharpen(
  context: StudioContext,
  file: { readonly sha256: string; readonly name: string },
  request: PieceRequest,
): Promise<void> {
  const given = unreadable.get(context) ?? new Set();
  unreadable.set(context, given);
  if (given.has(file.sha256)) return;
  const windowNow = () => windowShown(context.store.getState(), file.sha256);
  const window = windowNow();
  let bitmap: ImageBitmap | null;
  try {
    bitmap = await context.pieces.cut({ ...file, window }, request, () => readFile(context, file.sha256));
  } catch {
    // Damage was told when the file came in; a view that stays coarse is no reason to tell it again.
    given.add(file.sha256);
    return;
  }
  if (!bitmap) return; // not stored yet
  // The picture changed while the piece was cut: it is asked for anew.
  if (windowNow() !== window) return bitmap.close();
  context.pictures.putPiece(file.sha256, { box: request.box, bitmap });
}
