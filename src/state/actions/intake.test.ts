// @vitest-environment node
import 'fake-indexeddb/auto';
import { UserError } from '@agentiad/core/support/userError.ts';
import { describe, expect, it } from 'vitest';
import { createTestStudio, type TestStudio } from '../../testing/studioContext.ts';
import { addFiles } from './intake.ts';

/** A studio whose worker refuses what is no JPEG by name, in which something is being inspected already. */
function busyStudio(): TestStudio {
  const studio = createTestStudio();
  const { prepare } = studio.engine;
  studio.store.setState({ inspecting: { id: Symbol('other'), live: null } });
  const refusal = (subject: string) =>
    new UserError({ code: 'image-not-an-image', subject, reason: 'This is not an image.', remedy: 'Choose a PNG.' });
  return {
    ...studio,
    engine: {
      ...studio.engine,
      prepare: (bytes, name, window) =>
        name.endsWith('.jpg') ? prepare(bytes, name, window) : Promise.reject(refusal(name)),
    },
  };
}

const files = (count: number, name: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => new File([name(index)], name(index)));
const subjects = (studio: TestStudio) => studio.store.getState().notices.map(({ problem }) => problem.subject);

describe('a drop of many files', () => {
  it('takes in every image and names every other file, many alike in one notice', async () => {
    const studio = busyStudio();
    await addFiles(studio, [...files(34, (i) => `part-${i}.jpg`), ...files(6, (i) => `note-${i}.txt`)]);
    expect(studio.store.getState().queue).toHaveLength(34);
    const [notice] = studio.store.getState().notices;
    expect(subjects(studio)).toEqual(['6 files']);
    for (let i = 0; i < 6; i++) expect(notice?.problem.reason).toContain(`note-${i}.txt`);
    expect(notice?.problem.reason).toContain('not an image');
    expect(notice?.problem.remedy).toBe('Choose a PNG.');
  });

  it('names a few one by one', async () => {
    const studio = busyStudio();
    await addFiles(
      studio,
      files(2, (i) => `note-${i}.txt`),
    );
    expect(subjects(studio)).toEqual(['note-0.txt', 'note-1.txt']);
  });

  it('says how many more there are than it can name', async () => {
    const studio = busyStudio();
    await addFiles(
      studio,
      files(40, (i) => `note-${i}.txt`),
    );
    expect(studio.store.getState().notices[0]?.problem.reason).toContain('and 28 more');
  });
});
