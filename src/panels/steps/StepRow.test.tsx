/** What a row of the list says: people's words first, calls and raw text only on request. */
import type { TraceStep } from '@agentiad/core/protocol/trace.ts';
import { expect, it } from 'vitest';
import { renderPanel } from '../../testing/renderPanel.tsx';
import { createTestStudio } from '../../testing/studioContext.ts';
import { RunningRow, StepRow } from './StepRow.tsx';

const MATCH = { view: [0, 0, 10, 10], score: 0.4, percentile: 12, calibrated: true, exemplarCount: 5, regions: [] };

/** As the fast path records it. */
const FAST = {
  id: 's1',
  rawText: '<tool_call>{"name":"difference"}</tool_call>',
  thought: '',
  call: { name: 'difference', arguments: { target_image: 1 } },
  observation: { text: 'Compared with 5 known-good parts: 40, percentile 12', boxes: [], match: MATCH, isError: false },
  author: 'library-match',
  tokens: { prefilled: 0, generated: 0 },
  ms: { prefill: 0, decode: 0, tool: 20 },
} as unknown as TraceStep;

/** What is read before the details are opened. */
function shown(element: HTMLElement): string {
  element.querySelectorAll('details').forEach((details) => details.remove());
  return element.textContent;
}

it('Library match that decided alone is told in words, without a call', () => {
  const element = renderPanel(createTestStudio(), <StepRow step={FAST} turn={1} isOpen />);
  expect(element.textContent).not.toContain('tool_call');
  const text = shown(element);
  expect(text).toContain('Finds what differs before the agent');
  expect(text).toContain('0.40× · Within what the 5 good parts differ from each other');
  expect(text).not.toMatch(/difference\(|target_image|Compared with/);
});

it('what the agent wrote itself is in the details, word for word', () => {
  const element = renderPanel(createTestStudio(), <StepRow step={{ ...FAST, author: 'agent' }} turn={1} isOpen />);
  expect(element.querySelector('details')?.textContent).toContain(FAST.rawText);
  expect(shown(element)).not.toContain('before the agent');
});

it('a tool at work is called by its name on the page', () => {
  expect(renderPanel(createTestStudio(), <RunningRow tool="crop_image_normalized" text="" />).textContent).toBe(
    'Using Zoom…',
  );
});
