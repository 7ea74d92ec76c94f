import { encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../support/hash.ts';
import { decodePng, encodePng } from './png.ts';

const picture = { width: 5, height: 3, data: Uint8Array.from({ length: 45 }, (_, index) => index * 5) };

describe('PNG', () => {
  it('round-trips pixels, with the same bytes every time', () => {
    expect(decodePng(encodePng(picture))).toEqual(picture);
    expect(sha256Hex(encodePng(picture))).toBe(sha256Hex(encodePng({ ...picture, data: picture.data.slice() })));
  });

  it('rounds 16-bit samples to the nearest of 256 levels', () => {
    const data = Uint16Array.of(0, 65535, 257 * 100 + 128, 257 * 100 + 129);
    const bytes = encode({ width: 4, height: 1, data, channels: 1, depth: 16 });
    expect([...decodePng(bytes).data].filter((_, index) => index % 3 === 0)).toEqual([0, 255, 100, 101]);
  });

  it('puts transparency over white', () => {
    const data = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 255, 100, 0, 200, 128);
    const bytes = encode({ width: 3, height: 1, data, channels: 4, depth: 8 });
    expect([...decodePng(bytes).data]).toEqual([255, 255, 255, 0, 0, 0, 177, 127, 227]);
  });

  it('refuses a flipped byte', () => {
    const bytes = encodePng(picture);
    bytes[50]! ^= 1;
    expect(() => decodePng(bytes)).toThrow(/crc/i);
  });
});
