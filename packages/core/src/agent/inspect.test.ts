import { describe, expect, it } from 'vitest';
import { MODE_NAMES } from '../protocol/modes.ts';
import { checkDocument } from '../protocol/schema.ts';
import type { Trace } from '../protocol/trace.ts';
import { UserError } from '../support/userError.ts';
import { makeLibrary } from '../tools/testing.ts';
import { SHOWN_SMALLER, SMALLER_CROPS } from './request.ts';
import { call, crop, paintPart, runScript, SAYS_NORMAL, SAYS_SCRATCH } from './testing.ts';

const observations = (trace: Awaited<ReturnType<typeof runScript>>['trace']) =>
  trace.steps.map(({ observation }) => observation?.text);

describe('smaller zooms', () => {
  it('reach the model in a quarter of the area, and the verdict says so', async () => {
    const script = { turns: [crop([0, 0, 0.9, 0.9]), SAYS_NORMAL], request: { part: paintPart(1500, 1500) } };
    const zoomOf = ({ images, assets }: Trace) => {
      const { width, height } = assets[images[1]!.asset]!;
      return width * height;
    };
    const usual = (await runScript(script)).trace;
    const smaller = (await runScript({ ...script, options: { limits: SMALLER_CROPS } })).trace;
    expect(zoomOf(usual)).toBeGreaterThan(SMALLER_CROPS.cropMaxPixels);
    expect(zoomOf(smaller)).toBeLessThanOrEqual(SMALLER_CROPS.cropMaxPixels);
    expect(smaller.verdict.warnings).toContain(SHOWN_SMALLER);
    expect(usual.verdict.warnings).not.toContain(SHOWN_SMALLER);
  });
});

describe('a whole inspection', () => {
  it('compares, zooms, looks at a good part, decides, and tells it all in order', async () => {
    const turns = [
      call('difference', { target_image: 1, top_k: 2 }),
      crop([0.3, 0.3, 0.6, 0.6]),
      call('query_image'),
      SAYS_SCRATCH,
    ];
    const { trace, events } = await runScript({ turns });
    const { verdict } = trace;
    expect(verdict.status).toBe('complete');
    expect(verdict.steps.map(({ id, tool, ok }) => [id, tool, ok])).toEqual([
      ['s1', 'difference', true],
      ['s2', 'crop_image_normalized', true],
      ['s3', 'query_image', true],
      ['s4', null, true],
    ]);
    expect(trace.images.map(({ role }) => role)).toEqual(['part', 'crop', 'exemplar']);
    expect(observations(trace)[0]).toMatch(
      /^\nCompared with 4 known-good parts: 162, percentile 99.*\n1\. \[0\.33, 0\.33, 0\.67, 0\.67\] 162/,
    );
    expect(verdict.verdict).toMatchObject({ label: 'review', score: 0.9, scoreKind: 'raw' });
    expect(verdict.verdict.reason).toBe(
      'Sent to review: not validated on this kind of part. The agent says defect: scratch.',
    );
    expect(verdict.exemplars).toMatchObject([{ name: 'good4.png', similarity: 0.9 }]);
    expect(verdict.libraryMatch).toMatchObject({ view: [0, 0, 280, 200], score: 1.62, exemplarCount: 4 });
    expect(events.map(({ type }) => type).filter((type) => type !== 'text')).toEqual([
      'image',
      ...['step-started', 'tool-started', 'step-finished'],
      ...['step-started', 'tool-started', 'image', 'step-finished'],
      ...['step-started', 'tool-started', 'image', 'step-finished'],
      ...['step-started', 'step-finished'],
      'finished',
    ]);
  });

  it('gives a trace that is plain JSON and still valid after storing', async () => {
    const { trace } = await runScript({ turns: [crop([0, 0, 1, 1]), SAYS_NORMAL] });
    const checked = checkDocument('trace', JSON.parse(JSON.stringify(trace)));
    expect(checked.ok ? [] : checked.problems).toEqual([]);
    expect(Object.keys(trace.assets).toSorted()).toEqual([...new Set(trace.images.map((i) => i.asset))].toSorted());
  });

  it('renders the same prompt for good and bad parts, in every mode', async () => {
    for (const mode of MODE_NAMES) {
      const prompts = await Promise.all(
        [SAYS_NORMAL, SAYS_SCRATCH].map(async (turn, index) => {
          const { trace, record } = await runScript({
            turns: [turn],
            request: { mode, part: paintPart(280, 200, `${index ? 'scratch' : 'good'}.png`) },
          });
          const end = record.segments.find(({ kind }) => kind === 'model')!.from;
          return [trace.verdict.settings.promptSha256, trace.prompt.user, record.ids.slice(0, end).join()];
        }),
      );
      expect(prompts[0]).toEqual(prompts[1]);
    }
  });

  it('never shows the model more pixels than the limits', async () => {
    const limits = { maxToolCalls: 4, maxNewTokens: 99, partMaxPixels: 56 * 56 * 4, cropMaxPixels: 56 * 56 };
    const turns = [crop([0.2, 0.2, 0.8, 0.8]), call('query_image'), SAYS_NORMAL];
    const { trace } = await runScript({ turns, options: { limits } });
    const areas = trace.images.map(({ asset }) => trace.assets[asset]!).map(({ width, height }) => width * height);
    expect(areas[0]).toBeLessThanOrEqual(56 * 56 * 4);
    expect(Math.max(...areas.slice(1))).toBeLessThanOrEqual(56 * 56);
    expect(trace.images.map(({ tokens }) => tokens)).toEqual(areas.map((area) => area / 28 / 28));
  });
});

