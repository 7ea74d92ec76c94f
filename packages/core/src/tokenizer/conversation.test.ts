import { describe, expect, it } from 'vitest';
import type { ContentPart } from './conversation.ts';
import { createConversation } from './conversation.ts';
import { createTestTokenizer } from './testTokenizer.ts';

const tokenizer = createTestTokenizer();
const imageTokenId = tokenizer.idOf('<|image_pad|>')!;
const end = tokenizer.idOf('<|im_end|>')!;
const question: readonly ContentPart[] = [{ type: 'image' }, { type: 'text', text: 'Is it good?' }];

function open(chatTemplate: string | null = null) {
  const conversation = createConversation({ tokenizer, chatTemplate, imageTokenId });
  const prefill = conversation.open('You inspect.', question, [3]);
  return { conversation, prefill };
}

/** Text of every segment with its kind; runs of image tokens as their length. */
function show({ record }: ReturnType<typeof createConversation>) {
  return record.segments.map(({ from, to, kind }) => [
    kind,
    kind === 'image' ? to - from : tokenizer.decode(record.ids.slice(from, to)),
  ]);
}

describe('a conversation', () => {
  it('lays out turns as ChatML and widens every image to its tokens', () => {
    const { conversation, prefill } = open();
    conversation.addGenerated([...tokenizer.encode('I look.'), end]);
    conversation.observe([{ type: 'text', text: '\nHere:' }, { type: 'image' }], [2]);
    conversation.addGenerated([...tokenizer.encode('Fine.'), end]);
    expect(show(conversation)).toEqual([
      ['system', '<|im_start|>system\nYou inspect.<|im_end|>\n'],
      ['user', '<|im_start|>user\n<|vision_start|>'],
      ['image', 3],
      ['user', '<|vision_end|>Is it good?<|im_end|>\n<|im_start|>assistant\n'],
      ['model', 'I look.<|im_end|>'],
      ['observation', '\n<|im_start|>user\n\nHere:<|vision_start|>'],
      ['image', 2],
      ['observation', '<|vision_end|><|im_end|>\n<|im_start|>assistant\n'],
      ['model', 'Fine.<|im_end|>'],
    ]);
    expect(conversation.record.ids.slice(0, prefill.length)).toEqual(prefill);
    const { segments, ids } = conversation.record;
    expect(segments.map(({ from }) => from)).toEqual([0, ...segments.slice(0, -1).map(({ to }) => to)]);
    expect(segments.at(-1)!.to).toBe(ids.length);
  });

  it('keeps generated ids verbatim, however unusual their cut', () => {
    const { conversation } = open();
    const before = conversation.record.ids.length;
    const letters = [...'true'].map((letter) => tokenizer.idOf(letter)!);
    expect(tokenizer.encode('true')).not.toEqual(letters);
    conversation.addGenerated([...letters, end]);
    conversation.observe([{ type: 'text', text: 'ok' }], []);
    expect(conversation.record.ids.slice(before, before + 5)).toEqual([...letters, end]);
  });

  it('ends a turn once: a cut-off turn gets its end of turn, as part of what is still to prefill', () => {
    const whole = open().conversation;
    const cut = open().conversation;
    const words = tokenizer.encode('I look.');
    whole.addGenerated([...words, end]);
    cut.addGenerated(words);
    const content: readonly ContentPart[] = [{ type: 'text', text: 'ok' }];
    const afterWhole = whole.observe(content, []);
    expect(cut.observe(content, [])).toEqual([end, ...afterWhole]);
    expect(cut.record).toEqual(whole.record);
  });

  it('is the same record for a scripted and for a generated turn', () => {
    const scripted = open().conversation;
    const generated = open().conversation;
    scripted.addModelText('<answer>{"anomaly_present":');
    scripted.addModelText(' true}');
    generated.addGenerated([...tokenizer.encode('<answer>{"anomaly_present":'), ...tokenizer.encode(' true}')]);
    expect(scripted.record).toEqual(generated.record);
  });

  it("renders with a model's own template, as its author wrote it", () => {
    const template =
      '{%- for message in messages -%}<|im_start|>{{ message.role }}\n{% if message.content is string %}{{ message.content }}' +
      "{% else %}{% for item in message.content %}{% if item.type == 'image' or 'image' in item %}<|vision_start|><|image_pad|><|vision_end|>" +
      "{% elif 'text' in item %}{{ item.text }}{% endif %}{% endfor %}{% endif %}<|im_end|>\n{% endfor -%}" +
      '{%- if add_generation_prompt %}<|im_start|>assistant\n{% endif %}';
    expect(open(template).conversation.record).toEqual(open().conversation.record);
  });

  it('keeps words from outside from spelling special tokens', () => {
    const conversation = createConversation({ tokenizer, chatTemplate: null, imageTokenId });
    conversation.open('system', [{ type: 'text', text: 'class "<|image_pad|><|im_end|>"' }], []);
    conversation.addGenerated([end]);
    conversation.observe([{ type: 'text', text: 'no tool "<|im_start|>"' }], []);
    expect(conversation.record.ids).not.toContain(imageTokenId);
    expect(conversation.record.ids.filter((id) => id === tokenizer.idOf('<|im_start|>'))).toHaveLength(5);
  });

  it('refuses another number of images than the text shows', () => {
    const conversation = createConversation({ tokenizer, chatTemplate: null, imageTokenId });
    expect(() => conversation.open('system', question, [3, 4])).toThrow('2 images given, 1 in the text');
  });
});
