/** Going on from an earlier inspection, with the shipped model: nothing may differ from never having stopped. */
import { open, stat } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../model/loadModel.ts';
import { createBackbone } from '../model/model.ts';
import { useTestBackend } from '../model/testBackend.ts';
import type { ByteSource } from '../model/weightSource.ts';
import { checkDocument } from '../protocol/schema.ts';
import type { Trace, TraceStep } from '../protocol/trace.ts';
import { CHECK_KINDS } from '../protocol/trace.ts';
import { runOfBranch, stepToGoOnFrom } from '../replay/branches.ts';
import { askAgain } from './askAgain.ts';
import { runCheck } from './checks.ts';
import type { Continuation } from './continuation.ts';
import { OTHER_MODEL } from './continuation.ts';
import { inspect } from './inspect.ts';
import type { InspectionDeps } from './request.ts';
import { MAX_TILES, sweep, tilesToSee } from './sweep.ts';
import { paintPart, testDeps, testRequest } from './testing.ts';

const request = { ...testRequest, mode: 'pz+cr' as const };
let deps: InspectionDeps;
let whole: Trace;

const shipped: ByteSource = {
  size: (path) =>
    stat(`public/models/nano/${path}`).then(
      ({ size }) => size,
      () => null,
    ),
  async read(path, start, end) {
    const file = await open(`public/models/nano/${path}`);
    const bytes = new Uint8Array(end - start);
    await file.read(bytes, 0, bytes.length, start);
    await file.close();
    return bytes;
  },
};

beforeAll(async () => {
  await useTestBackend('wasm');
  const model = await loadModel(shipped, 'nano');
  const { processor, chatTemplate } = model;
  deps = { ...testDeps(), model: { backbone: await createBackbone(model), processor, chatTemplate } };
  whole = await inspect(request, deps);
}, 60_000);
afterAll(() => deps.model.backbone.dispose());

const written = (steps: readonly TraceStep[]) =>
  steps.map(({ id, rawText, ids, observation }) => ({ id, rawText, ids, observation }));
const from = (after: string | null): Omit<Continuation, 'question' | 'isBranch'> => ({
  stored: JSON.parse(JSON.stringify(whole)) as Trace,
  modelSha256: whole.verdict.model.sha256,
  after,
});
const resume = (after: string | null, options = {}) =>
  inspect(request, deps, { ...options, from: { ...from(after), question: null, isBranch: false } });

describe('an inspection that was stopped', () => {
  it('comes to the very same end from every step: same ids, same score', async () => {
    expect(whole.verdict.status).toBe('complete');
    expect(whole.steps.length).toBeGreaterThan(2);
    for (const { id } of whole.steps.slice(0, -1)) {
      const resumed = await resume(id);
      expect(written(resumed.steps)).toEqual(written(whole.steps));
      expect(resumed.images).toEqual(whole.images);
      expect(resumed.assets).toEqual(whole.assets);
      expect(resumed.verdict.verdict.score).toBeCloseTo(whole.verdict.verdict.score!, 5);
      expect(resumed.verdict.regions).toEqual(whole.verdict.regions);
    }
  }, 60_000);

  it('looks at the part anew where a trace came without its pixels', async () => {
    const bare = from('s1');
    const stored = { ...bare.stored, assets: {} };
    const options = { from: { ...bare, stored, question: null, isBranch: false } };
    const resumed = await inspect(request, deps, options);
    expect(written(resumed.steps)).toEqual(written(whole.steps));
  }, 60_000);

  it('says why it cannot go on: another part, another model, other tools', async () => {
    const go = (changes: object, other: Partial<Continuation> = {}) =>
      inspect({ ...request, ...changes }, deps, {
        from: { ...from('s1'), question: null, isBranch: false, ...other },
      });
    await expect(go({ part: paintPart(280, 200, 'other.png') })).rejects.toMatchObject({ code: 'other-part' });
    await expect(go({}, { modelSha256: 'f'.repeat(64) })).rejects.toMatchObject({ code: 'other-model' });
    await expect(go({ library: null })).rejects.toMatchObject({ code: 'conversation-changed' });
  });

  it('goes on from the last step that was finished', () => {
    const steps = [
      { id: 's1', observation: {} },
      { id: 's2', observation: null },
    ] as unknown as TraceStep[];
    expect(stepToGoOnFrom(steps)).toBe('s1');
    expect(stepToGoOnFrom(steps, 0)).toBeNull();
    expect(stepToGoOnFrom(steps.slice(1))).toBeNull();
  });
});

