/** "See its effect" leads to the fast path's own section, whether there is an effect yet or not. */
import { expect, it, vi } from 'vitest';
import { press, renderPanel } from '../../testing/renderPanel.tsx';
import { createTestStudio } from '../../testing/studioContext.ts';
import { TriageField } from '../recipe/TriageField.tsx';
import { FastPathSection } from './FastPath.tsx';

it('it is scrolled to and has the focus, once', () => {
  const scrolled = vi.fn();
  Element.prototype.scrollIntoView = scrolled;
  const studio = createTestStudio();
  press(renderPanel(studio, <TriageField triage={null} />), 'See its effect');
  expect(studio.store.getState()).toMatchObject({ drawer: 'library', libraryTab: 'validation' });
  const section = renderPanel(studio, <FastPathSection />).querySelector('section')!;
  expect(document.activeElement).toBe(section);
  expect(scrolled.mock.contexts).toEqual([section]);
  expect(studio.store.getState().libraryPlace).toBeNull();
  renderPanel(studio, <FastPathSection />);
  expect(scrolled).toHaveBeenCalledOnce();
});
