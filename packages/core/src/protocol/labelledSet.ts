/**
 * A labelled image set: `manifest.jsonl` and `images/<name>`, the image files unchanged. Written file by file, so that no
 * more than one image has to be in memory; it is what `agentiad` trains on and validates with.
 */
import { assert } from '../support/assert.ts';
import { encodeUtf8 } from '../support/utf8.ts';
import type { ManifestRow } from './manifest.ts';
import { plainName } from './plainName.ts';

export interface LabelledSetWriter {
  /** Adds a file once; resolves with its path in the set. Files of one name and different content get names of their own. */
  add(file: { readonly name: string; readonly sha256: string; readonly bytes: Uint8Array }): Promise<string>;
  /** Writes the manifest, the last file. Every path in `rows` comes from `add`. */
  finish(rows: readonly ManifestRow[]): Promise<void>;
}

/** `put` stores a file of the set, in a zip or a folder. */
export function createLabelledSetWriter(put: (path: string, bytes: Uint8Array) => Promise<void>): LabelledSetWriter {
  const pathOf = new Map<string, string>();
  const taken = new Set<string>();
  return {
    async add({ name, sha256, bytes }) {
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
      await put(path, bytes);
      return path;
    },
    async finish(rows) {
      const known = new Set(pathOf.values());
      for (const { image, exemplars } of rows)
        for (const path of [image, ...exemplars]) assert(known.has(path), `${path} is in the set`);
      await put('manifest.jsonl', encodeUtf8(rows.map((row) => `${JSON.stringify(row)}\n`).join('')));
    },
  };
}
