import { describe, expect, it } from 'vitest';
import { bfloat16ToFloat32, float16ToFloat32, float32ToFloat16 } from './float16.ts';

const toHalf = (value: number) => float32ToFloat16(Float32Array.of(value))[0];

describe('float16', () => {
  it('reads one, the largest, the smallest and the special halves', () => {
    const values = float16ToFloat32(Uint16Array.of(0x3c00, 0x7bff, 0x0001, 0x8000, 0x7c00, 0xfc00, 0x7e00));
    expect(Array.from(values)).toEqual([1, 65504, 2 ** -24, -0, Infinity, -Infinity, NaN]);
  });

  it('gives back every half it reads', () => {
    const all = Uint16Array.from({ length: 1 << 16 }, (_, bits) => bits).filter((bits) => (bits & 0x7fff) <= 0x7c00);
    expect(float32ToFloat16(float16ToFloat32(all))).toEqual(all);
  });

  it('rounds to nearest, ties to even', () => {
    expect(toHalf(1 + 2 ** -11)).toBe(0x3c00);
    expect(toHalf(1 + 3 * 2 ** -11)).toBe(0x3c02);
    expect(toHalf(1 + 2 ** -11 + 2 ** -20)).toBe(0x3c01);
    expect(toHalf(2 ** -25)).toBe(0);
    expect(toHalf(2 ** -25 + 2 ** -30)).toBe(1);
    expect(toHalf(65519)).toBe(0x7bff);
    expect(toHalf(65520)).toBe(0x7c00);
    expect(toHalf(-1e10)).toBe(0xfc00);
    expect(toHalf(NaN)).toBe(0x7e00);
  });
});

describe('bfloat16', () => {
  it('is the upper half of a float32', () => {
    expect(Array.from(bfloat16ToFloat32(Uint16Array.of(0x3f80, 0xc049, 0x7f80)))).toEqual([1, -3.140625, Infinity]);
  });
});
