/** What surrounds the browser's decoder; that its pixels equal those of `sharp` is an end-to-end matter. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fillRaster } from '@agentiad/core/image/crop.ts';
import { encodePng } from '@agentiad/core/image/png.ts';
import { decodeImage } from './decodeImage.ts';

const png = encodePng(fillRaster({ width: 4, height: 3 }));

describe('decodeImage in the browser', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('refuses before the browser decodes anything', async () => {
    const createImageBitmap = vi.fn();
    vi.stubGlobal('createImageBitmap', createImageBitmap);
    await expect(decodeImage(new Uint8Array(0), 'a.png')).rejects.toMatchObject({ code: 'image-empty' });
    await expect(decodeImage(png.subarray(0, 40), 'a.png')).rejects.toMatchObject({ code: 'image-truncated' });
    expect(createImageBitmap).not.toHaveBeenCalled();
  });

  it('names the file when the browser cannot decode it', async () => {
    vi.stubGlobal('createImageBitmap', () => Promise.reject(new DOMException('no', 'InvalidStateError')));
    await expect(decodeImage(png, 'bad.png')).rejects.toMatchObject({ code: 'image-damaged', subject: 'bad.png' });
  });
});
