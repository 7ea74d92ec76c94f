/**
 * Trains nano's tokenizer: byte-level BPE whose vocabulary starts with all 256 bytes, so any text can be encoded.
 * Text is cut only around numbers, `true`/`false`, line ends and the names of defect types; everything between may become
 * one token, which keeps the fixed sentences of the protocol short. Coordinates (`0.31`) stay one token, other digits
 * stand alone, and a type is spelled alike in the candidate list and in the answer, so that it can be copied.
 * Algorithm: Sennrich et al. 2016, pair counts over unique chunks; ties by the order of first appearance.
 */

/** The cuts, as a regular expression both JavaScript and Rust's onig read the same way. */
export const SPLIT_PATTERN =
  '(?<=\\n- )[^\\n]+|(?<="top_anomaly": ")[^"]+|0\\.\\d\\d|1\\.00|\\d| ?(?:true|false)(?![a-zA-Z])|\\n';

/** GPT-2's printable stand-ins for bytes, as `tokenizer.json` writes them. */
function byteCharacters(): string[] {
  const printable = [...range(33, 126), ...range(161, 172), ...range(174, 255)];
  let extra = 0;
  return range(0, 255).map((byte) => String.fromCharCode(printable.includes(byte) ? byte : 256 + extra++));
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/** Cuts `text` at the pattern's matches, keeping them ("Isolated" in tokenizers' words). */
export function splitText(text: string): string[] {
  const chunks: string[] = [];
  let end = 0;
  for (const match of text.matchAll(new RegExp(SPLIT_PATTERN, 'g'))) {
    if (match.index > end) chunks.push(text.slice(end, match.index));
    chunks.push(match[0]);
    end = match.index + match[0].length;
  }
  if (end < text.length) chunks.push(text.slice(end));
  return chunks;
}

/** Merges learned from `texts` until the vocabulary (bytes + merges) has `size` entries or no pair repeats. */
export function trainBpe(texts: readonly string[], size: number): { vocab: string[]; merges: [string, string][] } {
  const characters = byteCharacters();
  const encoder = new TextEncoder();
  const counts = new Map<string, number>();
  for (const text of texts) for (const chunk of splitText(text)) counts.set(chunk, (counts.get(chunk) ?? 0) + 1);
  const words = [...counts].map(([chunk, count]) => ({
    symbols: Array.from(encoder.encode(chunk), (byte) => characters[byte]!),
    count,
  }));
  const vocab = new Set(characters);
  const merges: [string, string][] = [];
  while (vocab.size < size) {
    const pairs = new Map<string, number>();
    for (const { symbols, count } of words) {
      for (let i = 0; i + 1 < symbols.length; i++) {
        const pair = `${symbols[i]} ${symbols[i + 1]}`;
        pairs.set(pair, (pairs.get(pair) ?? 0) + count);
      }
    }
    let best = '';
    let bestCount = 1;
    for (const [pair, count] of pairs) if (count > bestCount) [best, bestCount] = [pair, count];
    if (!best) break;
    const [left, right] = best.split(' ') as [string, string];
    merges.push([left, right]);
    vocab.add(left + right);
    for (const word of words) word.symbols = mergePair(word.symbols, left, right);
  }
  return { vocab: [...vocab], merges };
}

function mergePair(symbols: string[], left: string, right: string): string[] {
  if (!symbols.includes(left)) return symbols;
  const out: string[] = [];
  for (let i = 0; i < symbols.length; i++) {
    if (symbols[i] === left && symbols[i + 1] === right) {
      out.push(left + right);
      i++;
    } else out.push(symbols[i]!);
  }
  return out;
}

/** Tokens of the protocol that text can never spell by accident; ids follow the vocabulary. */
export const ADDED_TOKENS = [
  { content: '<|endoftext|>', special: true },
  { content: '<|im_start|>', special: true },
  { content: '<|im_end|>', special: true },
  { content: '<|vision_start|>', special: true },
  { content: '<|vision_end|>', special: true },
  { content: '<|image_pad|>', special: true },
  { content: '<|video_pad|>', special: true },
  { content: '<tool_call>', special: false },
  { content: '</tool_call>', special: false },
] as const;

/** `tokenizer.json` for the Hugging Face tokenizers libraries. */
export function tokenizerJson(texts: readonly string[], size: number) {
  const { vocab, merges } = trainBpe(
    texts.map((text) => ADDED_TOKENS.reduce((rest, { content }) => rest.replaceAll(content, '\n'), text)),
    size - ADDED_TOKENS.length,
  );
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: ADDED_TOKENS.map(({ content, special }, index) => ({
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
      pretokenizers: [
        { type: 'Split', pattern: { Regex: SPLIT_PATTERN }, behavior: 'Isolated', invert: false },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: false },
      ],
    },
    post_processor: null,
    decoder: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: false },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: '',
      end_of_word_suffix: '',
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(vocab.map((token, id) => [token, id])),
      merges,
    },
  };
}
