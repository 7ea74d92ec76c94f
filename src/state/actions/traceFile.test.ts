// @vitest-environment node
import 'fake-indexeddb/auto';
import { runScript } from '@agentiad/core/agent/testing.ts';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import { describe, expect, it } from 'vitest';
import { createTestStudio, noticeCodes } from '../../testing/studioContext.ts';
import { importTrace } from './traces.ts';

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
    ['a picture without a hash', { ...trace, assets: { part: asset } }, 'trace-unreadable'],
    ['broken base64', { ...trace, assets: { [key]: { ...asset, base64: 'A' } } }, 'trace-damaged'],
    ['a map that lacks values', withMap({}), 'trace-damaged'],
    ['a huge map', withMap({ rows: 100_000, columns: 100_000 }), 'trace-unreadable'],
  ])('with %s is refused, and nothing of it is shown or stored', async (_what, value, code) => {
    const studio = await imported(value);
    expect(noticeCodes(studio)).toEqual([code]);
    expect(studio.store.getState()).toMatchObject({ current: null, history: [] });
    expect(await studio.storage.listRuns()).toEqual([]);
    expect(await studio.storage.readAsset(key)).toBeNull();
  });
});