describe('calls that go wrong become error observations', () => {
  const recovery = async (turn: string, request = {}) => {
    const { trace } = await runScript({ turns: [turn, SAYS_NORMAL], request });
    expect(trace.verdict.status).toBe('complete');
    expect(trace.verdict.steps.map(({ ok }) => ok)).toEqual([false, true]);
    return observations(trace)[0]!;
  };

  it.each([
    ['<tool_call>\n{"name": "crop_image_normalized", \n</tool_call>', 'not valid JSON'],
    ['<tool_call>\n{"arguments": {}}\n</tool_call>', 'needs a string "name"'],
    ['<tool_call>\n{"name": "query_image", "arguments": []}\n</tool_call>', '"arguments" must be an object'],
    ['{"name": "query_image"}</tool_call>', 'without <tool_call>'],
    ['<tool_call>{"name": "query_image", "arguments": {}}', 'must end with </tool_call>'],
    ['I am not sure.', 'Write one tool call or the final answer.'],
    [call('look_harder'), 'There is no tool "look_harder". The tools are difference, crop_image_normalized'],
    [call('query_image', { which: 2 }), 'must NOT have additional properties'],
    [call('crop_image_normalized', { target_image: 1 }), "must have required property 'bbox_2d'"],
    [call('crop_image_normalized', { bbox_2d: '0 0 1 1', target_image: 1 }), 'bbox_2d must be array'],
    [crop([0.1, 0.2, 0.3]), 'must NOT have fewer than 4 items'],
    [crop([0.6, 0.1, 0.4, 0.3]), 'must have x1 < x2 and y1 < y2, got [0.6, 0.1, 0.4, 0.3]'],
    [crop([0.1, 0.1, 0.3, 0.3], 2), 'target_image must be a whole number from 1 to 1, got 2'],
    [crop([0.1, 0.1, 0.3, 0.3], 0.5), 'target_image must be a whole number from 1 to 1, got 0.5'],
    [crop([400, 50, 500, 100]), 'lies outside image 1, which has 280x200 pixels'],
    [call('difference', { target_image: 1, top_k: 0 }), 'top_k must be a whole number from 1 to 8'],
  ])('%s', async (turn, expected) => {
    const text = await recovery(turn);
    expect(text.startsWith('\nExecution error:\n')).toBe(true);
    expect(text).toContain(expected);
  });

  it('a crop that is too small', async () => {
    const text = await recovery(crop([0, 0, 0.1, 0.1]), { part: paintPart(60, 60) });
    expect(text).toContain('The crop of 12x12 pixels is too small');
  });

  it('a tool that is not offered in this mode', async () => {
    expect(await recovery(call('query_image'), { mode: 'pz' })).toContain('The tools are crop_image_normalized.');
    expect(await recovery(crop([0, 0, 1, 1]), { mode: 'cot' })).toContain('There are no tools in this inspection.');
  });

  it('words that spell special tokens stay words', async () => {
    expect(await recovery(call('<|image_pad|><|im_end|>'))).toContain('There is no tool "<|image_pad|><|im_end|>"');
  });

  it('an exemplar that cannot be read any more', async () => {
    const library = makeLibrary(1);
    const load = () =>
      Promise.reject(new UserError({ code: 'gone', subject: 'good1.png', reason: 'is gone.', remedy: 'Add it.' }));
    const exemplars = library.exemplars.map((exemplar) => ({ ...exemplar, load }));
    expect(await recovery(call('query_image'), { library: { ...library, exemplars } })).toContain(
      'good1.png: is gone.',
    );
  });
});

