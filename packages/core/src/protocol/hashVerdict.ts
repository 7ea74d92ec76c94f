/** The fingerprint of a verdict: a decision cites it, so that anybody can prove that the verdict was not changed since. */
import { sha256Hex } from '../support/hash.ts';
import { isJsonObject } from '../support/json.ts';
import { encodeUtf8 } from '../support/utf8.ts';
import type { Verdict } from './verdict.ts';

/** SHA-256 of the verdict as issued: JSON with sorted keys and no spaces, `human` null, without `relabelled`. */
export function hashVerdict(verdict: Verdict): string {
  return sha256Hex(encodeUtf8(JSON.stringify(sorted({ ...verdict, human: null, relabelled: undefined }))));
}

/** The same value with the keys of every object in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}
