/**
 * Markdown rows for docs/results.md from `agentiad eval --out` files: one row per report, its baselines and controls under
 * it. Usage: npx tsx packages/train/src/experiments/resultsTable.ts REPORT.json...
 */
import { readFile } from 'node:fs/promises';

import type { Interval } from '@agentiad/core/validation/bootstrap.ts';
import type { EvalReport } from '../eval/report.ts';
import type { Rates } from '@agentiad/core/validation/metrics.ts';

type Row = Partial<Rates> & { readonly ci95?: Interval; readonly auroc?: number };

interface Report extends EvalReport {
  readonly mode: string;
  readonly baselines: Readonly<Record<string, Row | string>>;
  readonly controls: Readonly<Record<string, Row | string>> | string;
  readonly data: { readonly path: string };
}

const share = (value: number | undefined) => (value === undefined || Number.isNaN(value) ? '–' : value.toFixed(3));

function ratesRow(name: string, rates: Row): string {
  const interval = rates.ci95 ? ` [${share(rates.ci95[0])}, ${share(rates.ci95[1])}]` : '';
  const columns = [
    name,
    String(rates.n ?? '–'),
    `${share(rates.balancedAccuracy)}${interval}`,
    share(rates.accuracy),
    share(rates.recall),
    share(rates.specificity),
    share(rates.auroc),
  ];
  return `| ${columns.join(' | ')} |`;
}

for (const file of process.argv.slice(2)) {
  const report = JSON.parse(await readFile(file, 'utf8')) as Report;
  const { tools, timing, box } = report;
  const rows = [ratesRow(`**agent, ${report.mode}**`, report)];
  for (const [name, rates] of Object.entries(report.baselines))
    if (typeof rates !== 'string') rows.push(ratesRow(name, rates));
  if (typeof report.controls !== 'string') {
    for (const [name, rates] of Object.entries(report.controls))
      if (typeof rates !== 'string') rows.push(ratesRow(`control: ${name}`, rates));
  }
  process.stdout.write(
    `\n### ${report.data.path}, ${report.mode}\n\n` +
      '| | n | balanced accuracy [95 %] | accuracy | recall | specificity | AUROC |\n|---|---|---|---|---|---|---|\n' +
      `${rows.join('\n')}\n\n` +
      `Valid answers ${report.n - report.unparsable} of ${report.n}; valid calls ${share(tools.validity)}, ` +
      `${tools.callsPerImage.toFixed(1)} calls per part; box hit@0.5 ${share(box.hit50)}, mean IoU ${share(box.meanIoU)}; ` +
      `type accuracy ${share(report.type.accuracy)}; ECE ${share(report.ece)}; ` +
      `${timing.gflopPerInspection.toFixed(2)} GFLOP of the model per inspection, median ${Math.round(timing.medianMs)} ms.\n`,
  );
}