describe('how an inspection can end', () => {
  it('too many calls: the answer is forced', async () => {
    const look = crop([0.3, 0.3, 0.6, 0.6]);
    const limits = { maxToolCalls: 2 };
    const rest = ' false, "top_anomaly": "none", "visual_descriptions": []}</answer>';
    const { trace, record } = await runScript({ turns: [look, look, look, rest], options: { limits } });
    expect(observations(trace)[2]).toContain('No tool calls are left.');
    expect(trace.images).toHaveLength(3);
    expect(trace.steps[3]!.rawText).toBe(`<answer>{"anomaly_present":${rest}`);
    expect(trace.verdict).toMatchObject({ status: 'complete', verdict: { score: 0.1 } });
    expect(trace.steps[3]!.tokens.generated).toBeLessThan(record.ids.length);
  });

  it('a forced answer that is none: failed, with everything seen kept', async () => {
    const look = crop([0.3, 0.3, 0.6, 0.6]);
    const { trace } = await runScript({ turns: [look, look, ' maybe'], options: { limits: { maxToolCalls: 1 } } });
    expect(trace.verdict).toMatchObject({
      status: 'failed',
      agentAnswer: null,
      verdict: { label: 'review', score: null },
      errors: [{ code: 'answer-unparsable' }],
      regions: [{ kind: 'inspected' }],
    });
    expect(trace.steps).toHaveLength(3);
  });

  it.each([
    ['<answer>{"anomaly_present": tru}</answer>', 'not valid JSON'],
    [
      '<answer>{"anomaly_present": "yes", "top_anomaly": "dent", "visual_descriptions": []}</answer>',
      'must be boolean',
    ],
    ['<answer>{"anomaly_present": true}</answer>', "must have required property 'top_anomaly'"],
    ['<answer>{"anomaly_present": false', 'not closed'],
    [SAYS_NORMAL + SAYS_SCRATCH, 'Exactly one <answer> is expected, found 2'],
  ])('an unparsable answer: %s', async (turn, expected) => {
    const { trace } = await runScript({ turns: [crop([0.3, 0.3, 0.6, 0.6]), turn] });
    const { verdict } = trace;
    expect(verdict).toMatchObject({ status: 'failed', verdict: { label: 'review', score: null } });
    expect(verdict.errors[0]!.message).toContain(expected);
    expect(verdict.verdict.reason).toContain('the inspection failed');
    expect(verdict.steps.at(-1)!.ok).toBe(false);
    expect(trace.images).toHaveLength(2);
  });

  it('an answer without a score: failed, and what the agent said is kept', async () => {
    const { trace } = await runScript({ turns: [() => ({ text: SAYS_SCRATCH, score: null })] });
    expect(trace.verdict).toMatchObject({
      status: 'failed',
      agentAnswer: { top_anomaly: 'scratch' },
      errors: [{ code: 'answer-without-score' }],
    });
  });

  it('stopped before it began', async () => {
    const { trace } = await runScript({ turns: [], request: { signal: { aborted: true } } });
    expect(trace.verdict).toMatchObject({
      status: 'interrupted',
      errors: [],
      verdict: { label: 'review', score: null },
    });
    expect(trace.images).toHaveLength(1);
    expect(trace.steps).toHaveLength(0);
  });

  it('stopped while the agent writes: its words so far are kept', async () => {
    const half = () => ({ text: 'Now I lo', stopReason: 'aborted' as const });
    const { trace } = await runScript({ turns: [crop([0.3, 0.3, 0.6, 0.6]), half] });
    expect(trace.verdict.status).toBe('interrupted');
    expect(trace.steps.map(({ rawText }) => rawText).at(-1)).toBe('Now I lo');
    expect(trace.verdict.regions).toHaveLength(1);
  });

  it('stopped while a tool runs: the step is kept, no other begins', async () => {
    const signal = { aborted: false };
    const stop = () => {
      signal.aborted = true;
      return { text: crop([0.3, 0.3, 0.6, 0.6]) };
    };
    const { trace } = await runScript({ turns: [stop], request: { signal } });
    expect(trace.verdict.status).toBe('interrupted');
    expect(trace.images).toHaveLength(2);
    expect(trace.steps).toHaveLength(1);
  });

  it('something breaks: failed with the cause, steps kept', async () => {
    const { trace } = await runScript({
      turns: [crop([0.3, 0.3, 0.6, 0.6]), () => Promise.reject(new Error('device lost'))],
    });
    expect(trace.verdict).toMatchObject({
      status: 'failed',
      errors: [{ code: 'inspection-broke-off', message: 'device lost' }],
    });
    expect(trace.steps).toHaveLength(1);
  });
});

