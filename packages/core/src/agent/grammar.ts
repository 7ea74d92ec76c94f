/**
 * Constrained decoding for a base model that was never tuned for the protocol: it may reason freely for a while, then
 * has to write exactly one well-formed tool call or the answer, and end its turn. A well-formed call can still be
 * refused (an inverted box, say): that becomes an error observation, as for every model.
 */
import type { ToolName } from '../protocol/modes.ts';
import { assert } from '../support/assert.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { MAX_PLACES } from '../tools/differenceTool.ts';
import type { Place, Rule } from './automaton.ts';
import { character, choice, literal, optional, sequence, startOf, text } from './automaton.ts';
import { candidateTypes } from './prompt.ts';
import { findValueTokens, isBeforeValue } from './score.ts';
import type { TokenTable } from './tokenTable.ts';
import { createTokenTable, idsAt } from './tokenTable.ts';

/** Characters after which reasoning and a description have to end (the token that passes the limit is still whole). */
const REASONING_LIMIT = 400;
const DESCRIPTION_LIMIT = 60;
const MAX_DESCRIPTIONS = 3;

/** What may be written next, given the text of the turn so far (a forced prefix included). */
export type GrammarMask = (generatedText: string) => readonly number[];

export interface Grammar {
  /** The mask of a turn in a conversation that shows `imageCount` images. */
  maskFor(imageCount: number): GrammarMask;
}

/** Reads the vocabulary once; throws when it cannot spell the protocol. */
export function createGrammar(options: {
  readonly tokenizer: Tokenizer;
  readonly endOfTurnId: number;
  readonly offered: readonly ToolName[];
  /** Candidate defect types as given to the prompt. */
  readonly types: readonly string[];
}): Grammar {
  const { tokenizer, offered, types, endOfTurnId } = options;
  const table = createTokenTable(tokenizer);
  const { trueIds, falseIds } = findValueTokens(tokenizer);
  const valueIds = [...trueIds, ...falseIds];
  const masks = new Map<number, GrammarMask>();
  return {
    maskFor(imageCount) {
      const known = masks.get(imageCount);
      if (known) return known;
      const mask = createGrammarMask({
        table,
        valueIds,
        endOfTurnId,
        start: startOf(turnRule({ offered, types, imageCount })),
      });
      masks.set(imageCount, mask);
      return mask;
    },
  };
}

function createGrammarMask(options: {
  readonly table: TokenTable;
  /** Where the value of `anomaly_present` follows, it is written as one of these tokens: the score is read there. */
  readonly valueIds: readonly number[];
  readonly endOfTurnId: number;
  readonly start: Place;
}): GrammarMask {
  const { table, valueIds, endOfTurnId, start } = options;
  const allowedAt = new Map<Place, readonly number[]>();
  let written = '';
  let place = start;
  /** Characters since the text at `place` began. */
  let run = 0;

  return (generatedText) => {
    if (!generatedText.startsWith(written)) [written, place, run] = ['', start, 0];
    for (let index = written.length; index < generatedText.length; index++) {
      const next = place.step(generatedText.charCodeAt(index));
      assert(next, `the grammar does not allow ${JSON.stringify(generatedText.slice(0, index + 1))}`);
      run = next === place ? run + 1 : 0;
      place = next;
    }
    written = generatedText;
    const { running } = place;
    const allowed = idsFrom(running && run >= running.limit ? running.over : place);
    if (!isBeforeValue(generatedText)) return allowed;
    const values = allowed.filter((id) => valueIds.includes(id));
    return values.length > 0 ? values : allowed;
  };

  function idsFrom(at: Place): readonly number[] {
    let allowed = allowedAt.get(at);
    if (!allowed) {
      allowed = at.isEnd ? [endOfTurnId] : idsAt(at, table);
      assert(allowed.length > 0, 'the vocabulary cannot spell the protocol');
      allowedAt.set(at, allowed);
    }
    return allowed;
  }
}

interface TurnShape {
  readonly offered: readonly ToolName[];
  readonly types: readonly string[];
  readonly imageCount: number;
}

/** Everything a turn may be. */
function turnRule({ offered, types, imageCount }: TurnShape): Rule {
  const calls = offered.map((name) =>
    sequence(
      literal(`<tool_call>\n{"name": ${JSON.stringify(name)}, "arguments": `),
      ARGUMENTS[name](imageCount),
      literal('}\n</tool_call>'),
    ),
  );
  const reasoning = text(isReasoning, REASONING_LIMIT);
  return sequence(
    choice([reasoning, sequence(literal('<think>'), reasoning, literal('</think>'), optional(literal('\n')))]),
    choice([...calls, answerRule(types)]),
  );
}

const digit = character((code) => code >= 0x30 && code <= 0x39);
const coordinate = choice([
  literal('1'),
  literal('1.0'),
  literal('0'),
  sequence(literal('0.'), digit, optional(digit), optional(digit)),
]);
const box = sequence(
  literal('['),
  ...[0, 1, 2, 3].flatMap((index) => (index === 0 ? [coordinate] : [literal(', '), coordinate])),
  literal(']'),
);

function wholeNumber(from: number, to: number): Rule {
  return choice(Array.from({ length: to - from + 1 }, (_, index) => literal(String(from + index))));
}

/** The arguments of each tool; the same as its `parameters`, with the ranges that the tool itself checks. */
const ARGUMENTS: Readonly<Record<ToolName, (imageCount: number) => Rule>> = {
  crop_image_normalized: (imageCount) =>
    sequence(literal('{"bbox_2d": '), box, literal(', "target_image": '), wholeNumber(1, imageCount), literal('}')),
  query_image: () => literal('{}'),
  difference: (imageCount) =>
    sequence(
      literal('{"target_image": '),
      wholeNumber(1, imageCount),
      literal(', "top_k": '),
      wholeNumber(1, MAX_PLACES),
      literal('}'),
    ),
};

function answerRule(types: readonly string[]): Rule {
  const description = sequence(literal('"'), character(isPlain), text(isPlain, DESCRIPTION_LIMIT), literal('"'));
  const descriptions = Array.from({ length: MAX_DESCRIPTIONS }, (_, index) =>
    sequence(
      ...Array.from({ length: index + 1 }, (_, at) => (at ? sequence(literal(', '), description) : description)),
    ),
  );
  const normal = literal(' false, "top_anomaly": "none", "visual_descriptions": []');
  const anomalous = sequence(
    literal(' true, "top_anomaly": '),
    choice(candidateTypes(types).map((type) => literal(asciiJson(type)))),
    literal(', "visual_descriptions": ['),
    choice(descriptions),
    literal(']'),
  );
  return sequence(literal('<answer>{"anomaly_present":'), choice([normal, anomalous]), literal('}</answer>'));
}

/** Text without tags: `<` would open one. */
function isReasoning(code: number): boolean {
  return (code >= 0x20 || code === 0x0a) && code !== 0x3c && code !== 0x7f;
}

/** Inside a JSON string: neither a quote nor an escape nor a control character. */
function isPlain(code: number): boolean {
  return code >= 0x20 && ![0x22, 0x3c, 0x5c, 0x7f].includes(code);
}

/** A JSON string in ASCII alone, so that every byte-level vocabulary can spell it. */
function asciiJson(value: string): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
