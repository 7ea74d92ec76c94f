import { describe, expect, it } from 'vitest';
import { createRandom } from '../support/random.ts';
import { decodeQ4, encodeQ4 } from './q4.ts';
import { decodeRows, encodeRows, storedLayout, weightScheme } from './weightSchemes.ts';

const random = createRandom(5);
const normal = (count: number, size = 1) => Float32Array.from({ length: count }, () => size * random.normal());

/** Stored and read back, as one row. */
const again = (values: Float32Array) => decodeQ4(encodeQ4(values, 1, values.length), 1, values.length);
const largestOf = (values: Float32Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const scaleBits = (values: Float32Array) => new Uint16Array(encodeQ4(values, 1, values.length).scales!.buffer)[0]!;

describe('int4 with one scale per 32 columns', () => {
  it.each([1e-3, 1, 300])(
    'is off by half a step of its group, one step at the far end (weights of about %f)',
    (size) => {
      for (let round = 0; round < 200; round++) {
        const values = normal(32, size);
        const largest = values.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
        const step = Math.abs(largest) / 8;
        again(values).forEach((value, i) => {
          // Seven steps to the side opposite of the largest value, and the scale is rounded to 11 bits.
          const isBeyond = -values[i]! * Math.sign(largest) > 7.5 * step;
          expect(Math.abs(value - values[i]!)).toBeLessThanOrEqual(
            step * (isBeyond ? 1 : 0.5) + Math.abs(largest) * 2 ** -11,
          );
        });
      }
    },
  );

  it.each([-1, 1])('holds the largest value up to the rounding of its scale, sign %i', (sign) => {
    const values = normal(32);
    values[11] = sign * 7.3;
    expect(again(values)[11]).toBeCloseTo(sign * 7.3, 2);
    values[11] = sign * 8 * 0.625; // a scale that float16 holds
    expect(again(values)[11]).toBe(sign * 5);
  });

  it('holds multiples of the scale exactly, -8 to 7', () => {
    const values = Float32Array.from({ length: 32 }, (_, i) => ((i % 16) - 8) * 0.125);
    expect(again(values)).toEqual(values);
  });

  it('keeps a group of zeros, beside one that has values', () => {
    const values = new Float32Array(96);
    values[40] = 3;
    const read = again(values);
    expect(read[40]).toBe(3);
    expect(read.filter((value) => value !== 0).length).toBe(1);
  });

  it('does not let groups or rows touch each other', () => {
    const values = new Float32Array(4 * 64).fill(0.01);
    values[64 + 5] = 1000; // group 0 of row 1
    const read = decodeQ4(encodeQ4(values, 4, 64), 4, 64);
    read.forEach((value, i) => {
      const isInGroup = i >= 64 && i < 96;
      if (!isInGroup) expect(value).toBeCloseTo(0.01, 4);
    });
  });

  it('rounds to the scale that is stored, not to the exact one', () => {
    // 2049 / 8 lies between two halves; the codes must fit the one that is read back.
    const values = Float32Array.from({ length: 32 }, (_, i) => (i === 0 ? -2049 : 7.4999 * 256));
    expect(scaleBits(values)).toBe(0x5c00); // 256
    expect(again(values)[1]).toBe(7 * 256);
  });

  it('gives the same bytes for values that were read back', () => {
    // Below 1e-5 scales have too few bits for that.
    for (const size of [1e-4, 1, 1000]) {
      const encoded = encodeQ4(normal(7 * 50, size), 7, 50);
      expect(encodeQ4(decodeQ4(encoded, 7, 50), 7, 50)).toEqual(encoded);
    }
  });

  it('is finite up to what it says to hold, and at the smallest scales', () => {
    expect(again(Float32Array.of(8 * 65504, -1))[0]).toBe(8 * 65504);
    for (const size of [2 ** -24, 2 ** -26, 1e-30]) {
      const values = normal(32, size);
      again(values).forEach((value, i) => {
        expect(Math.abs(value - values[i]!)).toBeLessThanOrEqual(Math.max(largestOf(values), 2 ** -24));
      });
    }
  });

  it.each([1, 7, 31, 33, 50, 64])('pads rows of %i columns with zeros that read back as nothing', (columns) => {
    const rows = 3;
    const values = normal(rows * columns);
    const encoded = encodeQ4(values, rows, columns);
    const groups = rows * Math.ceil(columns / 32);
    expect([encoded.codes.length, encoded.scales!.length]).toEqual([16 * groups, 2 * groups]);
    const read = decodeQ4(encoded, rows, columns);
    expect(read.length).toBe(values.length);
    for (let row = 0; row < rows; row++) {
      const own = values.subarray(row * columns, (row + 1) * columns);
      expect(read.subarray(row * columns, (row + 1) * columns)).toEqual(again(own));
    }
    if (columns % 32 === 1) expect(encoded.codes[16 * groups - 16]! >> 4).toBe(8); // nibble 8 is zero
  });

  it('puts column 8j + b in the low and 8j + 4 + b in the high nibble of byte b of word j', () => {
    for (let column = 0; column < 32; column++) {
      const values = new Float32Array(32);
      values[column] = -8; // becomes nibble 0 and the others, zeros, nibble 8
      const expected = new Uint8Array(16).fill(0x88);
      const byte = Math.floor(column / 8) * 4 + (column % 4);
      expected[byte] = column % 8 < 4 ? 0x80 : 0x08;
      expect(encodeQ4(values, 1, 32).codes).toEqual(expected);
    }
  });
});

describe('rows of every scheme', () => {
  it.each(['f32', 'f16', 'q8', 'q4'] as const)('%s encodes rows as it encodes the whole tensor', (scheme) => {
    const shape = [5, 3, 13];
    const values = normal(5 * 39);
    const { rows, columns, rowCodes, rowScales, scalesAt, byteLength } = storedLayout(scheme, shape);
    const whole = weightScheme(scheme).encode(values, shape);
    expect(whole.length).toBe(byteLength);
    const decoded = weightScheme(scheme).decode(whole, shape);
    for (let row = 0; row < rows; row += 2) {
      const end = Math.min(rows, row + 2);
      const encoded = encodeRows(scheme, values.subarray(row * columns, end * columns), end - row, columns);
      expect(encoded.codes).toEqual(whole.slice(row * rowCodes, end * rowCodes));
      if (rowScales > 0) {
        expect(encoded.scales).toEqual(whole.slice(scalesAt + row * rowScales, scalesAt + end * rowScales));
      } else expect(encoded.scales).toBeNull();
      expect(decodeRows(scheme, encoded, end - row, columns)).toEqual(decoded.slice(row * columns, end * columns));
    }
  });
});
