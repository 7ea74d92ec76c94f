/**
 * A replay as one HTML file: a page made at build time with one place for its data. What a trace says must not become
 * markup or script, whatever it is.
 */
import type { Trace } from '../protocol/trace.ts';
import { assert } from '../support/assert.ts';

export interface ReplayPicture {
  readonly mime: string;
  readonly base64: string;
}

export interface ReplayData {
  readonly trace: Trace;
  /** For looking at, recompressed: the part and its exemplars by source hash, where their files were at hand. */
  readonly pictures: Readonly<Record<string, ReplayPicture>>;
  /** A BCP 47 tag: the language it was saved in. */
  readonly language: string;
}

/** What stands in the page where its data goes. */
export const REPLAY_DATA_MARK = '"REPLAY-DATA"';

/** The page with `data` in it. JSON without `<` cannot end the script element it is in, nor begin a comment. */
export function fillReplay(page: string, data: ReplayData): string {
  const parts = page.split(REPLAY_DATA_MARK);
  assert(parts.length === 2, `the replay page has ${parts.length - 1} places for its data`);
  return parts.join(JSON.stringify(data).replaceAll('<', '\\u003c'));
}
