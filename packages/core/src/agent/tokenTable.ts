/** The vocabulary as a sorted list of texts: walked like a trie, so that 150,000 tokens are matched in one pass. */
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import type { Place } from './automaton.ts';

export interface TokenTable {
  /** Texts in code-unit order and, beside them, their ids. */
  readonly texts: readonly string[];
  readonly ids: Int32Array;
}

/** Leaves out special tokens and tokens that are no whole characters. */
export function createTokenTable(tokenizer: Tokenizer): TokenTable {
  const entries: [string, number][] = [];
  for (let id = 0; id < tokenizer.vocabSize; id++) {
    const text = tokenizer.textOf(id);
    if (text !== null) entries.push([text, id]);
  }
  entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return { texts: entries.map(([text]) => text), ids: Int32Array.from(entries, ([, id]) => id) };
}

/** Ids of the tokens whose every character may follow `place`. */
export function idsAt(place: Place, { texts, ids }: TokenTable): readonly number[] {
  const found: number[] = [];
  collect(place, 0, texts.length, 0);
  return found;

  /** Of the tokens [from, to), which agree in their first `depth` characters and have led to `at`. */
  function collect(at: Place, from: number, to: number, depth: number) {
    while (from < to) {
      if (texts[from]!.length === depth) {
        found.push(ids[from++]!);
        continue;
      }
      const code = texts[from]!.charCodeAt(depth);
      const groupEnd = endOfGroup(from, to, depth, code);
      const next = at.step(code);
      if (next) collect(next, from, groupEnd, depth + 1);
      from = groupEnd;
    }
  }

  /** First index in [from, to) whose character at `depth` is another one. */
  function endOfGroup(from: number, to: number, depth: number, code: number): number {
    let low = from + 1;
    let high = to;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (texts[middle]!.charCodeAt(depth) === code) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
