/** What a verdict makes of an inspection: label, regions, claims, coverage; all through the real loop. */
import { describe, expect, it } from 'vitest';
import { answer, call, crop, paintPart, runScript, SAYS_NORMAL, SAYS_SCRATCH } from './testing.ts';

describe('regions and claims', () => {
  const finding = (evidence: object[], visual_descriptions: string[] = []) =>
    answer({ anomaly_present: true, top_anomaly: 'scratch', visual_descriptions, evidence });

  it('takes the defect from the evidence, in pixels of the part, through the crop it was seen in', async () => {
    const turns = [crop([0.4, 0.4, 0.6, 0.6]), finding([{ text: 'a line', image: 2, bbox_2d: [0.25, 0.5, 0.5, 1] }])];
    const { trace } = await runScript({ turns, request: { part: paintPart(400, 200) } });
    const { regions, claims } = trace.verdict;
    const cropFrame = trace.images[1]!.frame;
    expect(cropFrame).toEqual([120, 60, 280, 140]);
    expect(regions).toEqual([
      {
        id: 'r1',
        kind: 'inspected',
        box: cropFrame,
        label: null,
        step: 's1',
        origin: { image: 1, frame: [0, 0, 400, 200], raw: '[0.4, 0.4, 0.6, 0.6]', clamped: false },
      },
      {
        id: 'r2',
        kind: 'defect',
        box: [160, 100, 200, 140],
        label: 'scratch',
        step: 's2',
        origin: { image: 2, frame: cropFrame, raw: '[0.25, 0.5, 0.5, 1]', clamped: false },
      },
    ]);
    expect(claims).toEqual([
      { text: 'a line', evidence: { steps: ['s1'], regions: ['r1', 'r2'] }, unsupported: false },
    ]);
  });

  it('without a box in the answer: the last place that was asked for, without padding', async () => {
    const turns = [crop([0.1, 0.1, 0.3, 0.3]), crop([0.5, 0.5, 0.75, 1.4]), SAYS_SCRATCH];
    const { trace } = await runScript({ turns, request: { part: paintPart(400, 200) } });
    expect(trace.verdict.regions.at(-1)).toMatchObject({
      id: 'r3',
      kind: 'defect',
      box: [200, 100, 300, 200],
      step: 's2',
      origin: { clamped: true },
    });
  });

  it('marks what cites nothing as unsupported', async () => {
    const evidence = [
      { text: 'seen on the part', image: 1 },
      { text: 'seen nowhere', image: 7, bbox_2d: [0, 0, 1, 1] },
    ];
    const turns = [finding(evidence, ['seen on the part', 'a feeling'])];
    const { trace } = await runScript({ turns });
    expect(trace.verdict.claims.map(({ text, unsupported }) => [text, unsupported])).toEqual([
      ['seen on the part', false],
      ['seen nowhere', true],
      ['a feeling', true],
    ]);
    expect(trace.verdict.regions).toEqual([]);
  });

  it('makes no region of a box the wrong way round, or on a good part', async () => {
    const evidence = [
      { text: 'backwards', image: 1, bbox_2d: [0.8, 0.2, 0.2, 0.4] },
      { text: 'on the exemplar', image: 2, bbox_2d: [0.1, 0.1, 0.2, 0.2] },
    ];
    const { trace } = await runScript({ turns: [call('query_image'), finding(evidence)] });
    expect(trace.verdict.regions).toEqual([]);
    expect(trace.verdict.claims.map((claim) => claim.evidence.steps)).toEqual([['s1'], ['s1']]);
  });

  it('only crops were compared: the summary says which view', async () => {
    const turns = [crop([0.4, 0.4, 0.6, 0.6]), call('difference', { target_image: 2, top_k: 1 }), SAYS_NORMAL];
    const { trace } = await runScript({ turns, request: { part: paintPart(400, 200) } });
    expect(trace.verdict.libraryMatch).toMatchObject({
      view: [120, 60, 280, 140],
      regions: [{ box: [173, 86, 227, 114], ratio: 1.62 }],
    });
  });

  it('coverage is the union of what was seen at full resolution', async () => {
    const limits = { partMaxPixels: 112 * 112 };
    const part = paintPart(560, 560);
    const share = async (...turns: string[]) =>
      (await runScript({ turns: [...turns, SAYS_NORMAL], request: { part }, options: { limits: { ...limits } } })).trace
        .verdict.coverage.share;
    expect(await share()).toBe(0);
    const once = await share(crop([0.1, 0.1, 0.4, 0.4]));
    expect(once).toBeCloseTo(0.25, 2);
    expect(await share(crop([0.1, 0.1, 0.4, 0.4]), crop([0.1, 0.1, 0.4, 0.4]))).toBe(once);
    expect(await share(crop([0.1, 0.1, 0.4, 0.4]), crop([0.1, 0.6, 0.4, 0.9]))).toBeCloseTo(0.5, 2);
    const { trace } = await runScript({ turns: [SAYS_NORMAL], request: { part: paintPart(120, 130) } });
    expect(trace.verdict.coverage.share).toBe(1);
  });
});
