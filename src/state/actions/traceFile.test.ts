// @vitest-environment node
import 'fake-indexeddb/auto';
import { runScript } from '@agentiad/core/agent/testing.ts';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import { describe, expect, it } from 'vitest';
import { createTestStudio, noticeCodes } from '../../testing/studioContext.ts';
import { diagnosticsOf } from './diagnostics.ts';
import { importTrace, openRun } from './traces.ts';

const answer = '<answer>{"anomaly_present": false, "top_anomaly": "none", "visual_descriptions": []}</answer>';
const { trace } = await runScript({ turns: [answer] });
const [key] = Object.keys(trace.assets) as [string];
const asset = trace.assets[key]!;
const map = { rows: 2, columns: 2, values: [1, 1, 1], kind: 'ratio', box: [0, 0, 1, 1] } as const;
const withMap = (changed: object) => ({
  ...trace,
  steps: [
    {
      ...trace.steps[0]!,
      observation: { text: '', isError: false, image: null, boxes: [], map: { ...map, ...changed } },
    },
  ],
});

const imported = async (value: object) => {
  const studio = createTestStudio();
  await importTrace(studio, JSON.stringify(value), 'x.trace.json');
  return studio;
};

describe('an imported trace', () => {
  it('is shown and kept', async () => {
    const studio = await imported(trace);
    const { current, history } = studio.store.getState();
    expect(noticeCodes(studio)).toEqual([]);
    expect(current?.trace).toEqual(trace);
    expect(history).toMatchObject([{ id: trace.verdict.id, origin: 'imported' }]);
  });

  it('does not replace an inspection of the same id', async () => {
    const studio = await imported(trace);
    const changed: Trace = { ...trace, prompt: { system: 'other', user: '' } };
    await importTrace(studio, JSON.stringify(changed), 'y.trace.json');
    expect((await studio.storage.loadRun(trace.verdict.id))?.stored.prompt).toEqual(trace.prompt);
    expect(studio.store.getState().history).toHaveLength(2);
    expect(studio.store.getState().current?.trace).toEqual(changed);
  });

  it.each([
    ['a picture under another’s hash', { ...trace, assets: { ['0'.repeat(64)]: asset } }, 'trace-damaged'],
    ['a picture without a hash', { ...trace, assets: { part: asset } }, 'trace-damaged'],
    ['broken base64', { ...trace, assets: { [key]: { ...asset, base64: 'A' } } }, 'trace-damaged'],
    ['a map that lacks values', withMap({}), 'trace-damaged'],
    ['a huge map', withMap({ rows: 100_000, columns: 100_000 }), 'trace-damaged'],
    ['no verdict', omitted('verdict'), 'trace-damaged'],
    ['a newer format', { ...trace, schema: 'agentiad-trace/2' }, 'trace-newer'],
    ['a newer format, otherwise unlike this one', { schema: 'agentiad-trace/12', turns: [] }, 'trace-newer'],
    ['only its verdict', trace.verdict, 'trace-foreign'],
    ['COCO annotations', { images: [], annotations: [], categories: [] }, 'trace-foreign'],
    ['a list', [1, 2], 'trace-foreign'],
    ['nothing', null, 'trace-foreign'],
  ])('with %s is refused, and nothing of it is shown or stored', async (_what, value, code) => {
    await expectRefusal(JSON.stringify(value), code);
  });

  it.each([
    ['is empty', '', 'is empty'],
    ['was cut off', JSON.stringify(trace).slice(0, -100), 'cut off'],
    ['is a text', 'Dear inspector', 'not JSON'],
    ['was damaged inside', JSON.stringify(trace).replace('"steps":', '"steps"'), 'not JSON'],
  ])('that %s is refused with the cause', async (_what, text, cause) => {
    const problem = await expectRefusal(text, 'trace-unreadable');
    expect(problem.reason).toContain(cause);
    expect(problem.remedy).not.toBe('');
  });

  it.each([
    ['a step’s call', { steps: [{ ...trace.steps[0]!, call: 5 }] }, 'the tool call of step 1', '/steps/0/call'],
    ['an image', { images: [{ index: 'one' }] }, 'picture 1 of the conversation', '/images/0'],
    ['the verdict', { verdict: { ...trace.verdict, status: 'sure' } }, 'the verdict', '/verdict'],
    ['the prompt', { prompt: 3 }, 'the text given to the model', '/prompt'],
  ])('tells in words that %s is wrong; the pointer is among the details only', async (_what, change, part, pointer) => {
    const studio = createTestStudio();
    await importTrace(studio, JSON.stringify({ ...trace, ...change }), 'x.trace.json');
    const { reason } = studio.store.getState().notices[0]!.problem;
    expect(reason).toContain(part);
    expect(reason).not.toMatch(/\/\w+\/|must /);
    expect(diagnosticsOf(studio)).toContain(`trace-damaged: ${pointer}`);
  });

  it('does not lose what is on the stage when it is refused', async () => {
    const studio = await imported(trace);
    await importTrace(studio, '{', 'broken.json');
    expect(noticeCodes(studio)).toEqual(['trace-unreadable']);
    expect(studio.store.getState().current?.trace).toEqual(trace);
    expect(studio.store.getState().history).toHaveLength(1);
  });

  it('without its pictures is shown as far as it goes, and says which steps lack them', async () => {
    const studio = await imported({ ...trace, assets: {} });
    const [notice] = studio.store.getState().notices;
    expect(notice?.problem).toMatchObject({ code: 'trace-pixels-missing', subject: trace.verdict.image.name });
    expect(notice?.problem.reason).toContain('the whole part');
    expect(studio.store.getState().current?.run.steps).toEqual(trace.steps);
    expect(await studio.storage.listRuns()).toHaveLength(1);
  });
});

describe('a stored run', () => {
  it('whose image was deleted meanwhile opens with what the model saw, and says so', async () => {
    const studio = await imported(trace);
    const { history } = studio.store.getState();
    const own = { ...history[0]!, id: 'own', origin: 'live' as const };
    await studio.storage.putRun(own, trace);
    await openRun(studio, 'own');
    expect(noticeCodes(studio)).toEqual(['image-gone']);
    expect(studio.store.getState().current).toMatchObject({ hasFile: false, runId: 'own' });
    expect(studio.store.getState().current?.run.assets).toEqual(trace.assets);
  });
});

function omitted(name: keyof Trace): object {
  return Object.fromEntries(Object.entries(trace).filter(([known]) => known !== name));
}

async function expectRefusal(text: string, code: string) {
  const studio = createTestStudio();
  await importTrace(studio, text, 'x.trace.json');
  expect(noticeCodes(studio)).toEqual([code]);
  expect(studio.store.getState()).toMatchObject({ current: null, history: [] });
  expect(await studio.storage.listRuns()).toEqual([]);
  expect(await studio.storage.readAsset(key)).toBeNull();
  return studio.store.getState().notices[0]!.problem;
}
