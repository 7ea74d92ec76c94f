import { describe, expect, it } from 'vitest';
import { inspect } from '@agentiad/core/agent/inspect.ts';
import { paintPart, testDeps } from '@agentiad/core/agent/testing.ts';
import type { ProcessedImage } from '@agentiad/core/image/processor.ts';
import { patchify } from '@agentiad/core/image/process.ts';
import type { Backbone } from '@agentiad/core/model/backbone.ts';
import type { Mode } from '@agentiad/core/protocol/modes.ts';
import { MODE_NAMES } from '@agentiad/core/protocol/modes.ts';
import { DEFAULT_THRESHOLDS } from '@agentiad/core/protocol/recipe.ts';
import { createRandom } from '@agentiad/core/support/random.ts';
import { fakeMatch } from '@agentiad/core/tools/testing.ts';
import type { LabelledCase } from '../data/labelledCase.ts';
import { promptCategory, withMemory } from './build.ts';
import { shrinkSome } from './smallParts.ts';
import { demonstrateCase, GOOD, makeCase, tinyModel } from './testCase.ts';
import type { Trajectory } from './trajectory.ts';

const { tokenizer } = tinyModel.backbone;

/** Turns of the model in a trajectory, decoded. */
function turnsOf({ ids, segments }: Trajectory): string[] {
  return segments
    .filter(({ kind }) => kind === 'model')
    .map(({ from, to }) => tokenizer.decode(ids.slice(from, to)).replace(/<\|im_end\|>$/, ''));
}

/** A model that says what it is told and keeps what it is fed. */
function replay(turns: readonly string[]) {
  const ids: number[] = [];
  const images: ProcessedImage[] = [];
  const left = [...turns];
  const backbone: Backbone = {
    ...tinyModel.backbone,
    createSession: () => ({
      length: 0,
      prefill(newIds, newImages) {
        ids.push(...newIds);
        images.push(...newImages);
        return Promise.resolve();
      },
      generate({ stopIds, onToken, watch }) {
        const own = [...tokenizer.encode(left.shift()!), stopIds[0]!];
        const readings = own.flatMap((_, index) =>
          watch?.at(own.slice(0, index)) ? [{ index, logits: watch.ids.map(() => 0) }] : [],
        );
        own.forEach((id) => onToken?.(id));
        ids.push(...own);
        return Promise.resolve({ ids: own, stopReason: 'stop', readings });
      },
      dispose() {},
    }),
  };
  return { backbone, ids, images };
}

function requestOf(example: LabelledCase, part: Awaited<ReturnType<LabelledCase['part']>>, mode: Mode) {
  const { types, exemplars: library } = example;
  const category = promptCategory(example);
  return { part, category, types, mode, library, thresholds: DEFAULT_THRESHOLDS, seed: 0, recipe: null };
}

describe.each(MODE_NAMES)('a demonstration in mode %s', (mode) => {
  it("has the teacher's turns as its model segments, each ended by the end-of-turn token", async () => {
    const { trajectory, trace } = await demonstrateCase(makeCase(), mode);
    expect(turnsOf(trajectory)).toEqual(trace.steps.map(({ rawText }) => rawText));
    const endOfTurn = tokenizer.idOf('<|im_end|>');
    for (const { to } of trajectory.segments.filter(({ kind }) => kind === 'model')) {
      expect(trajectory.ids[to - 1]).toBe(endOfTurn);
    }
  });

  it('is rendered exactly as an inspection feeds the model: same ids, same images', async () => {
    const example = makeCase();
    const { trajectory } = await demonstrateCase(example, mode);
    const { backbone, ids, images } = replay(turnsOf(trajectory));
    const deps = { ...testDeps(), model: { ...tinyModel, backbone }, match: fakeMatch };
    const trace = await inspect(requestOf(example, await example.part(), mode), deps);
    expect(trace.verdict.status).toBe('complete');
    expect(ids).toEqual(trajectory.ids);
    const trained = trajectory.images.map((image) => patchify(image, tinyModel.processor));
    expect(images.map(({ sha256 }) => sha256)).toEqual(trained.map(({ sha256 }) => sha256));
  });

  it('has one run of image tokens per image, as long as the image is large', async () => {
    const { trajectory } = await demonstrateCase(makeCase(), mode);
    const runs = trajectory.segments.filter(({ kind }) => kind === 'image').map(({ from, to }) => to - from);
    expect(runs).toEqual(trajectory.images.map(({ width, height }) => (width * height) / 28 ** 2));
  });
});

