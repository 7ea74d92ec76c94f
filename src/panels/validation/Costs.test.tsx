/** What is said of thresholds that would send most parts to a person. */
import { badCase, goodCase } from '@agentiad/core/validation/testCases.ts';
import { expect, it } from 'vitest';
import { buttonOf, renderPanel } from '../../testing/renderPanel.tsx';
import { recipeRecord } from '../../testing/records.ts';
import { createTestStudio } from '../../testing/studioContext.ts';
import { Costs } from './Costs.tsx';

const RECIPE = recipeRecord({ id: 'cap', t1: 0.11, t2: 0.13 });
const show = (cases: Parameters<typeof Costs>[0]['cases']) =>
  renderPanel(createTestStudio(), <Costs category="cap" recipe={RECIPE} cases={cases} />);

it('thresholds that decide most parts are offered as they are', () => {
  const element = show([goodCase(0.1), goodCase(0.2), goodCase(0.3), badCase(0.7), badCase(0.8), badCase(0.9)]);
  expect(element.textContent).not.toContain('hardly worth');
  expect(buttonOf(element, 'Use these')?.className).toBe('button');
});

it('thresholds that send more than half to review are said to be hardly worth it, and are the lesser choice', () => {
  // Good and bad parts score alike: whatever decided would be wrong every other time.
  const alike = Array.from({ length: 10 }, (_, index) => [goodCase(0.5 + index / 100), badCase(0.5 + index / 100)]);
  const element = show([goodCase(0.05), ...alike.flat(), badCase(0.95)]);
  expect(element.textContent).toMatch(/At these costs the score is hardly worth deciding on: \d+% of the parts/);
  expect(buttonOf(element, 'Use these')).toBeNull();
  expect(buttonOf(element, 'Use these anyway')?.className).toBe('link');
});
