/** The human-readable name inside an ICC profile (`desc` tag, version 2 or 4). */
import { ascii, viewOf } from './bytes.ts';

const TAG_TABLE = 128;

export const UNNAMED_PROFILE = 'an unnamed colour profile';

/** Names of the compact profiles that `sharp` and others embed (github.com/saucecontrol/Compact-ICC-Profiles). */
const COMPACT_NAMES: Readonly<Record<string, string>> = { sP3C: 'Display P3', nRGB: 'sRGB', uRGB: 'sRGB' };

/** Description such as `Display P3`; `UNNAMED_PROFILE` when it cannot be read. */
export function readIccDescription(profile: Uint8Array): string {
  if (profile.length < TAG_TABLE + 4) return UNNAMED_PROFILE;
  const view = viewOf(profile);
  const count = view.getUint32(TAG_TABLE);
  for (let index = 0; index < count; index++) {
    const entry = TAG_TABLE + 4 + index * 12;
    if (entry + 12 > profile.length) break;
    if (ascii(profile, entry, entry + 4) !== 'desc') continue;
    const start = view.getUint32(entry + 4);
    const text = readText(profile.subarray(start, start + view.getUint32(entry + 8)));
    return COMPACT_NAMES[text] ?? (text || UNNAMED_PROFILE);
  }
  return UNNAMED_PROFILE;
}

function readText(tag: Uint8Array): string {
  const view = viewOf(tag);
  const type = ascii(tag, 0, 4);
  if (type === 'desc' && tag.length >= 12) {
    return ascii(tag, 12, 12 + view.getUint32(8))
      .replace(/\0.*$/s, '')
      .trim();
  }
  if (type === 'mluc' && tag.length >= 28) {
    const length = view.getUint32(20);
    const start = view.getUint32(24);
    let text = '';
    for (let at = start; at + 2 <= Math.min(start + length, tag.length); at += 2) {
      text += String.fromCharCode(view.getUint16(at));
    }
    return text.replace(/\0/g, '').trim();
  }
  return '';
}
