/** What a recipe makes of an inspection, all through the real loop. */
import { describe, expect, it } from 'vitest';
import { base64 } from '@scure/base';
import { decodePng } from '../image/png.ts';
import type { Recipe } from '../protocol/recipe.ts';
import { checkDocument } from '../protocol/schema.ts';
import type { LibraryMatch } from '../tools/difference/contract.ts';
import { fakeMatch, makeLibrary } from '../tools/testing.ts';
import type { TestInspection } from './testing.ts';
import { call, crop, paintPart, runScript, SAYS_NORMAL, SAYS_SCRATCH, testDeps, testRequest } from './testing.ts';
import { TOWER, washerRecipe } from './testRecipe.ts';

const run = (recipe: Recipe | null, given: Partial<TestInspection> & Pick<TestInspection, 'turns'>) =>
  runScript({
    ...given,
    request: { recipe, mode: recipe?.mode ?? 'full', ...given.request },
    deps: { tower: TOWER, ...given.deps },
  });

const says = (score: number) => () => ({ text: score > 0.5 ? SAYS_SCRATCH : SAYS_NORMAL, score });

describe('who decides', () => {
  const judge = async (recipe: Recipe, score: number, request = {}, deps = {}) => {
    const { trace } = await run(recipe, { turns: [says(score)], request, deps });
    return trace.verdict.verdict;
  };

  it('a validated recipe: the thresholds', async () => {
    expect((await judge(washerRecipe(), 0.34)).label).toBe('normal');
    expect((await judge(washerRecipe(), 0.35)).label).toBe('review');
    expect((await judge(washerRecipe(), 0.65)).label).toBe('review');
    expect((await judge(washerRecipe(), 0.66)).label).toBe('anomalous');
  });

  const valid = washerRecipe().validation!;
  it.each([
    ['not validated', { ...washerRecipe(), validation: null }, {}, 'not validated on this kind of part'],
    ['another category', washerRecipe({ category: 'nut' }), {}, 'not validated on this kind of part'],
    [
      'another model and tower',
      washerRecipe({}, { with: { ...valid.with, modelSha256: 'b'.repeat(64), towerSha256: 'b'.repeat(64) } }),
      {},
      'changed since its validation: the model, the feature tower of Library match',
    ],
    ['stale', washerRecipe({}, { stale: true }), {}, 'changed since its validation: the recipe'],
    ['another mode', washerRecipe(), { mode: 'pz' }, 'changed since its validation: the mode, the allowed tools'],
    ['other types', washerRecipe(), { types: ['dent'] }, 'changed since its validation: the defect types'],
    ['other thresholds', washerRecipe(), { thresholds: { t1: 0.1, t2: 0.2 } }, 'validated with other thresholds'],
    ['other exemplars', washerRecipe(), { library: makeLibrary(3) }, 'the known-good parts (1 taken away)'],
    [
      'a provisional validation',
      washerRecipe({}, { status: 'provisional', reasons: ['4 known-good parts; 10 are needed'] }),
      {},
      'its validation is provisional: 4 known-good parts; 10 are needed',
    ],
  ])('a recipe that does not fit (%s): review', async (_, recipe, request, reason) => {
    const verdict = await judge(recipe, 0.99, request);
    expect(verdict.label).toBe('review');
    expect(verdict.reason).toContain(reason);
    expect(verdict.reason).toContain('The agent says defect: scratch.');
  });

  it('a normal verdict has no defect region, even if the agent said defect', async () => {
    const turns = [crop([0.3, 0.3, 0.6, 0.6]), () => ({ text: SAYS_SCRATCH, score: 0.2 })];
    const { trace } = await run(washerRecipe(), { turns });
    expect(trace.verdict.verdict.label).toBe('normal');
    expect(trace.verdict.regions.map(({ kind }) => kind)).toEqual(['inspected']);
    expect(trace.verdict.agentAnswer!.anomaly_present).toBe(true);
  });

  describe('with a calibration', () => {
    const calibration = { kind: 'isotonic', scores: [0, 0.5, 1], values: [0, 0.1, 1], ece: 0.05 } as const;

    it('scores are calibrated, the raw one is kept, and the thresholds are meant for what is shown', async () => {
      const verdict = await judge(washerRecipe({}, { calibration }), 0.55);
      expect(verdict).toMatchObject({ label: 'normal', scoreKind: 'calibrated', rawScore: 0.55 });
      expect(verdict.score).toBeCloseTo(0.19);
      expect(verdict.scoreMeaning).toContain('How likely');
    });

    it('also while it is provisional, but not once it went stale, nor in a validation itself', async () => {
      const provisional = washerRecipe({}, { calibration, status: 'provisional', reasons: ['few'] });
      expect((await judge(provisional, 0.5)).scoreKind).toBe('calibrated');
      const raw = { scoreKind: 'raw', score: 0.5 };
      expect(await judge(provisional, 0.5, { types: ['dent'] })).toMatchObject(raw);
      expect(await judge(provisional, 0.5, { isValidation: true })).toMatchObject(raw);
    });
  });
});

