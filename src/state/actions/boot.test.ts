// @vitest-environment node
import 'fake-indexeddb/auto';
import { describe, expect, it } from 'vitest';
import { createTestStudio, noticeCodes } from '../../testing/studioContext.ts';
import { boot } from './boot.ts';

describe('start-up', () => {
  it('goes on without the samples when their list is damaged, and says so', async () => {
    const studio = createTestStudio();
    Object.assign(studio.host, { fetch: () => Promise.resolve(new Response('[{"id": "cap"', { status: 200 })) });
    await boot(studio);
    expect(noticeCodes(studio)).toEqual(['samples-unreadable']);
    expect(studio.store.getState().samples).toEqual([]);
  });
});