describe('the label in a demonstration', () => {
  it('appears in the answer turn only, when the library tells where to look', async () => {
    const [bad, good] = await Promise.all(
      [makeCase(), makeCase(GOOD)].map(async (example) => (await demonstrateCase(example, 'full')).trajectory),
    );
    const answer = bad!.segments.findLast(({ kind }) => kind === 'model')!;
    expect(good!.ids.slice(0, answer.from)).toEqual(bad!.ids.slice(0, answer.from));
    expect([bad!.label, good!.label]).toEqual(['anomalous', 'normal']);
  });

  it('places the zoom around the defect, anywhere on a good part, when nothing tells where to look', async () => {
    const { trace } = await demonstrateCase(makeCase(), 'pz');
    // [30, 60, 70, 90] of 160 x 120 pixels, widened to hundredths.
    expect(trace.steps[0]!.call!.arguments['bbox_2d']).toEqual([0.18, 0.5, 0.44, 0.75]);
    const good = (await demonstrateCase(makeCase(GOOD), 'pz')).trace.steps[0]!.call!.arguments['bbox_2d'] as number[];
    expect(good[0]!).toBeGreaterThanOrEqual(0.1);
    expect(good[3]!).toBeLessThanOrEqual(0.91);
    expect(good[2]!).toBeGreaterThan(good[0]!);
  });

  it('zooms on a good part to where a defect might have been, as on a bad one with a defect there', async () => {
    const place = [30, 60, 70, 90] as const;
    const good = makeCase({ ...GOOD, decoy: () => place });
    for (const mode of ['pz', 'pz+cr'] as const) {
      const zoomOf = async (example: LabelledCase) =>
        (await demonstrateCase(example, mode)).trace.steps.find(({ call }) => call?.name === 'crop_image_normalized')!
          .call;
      expect(await zoomOf(good)).toEqual(await zoomOf(makeCase()));
      // A teacher's own idea of where to look would tell good parts from bad ones.
      const chosen = { chooseRegion: () => Promise.resolve([0, 0, 0.5, 0.5] as const) };
      const { trace } = await demonstrateCase(good, mode, chosen);
      expect(trace.steps.find(({ call }) => call?.name === 'crop_image_normalized')!.call).toEqual(
        await zoomOf(makeCase()),
      );
    }
  });
});

describe('parts too small to zoom into', () => {
  it('teach to answer after the error', async () => {
    const tiny = makeCase({ part: () => Promise.resolve(paintPart(20, 20)), boxes: [] });
    const { trace } = await demonstrateCase(tiny, 'pz');
    expect(trace.steps.map(({ observation }) => observation?.isError)).toEqual([true, undefined]);
    expect(trace.verdict.status).toBe('complete');
  });

  it('are a small share, the same for the same seed, and have no place to look', async () => {
    const whole = makeCase();
    const draw = () => {
      const random = createRandom(1);
      return Array.from({ length: 600 }, () => shrinkSome(whole, random));
    };
    const drawn = draw();
    const shrunk = drawn.filter((example) => example !== whole);
    expect(shrunk.length).toBeGreaterThan(5);
    expect(shrunk.length).toBeLessThan(40);
    expect(draw().map((example) => example === whole)).toEqual(drawn.map((example) => example === whole));
    for (const example of shrunk.slice(0, 4)) {
      const { raster } = await example.part();
      expect(raster.width).toBeLessThanOrEqual(28);
      expect(raster.width).toBe(raster.height);
      expect(example).toMatchObject({ label: 'anomalous', boxes: [] });
    }
  });
});

describe('promptCategory', () => {
  it('drops the number of a generated design, which is no class', () => {
    expect(promptCategory({ category: 'printed-label-104', source: 'procedural' })).toBe('printed-label');
    expect(promptCategory({ category: 'bottle-12', source: 'folder' })).toBe('bottle-12');
  });
});

describe('withMemory', () => {
  it('loads each exemplar once, and only when asked', async () => {
    let loads = 0;
    const { exemplars } = makeCase();
    const counted = exemplars.exemplars.map((exemplar) => ({
      ...exemplar,
      load: () => {
        loads++;
        return exemplar.load();
      },
    }));
    const set = withMemory({ ...exemplars, exemplars: counted });
    expect(loads).toBe(0);
    await Promise.all([set.exemplars[0]!.load(), set.exemplars[0]!.load()]);
    await set.exemplars[0]!.load();
    expect(loads).toBe(1);
  });
});