describe('the belief after each step', () => {
  it('is read without a mark: same ids, same verdict; the last is the score', async () => {
    const events: unknown[] = [];
    const onEvent = (event: { type: string }) => void (event.type === 'belief' && events.push(event));
    const believed = await inspect({ ...request, onEvent }, deps, { believes: true });
    expect(written(believed.steps)).toEqual(written(whole.steps));
    expect(believed.verdict.verdict).toEqual(whole.verdict.verdict);
    expect(whole.steps.every(({ belief }) => belief === undefined)).toBe(true);
    const beliefs = [believed.firstBelief, ...believed.steps.map(({ belief }) => belief)];
    for (const belief of beliefs) expect(belief).toBeGreaterThan(0);
    expect(beliefs.at(-1)).toBe(believed.verdict.verdict.score);
    expect(events).toHaveLength(whole.steps.length);
    expect(believed.steps[0]!.ms.belief).toBeGreaterThan(0);
  }, 60_000);
});

describe('a question asked of an inspection', () => {
  it('a place pointed at: the agent sees exactly that, goes on to an answer, and the trunk stays as it was', async () => {
    const question = { kind: 'asked', box: [10, 8, 90, 60] } as const;
    const { branch, assets } = await askAgain(request, deps, { from: { ...from('s1'), question } });
    const [asked] = branch.steps;
    expect(asked).toMatchObject({ id: 's2', author: 'human', call: { name: 'crop_image_normalized' } });
    expect(asked!.observation!.boxes[0]!.box).toEqual([10, 8, 90, 60]);
    expect(branch).toMatchObject({ kind: 'asked', after: 's1', status: 'complete', warnings: [] });
    expect(branch.images[0]).toMatchObject({ index: 3, frame: [10, 8, 90, 60] });
    expect(Object.keys(assets)).toEqual(expect.arrayContaining(branch.images.map(({ asset }) => asset)));
    const run = runOfBranch({ ...whole, assets: { ...whole.assets, ...assets }, branches: [branch] }, branch.id);
    expect(run.steps.map(({ id }) => id)).toEqual(['s1', ...branch.steps.map(({ id }) => id)]);
  }, 60_000);

  it('a tiny place grows to what the model can take; another model may be asked, and the branch says so', async () => {
    const question = { kind: 'asked', box: [279, 0, 280, 1] } as const;
    const { branch } = await askAgain(request, deps, {
      from: { ...from(null), modelSha256: 'f'.repeat(64), question },
    });
    expect(branch.steps[0]!.observation!.boxes[0]!.box).toEqual([251, 0, 280, 29]);
    expect(branch.warnings).toEqual([OTHER_MODEL]);
  }, 60_000);

  it('another good part: it is shown in the place of the one that was', async () => {
    const { exemplars } = request.library!;
    const question = { kind: 'swapped', exemplarId: exemplars[1]!.id } as const;
    const { branch } = await askAgain(request, deps, { from: { ...from(null), question } });
    expect(branch.exemplars[0]).toMatchObject({ id: exemplars[1]!.id });
    expect(branch.images[0]).toMatchObject({ role: 'exemplar', source: { name: exemplars[1]!.name } });
    const gone = { kind: 'swapped', exemplarId: 'gone' } as const;
    const refused = askAgain(request, deps, { from: { ...from(null), question: gone } });
    await expect(refused).rejects.toMatchObject({ code: 'exemplar-missing' });
  }, 60_000);
});

