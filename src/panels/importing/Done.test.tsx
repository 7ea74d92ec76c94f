/** What can be done next after an import. */
import { expect, it } from 'vitest';
import type { LabelledRecord } from '../../storage/schema.ts';
import type { ImportResult } from '../../state/importState.ts';
import { buttonOf, press, renderPanel } from '../../testing/renderPanel.tsx';
import { createTestStudio } from '../../testing/studioContext.ts';
import { Done } from './Done.tsx';

const RESULT: ImportResult = {
  ...{ added: [], labelledIds: ['one'], newKinds: [], refused: new Map(), left: 0, seconds: 1, isUndone: false },
};

function studioWith(labelled: readonly string[]) {
  const studio = createTestStudio();
  studio.store.setState({
    category: 'cap',
    importing: { stage: 'done', result: RESULT },
    labelled: { cap: [], lid: labelled.map((id) => ({ id }) as LabelledRecord) },
  });
  return studio;
}

it('labelled images that came in can be validated with at once, of their kind of part', () => {
  const studio = studioWith(['one']);
  press(renderPanel(studio, <Done result={RESULT} />), /Validate them/);
  expect(studio.store.getState()).toMatchObject({ importing: null, category: 'lid', libraryTab: 'validation' });
});

it('good parts alone, and an import that was undone, have nothing to validate', () => {
  const without = renderPanel(studioWith([]), <Done result={{ ...RESULT, labelledIds: [] }} />);
  expect(buttonOf(without, /Validate/)).toBeNull();
  const undone = renderPanel(studioWith(['one']), <Done result={{ ...RESULT, isUndone: true }} />);
  expect(buttonOf(undone, /Validate/)).toBeNull();
});
