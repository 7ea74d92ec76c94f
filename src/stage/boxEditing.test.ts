import type { Box } from '@agentiad/core/image/box.ts';
import { describe, expect, it } from 'vitest';
import { draggedBox, gripAt } from './boxEditing.ts';

const part = { width: 100, height: 80 };
const large: Box = [10, 10, 60, 60];
const small: Box = [20, 20, 32, 32];
const regions = [{ box: large }, { box: small }];

describe('taking hold of a box', () => {
  it('takes the inside, a side or a corner, also from just outside', () => {
    const at = (x: number, y: number) => gripAt({ regions: [{ box: large }], selected: null }, { x, y }, 3);
    expect(at(35, 35)).toMatchObject({ x: 0, y: 0 });
    expect(at(8, 35)).toMatchObject({ x: -1, y: 0 });
    expect(at(61, 62)).toMatchObject({ x: 1, y: 1 });
    expect(at(64, 35)).toBeNull();
  });

  it('takes the small one in a large one, unless the large one is selected', () => {
    expect(gripAt({ regions, selected: null }, { x: 26, y: 26 }, 3)?.index).toBe(1);
    expect(gripAt({ regions, selected: 0 }, { x: 26, y: 26 }, 3)?.index).toBe(0);
  });

  it('moves a box as far as the part reaches and keeps its size', () => {
    const grip = { index: 0, box: large, x: 0, y: 0 } as const;
    expect(draggedBox(grip, { x: 30, y: 30 }, { x: 90.4, y: 20 }, part)).toEqual([50, 0, 100, 50]);
  });

  it('resizes by a corner, never to nothing nor out of the part', () => {
    const grip = { index: 0, box: large, x: 1, y: 1 } as const;
    expect(draggedBox(grip, { x: 60, y: 60 }, { x: 300, y: 0 }, part)).toEqual([10, 10, 100, 12]);
    expect(draggedBox({ ...grip, x: -1, y: 0 }, { x: 10, y: 30 }, { x: 15, y: 30 }, part)).toEqual([15, 10, 60, 60]);
  });
});
