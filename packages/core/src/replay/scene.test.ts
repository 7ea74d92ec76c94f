import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../protocol/events.ts';
import { IMAGES, PART, RUN, STEPS } from './testing.ts';
import { applyEvent, EMPTY_RUN, stepKind, turnOfRegion, type RunSoFar } from './runSoFar.ts';
import { focusBetween } from './transition.ts';
import { sceneAt } from './scene.ts';

const times = Array.from({ length: 51 }, (_, index) => index / 10);

describe('sceneAt', () => {
  it('gives the same scene whichever way a moment is reached', () => {
    const forward = times.map((t) => JSON.stringify(sceneAt(RUN, t, PART)));
    const backward = [...times].reverse().map((t) => JSON.stringify(sceneAt(RUN, t, PART)));
    expect(backward.reverse()).toEqual(forward);
  });

  it('shows the bare part first, then numbered places on the map, then the zoom with its trail', () => {
    expect(sceneAt(RUN, 0, PART)).toMatchObject({
      turn: 0,
      kind: 'look',
      focus: [0, 0, 100, 80],
      marks: [],
      map: null,
    });
    const difference = sceneAt(RUN, 1, PART);
    expect(difference.map?.values).toEqual([1.3, 0.9]);
    expect(difference.marks.map(({ kind, number }) => [kind, number])).toEqual([
      ['place', 1],
      ['place', 2],
    ]);
    const zoom = sceneAt(RUN, 2, PART);
    expect(zoom.map).toBeNull();
    expect(zoom.marks).toMatchObject([{ kind: 'zoom', box: [10, 10, 40, 30], clamped: true }]);
    expect(zoom.focus[0]).toBeLessThan(10);
    expect(zoom.focus[2]).toBeLessThan(60);
    expect(sceneAt(RUN, 3, PART).marks[0]).toMatchObject({ kind: 'trail', box: [10, 10, 40, 30] });
  });

  it('draws every region of the verdict by its box, also where nobody can read how it was written', () => {
    const broken: RunSoFar = {
      ...RUN,
      steps: STEPS.map((step) => {
        if (step.id === 's2') return { ...step, call: null, observation: { ...step.observation!, boxes: [] } };
        return step.id === 's5' ? { ...step, rawText: '<ans' } : step;
      }),
      verdict: {
        ...RUN.verdict!,
        regions: RUN.verdict!.regions.map((region) => ({ ...region, origin: { ...region.origin, raw: '[0.1, 0.1,' } })),
      },
    };
    const boxesAt = (turn: number) => sceneAt(broken, turn, PART).marks.map(({ kind, box }) => [kind, box]);
    expect(boxesAt(1).flat()).not.toContainEqual([10, 10, 40, 30]);
    expect(boxesAt(2)).toContainEqual(['zoom', [10, 10, 40, 30]]);
    expect(boxesAt(4)).toContainEqual(['zoom', [10, 10, 40, 30]]);
    const last = sceneAt(broken, 5, PART).marks;
    expect(last).toContainEqual(expect.objectContaining({ kind: 'defect', box: [12, 12, 20, 18], number: 1 }));
    expect(last.filter((mark) => mark.isOriginUnknown).map(({ box }) => box)).toEqual([
      [10, 10, 40, 30],
      [12, 12, 20, 18],
    ]);
    expect(sceneAt(RUN, 5, PART).marks.some((mark) => mark.isOriginUnknown)).toBe(false);
  });

  it('shows where a refused call pointed, with the cause, and leaves the camera on the whole part', () => {
    const refused = sceneAt(RUN, 3, PART);
    expect(refused.focus).toEqual([0, 0, 100, 80]);
    // It pointed at a point: a small frame around it.
    expect(refused.marks[1]).toMatchObject({ failed: true, note: 'bbox_2d must have x1 < x2' });
    [47, 37.6, 53, 42.4].forEach((side, index) => expect(refused.marks[1]!.box[index]).toBeCloseTo(side));
    const unread = STEPS.map((step) => (step.id === 's3' ? { ...step, call: null } : step));
    expect(sceneAt({ ...RUN, steps: unread }, 3, PART).marks[1]!.box).toEqual([0, 0, 100, 80]);
    const steps = STEPS.map((step) =>
      step.id === 's3' ? { ...step, call: { ...step.call!, arguments: { bbox_2d: [0.5, 0.5, 0.3, 0.75] } } } : step,
    );
    expect(sceneAt({ ...RUN, steps }, 3, PART).marks[1]!.box).toEqual([30, 40, 50, 60]);
  });

  it('keeps what was asked for beside a box that had to be clamped', () => {
    const steps = STEPS.map((step) =>
      step.id === 's2'
        ? { ...step, call: { ...step.call!, arguments: { bbox_2d: [-0.25, 0.125, 0.4, 0.375] } } }
        : step,
    );
    const [mark] = sceneAt({ ...RUN, steps }, 2, PART).marks;
    expect(mark).toMatchObject({ box: [10, 10, 40, 30], asked: [-25, 10, 40, 30], clamped: true });
  });

  it('remembers the last map once it was made, so that it can be shown again', () => {
    expect(sceneAt(RUN, 0, PART).evidence).toBeNull();
    expect(sceneAt(RUN, 5, PART).evidence?.values).toEqual([1.3, 0.9]);
    const ofCrop = { rows: 1, columns: 1, values: [2], kind: 'ratio' as const, box: [10, 10, 40, 30] as const };
    const steps = STEPS.map((step) =>
      step.id === 's4' ? { ...step, observation: { ...step.observation!, map: ofCrop } } : step,
    );
    expect(sceneAt({ ...RUN, steps }, 5, PART).evidence?.values).toEqual([1.3, 0.9]);
  });

  it('pulses once while the look at the whole part gives way to the first action', () => {
    const pulses = [0, 0.1, 0.225, 0.4, 0.5, 1, 1.2].map((t) => sceneAt(RUN, t, PART).pulse);
    expect(pulses[2]).toBeCloseTo(1);
    expect(pulses[1]).toBeGreaterThan(0.3);
    expect([pulses[0], ...pulses.slice(5)]).toEqual([0, 0, 0]);
    expect(pulses[4]).toBeCloseTo(0);
  });

  it('draws several places one after the other', () => {
    const [first, second] = sceneAt(RUN, 0.25, PART).marks;
    expect(first!.drawn).toBeGreaterThan(second!.drawn);
  });

  it('puts the exemplar beside the part at the place last zoomed into', () => {
    const scene = sceneAt(RUN, 4, PART);
    expect(scene.compare).toEqual({ image: IMAGES[2], amount: 1, isFitted: false });
    expect(scene.marks).toMatchObject([{ kind: 'zoom', box: [10, 10, 40, 30], opacity: 1 }]);
    expect(sceneAt(RUN, 3.99, PART).compare!.amount).toBeGreaterThan(0.9);
    expect(sceneAt(RUN, 4.99, PART).compare!.amount).toBeLessThan(0.1);
  });

  it('outlines a look closer at the exemplar at the same place of both, and frames it', () => {
    const source = { ...IMAGES[2]!.source, width: 200, height: 160 };
    const images = IMAGES.map((image) =>
      image.index === 3
        ? { ...image, role: 'exemplar-crop' as const, source, frame: [40, 40, 80, 80] as const }
        : image,
    );
    const [, mark] = sceneAt({ ...RUN, images }, 4, PART).marks;
    expect(mark).toMatchObject({ kind: 'zoom', box: [20, 20, 40, 40] });
  });

  it('says when the exemplar has another shape than the part', () => {
    const compareWith = (size: { width: number; height: number }) => {
      const images = IMAGES.map((image) =>
        image.index === 3 ? { ...image, source: { ...image.source, ...size } } : image,
      );
      return sceneAt({ ...RUN, images }, 4, PART).compare?.isFitted;
    };
    expect(compareWith({ width: 80, height: 80 })).toBe(true);
    expect(compareWith({ width: 200, height: 161 })).toBe(false);
  });

  it('finds the turn that shows a region: where it was inspected, or the answer', () => {
    const [inspected, defect] = RUN.verdict!.regions;
    expect(turnOfRegion(RUN, inspected!)).toBe(2);
    expect(turnOfRegion(RUN, defect!)).toBe(5);
  });

  it('numbers only defects at the end, over the whole part', () => {
    const end = sceneAt(RUN, 5, PART);
    expect(end.focus).toEqual([0, 0, 100, 80]);
    expect(end.marks.filter((mark) => mark.number !== null)).toMatchObject([{ id: 'r2', number: 1, note: 'scratch' }]);
    expect(end.verdictFill).toBe(1);
    expect(sceneAt(RUN, 4, PART).verdictFill).toBe(0);
  });

  it('draws the rectangle before the camera flies', () => {
    const early = sceneAt(RUN, 1.3, PART);
    expect(early.focus).toEqual([0, 0, 100, 80]);
    expect(early.marks.find((mark) => mark.kind === 'zoom')!.drawn).toBeCloseTo(0.3 / 0.45);
    expect(sceneAt(RUN, 1.9, PART).focus[2]).toBeLessThan(100);
  });

  it('stays at the end and at the start beyond them', () => {
    expect(sceneAt(RUN, 99, PART)).toEqual(sceneAt(RUN, 5, PART));
    expect(sceneAt(RUN, -1, PART)).toEqual(sceneAt(RUN, 0, PART));
  });

  it('shows a run in progress exactly as its replay will', () => {
    const half: RunSoFar = { ...RUN, steps: STEPS.slice(0, 2), verdict: null };
    for (const t of times.filter((time) => time <= 2)) expect(sceneAt(half, t, PART)).toEqual(sceneAt(RUN, t, PART));
  });
});

