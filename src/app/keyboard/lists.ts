/** Keys in lists, on the page's own elements: rows are marked `data-row`, what removes one `data-row-remove`. */
import type { StudioContext } from '../../state/context.ts';

const rows = () => [...document.querySelectorAll<HTMLElement>('[data-row]')];

/** Puts the focus on the row before or after the one that has it; on the first when none has. */
export function moveInList(by: 1 | -1): void {
  const all = rows();
  const at = all.findIndex((row) => row.contains(document.activeElement) || row === document.activeElement);
  const next = at < 0 ? all[0] : all[Math.min(Math.max(at + by, 0), all.length - 1)];
  const target = next?.matches('button, a, [tabindex]') ? next : next?.querySelector<HTMLElement>('button, a');
  target?.focus();
  target?.scrollIntoView({ block: 'nearest' });
}

/** Removes the row with the focus; the next one gets it. */
export function removeInList(): void {
  const row = rows().find((candidate) => candidate.contains(document.activeElement));
  const remove = row?.querySelector<HTMLElement>('[data-row-remove]');
  if (!remove) return;
  moveInList(1);
  remove.click();
}

/** Puts the focus into the search field that is there, else into that of the history. */
export function search({ store, host }: StudioContext): void {
  const field = () => document.querySelector<HTMLElement>('[data-search]');
  if (field()) return field()?.focus();
  store.setState({ drawer: 'history' });
  host.nextFrame(() => field()?.focus());
}
