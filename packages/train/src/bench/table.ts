/** Results as tables for people: on the terminal, and in README between its markers. */
import { median } from '@agentiad/core/engine/microBenchTimer.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import type { BenchResult, Comparison, Figure } from './result.ts';
import { figureOf } from './result.ts';

type Row = readonly string[];

/** Everything of one run, as text. */
export function describeResult(result: BenchResult): string {
  const { adapter, settings, figures, comparisons, tokenModel, skipped } = result;
  const lines = [
    `${adapter.name}, tier ${adapter.tier}, ${settings.shape} ${settings.scheme}, ${settings.timing}`,
    '',
    ...aligned(figures.map(figureRow)),
  ];
  if (comparisons.length > 0) lines.push('', ...aligned(comparisons.map(comparisonRow)));
  if (tokenModel) {
    const { modelSeconds, measuredSeconds, ratio, target, extrapolated } = tokenModel;
    lines.push(
      '',
      `token: ${milliseconds(measuredSeconds)} ms${extrapolated ? ' (extrapolated)' : ''}, bytes and dispatches alone ${milliseconds(modelSeconds)} ms: ${ratio.toFixed(2)} times (target ${target})`,
    );
  }
  if (skipped.length > 0) lines.push('', ...skipped.map(({ name, reason }) => `left out: ${name}: ${reason}`));
  return `${lines.join('\n')}\n`;
}

function figureRow({ group, name, value, unit, rate, extrapolated }: Figure): Row {
  const held = rate ? `${short(rate.value)} ${rate.unit}, ${(100 * rate.share).toFixed(0)} % of ${rate.ceiling}` : '';
  return [group, name, `${amount(value, unit)}${extrapolated ? ' (extrapolated)' : ''}`, held];
}

function comparisonRow({ name, peer, ours, theirs, ratio, target }: Comparison): Row {
  const verdict = target === null ? '' : ratio >= target ? `target ${target}: met` : `target ${target}: MISSED`;
  return [name, peer, `${short(median(ours))} ms`, `${short(median(theirs))} ms`, `${ratio.toFixed(2)} times`, verdict];
}

function aligned(rows: readonly Row[]): string[] {
  const widths = rows.reduce<number[]>((all, row) => row.map((cell, i) => Math.max(all[i] ?? 0, cell.length)), []);
  const width = (i: number) => Math.max(...rows.map((row) => row[i]?.length ?? 0), widths[i] ?? 0);
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(width(i)))
      .join('  ')
      .trimEnd(),
  );
}

/** The columns of README's table: what a reader compares between devices. */
const columns: readonly (readonly [title: string, group: Figure['group'], name: string])[] = [
  ['image 448²', 'vision', 'image 448x448'],
  ['image 896²', 'vision', 'image 896x896'],
  ['prompt 256', 'prefill', '256 tokens'],
  ['prompt 1,024', 'prefill', '1024 tokens'],
  ['decode at 128', 'decode', 'at context 128'],
  ['decode at 4,096', 'decode', 'at context 4096'],
  ['three-image inspection', 'inspection', 'three images, 300 tokens: to verdict'],
];

/** A Markdown table with a row a result; figures that were worked out are in italics. */
export function markdownTable(results: readonly BenchResult[]): string {
  const rows = results.map((result) => {
    const cells = columns.map(([, group, name]) => {
      const figure = figureOf(result.figures, group, name);
      if (!figure) return '–';
      const text = amount(figure.value, figure.unit);
      return figure.extrapolated ? `*${text}*` : text;
    });
    return `| ${[`${result.adapter.name}, ${result.settings.shape} ${result.settings.scheme}`, ...cells].join(' | ')} |`;
  });
  const titles = ['device and model', ...columns.map(([title]) => title)];
  return [
    `| ${titles.join(' | ')} |`,
    `|${titles.map(() => '---|').join('')}`,
    ...rows,
    ...(rows.some((row) => /\*/.test(row))
      ? ['', 'In italics: worked out from one language layer and two vision blocks.']
      : []),
  ].join('\n');
}

const begin = '<!-- bench table: begin -->';
const end = '<!-- bench table: end -->';

/** `document` with `table` between its markers. Throws a UserError when it has none. */
export function replaceTable(document: string, table: string, file: string): string {
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from) {
    throw new UserError({
      code: 'no-markers',
      subject: file,
      reason: 'has no place for the table.',
      remedy: `Put the lines ${begin} and ${end} where it belongs.`,
    });
  }
  return `${document.slice(0, from + begin.length)}\n\n${table}\n\n${document.slice(to)}`;
}

function amount(value: number, unit: Figure['unit']): string {
  if (unit === 'bytes') return value < 1e8 ? `${short(value / 1e6)} MB` : `${short(value / 1e9)} GB`;
  if (unit === 'ms' && value >= 10_000) return `${short(value / 1000)} s`;
  return `${short(value)} ${unit}`;
}

function milliseconds(seconds: number): string {
  return short(1000 * seconds);
}

/** Three digits. */
function short(value: number): string {
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return Number(value.toFixed(Math.min(digits, 6))).toLocaleString('en-GB', { maximumFractionDigits: 6 });
}