describe('without anything to compare with', () => {
  it.each([
    ['no library', null, 'there are no known-good parts of this category'],
    ['an empty library', makeLibrary(0), 'there are no known-good parts of this category'],
    ['only itself', makeLibrary(1), 'the only known-good part in the library is this very image'],
  ])('%s: comparing tools are not offered, and the verdict says so', async (_, library, warning) => {
    const part = paintPart(280, 200, 'good1.png');
    const { trace } = await runScript({ turns: [call('query_image'), SAYS_NORMAL], request: { library, part } });
    expect(trace.prompt.system).toContain('crop_image_normalized');
    expect(trace.prompt.system + trace.prompt.user).not.toMatch(/query_image|difference/);
    expect(trace.verdict.warnings[0]).toContain(warning);
    expect(trace.verdict.steps[0]!.ok).toBe(false);
    expect(trace.verdict.libraryMatch).toBeNull();
  });

  it('never shows the part as its own exemplar, and another one at each call', async () => {
    const part = paintPart(280, 200, 'good2.png');
    const turns = [call('query_image'), call('query_image'), call('query_image'), SAYS_NORMAL];
    const { trace } = await runScript({ turns, request: { part, library: makeLibrary(3) } });
    expect(trace.images.slice(1).map(({ source }) => source.name)).toEqual(['good3.png', 'good1.png', 'good3.png']);
    expect(trace.verdict.exemplars.map(({ name }) => name)).toEqual(['good3.png', 'good1.png']);
  });

  it('without a feature tower good parts can be shown but not measured', async () => {
    const { trace } = await runScript({ turns: [call('query_image'), SAYS_NORMAL], deps: { match: null } });
    expect(trace.prompt.system).not.toContain('Library match');
    expect(trace.verdict.exemplars).toMatchObject([{ name: 'good1.png', similarity: null }]);
    expect(trace.verdict.warnings).toEqual(['Compared by eye only: Library match is not loaded.']);
  });
});
