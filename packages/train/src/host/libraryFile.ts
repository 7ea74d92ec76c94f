/** Known-good parts from the studio's library file (design §5): `--library FILE`. */
import path from 'node:path';
import { DEFAULT_WINDOW, type WindowChoice } from '@agentiad/core/image/windowLevel.ts';
import { parseLibrary } from '@agentiad/core/protocol/library.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import type { Exemplar, ExemplarSet } from '@agentiad/core/tools/exemplars.ts';
import { decodeImage } from './decodeImage.ts';
import { readUserFile } from './files.ts';

export interface ReadLibrary {
  readonly set: ExemplarSet;
  /** Defect types that came with the file. */
  readonly types: readonly string[];
}

/**
 * Reads a library file and decodes every image once. Throws a UserError when it is not a library file, is damaged,
 * holds another category than `category`, or holds an image that cannot be decoded. `window` reduces images of more than 8 bits.
 */
export async function readLibraryFile(
  file: string,
  category: string | null,
  window: WindowChoice = DEFAULT_WINDOW,
): Promise<ReadLibrary> {
  const name = path.basename(file);
  const text = new TextDecoder().decode(await readUserFile(file));
  const library = parseLibrary(text, file, (base64) => new Uint8Array(Buffer.from(base64, 'base64')));
  if (category !== null && category !== library.category)
    throw new UserError({
      code: 'category-unknown',
      subject: `Category "${category}"`,
      reason: `${file} holds good parts of "${library.category}".`,
      remedy: `Use --category "${library.category}", or leave it out.`,
    });
  const exemplars: Exemplar[] = [];
  for (const { name: image, sha256, bytes } of library.exemplars) {
    const decode = async () => (await decodeImage(bytes, `${image} in ${name}`, window)).raster;
    const { width, height } = await decode();
    exemplars.push({ id: sha256, name: image, sha256, width, height, load: decode });
  }
  return { set: { category: library.category, exemplars }, types: library.types };
}
