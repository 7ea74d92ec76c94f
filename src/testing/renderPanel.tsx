/** Tests only: a part of the page as the browser has it, with the studio it belongs to; gone again after the test. */
import type { ReactNode } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { onTestFinished } from 'vitest';
import type { StudioContext } from '../state/context.ts';
import { StudioReactContext } from '../state/useStudio.ts';
import { TooltipProvider } from '../ui/Tooltip.tsx';

export function renderPanel(studio: StudioContext, panel: ReactNode): HTMLElement {
  const element = document.body.appendChild(document.createElement('div'));
  const root = createRoot(element);
  flushSync(() =>
    root.render(
      <StudioReactContext value={studio}>
        <TooltipProvider>{panel}</TooltipProvider>
      </StudioReactContext>,
    ),
  );
  onTestFinished(() => {
    root.unmount();
    element.remove();
  });
  return element;
}

/** The button whose words are `text`, pressed as with a mouse or a key. */
export function press(within: HTMLElement, text: string | RegExp): void {
  const button = buttonOf(within, text);
  if (!button) throw new Error(`no button ${String(text)} in: ${within.textContent}`);
  flushSync(() => button.click());
}

export function buttonOf(within: HTMLElement, text: string | RegExp): HTMLButtonElement | null {
  const says = (words: string) => (typeof text === 'string' ? words.trim() === text : text.test(words));
  return [...within.querySelectorAll('button')].find(({ textContent }) => says(textContent)) ?? null;
}
