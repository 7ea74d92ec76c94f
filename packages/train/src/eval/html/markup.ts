/** HTML as text, escaped by default: ``html`<p>${anything}</p>` `` escapes what is not markup itself. */
export interface Markup {
  readonly markup: string;
}

type Value = string | number | Markup | readonly Markup[] | null | false;

export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return { markup: parts.map((part, i) => part + (i < values.length ? render(values[i]!) : '')).join('') };
}

/** Text that is markup already, such as a chart's SVG. */
export function raw(markup: string): Markup {
  return { markup };
}

function render(value: Value): string {
  if (value === null || value === false) return '';
  if (typeof value === 'object') return 'markup' in value ? value.markup : value.map(render).join('');
  return String(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
