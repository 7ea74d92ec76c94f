/**
 * A conversation as one growing token record: ids plus typed segments (training.md D1). Inference, training and
 * evaluation all render through here, so they see the same bytes. Model tokens are kept as generated, never re-tokenised.
 */
import { Template } from '@huggingface/jinja';
import { assert } from '../support/assert.ts';
import type { Tokenizer } from './tokenizer.ts';

export type ContentPart = { readonly type: 'text'; readonly text: string } | { readonly type: 'image' };

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string | readonly ContentPart[];
}

export type SegmentKind = 'system' | 'user' | 'model' | 'observation' | 'image';

/** Tokens [from, to) of the record. `turn` counts messages from 0. */
export interface Segment {
  readonly from: number;
  readonly to: number;
  readonly kind: SegmentKind;
  readonly turn: number;
}

export interface TokenRecord {
  readonly ids: readonly number[];
  readonly segments: readonly Segment[];
}

/** ChatML as Qwen2.5-VL lays it out, for models that bring no template of their own. */
export const CHATML_TEMPLATE =
  "{% for message in messages %}<|im_start|>{{ message['role'] }}\n" +
  "{% if message['content'] is string %}{{ message['content'] }}{% else %}{% for part in message['content'] %}" +
  "{% if part['type'] == 'image' %}<|vision_start|><|image_pad|><|vision_end|>{% else %}{{ part['text'] }}{% endif %}" +
  '{% endfor %}{% endif %}<|im_end|>\n{% endfor %}' +
  '{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}';

const END_OF_TURN = '<|im_end|>';
/** Opens every special token of the ChatML family. */
const SPECIAL_OPENING = '<|';
/** Stands in for the assistant's text while the template renders what follows it. */
const SENTINEL = '\u0001assistant\u0001';

export interface Conversation {
  readonly record: TokenRecord;
  /** Id that ends an assistant turn. */
  readonly endOfTurnId: number;
  /**
   * Starts the conversation with a system and a user message and the assistant header; returns the ids to prefill.
   * `imageTokens`: language tokens of each image, in order of appearance.
   */
  open(system: string, user: readonly ContentPart[], imageTokens: readonly number[]): readonly number[];
  /** Records what the model generated (with or without the end-of-turn id). */
  addGenerated(ids: readonly number[]): void;
  /** Encodes and records text in the model's place: scripted teachers and forced prefixes. Does not end the turn. */
  addModelText(text: string): readonly number[];
  /** Ends the assistant turn, adds a user message (a tool's answer) and the next assistant header; ids to prefill. */
  observe(content: readonly ContentPart[], imageTokens: readonly number[]): readonly number[];
  /** Ids of `text` as a whole turn of the model, with the end of the turn; records nothing. */
  turnIds(text: string): readonly number[];
  /** Another conversation that goes on from here; this one stays as it is. */
  fork(): Conversation;
}

export interface ConversationOptions {
  readonly tokenizer: Tokenizer;
  readonly chatTemplate: string | null;
  readonly imageTokenId: number;
}

export function createConversation(options: ConversationOptions): Conversation {
  return continueConversation(options, { ids: [], segments: [] }, 0);
}

function continueConversation(options: ConversationOptions, before: TokenRecord, firstTurn: number): Conversation {
  const { tokenizer, imageTokenId } = options;
  const template = new Template(options.chatTemplate ?? CHATML_TEMPLATE);
  const endOfTurnId = tokenizer.idOf(END_OF_TURN);
  assert(endOfTurnId !== null, `the tokenizer has no ${END_OF_TURN}`);
  const ids = [...before.ids];
  const segments = [...before.segments];
  let turn = firstTurn;

  const render = (messages: readonly ChatMessage[], generate: boolean) =>
    template.render({ messages, add_generation_prompt: generate });

  const push = (newIds: readonly number[], kind: SegmentKind) => {
    for (const id of newIds) {
      const actual = id === imageTokenId ? 'image' : kind;
      const last = segments.at(-1);
      if (last && last.kind === actual && last.turn === turn)
        segments[segments.length - 1] = { ...last, to: last.to + 1 };
      else segments.push({ from: ids.length, to: ids.length + 1, kind: actual, turn });
      ids.push(id);
    }
  };

  /** Encodes `text` and widens each image placeholder to that image's number of tokens. */
  const encode = (text: string, imageTokens: readonly number[]): number[] => {
    let image = 0;
    const out: number[] = [];
    for (const id of tokenizer.encode(text)) {
      if (id !== imageTokenId) out.push(id);
      else for (let n = imageTokens[image++] ?? 0; n > 0; n--) out.push(id);
    }
    assert(image === imageTokens.length, `${imageTokens.length} images given, ${image} in the text`);
    return out;
  };

  return {
    record: { ids, segments },
    endOfTurnId,
    open(system, user, imageTokens) {
      assert(ids.length === 0, 'the conversation is already open');
      const systemMessage: ChatMessage = { role: 'system', content: plainText(system) };
      const systemText = render([systemMessage], false);
      const wholeText = render([systemMessage, { role: 'user', content: user.map(plainPart) }], true);
      assert(wholeText.startsWith(systemText), 'the chat template does not render messages in order');
      push(encode(systemText, []), 'system');
      turn++;
      push(encode(wholeText.slice(systemText.length), imageTokens), 'user');
      turn++;
      return ids.slice();
    },
    addGenerated(newIds) {
      push(newIds, 'model');
    },
    addModelText(text) {
      const newIds = tokenizer.encode(text);
      push(newIds, 'model');
      return newIds;
    },
    observe(content, imageTokens) {
      const before = ids.length;
      const rendered = render(
        [
          { role: 'system', content: '' },
          { role: 'user', content: '' },
          { role: 'assistant', content: SENTINEL },
          { role: 'user', content: content.map(plainPart) },
        ],
        true,
      );
      let text = rendered.slice(rendered.indexOf(SENTINEL) + SENTINEL.length);
      assert(text.startsWith(END_OF_TURN), `the chat template does not end a turn with ${END_OF_TURN}`);
      text = text.slice(END_OF_TURN.length);
      if (ids.at(-1) !== endOfTurnId) push([endOfTurnId], 'model');
      turn++;
      push(encode(text, imageTokens), 'observation');
      turn++;
      return ids.slice(before);
    },
    turnIds: (text) => [...tokenizer.encode(text), endOfTurnId],
    fork: () => continueConversation(options, { ids, segments }, turn),
  };
}

/** Words from outside (a category, a name that the model made up) cannot spell a special token. */
function plainText(text: string): string {
  return text.replaceAll(SPECIAL_OPENING, '< |');
}

function plainPart(part: ContentPart): ContentPart {
  return part.type === 'text' ? { type: 'text', text: plainText(part.text) } : part;
}
