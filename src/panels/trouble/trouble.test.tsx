/** Every named trouble says what it is, what to do, and what works all the same; in both languages. */
import type { ReactNode } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { afterEach, describe, expect, it } from 'vitest';
import { changeLanguage } from '../../i18n/index.ts';
import type { BackendCause } from '../../runtime/messages.ts';
import { StudioReactContext } from '../../state/useStudio.ts';
import { TROUBLES } from '../../state/trouble.ts';
import { createTestStudio } from '../../testing/studioContext.ts';
import { DeviceNote } from '../start/DeviceNote.tsx';
import { TroubleHelp } from './TroubleHelp.tsx';

afterEach(() => changeLanguage('en'));

function show(node: ReactNode, studio = createTestStudio()): string {
  const element = document.createElement('div');
  const root = createRoot(element);
  flushSync(() => root.render(<StudioReactContext value={studio}>{node}</StudioReactContext>));
  const html = element.innerHTML;
  root.unmount();
  return html
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

/** The empty page's note for a page that runs on the processor because of `cause`. */
function noteFor(cause: BackendCause): string {
  const studio = createTestStudio();
  const { engine } = studio.store.getState();
  if (engine.state !== 'ready') throw new Error('the test studio is ready');
  const backend = { ...engine.info.backend, name: 'wasm', cause, reason: 'as the browser says' } as const;
  studio.store.setState({ engine: { ...engine, info: { ...engine.info, backend } } });
  return show(<DeviceNote />, studio);
}

describe('each trouble', () => {
  it.each(TROUBLES)('%s has cause, next step and what still works', async (trouble) => {
    const english = show(<TroubleHelp trouble={trouble} detail="limit 12" />);
    expect(english).toContain('What to do');
    expect(english).toContain('Works all the same');
    expect(english).toContain('Copy details');
    expect(english).toContain('limit 12');
    expect(english).not.toMatch(/\b(next|works|cause|title)\b"?:|undefined/);
    await changeLanguage('zh');
    expect(show(<TroubleHelp trouble={trouble} />)).toMatch(/如何处理.*仍然可用/);
  });
});

describe('the empty page', () => {
  it.each([
    ['insecure', /plain http.*https.*localhost/],
    ['no-webgpu', /no WebGPU.*Chrome, Edge, Firefox or Safari/],
    ['no-adapter', /No graphics adapter.*driver/],
    ['no-device', /cannot run the model.*smaller model.*Open models/],
  ] as const)('names %s and says that inspecting goes on', (cause, words) => {
    const text = noteFor(cause);
    expect(text).toMatch(words);
    expect(text).toMatch(/history, replay, review and export/i);
    expect(text).toContain('as the browser says');
  });

  it('says nothing where a model runs as it should, or where there is no graphics card to be had', () => {
    expect(noteFor('software')).toBe('');
    expect(noteFor('asked')).toBe('');
  });

  it('names what kept the model from loading', () => {
    const studio = createTestStudio();
    const problem = { code: 'device-lost', subject: 'The graphics device', reason: 'was lost.', remedy: 'Try again.' };
    studio.store.setState({ engine: { state: 'failed', problem } });
    expect(show(<DeviceNote />, studio)).toMatch(/could not be loaded.*was lost\..*backend=wasm/);
  });
});
