/** Every tile of the worst cases leads somewhere. */
import { badCase, goodCase } from '@agentiad/core/validation/testCases.ts';
import { expect, it } from 'vitest';
import type { OutcomeRecord } from '../../storage/schema.ts';
import { press, renderPanel } from '../../testing/renderPanel.tsx';
import { createTestStudio } from '../../testing/studioContext.ts';
import { WorstCases } from './WorstCases.tsx';

const PROBLEM = {
  code: 'image-missing',
  subject: 'lost.png',
  reason: 'is no longer in this browser’s storage, so it cannot be inspected.',
  remedy: 'Add the image file again.',
};

function show(problem?: OutcomeRecord['problem']): HTMLElement {
  const cases = [
    { ...goodCase(null), id: 'lost' },
    { ...badCase(0.5), id: 'near' },
  ];
  const outcomes = cases.map(({ id, truth, score }) => ({
    ...{ validationId: 'v', sha256: id, name: `${id}.png`, truth, runId: id, score },
    ...{ libraryScore: null, libraryMs: null, durationMs: 1 },
    ...(id === 'lost' && problem && { problem }),
  }));
  const validation = { record: {} as never, outcomes };
  const thresholds = { t1: 0.35, t2: 0.65 };
  renderPanel(
    createTestStudio(),
    <WorstCases cases={cases} thresholds={thresholds} triage={null} validation={validation} />,
  );
  return document.body;
}

it('a failed inspection without a trace tells what failed and what to do', () => {
  press(show(PROBLEM), /lost\.png/);
  const told = document.querySelector('[role=dialog]')?.textContent;
  expect(told).toContain('lost.png could not be inspected');
  expect(told).toContain(PROBLEM.reason);
  expect(told).toContain(PROBLEM.remedy);
});

it('one of which the cause was not kept says so', () => {
  press(show(), /lost\.png/);
  expect(document.querySelector('[role=dialog]')?.textContent).toContain('Why is not known any more.');
});
