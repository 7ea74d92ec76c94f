/** SHA-256 in hex, in WebAssembly: the browser's own is missing on insecure origins. */
import { sha256 } from 'hash-wasm';

export function sha256OfBytes(bytes: ArrayBuffer): Promise<string> {
  return sha256(new Uint8Array(bytes));
}
