/** GIF: walks the blocks of the first frame; later frames are only looked for (https://www.w3.org/Graphics/GIF/spec-gif89a.txt). */
import { TruncatedError, viewOf } from './bytes.ts';
import { PLAIN_HEADER, type HeaderFields } from './header.ts';

const EXTENSION = 0x21;
const IMAGE = 0x2c;
const GRAPHIC_CONTROL = 0xf9;

export function readGifHeader(bytes: Uint8Array): HeaderFields {
  const view = viewOf(bytes);
  let at = 13 + paletteBytes(view.getUint8(10));
  let frames = 0;
  let hasAlpha = false;
  while (at < bytes.length) {
    const block = bytes[at];
    if (block === EXTENSION) {
      if (bytes[at + 1] === GRAPHIC_CONTROL && frames === 0) hasAlpha = (view.getUint8(at + 3) & 1) === 1;
      at = skipSubBlocks(view, at + 2);
    } else if (block === IMAGE) {
      if (frames === 1) break;
      at = skipSubBlocks(view, at + 11 + paletteBytes(view.getUint8(at + 9)));
      frames += 1;
    } else {
      break;
    }
  }
  if (frames === 0) throw new TruncatedError('first frame');
  const isAnimated = bytes[at] === IMAGE;
  return { ...PLAIN_HEADER, width: view.getUint16(6, true), height: view.getUint16(8, true), hasAlpha, isAnimated };
}

function paletteBytes(flags: number): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0;
}

/** Sub-blocks: length byte, data, ... up to a zero length. */
function skipSubBlocks(view: DataView, at: number): number {
  for (;;) {
    const length = view.getUint8(at);
    at += 1 + length;
    if (length === 0) return at;
  }
}
