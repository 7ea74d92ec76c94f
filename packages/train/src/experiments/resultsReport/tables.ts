/** The report's tables, in Markdown. */
import type { EvalDocument } from '../../eval/document.ts';
import { meanLead } from './meanLead.ts';
import type { PlannedRow, PlannedSet } from './plan.ts';

export interface Measured {
  readonly row: PlannedRow;
  readonly set: PlannedSet;
  readonly report: EvalDocument | null;
}

export function tables(measured: readonly Measured[]): string {
  const rows = [...new Set(measured.map(({ row }) => row))];
  const own = rows.map((row) =>
    tableOf(
      row,
      measured.filter((item) => item.row === row),
    ),
  );
  return [overview(rows, measured), ...own].join('\n');
}

/** Rows against those sets that several rows were measured on: balanced accuracy with its interval, AUROC. */
function overview(rows: readonly PlannedRow[], measured: readonly Measured[]): string {
  const sets = [...new Set(measured.map(({ set }) => set))].filter(
    (set) => measured.filter((item) => item.set === set && item.report).length > 1,
  );
  if (sets.length === 0) return '';
  const cell = (row: PlannedRow, set: PlannedSet) => {
    const found = measured.find((item) => item.row === row && item.set === set);
    if (!found) return '';
    const { report } = found;
    if (!report) return 'not measured: no model';
    return `${share(report.balancedAccuracy)} [${report.ci95.map(share).join(', ')}], ${share(report.auroc)}`;
  };
  const lines = [
    `| row | ${sets.map(({ name }) => name).join(' | ')} |`,
    `|${'---|'.repeat(sets.length + 1)}`,
    ...rows.map((row) => `| ${row.name} | ${sets.map((set) => cell(row, set)).join(' | ')} |`),
  ];
  return `${lines.join('\n')}\n`;
}

function tableOf(row: PlannedRow, items: readonly Measured[]): string {
  const lines = [
    `### ${row.name}`,
    '',
    '| set | n | balanced [95 %] | accuracy | AUROC | patchNN, balanced / AUROC | pixelDiff | textOnly | agent − patchNN [95 %] | valid answers, calls | hit@0.5 | type | crop / query / compare rate | ECE | s |',
    `|${'---|'.repeat(15)}`,
    ...items.map(lineOf),
  ];
  const compared = items.flatMap(({ set, report }) =>
    set.inMean && report?.baselineDecisions.patchNN ? [{ name: set.name, report }] : [],
  );
  if (compared.length > 1) {
    const lead = meanLead(compared.map(({ report }) => report));
    const names = compared.map(({ name }) => name).join(', ');
    lines.push('', `Mean of ${names}: agent − patchNN ${signed(lead.value)} [${lead.ci95.map(signed).join(', ')}].`);
  }
  for (const { set, report } of items) {
    if (!report || typeof report.controls === 'string') continue;
    lines.push('', `Controls, ${set.name} (the agent itself: ${share(report.balancedAccuracy)}):`);
    for (const [name, control] of Object.entries(report.controls)) {
      const figure =
        typeof control === 'string' ? control : `${share(control.balancedAccuracy)}, AUROC ${share(control.auroc)}`;
      lines.push(`- ${name}: ${figure}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function lineOf({ set, report }: Measured): string {
  if (!report) return `| ${set.name} | not measured: no model |${' |'.repeat(13)}`;
  const { tools, baselines, n } = report;
  const rates = (name: 'patchNN' | 'pixelDiff') => {
    const baseline = baselines[name];
    return typeof baseline === 'string' ? baseline : `${share(baseline.balancedAccuracy)} / ${share(baseline.auroc)}`;
  };
  const patchNN = baselines.patchNN;
  const lead =
    typeof patchNN === 'string'
      ? patchNN
      : `${signed(-patchNN.lead.value)} [${signed(-patchNN.lead.ci95[1])}, ${signed(-patchNN.lead.ci95[0])}]`;
  const cells = [
    set.name,
    n,
    `${share(report.balancedAccuracy)} [${report.ci95.map(share).join(', ')}]`,
    share(report.accuracy),
    share(report.auroc),
    rates('patchNN'),
    rates('pixelDiff'),
    share(baselines.textOnly.balancedAccuracy),
    lead,
    `${n - report.unparsable} of ${n}, ${share(tools.validity)}`,
    share(report.box.hit50),
    share(report.type.accuracy),
    [tools.cropRate, tools.queryRate, tools.differenceRate].map((rate) => rate.toFixed(2)).join(' / '),
    share(report.ece),
    (report.timing.medianMs / 1000).toFixed(1),
  ];
  return `| ${cells.join(' | ')} |`;
}

const share = (value: number | null) => (value === null || Number.isNaN(value) ? '–' : value.toFixed(3));
const signed = (value: number) => (value < 0 ? value.toFixed(3) : `+${value.toFixed(3)}`);
