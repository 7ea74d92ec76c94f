import { describe, expect, it } from 'vitest';
import { caseRandom } from '../trajectories/caseRandom.ts';
import { createDrill } from '../trajectories/drills.ts';
import { demonstrateCase, makeCase, tinyModel } from '../trajectories/testCase.ts';
import type { Trajectory } from '../trajectories/trajectory.ts';
import { maskedPositions } from './mask.ts';
import { checkSample } from './sample.ts';

const { config } = tinyModel.backbone;
const { trajectory } = await demonstrateCase(makeCase(), 'pz+cr');
const check = (changes: Partial<Trajectory>, context = 4096) =>
  checkSample({ ...trajectory, ...changes }, config, 'last-two', context);
const name = trajectory.id;

describe('a sample', () => {
  it('passes as it was made', () => {
    expect(() => check({})).not.toThrow();
    expect(() => check({}, trajectory.ids.length)).not.toThrow();
  });

  it('S3: without a trained token it is an error with its name', () => {
    const segments = trajectory.segments.map((segment) =>
      segment.kind === 'model' ? { ...segment, kind: 'observation' as const } : segment,
    );
    expect(() => check({ segments })).toThrow(`sample ${name}: no token of it is trained (mask last-two)`);
    expect(() => check({ ids: [], segments: [] })).toThrow(`sample ${name}: it has no tokens`);
  });

  it('S5: places for images, images and their patches agree', () => {
    const image = trajectory.segments.find(({ kind }) => kind === 'image')!;
    const one = trajectory.images[0]!;
    const wider = { ...one, width: one.width + 28, data: new Uint8Array((one.width + 28) * one.height * 3) };
    expect(() => check({ images: trajectory.images.with(0, wider) })).toThrow(name);
    expect(() => check({ images: trajectory.images.slice(1) })).toThrow(`${name}: 3 runs of image tokens for 2 images`);
    const position = image.from;
    expect(() => check({ ids: trajectory.ids.with(position, 7) })).toThrow(/image tokens/);
  });

  it('S6: longer than the context it is an error, never cut', () => {
    const { length } = trajectory.ids;
    expect(() => check({}, length - 1)).toThrow(
      `sample ${name}: it has ${length} tokens (6 for images) and the context`,
    );
    expect(() => check({}, 2)).toThrow(
      `sample ${name}: its image 1 takes 2 tokens, which leaves no room in a context of 2`,
    );
  });
});

describe('a reading drill', () => {
  it('is a whole record, in which no verdict is trained', () => {
    const { tokenizer } = tinyModel.backbone;
    const side = tinyModel.processor.patchSize * tinyModel.processor.mergeSize;
    const picture = { width: 2 * side, height: 3 * side, data: new Uint8Array(2 * side * 3 * side * 3).fill(90) };
    const space = { tokenizer, imageTokenId: config.special.image, imageTokenPixels: side };
    for (let index = 0; index < 20; index++) {
      const setting = { ...space, pictures: index % 2 === 0 ? [] : [picture] };
      const drill = createDrill(null, caseRandom(1, index), setting);
      expect(() => checkSample(drill, config, 'all-assistant', 4096)).not.toThrow();
      const trained = maskedPositions(drill, 'all-assistant').map((position) => drill.ids[position]!);
      expect(tokenizer.decode(trained)).toContain('"anomaly_present":, ');
      // The part and its crop at least; a picture keeps its size in other colours.
      if (index % 2 === 0) expect(drill.images).toEqual([]);
      else expect(drill.images.length).toBeGreaterThanOrEqual(2);
      for (const { width, height } of drill.images) expect([width, height]).toEqual([picture.width, picture.height]);
    }
  });
});
