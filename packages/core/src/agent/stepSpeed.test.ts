import { describe, expect, it } from 'vitest';
import type { Backbone, Session } from '../model/backbone.ts';
import { parseProcessorConfig } from '../image/processorConfig.ts';
import { measureStepSpeed } from './stepSpeed.ts';

/** A model and a tower on a clock of their own: 3 ms a token of text or image, 7 a generated one, 50 a view. */
function slowModel() {
  let now = 0;
  const open = new Set<Session>();
  const createSession = () => {
    const session: Session = {
      length: 0,
      prefill: (ids) => Promise.resolve(void (now += 3 * ids.length)),
      generate: ({ maxNewTokens }) => {
        now += 7 * maxNewTokens;
        return Promise.resolve({
          ids: Array.from({ length: maxNewTokens }, () => 0),
          stopReason: 'length',
          readings: [],
        });
      },
      dispose: () => void open.delete(session),
    };
    open.add(session);
    return session;
  };
  const tokenizer = { encode: (text: string) => [...text].map(() => 1) };
  const backbone = { config: { special: { image: 9 } }, tokenizer, createSession } as unknown as Backbone;
  const tower = { extract: () => Promise.resolve(void (now += 50) as never) };
  return { backbone, tower, clock: () => now, open, processor: parseProcessorConfig({}) };
}

describe('the speed of the steps', () => {
  it('is told per token and view, and no session is left', async () => {
    const model = slowModel();
    const speed = (await measureStepSpeed({ ...model, signal: { aborted: false } }))!;
    expect(speed.textMs).toBe(3);
    expect(speed.generatedMs).toBe(7);
    expect(speed.viewMs).toBe(50);
    // One token of text ends the image.
    expect(speed.imageMs).toBeGreaterThanOrEqual(3);
    expect(speed.imageMs).toBeLessThan(4);
    expect(model.open.size).toBe(0);
  });

  it('is given up when an inspection begins', async () => {
    const model = slowModel();
    const signal = { aborted: false };
    const tower = { extract: () => Promise.resolve(void (signal.aborted = true) as never) };
    expect(await measureStepSpeed({ ...model, tower, signal })).toBeNull();
    expect(model.open.size).toBe(0);
  });
});
