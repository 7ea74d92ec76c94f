import { describe, expect, it } from 'vitest';
import type { AbortSignalLike } from '../model/backbone.ts';
import type { Action, Policy } from './policy.ts';
import { createRecoveringPolicy, RECOVERED } from './recoveringPolicy.ts';
import { testBackbone } from './testing.ts';

const lost = () => new Error('the device is lost');
const isLoss = (error: unknown) => error instanceof Error && error.message === 'the device is lost';

/** A model that writes ids 1, 2, 3, … by how much it has been fed; `failAt` lists the calls that lose the device. */
function setUp(failAt: readonly number[]) {
  const models: number[][] = [];
  let calls = 0;
  const failIfDue = () => {
    calls++;
    if (failAt.includes(calls)) throw lost();
  };
  const create = (): Policy => {
    const seen: number[] = [];
    models.push(seen);
    return {
      async observe(ids) {
        failIfDue();
        seen.push(...ids);
      },
      async act({ forcedIds, onText }) {
        onText('he');
        failIfDue();
        onText('llo');
        seen.push(...forcedIds, 100 + seen.length);
        const action: Action = { ids: [seen.at(-1)!], text: 'hello', stopReason: 'stop', score: null };
        return action;
      },
      dispose() {},
    };
  };
  const policy = createRecoveringPolicy(testBackbone, create, { isLoss, rebuild: async () => testBackbone });
  return { policy, models };
}

const request = (texts: string[]) => ({
  steps: [],
  forcedPrefix: '',
  forcedIds: [],
  onText: (text: string) => void texts.push(text),
});

describe('an inspection whose graphics device is lost', () => {
  it('goes on where it was: the new model has been fed the same tokens', async () => {
    const whole = setUp([]);
    const broken = setUp([4]);
    for (const { policy } of [whole, broken]) {
      await policy.observe([1, 2, 3], []);
      await policy.act(request([]));
      await policy.observe([4], []);
      await policy.act(request([]));
    }
    expect(broken.models).toHaveLength(2);
    expect(broken.models.at(-1)).toEqual(whole.models[0]);
    expect(whole.policy.warnings).toEqual([]);
    expect(broken.policy.warnings).toEqual([RECOVERED]);
  });

  it('shows the text of the repeated step once', async () => {
    const { policy } = setUp([2]);
    const texts: string[] = [];
    await policy.observe([1], []);
    await policy.act(request(texts));
    expect(texts.join('')).toBe('hello');
  });

  it('survives a second loss while the model is fed anew, but not a third', async () => {
    const twice = setUp([2, 3]);
    await twice.policy.observe([1], []);
    await twice.policy.act(request([]));
    expect(twice.models.at(-1)).toEqual([1, 101]);

    const thrice = setUp([2, 3, 4]);
    await thrice.policy.observe([1], []);
    await expect(thrice.policy.act(request([]))).rejects.toMatchObject({ code: 'device-lost-repeatedly' });
  });

  it('can be stopped while the model is fed anew', async () => {
    const seen: (AbortSignalLike | undefined)[] = [];
    let acts = 0;
    const create = (): Policy => ({
      async observe(_ids, _images, signal) {
        seen.push(signal);
      },
      async act() {
        if (++acts === 1) throw lost();
        return { ids: [], text: '', stopReason: 'aborted', score: null };
      },
      dispose() {},
    });
    const policy = createRecoveringPolicy(testBackbone, create, { isLoss, rebuild: async () => testBackbone });
    await policy.observe([1], []);
    const signal = { aborted: false };
    await policy.act({ ...request([]), signal });
    expect(seen).toEqual([undefined, signal]);
  });

  it('passes every other error on at once', async () => {
    const { policy, models } = setUp([]);
    await policy.observe([1], []);
    const onText = () => {
      throw new Error('a bug');
    };
    await expect(policy.act({ ...request([]), onText })).rejects.toThrow('a bug');
    expect(models).toHaveLength(1);
  });
});
