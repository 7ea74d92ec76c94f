import { describe, expect, it } from 'vitest';
import { demonstrateCase, makeCase, tinyModel } from './testCase.ts';
import { trainedPositions } from './trajectory.ts';

const { tokenizer, config } = tinyModel.backbone;

describe('trainedPositions', async () => {
  const { trajectory, trace } = await demonstrateCase(makeCase(), 'full');
  const { ids, segments } = trajectory;
  const text = (positions: readonly number[]) => tokenizer.decode(positions.map((position) => ids[position]!));
  const turns = trace.steps.map(({ rawText }) => `${rawText}<|im_end|>`);

  it('has several turns to choose from', () => {
    expect(turns.length).toBeGreaterThanOrEqual(4);
  });

  it('trains every turn of the assistant and its end, nothing else', () => {
    expect(text(trainedPositions(segments, 'all-assistant'))).toBe(turns.join(''));
  });

  it('trains the last two turns as the paper does', () => {
    expect(text(trainedPositions(segments, 'last-two'))).toBe(turns.slice(-2).join(''));
  });

  it('never trains headers, observations or images', () => {
    const trained = new Set(trainedPositions(segments, 'all-assistant'));
    const rest = [...ids.keys()].filter((position) => !trained.has(position));
    expect(rest.map((position) => ids[position])).toContain(config.special.image);
    for (const position of trained) expect(ids[position]).not.toBe(config.special.image);
    expect(text(rest).match(/<\|im_start\|>assistant\n/g)).toHaveLength(turns.length);
    expect(text(rest)).toContain('Compared with 4 known-good parts');
    expect(text([...trained])).not.toMatch(/<\|im_start\|>|Compared with \d|Image Size/);
  });

  it('trains the first token of a turn right after its header', () => {
    const trained = trainedPositions(segments, 'all-assistant');
    const header = tokenizer.encode('<|im_start|>assistant\n');
    expect(ids.slice(trained[0]! - header.length, trained[0])).toEqual(header);
  });
});
