import { describe, expect, it } from 'vitest';
import { createForks, type Forks } from './forks.ts';
import type { Sequence } from './sequence.ts';

interface FakeSequence {
  readonly sequence: Sequence;
  /** What was done to it, in order. */
  readonly log: string[];
}

function fake(name: string): FakeSequence {
  const log: string[] = [];
  const sequence: Partial<Sequence> & { name: string } = {
    name,
    async copyFrom(other) {
      log.push(`copy of ${(other as unknown as { name: string }).name}`);
    },
  };
  return { sequence: sequence as unknown as Sequence, log };
}

/** Feeds `ids`; on the GPU that takes a while. */
async function feed(forks: Forks, { sequence, log }: FakeSequence, ids: number[], end: 'done' | 'aborted' | 'lost') {
  return forks.first({ ids, images: [] }, sequence, async (then) => {
    log.push('fed');
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (end === 'lost') throw new Error('the device was lost');
    if (end === 'aborted') return false;
    await then();
    return true;
  });
}

describe('createForks', () => {
  it('runs a prompt once and copies it to all who asked for it, but not to others', async () => {
    const forks = createForks();
    const all = ['a', 'b', 'c', 'd'].map(fake) as [FakeSequence, FakeSequence, FakeSequence, FakeSequence];
    const ends = await Promise.all(all.map((one, index) => feed(forks, one, [1, index === 2 ? 3 : 2], 'done')));
    expect(ends).toEqual([true, true, true, true]);
    expect(all.map(({ log }) => log)).toEqual([['fed'], ['copy of a'], ['fed'], ['copy of a']]);
  });

  it('feeds those who come when it is over', async () => {
    const forks = createForks();
    const [early, late] = [fake('early'), fake('late')];
    await feed(forks, early, [1, 2], 'done');
    await feed(forks, late, [1, 2], 'done');
    expect(late.log).toEqual(['fed']);
  });

  it.each(['aborted', 'lost'] as const)('feeds the others themselves when the first was %s', async (end) => {
    const forks = createForks();
    const [first, second] = [fake('first'), fake('second')];
    const ends = await Promise.allSettled([feed(forks, first, [1], end), feed(forks, second, [1], 'done')]);
    expect(ends[0]!.status).toBe(end === 'lost' ? 'rejected' : 'fulfilled');
    expect(ends[1]).toEqual({ status: 'fulfilled', value: true });
    expect(second.log).toEqual(['fed']);
  });
});
