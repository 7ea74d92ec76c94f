import { describe, expect, it } from 'vitest';
import { createRandom, mixSeed } from './random.ts';

const draw = (random: ReturnType<typeof createRandom>) => [random.next(), random.integer(0, 99), random.normal()];

describe('createRandom', () => {
  it('goes on from a stored state as if it had never stopped, through JSON', () => {
    const whole = createRandom(7);
    for (let i = 0; i < 5; i++) draw(whole);
    const stored = JSON.stringify(whole.state());
    const resumed = createRandom(999);
    resumed.restore(JSON.parse(stored) as number[]);
    expect(Array.from({ length: 20 }, () => draw(resumed))).toEqual(Array.from({ length: 20 }, () => draw(whole)));
  });

  it('gives a state that later draws do not change', () => {
    const random = createRandom(1);
    const before = random.state();
    const first = draw(random);
    random.restore(before);
    expect(draw(random)).toEqual(first);
    expect(random.state()).not.toEqual(before);
  });
});

describe('mixSeed', () => {
  it('makes the first draws of neighbouring seeds uniform, which those of plain small seeds are not', () => {
    const firsts = Array.from({ length: 4096 }, (_, seed) => createRandom(mixSeed('draws', seed)).next());
    expect(firsts.reduce((sum, value) => sum + value, 0) / firsts.length).toBeCloseTo(0.5, 1);
    expect(firsts.filter((value) => value < 0.1).length / firsts.length).toBeCloseTo(0.1, 1);
  });
});
