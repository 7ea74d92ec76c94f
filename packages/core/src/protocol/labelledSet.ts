/**
 * A labelled image set as one zip: `manifest.jsonl` and `images/<name>`, the image files unchanged. Written piece by piece,
 * so that no more than one image has to be in memory; unpacked, it is what `agentiad` trains on and validates with.
 */
import { strToU8, Zip, ZipPassThrough } from 'fflate';
import { assert } from '../support/assert.ts';
import type { ManifestRow } from './manifest.ts';
import { plainName } from './plainName.ts';

export interface LabelledSetWriter {
  /** Adds a file once and returns its path in the set; files of one name and different content get names of their own. */
  add(file: { readonly name: string; readonly sha256: string; readonly bytes: Uint8Array }): string;
  /** Writes the manifest and ends. Every path in `rows` comes from `add`. */
  finish(rows: readonly ManifestRow[]): void;
}

/** `write` is given the zip in pieces, in order. */
export function createLabelledSetWriter(write: (piece: Uint8Array) => void): LabelledSetWriter {
  const zip = new Zip((error, piece) => {
    if (error) throw error;
    write(piece);
  });
  const pathOf = new Map<string, string>();
  const taken = new Set<string>();
  const put = (path: string, bytes: Uint8Array) => {
    const entry = new ZipPassThrough(path);
    // A local date: fflate writes local time.
    entry.mtime = new Date(1980, 0, 1);
    zip.add(entry);
    entry.push(bytes, true);
  };
  return {
    add({ name, sha256, bytes }) {
      const known = pathOf.get(sha256);
      if (known !== undefined) return known;
      const plain = plainName(name);
      const dot = plain.lastIndexOf('.');
      const [stem, ending] = dot > 0 ? [plain.slice(0, dot), plain.slice(dot)] : [plain, ''];
      const free = [plain, `${stem}-${sha256.slice(0, 12)}${ending}`, `${sha256}${ending}`].find(
        (candidate) => !taken.has(candidate.toLowerCase()),
      );
      assert(free !== undefined, `a name for ${sha256}`);
      taken.add(free.toLowerCase());
      const path = `images/${free}`;
      pathOf.set(sha256, path);
      put(path, bytes);
      return path;
    },
    finish(rows) {
      const known = new Set(pathOf.values());
      for (const { image, exemplars } of rows)
        for (const path of [image, ...exemplars]) assert(known.has(path), `${path} is in the set`);
      put('manifest.jsonl', strToU8(rows.map((row) => `${JSON.stringify(row)}\n`).join('')));
      zip.end();
    },
  };
}
