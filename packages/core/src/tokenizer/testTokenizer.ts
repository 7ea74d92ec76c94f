/** A small byte-level tokenizer of the kind the models bring, for tests: 256 bytes, `true` and `false`, the markers. */
import type { Tokenizer } from './tokenizer.ts';
import { createTokenizer } from './tokenizer.ts';

const MARKERS = [
  ['<|endoftext|>', true],
  ['<|im_start|>', true],
  ['<|im_end|>', true],
  ['<|vision_start|>', true],
  ['<|vision_end|>', true],
  ['<|image_pad|>', true],
  ['<|video_pad|>', true],
  ['<tool_call>', false],
  ['</tool_call>', false],
] as const;

/** GPT-2's printable stand-ins for the 256 bytes. */
function byteCharacters(): string[] {
  let extra = 0;
  return Array.from({ length: 256 }, (_, byte) => {
    const isPrintable = (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
    return String.fromCharCode(isPrintable ? byte : 256 + extra++);
  });
}

export function createTestTokenizer(): Tokenizer {
  const space = byteCharacters()[32]!;
  const merges = ['true', 'false'].flatMap((word) => [
    ...[...word].slice(1).map((letter, index): [string, string] => [word.slice(0, index + 1), letter]),
    [space, word] as [string, string],
  ]);
  const vocab = [...new Set([...byteCharacters(), ...merges.map(([left, right]) => left + right)])];
  const pattern = ' ?(?:true|false)(?![a-zA-Z])|\\n';
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: false };
  const json = {
    version: '1.0',
    added_tokens: MARKERS.map(([content, special], index) => ({
      id: vocab.length + index,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special,
    })),
    normalizer: null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [{ type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false }, byteLevel],
    },
    post_processor: null,
    decoder: byteLevel,
    model: { type: 'BPE', vocab: Object.fromEntries(vocab.map((token, id) => [token, id])), merges },
  };
  return createTokenizer(json, {});
}
