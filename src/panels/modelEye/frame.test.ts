import { RUN } from '@agentiad/core/replay/testing.ts';
import type { TraceImage } from '@agentiad/core/protocol/trace.ts';
import type { Verdict } from '@agentiad/core/protocol/verdict.ts';
import { describe, expect, it } from 'vitest';
import { enlargement, newImageTokens, receivedBy, saidIn, tokenGrid } from './frame.ts';

const image = (index: number): TraceImage => RUN.images.find((known) => known.index === index)!;

describe('the grid of tokens', () => {
  it('is what size and tokens say: 28 px a token for Qwen2.5-VL', () => {
    expect(tokenGrid({ width: 280, height: 140 }, 50)).toEqual({ cell: 28, columns: 10, rows: 5 });
  });

  it('is none where squares of one size do not fill the picture', () => {
    expect(tokenGrid({ width: 100, height: 80 }, 16)).toBeNull();
  });
});

describe('the frame of a picture', () => {
  it('says how much its part of the source was enlarged', () => {
    expect(enlargement(image(2), { width: 280 })).toBeCloseTo(280 / 30);
  });

  it('keeps what was asked for in it as it was written, clamped or not', () => {
    const said = saidIn(RUN, image(1));
    expect(said.map(({ id, raw, clamped }) => [id, raw, clamped])).toEqual([
      ['s2', '[0.1, 0.1, 0.4, 0.4]', true],
      ['s3', '[0.5, 0.5, 0.5, 0.5]', false],
    ]);
    expect(said[0]!.pixels).toEqual([10, 8, 40, 32]);
    expect(saidIn(RUN, image(3))).toEqual([]);
  });

  it('gives a place that the answer cites in a crop in pixels of the part', () => {
    const origin = { image: 2, frame: [10, 10, 40, 30], raw: '[0.5, 0.5, 1, 1.5]', clamped: true };
    const region = { id: 'r9', kind: 'defect', box: [25, 20, 40, 30], label: 'dent', step: 's5', origin };
    const verdict = { regions: [region] } as unknown as Verdict;
    expect(saidIn({ ...RUN, verdict }, image(2))).toEqual([
      {
        id: 'r9',
        raw: '[0.5, 0.5, 1, 1.5]',
        box: [0.5, 0.5, 1, 1.5],
        pixels: [25, 20, 40, 40],
        clamped: true,
        step: 's5',
      },
    ]);
  });

  it('shows numbers that are no box as they were written', () => {
    const step = { ...RUN.steps[1]!, call: { name: 'crop_image_normalized', arguments: { bbox_2d: 'left' } } };
    expect(saidIn({ steps: [step], verdict: null }, image(1))).toMatchObject([
      { raw: '"left"', box: null, pixels: null },
    ]);
  });
});

describe('what the model had received', () => {
  it('is the part first, then what each step brought', () => {
    const indices = (turn: number) => receivedBy(RUN, turn).map(({ index }) => index);
    expect([0, 1, 2, 3, 4, 5].map(indices)).toEqual([[1], [1], [1, 2], [1, 2], [1, 2, 3], [1, 2, 3]]);
  });

  it('costs picture tokens in the turn after it came', () => {
    expect([1, 2, 3, 4, 5].map((turn) => newImageTokens(RUN, turn))).toEqual([16, 0, 16, 0, 16]);
  });
});
