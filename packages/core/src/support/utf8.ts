import { utf8ToBytes } from '@noble/hashes/utils.js';

/** UTF-8 bytes of `text`; the core has no `TextEncoder` of its own. */
export const encodeUtf8: (text: string) => Uint8Array = utf8ToBytes;
