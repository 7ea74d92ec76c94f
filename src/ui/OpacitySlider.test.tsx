/** What a screen reader and the keyboard get of an opacity. */
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { expect, it, vi } from 'vitest';
import { OpacitySlider } from './OpacitySlider.tsx';

it('is named by its label, tells its value as a percentage, and is moved by the arrow keys', () => {
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
  const element = document.body.appendChild(document.createElement('div'));
  const onChange = vi.fn();
  const root = createRoot(element);
  flushSync(() => root.render(<OpacitySlider label="Colour" value={0.8} onChange={onChange} />));
  const thumb = element.querySelector<HTMLElement>('[role=slider]')!;
  expect(document.getElementById(thumb.getAttribute('aria-labelledby')!)?.textContent).toBe('Colour');
  expect(thumb.getAttribute('aria-valuetext')).toBe('80%');
  thumb.focus();
  flushSync(() => thumb.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft', bubbles: true })));
  expect(onChange).toHaveBeenCalledWith(0.75);
  root.unmount();
  vi.unstubAllGlobals();
});
