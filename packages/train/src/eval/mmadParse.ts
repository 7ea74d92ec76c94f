/**
 * Reading an MMAD reply, the benchmark's way and strictly (agent-spec §6.3). The benchmark takes the last letter A to E that
 * stands alone; without one, the option whose text is most like the reply, however unlike that is.
 */

/** Letter to text, in the order of the question. */
export type Options = Readonly<Record<string, string>>;

/** The benchmark's reading: null only where there is no reply, or neither a letter nor any option. */
export function readByScript(reply: string | null, options: Options): string | null {
  if (reply === null) return null;
  return lastLetter(reply) ?? closestOption(reply, options);
}

/** A letter that stands alone and is one of the options; nothing is guessed. */
export function readStrictly(reply: string | null, options: Options): string | null {
  const letter = reply === null ? null : lastLetter(reply);
  return letter !== null && letter in options ? letter : null;
}

function lastLetter(reply: string): string | null {
  // Python's \b: letters of every script, digits and underscores are parts of words.
  return reply.match(/(?<![\p{L}\p{N}_])[A-E](?![\p{L}\p{N}_])/gu)?.at(-1) ?? null;
}

/** Most similar text; of equals the last in alphabetical order, as Python's heapq orders pairs of ratio and text. */
function closestOption(reply: string, options: Options): string | null {
  let best: { letter: string; text: string; ratio: number } | null = null;
  for (const [letter, text] of Object.entries(options)) {
    const ratio = similarity(text, reply);
    if (!best || ratio > best.ratio || (ratio === best.ratio && text > best.text)) best = { letter, text, ratio };
  }
  return best?.letter ?? null;
}

/**
 * Ratcliff and Obershelp's ratio as Python's `difflib.SequenceMatcher(None, a, b).ratio()` gives it, 0..1: twice the
 * characters in common blocks over all characters. In a `b` of 200 characters or more, those that make up over 1 % of it
 * start no block.
 */
export function similarity(a: string, b: string): number {
  const first = [...a];
  const second = [...b];
  if (first.length + second.length === 0) return 1;
  const places = placesOf(second);
  let common = 0;
  const todo: [number, number, number, number][] = [[0, first.length, 0, second.length]];
  for (let range = todo.pop(); range; range = todo.pop()) {
    const [aFrom, aTo, bFrom, bTo] = range;
    const block = longestBlock(first, second, places, range);
    if (block.size === 0) continue;
    common += block.size;
    todo.push([aFrom, block.a, bFrom, block.b], [block.a + block.size, aTo, block.b + block.size, bTo]);
  }
  return (2 * common) / (first.length + second.length);
}

function placesOf(text: readonly string[]): Map<string, number[]> {
  const places = new Map<string, number[]>();
  text.forEach((character, at) => {
    const known = places.get(character);
    if (known) known.push(at);
    else places.set(character, [at]);
  });
  if (text.length >= 200) {
    const many = Math.floor(text.length / 100) + 1;
    for (const [character, at] of places) if (at.length > many) places.delete(character);
  }
  return places;
}

/** Longest block within the range, the earliest in `a`, then in `b`; grown over frequent characters at both ends. */
function longestBlock(
  first: readonly string[],
  second: readonly string[],
  places: ReadonlyMap<string, readonly number[]>,
  [aFrom, aTo, bFrom, bTo]: readonly [number, number, number, number],
): { a: number; b: number; size: number } {
  let [a, b, size] = [aFrom, bFrom, 0];
  let lengths = new Map<number, number>();
  for (let i = aFrom; i < aTo; i++) {
    const next = new Map<number, number>();
    for (const j of places.get(first[i]!) ?? []) {
      if (j < bFrom) continue;
      if (j >= bTo) break;
      const length = (lengths.get(j - 1) ?? 0) + 1;
      next.set(j, length);
      if (length > size) [a, b, size] = [i - length + 1, j - length + 1, length];
    }
    lengths = next;
  }
  while (a > aFrom && b > bFrom && first[a - 1] === second[b - 1]) [a, b, size] = [a - 1, b - 1, size + 1];
  while (a + size < aTo && b + size < bTo && first[a + size] === second[b + size]) size++;
  return { a, b, size };
}