describe('focusBetween', () => {
  it('starts and ends exactly and keeps the aspect of a common centre', () => {
    expect(focusBetween([0, 0, 100, 80], [40, 30, 60, 46], 0)).toEqual([0, 0, 100, 80]);
    focusBetween([0, 0, 100, 80], [40, 30, 60, 46], 1).forEach((value, index) =>
      expect(value).toBeCloseTo([40, 30, 60, 46][index]!),
    );
  });
});

describe('applyEvent', () => {
  it('collects streamed text, then replaces it by the finished step', () => {
    const events: RunEvent[] = [
      { type: 'image', image: IMAGES[0]!, asset: { mime: 'image/png', width: 1, height: 1, base64: 'AA==' } },
      { type: 'step-started', stepId: 's1' },
      { type: 'text', stepId: 's1', text: '<think>' },
      { type: 'text', stepId: 's1', text: 'odd' },
      { type: 'tool-started', stepId: 's1', tool: 'difference' },
    ];
    const running = events.reduce(applyEvent, EMPTY_RUN);
    expect(running.running).toEqual({ stepId: 's1', text: '<think>odd', tool: 'difference' });
    expect(running.assets).toHaveProperty('a1');
    const done = applyEvent(running, { type: 'step-finished', step: STEPS[0]! });
    expect(done.running).toBeNull();
    expect(done.steps).toEqual([STEPS[0]]);
  });
});

describe('stepKind', () => {
  it('tells an answer from a turn that was stopped in the middle', () => {
    expect(stepKind(STEPS[4]!)).toBe('answer');
    expect(stepKind({ ...STEPS[4]!, rawText: '<think>the rim' })).toBe('unfinished');
  });
});
