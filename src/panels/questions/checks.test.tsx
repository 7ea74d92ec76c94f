/** What the table of controls says of one that came to no answer. */
import 'fake-indexeddb/auto';
import { readFileSync } from 'node:fs';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { expect, it } from 'vitest';
import type { TraceCheck } from '@agentiad/core/protocol/trace.ts';
import { importTrace } from '../../state/actions/traces.ts';
import { StudioReactContext } from '../../state/useStudio.ts';
import { createTestStudio } from '../../testing/studioContext.ts';
import { Checks } from './Checks.tsx';

const recorded = JSON.parse(readFileSync('e2e/fixtures/recorded.trace.json', 'utf8')) as object;

it.each([
  ['failed', 'The text inside <answer> is not valid JSON.', /did not come to a clear answer/],
  ['failed', 'The graphics device: was lost. Try again.', /graphics device failed/],
  ['interrupted', '', /Stopped before/],
  ['failed', 'unexpected value of x', /could not be tried/],
] as const)('a control that %s with “%s” is told for an inspector', async (status, message, words) => {
  const check: TraceCheck = {
    ...{ kind: 'no-zoom', created: '', status, message },
    ...{ answer: null, score: null, label: null, flips: null },
  };
  const studio = createTestStudio();
  await importTrace(studio, JSON.stringify({ ...recorded, checks: [check] }), 'part.trace.json');
  const element = document.body.appendChild(document.createElement('div'));
  const root = createRoot(element);
  flushSync(() =>
    root.render(
      <StudioReactContext value={studio}>
        <Checks isIdle />
      </StudioReactContext>,
    ),
  );
  expect(element.textContent).toMatch(words);
  expect(element.textContent).not.toMatch(/JSON|<answer>|unexpected/);
  root.unmount();
});
