/** Kind of defect and who decides: what is being typed is kept without leaving the field. */
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

it('keeps them when the typing pauses, and the field stays the one that is typed in', async () => {
  const studio = createTestStudio();
  await importTrace(studio, recorded, 'part.trace.json');
  await decide(studio, 'defect');
  writeNote(studio);
  const { runId, trace } = studio.store.getState().current!;
  const element = document.body.appendChild(document.createElement('div'));
  const root = createRoot(element);
  flushSync(() =>
    root.render(
      <StudioReactContext value={studio}>
        <TooltipProvider>
          <Decision verdict={trace!.verdict} runId={runId} />
        </TooltipProvider>
      </StudioReactContext>,
    ),
  );
  const type = (field: HTMLInputElement, text: string) =>
    flushSync(() => {
      field.focus();
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')!.set!.call(field, text);
      field.dispatchEvent(new Event('input', { bubbles: true }));
    });
  const kind = element.querySelector<HTMLInputElement>('input[list]')!;
  type(kind, 'hairline crack');
  await vi.waitFor(async () => expect((await studio.storage.listDecisions())[0]?.type).toBe('hairline crack'), 3000);
  expect(element.querySelector('input[list]')).toBe(kind);
  const author = element.querySelector<HTMLInputElement>('.decision-note-editor input')!;
  type(author, 'Li');
  await vi.waitFor(() => expect(studio.preferences.getState().author).toBe('Li'), 3000);
  await vi.waitFor(async () => expect((await studio.storage.listDecisions())[0]?.author).toBe('Li'), 3000);
  root.unmount();
});