describe('what a recipe shows and offers', () => {
  // Left half of the part.
  const left = {
    roi: [
      [
        [0, 0],
        [0.5, 0],
        [0.5, 1],
        [0, 1],
      ],
    ],
    ignore: [],
  } as const;

  it('is grey outside its areas, for the part, crops and exemplars alike', async () => {
    const turns = [crop([0.3, 0.3, 0.7, 0.7]), call('query_image'), SAYS_NORMAL];
    const { trace } = await run(washerRecipe({ areas: left }), { turns, request: { part: paintPart(280, 196) } });
    const pixels = trace.images.map(({ asset }) => decodePng(base64.decode(trace.assets[asset]!.base64)));
    for (const { width, height, data } of pixels) {
      const right = data.subarray(((height >> 1) * width + width - 2) * 3).subarray(0, 3);
      expect([...right]).toEqual([128, 128, 128]);
    }
    // Column 10 of the part, untouched.
    expect(pixels[0]!.data[(5 * 280 + 10) * 3]).toBe(10);
  });

  it('counts coverage within them, gives them to Library match, and writes them down', async () => {
    const asked: Parameters<LibraryMatch['compare']>[0][] = [];
    const match = (set: Parameters<typeof fakeMatch>[0]): LibraryMatch => {
      const real = fakeMatch(set);
      return { ...real, compare: (request) => (asked.push(request), real.compare(request)) };
    };
    const part = paintPart(400, 400);
    const turns = [
      crop([0.05, 0.05, 0.35, 0.95]),
      call('difference', { target_image: 2, top_k: 1 }),
      call('difference', { target_image: 1, top_k: 1 }),
      SAYS_NORMAL,
    ];
    const options = { limits: { partMaxPixels: 56 * 56 } };
    const recipe = washerRecipe({ areas: left });
    const { trace } = await run(recipe, { turns, request: { part }, deps: { match }, options });
    const [x1, y1, x2, y2] = trace.images[1]!.frame;
    expect(trace.verdict.coverage.share).toBeCloseTo(((Math.min(x2, 200) - x1) * (y2 - y1)) / (200 * 400), 2);
    expect(asked.map(({ areas }) => areas)).toEqual([left, left]);
    // As the file shows it: exemplars are compared as they are.
    expect(asked.map(({ raster }) => [raster.width, raster.height, raster.data[(raster.width - 1) * 3]])).toEqual([
      [x2 - x1, y2 - y1, x2 - 1],
      [400, 400, 399 & 255],
    ]);
    expect(trace.verdict.settings).toMatchObject({ areas: left, tools: recipe.tools });
    expect(trace.verdict.verdict.label).toBe('normal');
  });

  it('offers the tools it allows, and shows images no larger than its pixel cap', async () => {
    const recipe = washerRecipe({ tools: ['crop_image_normalized'], pixelCap: 56 * 56 });
    const { trace } = await run(recipe, { turns: [crop([0, 0, 1, 1]), SAYS_NORMAL] });
    expect(trace.prompt.system).not.toMatch(/query_image|difference/);
    for (const { width, height } of Object.values(trace.assets)) expect(width * height).toBeLessThanOrEqual(56 * 56);
    expect(trace.verdict.settings).toMatchObject({ tools: ['crop_image_normalized'], pixelCap: 56 * 56 });
    expect(trace.verdict.warnings).toEqual([]);
  });

  it('tells the agent its specification, and nothing when there is none', async () => {
    const promptOf = async (specification: string) =>
      (await run(washerRecipe({ specification }), { turns: [SAYS_NORMAL] })).trace.prompt.user;
    const plain = await promptOf(' ');
    expect(plain).toBe((await runScript({ turns: [SAYS_NORMAL] })).trace.prompt.user);
    expect(await promptOf('No scratch longer than 2 mm.\n')).toBe(
      plain.replace('Candidate', 'Specification of a good part:\nNo scratch longer than 2 mm.\n\nCandidate'),
    );
    const settingsOf = async (specification: string) =>
      (await run(washerRecipe({ specification }), { turns: [SAYS_NORMAL] })).trace.verdict.settings;
    expect(await settingsOf('No scratch longer than 2 mm.\n')).toMatchObject({
      specification: 'No scratch longer than 2 mm.',
    });
    expect(await settingsOf(' ')).not.toHaveProperty('specification');
  });

  it('leaves the specification out for a model that has not learned to read one, and says so', async () => {
    const { model } = testDeps();
    const card = { ...model.backbone.card, name: 'nano', readsSpecification: false };
    const deps = { model: { ...model, backbone: { ...model.backbone, card } } };
    const { trace } = await run(washerRecipe({ specification: 'No rust.' }), { turns: [SAYS_NORMAL], deps });
    expect(trace.prompt.user).not.toContain('rust');
    expect(trace.verdict.settings).not.toHaveProperty('specification');
    expect(trace.verdict.warnings).toEqual([
      'The specification was not told to the model: nano has not learned to read one.',
    ]);
  });

  it('names itself, the tower, the part and what was compared with', async () => {
    const recipe = washerRecipe({ namePattern: '{part}_{lot}_{operator}' });
    const part = paintPart(280, 200, 'A17_L3_kim.png');
    const turns = [call('difference', { target_image: 1, top_k: 1 }), SAYS_NORMAL];
    const { trace } = await run(recipe, { turns, request: { part, partFields: { operator: 'lee', lot: null } } });
    const { verdict } = trace;
    expect(verdict.recipe).toEqual({ id: 'washers', version: 3, name: 'Washers, front' });
    expect(verdict.tower).toEqual(TOWER);
    expect(verdict.part).toEqual({ category: 'washer', part: 'A17', lot: 'L3', station: null, operator: 'lee' });
    expect(verdict.comparedExemplars).toMatchObject({ count: 4, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(verdict.exemplars).toEqual([]);
  });
});

describe('the fast path', () => {
  const triage = { low: 1, high: 1.5 };
  const scoring =
    (score: number) =>
    (set: Parameters<typeof fakeMatch>[0]): LibraryMatch => {
      const real = fakeMatch(set);
      return {
        ...real,
        async compare(request) {
          const result = await real.compare(request);
          return { ...result, score, places: [{ ...result.places[0]!, ratio: score }] };
        },
      };
    };
  const unasked: TestInspection['turns'] = [];

  it('passes a part that Library match is sure of, without the agent, and shows how', async () => {
    const { trace, events } = await run(washerRecipe({ triage }), { turns: unasked, deps: { match: scoring(0.5) } });
    const { verdict } = trace;
    expect(verdict).toMatchObject({
      status: 'complete',
      agentAnswer: null,
      verdict: { label: 'normal', score: null, decidedBy: 'library-match' },
      libraryMatch: { score: 0.5, view: [0, 0, 280, 200] },
      regions: [],
      coverage: { share: 0 },
      settings: { triage },
    });
    expect(verdict.verdict.reason).toBe(
      'Decided by Library match alone: its score 0.50 is below 1.00. The agent was not asked.',
    );
    expect(trace.images.map(({ role }) => role)).toEqual(['part']);
    expect(trace.steps).toMatchObject([{ author: 'library-match', call: { name: 'difference' } }]);
    expect(trace.steps[0]!.observation!.map).toMatchObject({ rows: 1, columns: 2 });
    expect(events.map(({ type }) => type)).toEqual([
      'image',
      'step-started',
      'tool-started',
      'step-finished',
      'finished',
    ]);
    expect(checkDocument('trace', JSON.parse(JSON.stringify(trace))).ok).toBe(true);
  });

  it('stops a part that differs too much, and points at where', async () => {
    const { trace } = await run(washerRecipe({ triage }), { turns: unasked, deps: { match: scoring(1.62) } });
    expect(trace.verdict.verdict.label).toBe('anomalous');
    expect(trace.verdict.regions).toMatchObject([{ kind: 'defect', step: 's1', origin: { raw: null } }]);
    expect(trace.verdict.claims).toMatchObject([{ evidence: { steps: ['s1'], regions: ['r1'] }, unsupported: false }]);
  });

  it('asks the agent in between, who gets the same comparison without another one', async () => {
    let compared = 0;
    const match = (set: Parameters<typeof fakeMatch>[0]): LibraryMatch => {
      const real = scoring(1.2)(set);
      return { ...real, compare: (request) => (compared++, real.compare(request)) };
    };
    const turns = [call('difference', { target_image: 1, top_k: 1 }), says(0.1)];
    const { trace } = await run(washerRecipe({ triage }), { turns, deps: { match } });
    expect(compared).toBe(1);
    expect(trace.steps.map(({ author }) => author)).toEqual(['agent', 'agent']);
    expect(trace.verdict.verdict).toMatchObject({ label: 'normal', score: 0.1, decidedBy: 'agent' });
    expect(trace.verdict.libraryMatch).toMatchObject({ score: 1.2 });
  });

  it.each([
    ['the recipe is not validated', { ...washerRecipe({ triage }), validation: null }, {}, 'not validated'],
    ['it went stale', washerRecipe({ triage }), { types: ['dent'] }, 'changed since its validation'],
    ['there are two good parts', washerRecipe({ triage, exemplarSha256: [] }), { library: makeLibrary(2) }, ''],
  ])('is not taken where %s: the agent is asked, and the verdict says why', async (_, recipe, request, why) => {
    const { trace } = await run(recipe, { turns: [says(0.1)], request, deps: { match: scoring(0.5) } });
    expect(trace.verdict.agentAnswer).not.toBeNull();
    expect(trace.verdict.verdict.label).toBe('review');
    expect(trace.verdict.warnings.join()).toContain(`The fast path was not taken: ${why}`);
  });

  it('is not taken for controls, nor when an inspection was stopped', async () => {
    const given = { deps: { match: scoring(0.5) } };
    const control = await run(washerRecipe({ triage }), {
      ...given,
      turns: [says(0.1)],
      options: { isAgentAsked: true },
    });
    expect(control.trace.verdict.agentAnswer).not.toBeNull();
    const request = { signal: { aborted: true } };
    const { trace } = await run(washerRecipe({ triage }), { ...given, turns: unasked, request });
    expect(trace.verdict).toMatchObject({ status: 'interrupted', verdict: { label: 'review' } });
  });

  it('decides nothing in a validation, which hears both', async () => {
    const request = { isValidation: true };
    for (const mode of ['full', 'cot'] as const) {
      const { trace } = await run(washerRecipe({ triage, mode, tools: [] }), {
        turns: [says(0.9)],
        request: { ...request, mode },
        deps: { match: scoring(0.5) },
      });
      expect(trace.verdict.verdict).toMatchObject({ label: 'review', score: 0.9 });
      expect(trace.verdict.libraryMatch).toMatchObject({ score: 0.5 });
      expect(trace.steps).toHaveLength(1);
    }
  });

  it('leaves inspections without one as they are', async () => {
    const turns = [says(0.1)];
    const plain = (await run(washerRecipe(), { turns })).trace.verdict;
    expect(plain.libraryMatch).toBeNull();
    expect(plain.verdict.decidedBy).toBeUndefined();
    expect(testRequest.recipe).toBeNull();
  });
});
