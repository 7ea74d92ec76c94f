// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_WINDOW } from '@agentiad/core/image/windowLevel.ts';
import { createIntake } from './intakeClient.ts';
import { createModelLibrary } from './modelClient.ts';
import { createPieceCutter } from './pictureClient.ts';

/** Answers every call with an outcome, unless it is silent. */
class TestWorker extends EventTarget {
  static all: TestWorker[] = [];
  static isSilent = false;
  isTerminated = false;
  constructor() {
    super();
    TestWorker.all.push(this);
  }
  postMessage({ id }: { readonly id: string }) {
    if (TestWorker.isSilent) return;
    const data = { id, type: 'RAW', value: { ok: true, value: 'answered' } };
    queueMicrotask(() => this.dispatchEvent(Object.assign(new Event('message'), { data })));
  }
  terminate() {
    this.isTerminated = true;
  }
  break() {
    this.dispatchEvent(Object.assign(new Event('error'), { message: 'out of memory' }));
  }
}

beforeEach(() => {
  TestWorker.all = [];
  TestWorker.isSilent = false;
  vi.stubGlobal('Worker', TestWorker);
});
afterEach(() => vi.unstubAllGlobals());

const file = new File(['x'], 'x.png');
const piece = [
  { sha256: 'a', name: 'a', window: DEFAULT_WINDOW },
  { box: [0, 0, 1, 1] as const, size: { width: 1, height: 1 } },
  () => Promise.resolve(null),
] as const;
const clients = {
  'that takes files in': () => {
    const intake = createIntake(1);
    return () => intake.look(file);
  },
  'that cuts pieces': () => {
    const pieces = createPieceCutter();
    return () => pieces.cut(...piece);
  },
  'that keeps models': () => {
    const models = createModelLibrary();
    return () => models.list();
  },
};

describe.each(Object.entries(clients))('a worker %s', (_name, create) => {
  it('that broke fails what waits for it, and the next call starts another', async () => {
    const call = create();
    expect(await call()).toBe('answered');
    TestWorker.isSilent = true;
    const waiting = [call(), call()];
    TestWorker.all[0]!.break();
    for (const one of waiting) await expect(one).rejects.toMatchObject({ code: 'worker-broken' });
    expect(TestWorker.all[0]!.isTerminated).toBe(true);
    TestWorker.isSilent = false;
    expect(await call()).toBe('answered');
    expect(await call()).toBe('answered');
    expect(TestWorker.all).toHaveLength(2);
  });
});

it('of several intake workers only the broken one is replaced', async () => {
  const intake = createIntake(2);
  await Promise.all([intake.look(file), intake.look(file)]);
  TestWorker.all[1]!.break();
  for (let at = 0; at < 4; at++) expect(await intake.look(file)).toBe('answered');
  expect(TestWorker.all.map(({ isTerminated }) => isTerminated)).toEqual([false, true, false]);
});
