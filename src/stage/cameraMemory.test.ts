import { beforeEach, describe, expect, it } from 'vitest';
import { toImage } from './camera.ts';
import { forgetCamera, keepCamera, keptCamera } from './cameraMemory.ts';

const image = { width: 2448, height: 2048 };
const viewport = { width: 800, height: 600 };
const camera = { x: -312.25, y: -100.5, scale: 1.75 };

beforeEach(() => sessionStorage.clear());

describe('the kept camera', () => {
  it('is the exact view for the next image of equal size', () => {
    keepCamera(sessionStorage, { image, viewport, camera });
    expect(keptCamera(sessionStorage, { ...image }, viewport)).toEqual(camera);
    expect(keptCamera(sessionStorage, { width: 2448, height: 2047 }, viewport)).toBeNull();
  });

  it('keeps the middle of the view in a window of another size', () => {
    keepCamera(sessionStorage, { image, viewport, camera });
    const other = keptCamera(sessionStorage, image, { width: 1000, height: 500 })!;
    expect(other.scale).toBe(camera.scale);
    expect(toImage(other, { x: 500, y: 250 })).toEqual(toImage(camera, { x: 400, y: 300 }));
  });

  it('is none while the camera follows, and none when what was kept is damaged', () => {
    keepCamera(sessionStorage, { image, viewport, camera });
    forgetCamera(sessionStorage);
    expect(keptCamera(sessionStorage, image, viewport)).toBeNull();
    for (const text of ['{', '{"camera":null}', '{"image":{},"viewport":{},"camera":{"scale":0}}']) {
      sessionStorage.setItem('agentiad-camera', text);
      expect(keptCamera(sessionStorage, image, viewport)).toBeNull();
    }
  });
});