describe('what decided it', () => {
  it('takes away what was used, says what was not, and tells what flips', async () => {
    const checked = { trace: whole, request, otherExemplars: null };
    const before = whole.verdict.agentAnswer!;
    const checks = [];
    for (const kind of CHECK_KINDS) checks.push(await runCheck(kind, checked, deps));
    for (const { status, answer, flips, message } of checks) {
      // The shipped model does not always answer properly with tools it was not trained to do without.
      expect([status, message === '']).toEqual(answer ? ['complete', true] : ['failed', false]);
      expect(flips).toBe(answer && answer.anomaly_present !== before.anomaly_present);
    }
    expect(checks.filter(({ answer }) => answer).length).toBeGreaterThan(1);
    expect(checks.map(({ shown }) => shown)).toEqual([undefined, undefined, null, undefined]);
    const bare = { ...whole, steps: whole.steps.slice(-1) };
    expect(await runCheck('grey-crop', { ...checked, trace: bare }, deps)).toMatchObject({
      status: 'skipped',
      flips: null,
      message: 'The agent did not zoom in.',
    });
    expect(checkDocument('trace', { ...whole, checks })).toMatchObject({ ok: true });
  }, 60_000);
});

describe('a sweep', () => {
  it('shows every place that was not seen, without overlap where it can', () => {
    expect(tilesToSee({ width: 200, height: 100 }, [], 100)).toEqual([
      [0, 0, 100, 100],
      [100, 0, 200, 100],
    ]);
    expect(tilesToSee({ width: 250, height: 90 }, [[0, 0, 100, 90]], 100)).toEqual([
      [75, 0, 175, 90],
      [150, 0, 250, 90],
    ]);
    expect(tilesToSee({ width: 100, height: 100 }, [[0, 0, 100, 100]], 100)).toEqual([]);
  });

  it('completes the coverage, believes something of every tile, and answers about the worst', async () => {
    const trace = await inspect({ ...request, mode: 'cot' }, deps);
    expect(trace.verdict.coverage.share).toBe(0);
    const told: number[] = [];
    const { branch } = await sweep({ ...request, mode: 'cot' }, deps, {
      from: { stored: trace, modelSha256: null, after: null },
      onProgress: (done) => told.push(done),
    });
    const tiles = branch.steps.filter(({ id }) => id.startsWith('t'));
    expect(tiles.length).toBe(6);
    expect(told).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(branch.coverage.share).toBe(1);
    for (const { belief, author } of tiles) expect([author, belief! > 0]).toEqual(['human', true]);
    const worst = tiles.toSorted((a, b) => b.belief! - a.belief!)[0]!;
    const [after] = branch.steps.slice(tiles.length);
    expect(after!.observation!.boxes[0]!.box).toEqual(worst.observation!.boxes[0]!.box);
    expect(new Set(branch.images.map(({ index }) => index)).size).toBe(branch.images.length);
    expect(branch.kind).toBe('sweep');
  }, 60_000);

  it('stopped: keeps the tiles it saw and decides nothing; too much, or nothing to see, is refused', async () => {
    const signal = { aborted: false };
    const stored = whole;
    const stopAfter = (done: number) => void (done === 1 && (signal.aborted = true));
    const options = { from: { stored, modelSha256: null, after: null } };
    const { branch } = await sweep({ ...request, signal }, deps, { ...options, onProgress: stopAfter });
    expect(branch).toMatchObject({ kind: 'sweep', status: 'interrupted', answer: null, score: null });
    expect(branch.steps).toHaveLength(2);
    const large = { ...request, part: paintPart(113 * MAX_TILES, 9) };
    await expect(sweep(large, deps, options)).rejects.toMatchObject({ code: 'sweep-too-large' });
  }, 60_000);
});
