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

/** What stands in the page where its data goes: its first occurrence, since the page's own code knows it too. */
export const REPLAY_DATA_MARK = '"REPLAY-DATA"';

/** The page with `data` in it. JSON without `<` cannot end the script element it is in, nor begin a comment. */
export function fillReplay(page: string, data: ReplayData): string {
  const at = page.indexOf(REPLAY_DATA_MARK);
  assert(at >= 0, 'the replay page has no place for its data');
  const json = JSON.stringify(data).replaceAll('<', '\\u003c');
  return page.slice(0, at) + json + page.slice(at + REPLAY_DATA_MARK.length);
}
