import { describe, expect, it } from 'vitest';
import { demonstrateCase, makeCase, tinyModel } from '../trajectories/testCase.ts';
import type { SftMask } from './mask.ts';
import { maskedPositions, maskHash } from './mask.ts';

const { tokenizer, config } = tinyModel.backbone;
const { trajectory, trace } = await demonstrateCase(makeCase(), 'full');
const { ids, segments } = trajectory;
const text = (mask: SftMask) => tokenizer.decode(maskedPositions(trajectory, mask).map((position) => ids[position]!));
const turns = trace.steps.map(({ rawText }) => `${rawText}<|im_end|>`);

describe('which tokens are trained', () => {
  it('S1: the content of the chosen turns with their end, never a header', () => {
    expect(turns.length).toBeGreaterThanOrEqual(4);
    expect(text('all-assistant')).toBe(turns.join(''));
    expect(text('last-two')).toBe(turns.slice(-2).join(''));
    expect(text('all-assistant')).not.toContain('<|im_start|>');
  });

  it('S1: the authors train headers too, of the last two turns, up to the next header', () => {
    const header = '<|im_start|>assistant\n';
    const [last, beforeLast] = [turns.at(-1)!, turns.at(-2)!];
    // The record ends with the last end of turn; the turn before is followed by a line break.
    expect(text('authors')).toBe(`${header}${beforeLast}\n${header}${last}`);
  });

  it('S4: system, user, tool results and images are not trained', () => {
    const trained = new Set(maskedPositions(trajectory, 'all-assistant'));
    const kinds = new Set<string>();
    for (const { kind, from, to } of segments) {
      if (kind === 'model') continue;
      kinds.add(kind);
      for (let position = from; position < to; position++) expect(trained.has(position), kind).toBe(false);
    }
    expect(kinds).toEqual(new Set(['system', 'user', 'image', 'observation']));
    for (const mask of ['all-assistant', 'last-two', 'authors'] as const) {
      for (const position of maskedPositions(trajectory, mask)) expect(ids[position]).not.toBe(config.special.image);
    }
  });

  it('S10: a run keeps a hash of its mask, which another mask or another token changes', () => {
    const hash = maskHash([trajectory], 'all-assistant');
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(maskHash([{ ...trajectory, ids: ids.slice() }], 'all-assistant')).toBe(hash);
    expect(maskHash([trajectory], 'last-two')).not.toBe(hash);
    const trained = maskedPositions(trajectory, 'all-assistant')[3]!;
    expect(maskHash([{ ...trajectory, ids: ids.with(trained, 0) }], 'all-assistant')).not.toBe(hash);
  });
});
