/**
 * Text to ids and back: a thin face over `@huggingface/tokenizers`, so that the rest of the core sees five functions.
 * Special ids come from the files, never from constants.
 */
import { Tokenizer as HfTokenizer } from '@huggingface/tokenizers';
import { UserError } from '../support/userError.ts';

export interface Tokenizer {
  readonly vocabSize: number;
  /** Ids of `text`; special tokens written in the text are recognised, none are added. */
  encode(text: string): number[];
  /** Text of `ids`, special tokens included. */
  decode(ids: readonly number[]): string;
  /** Id of an exact token string, or null. */
  idOf(token: string): number | null;
  /** Text that an ordinary token adds; null for special tokens and for bytes that are no whole characters. */
  textOf(id: number): string | null;
}

/**
 * Builds the tokenizer from the parsed `tokenizer.json` and `tokenizer_config.json` of a checkpoint. Throws a UserError
 * (`bad-tokenizer`) when they describe none.
 */
export function createTokenizer(tokenizerJson: object, tokenizerConfig: object): Tokenizer {
  const inner = parse(tokenizerJson, tokenizerConfig);
  const added = inner.get_added_tokens_decoder();
  const decode = (ids: number[]) =>
    inner.decode(ids, { skip_special_tokens: false, clean_up_tokenization_spaces: false });
  return {
    vocabSize: inner.get_vocab().size,
    encode: (text) => inner.encode(text, { add_special_tokens: false }).ids,
    decode: (ids) => (ids.length === 0 ? '' : decode([...ids])),
    idOf: (token) => inner.token_to_id(token) ?? null,
    textOf: (id) => {
      if (added.get(id)?.special || inner.id_to_token(id) === undefined) return null;
      const text = decode([id]);
      return text === '' || text.includes('\uFFFD') ? null : text;
    },
  };
}

function parse(tokenizerJson: object, tokenizerConfig: object): HfTokenizer {
  try {
    return new HfTokenizer(tokenizerJson, tokenizerConfig);
  } catch (cause) {
    throw new UserError({
      code: 'bad-tokenizer',
      subject: 'tokenizer.json',
      reason: `describes no tokenizer (${cause instanceof Error ? cause.message : String(cause)}).`,
      remedy: 'Get it again from where the model came, together with its tokenizer_config.json.',
      cause,
    });
  }
}
