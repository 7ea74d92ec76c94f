/**
 * A small regular grammar over characters, made deterministic while it is used (subset construction). Knows nothing of
 * tokens or tools. A free text inside has a soft limit: the automaton says where a text runs, its user counts.
 */

export type Rule =
  | { readonly kind: 'literal'; readonly text: string }
  /** One character that `has` accepts (a UTF-16 code unit). */
  | { readonly kind: 'character'; readonly has: (code: number) => boolean }
  | { readonly kind: 'sequence'; readonly rules: readonly Rule[] }
  | { readonly kind: 'choice'; readonly rules: readonly Rule[] }
  /** Any number of characters that `has` accepts; to be left after about `limit` of them. */
  | { readonly kind: 'text'; readonly has: (code: number) => boolean; readonly limit: number };

export const literal = (text: string): Rule => ({ kind: 'literal', text });
export const character = (has: (code: number) => boolean): Rule => ({ kind: 'character', has });
export const sequence = (...rules: readonly Rule[]): Rule => ({ kind: 'sequence', rules });
export const choice = (rules: readonly Rule[]): Rule => ({ kind: 'choice', rules });
export const optional = (rule: Rule): Rule => choice([literal(''), rule]);
export const text = (has: (code: number) => boolean, limit: number): Rule => ({ kind: 'text', has, limit });

/** A place in the grammar after some characters. The same place is the same object. */
export interface Place {
  /** The place after one more character, or null where the grammar forbids it. */
  step(code: number): Place | null;
  /** True when the text so far is complete. */
  readonly isEnd: boolean;
  /** Inside a free text: its limit, and the same place with that text over. Null elsewhere. */
  readonly running: { readonly limit: number; readonly over: Place } | null;
}

interface Edge {
  readonly has: (code: number) => boolean;
  readonly to: number;
}

interface Node {
  readonly edges: Edge[];
  /** Nodes reached without a character. */
  readonly free: number[];
  /** Set on the node of a text. */
  textLimit: number | null;
}

/** The place before the first character of `rule`. */
export function startOf(rule: Rule): Place {
  const nodes: Node[] = [];
  const addNode = () => nodes.push({ edges: [], free: [], textLimit: null }) - 1;
  const start = addNode();
  const end = build(rule, start);
  const places = new Map<string, Place>();
  return placeOf([start]);

  /** Adds the nodes of `part` after node `from`; returns the node behind it. */
  function build(part: Rule, from: number): number {
    switch (part.kind) {
      case 'literal':
        return [...Array(part.text.length).keys()].reduce((at, index) => {
          const code = part.text.charCodeAt(index);
          return addEdge(at, (other) => other === code);
        }, from);
      case 'character':
        return addEdge(from, part.has);
      case 'sequence':
        return part.rules.reduce((at, inner) => build(inner, at), from);
      case 'choice': {
        const behind = addNode();
        for (const inner of part.rules) nodes[build(inner, from)]!.free.push(behind);
        return behind;
      }
      case 'text': {
        const loop = addNode();
        const behind = addNode();
        nodes[from]!.free.push(loop);
        nodes[loop]!.edges.push({ has: part.has, to: loop });
        nodes[loop]!.free.push(behind);
        nodes[loop]!.textLimit = part.limit;
        return behind;
      }
    }
  }

  function addEdge(from: number, has: (code: number) => boolean): number {
    const to = addNode();
    nodes[from]!.edges.push({ has, to });
    return to;
  }

  /** Place of a set of nodes, with all they reach for free. */
  function placeOf(given: readonly number[]): Place {
    const reached = new Set(given);
    for (const node of reached) nodes[node]!.free.forEach((next) => reached.add(next));
    return placeOfAll([...reached].sort((a, b) => a - b));
  }

  function placeOfAll(all: readonly number[]): Place {
    const key = all.join(' ');
    const known = places.get(key);
    if (known) return known;
    const steps = new Map<number, Place | null>();
    const limits = all.flatMap((node) => nodes[node]!.textLimit ?? []);
    const place: Place = {
      isEnd: all.includes(end),
      running:
        limits.length === 0
          ? null
          : { limit: Math.max(...limits), over: placeOfAll(all.filter((node) => nodes[node]!.textLimit === null)) },
      step(code) {
        let next = steps.get(code);
        if (next === undefined) {
          const targets = all.flatMap((node) => nodes[node]!.edges.filter(({ has }) => has(code)).map(({ to }) => to));
          next = targets.length === 0 ? null : placeOf(targets);
          steps.set(code, next);
        }
        return next;
      },
    };
    places.set(key, place);
    return place;
  }
}
