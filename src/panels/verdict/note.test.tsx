/** The note on a decision: what was typed is kept without asking, until Esc says otherwise. */
import 'fake-indexeddb/auto';
import { readFileSync } from 'node:fs';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { afterEach, expect, it, vi } from 'vitest';
import { decide, writeNote } from '../../state/actions/decide.ts';
import { importTrace } from '../../state/actions/traces.ts';
import { StudioReactContext } from '../../state/useStudio.ts';
import { createTestStudio } from '../../testing/studioContext.ts';
import { TooltipProvider } from '../../ui/Tooltip.tsx';
import { Decision } from './Decision.tsx';

const recorded = readFileSync('e2e/fixtures/recorded.trace.json', 'utf8');

afterEach(() => document.body.replaceChildren());

async function noting() {
  const studio = createTestStudio();
  await importTrace(studio, recorded, 'part.trace.json');
  await decide(studio, 'good');
  const { runId, trace } = studio.store.getState().current!;
  const element = document.body.appendChild(document.createElement('div'));
  const root = createRoot(element);
  writeNote(studio);
  flushSync(() =>
    root.render(
      <StudioReactContext value={studio}>
        <TooltipProvider>
          <Decision verdict={trace!.verdict} runId={runId} />
        </TooltipProvider>
      </StudioReactContext>,
    ),
  );
  const field = element.querySelector('textarea')!;
  const type = (text: string) =>
    flushSync(() => {
      Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')!.set!.call(field, text);
      field.dispatchEvent(new Event('input', { bubbles: true }));
    });
  return {
    field,
    type,
    kept: () => studio.store.getState().decisions[runId]?.note,
    leave: () => flushSync(() => root.unmount()),
  };
}

it('keeps what was typed when the typing pauses: closing the page then loses nothing', async () => {
  const { type, kept, leave } = await noting();
  type('a hair, not a scratch');
  await vi.waitFor(() => expect(kept()).toBe('a hair, not a scratch'), 3000);
  leave();
});

it('keeps what was typed when the field is left', async () => {
  const { field, type, kept, leave } = await noting();
  type('a hair');
  flushSync(() => field.blur());
  await vi.waitFor(() => expect(kept()).toBe('a hair'), 300);
  leave();
});

it('takes back on Esc what it kept by itself', async () => {
  const { field, type, kept, leave } = await noting();
  type('a hair');
  await vi.waitFor(() => expect(kept()).toBe('a hair'), 3000);
  flushSync(() => void field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true })));
  await vi.waitFor(() => expect(kept()).toBeNull());
  leave();
});
