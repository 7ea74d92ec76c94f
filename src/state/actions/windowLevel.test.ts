// @vitest-environment node
import 'fake-indexeddb/auto';
import { DEFAULT_WINDOW, type WindowChoice, type WindowLevel } from '@agentiad/core/image/windowLevel.ts';
import { describe, expect, it } from 'vitest';
import type { InspectJob } from '../../runtime/messages.ts';
import { createTestStudio } from '../../testing/studioContext.ts';
import type { StudioContext } from '../context.ts';
import { inspectAgain } from './inspect.ts';
import { addFiles } from './intake.ts';
import { chooseWindow } from './windowLevel.ts';

/** A studio whose images are all of 16 bits, and what its worker was asked. */
function deepStudio() {
  const studio = createTestStudio();
  const [jobs, prepared]: [InspectJob[], WindowChoice[]] = [[], []];
  const levelOf = (choice: WindowChoice): WindowLevel =>
    'low' in choice ? choice : { low: 0, high: choice.rule === 'full' ? 65_535 : 4095, rule: choice.rule };
  const context: StudioContext = {
    ...studio,
    engine: {
      ...studio.engine,
      async prepare(bytes, name, window) {
        prepared.push(window);
        const image = await studio.engine.prepare(bytes, name, window);
        return { ...image, meta: { ...image.meta, bitDepth: 16, windowLevel: levelOf(window) } };
      },
      inspect(job, ...rest) {
        jobs.push(job);
        return studio.engine.inspect(job, ...rest);
      },
    },
  };
  const shown = () => Object.values(context.store.getState().windows)[0]?.level;
  const isOpen = () => context.store.getState().inspecting === null;
  return { context, jobs, prepared, shown, isOpen };
}

describe('the window of an image of more than 8 bits', () => {
  it('is what the image was shown through when it is inspected, and is kept with it', async () => {
    const { context, jobs, shown, isOpen } = deepStudio();
    await addFiles(context, [new File(['pixels'], 'camera.tif')]);
    await expect.poll(isOpen).toBe(true);
    expect(jobs.at(-1)?.window).toEqual({ low: 0, high: 4095, rule: 'depth' });

    const chosen = { low: 100, high: 900, rule: 'chosen' } as const;
    await chooseWindow(context, chosen);
    expect(shown()).toEqual(chosen);
    await inspectAgain(context);
    expect(jobs.at(-1)?.window).toEqual(chosen);
    const { sha256 } = context.store.getState().current!;
    expect((await context.storage.readAsset(sha256))?.windowLevel).toEqual(chosen);
  });

  it('is the last of several chosen in haste, which alone is decoded after the one being decoded', async () => {
    const { context, prepared, shown, isOpen } = deepStudio();
    await addFiles(context, [new File(['pixels'], 'camera.tif')]);
    await expect.poll(isOpen).toBe(true);
    prepared.length = 0;
    const last = { low: 7, high: 70, rule: 'chosen' } as const;
    await Promise.all([
      chooseWindow(context, DEFAULT_WINDOW),
      chooseWindow(context, { rule: 'full' }),
      chooseWindow(context, last),
    ]);
    expect(prepared).toEqual([last]);
    expect(shown()).toEqual(last);
  });

  it('counts for an inspection asked for before it was shown', async () => {
    const { context, jobs, isOpen } = deepStudio();
    await addFiles(context, [new File(['pixels'], 'camera.tif')]);
    await expect.poll(isOpen).toBe(true);
    const chosen = { low: 3, high: 30, rule: 'chosen' } as const;
    void chooseWindow(context, chosen);
    await inspectAgain(context);
    expect(jobs.at(-1)?.window).toEqual(chosen);
  });
});
