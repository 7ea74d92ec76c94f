/** While good parts are picked, what is odd among all of them stays in sight. */
import { expect, it } from 'vitest';
import { press, renderPanel } from '../../testing/renderPanel.tsx';
import { exemplarRecord } from '../../testing/records.ts';
import { createTestStudio } from '../../testing/studioContext.ts';
import type { HealthState } from '../../state/libraryHealth.ts';
import { HealthLine } from './HealthLine.tsx';

const PARTS = ['a', 'b', 'c', 'd'].map((id) => exemplarRecord({ id, category: 'cap', name: `${id}.png`, sha256: id }));
const FINE: HealthState = { key: '', isRunning: false, done: 4, total: 4, suspects: [], alike: [] };

function show(found: Partial<HealthState> | null) {
  const studio = createTestStudio();
  const health: Record<string, HealthState> = found ? { cap: { ...FINE, ...found } } : {};
  studio.store.setState(({ grid }) => ({
    health,
    grid: { ...grid, selected: new Set(['a']) },
  }));
  return { studio, element: renderPanel(studio, <HealthLine category="cap" exemplars={PARTS} />) };
}

it('says the worst that was found and how much more there is; pressed, it goes back to all of it', () => {
  const { studio, element } = show({ suspects: [{ id: 'b', ratio: 1.4 }], alike: [['c', 'd']] as never });
  expect(element.textContent).toBe('Health: May be defective · 1 more finding');
  press(element, /Health/);
  expect(studio.store.getState().grid.selected.size).toBe(0);
});

it('says that nothing is odd only when it was looked for', () => {
  expect(show(FINE).element.textContent).toBe('Health: Nothing odd was found.');
  expect(show(null).element.textContent).toBe('Health: Looking for odd good parts …');
});
