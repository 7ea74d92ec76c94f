/**
 * The report of docs/results.md by one command: every row of a plan (a model and a mode) on every set, as `agentiad eval`
 * documents, then tables and the comparison with Library match alone. From the repository root:
 *
 *     npx tsx packages/train/src/experiments/paperTables.ts --data DATA [--plan packages/train/src/experiments/paperTables.json]
 *         [--reports .cache/reports] [--rows NAME,NAME] [--sets NAME,NAME] [--out FILE.md]
 *
 * First, for the quantised rows: npx agentiad convert --from public/models/nano --scheme q8 --to .cache/reports/nano-q8 (and q4).
 * DATA: folder of the public sets, `DATA` in the plan. A report that is there already for the same weights is used again, so an
 * interrupted run goes on; delete the folder after a change of the tools. Rows whose model is missing are named in the tables as not measured.
 */
import { spawn } from 'node:child_process';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createRandom } from '@agentiad/core/support/random.ts';
import type { Mode } from '@agentiad/core/protocol/modes.ts';
import { percentiles, type Interval } from '@agentiad/core/validation/bootstrap.ts';
import { computeRates, type Decision } from '@agentiad/core/validation/metrics.ts';
import { readReport, type EvalDocument } from '../eval/document.ts';
import { hashFile } from '../peft/startAdapter.ts';
import { REPOSITORY } from '../run/config.ts';

interface PlannedSet {
  readonly name: string;
  readonly data: string;
  readonly limit: number;
  readonly exemplars?: number;
}

interface PlannedRow {
  readonly name: string;
  readonly model: string;
  readonly mode: Mode;
  readonly limit?: number;
  readonly controls?: boolean;
  /** Default true. Left out where another row on the same sets has them. */
  readonly baselines?: boolean;
  /** Names of sets; default: all. */
  readonly sets?: readonly string[];
}

interface Measured {
  readonly row: PlannedRow;
  readonly set: PlannedSet;
  readonly report: EvalDocument | null;
}

const ROUNDS = 2000;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      plan: { type: 'string', default: path.join(REPOSITORY, 'packages/train/src/experiments/paperTables.json') },
      reports: { type: 'string', default: path.join(REPOSITORY, '.cache/reports') },
      rows: { type: 'string' },
      sets: { type: 'string' },
      out: { type: 'string' },
    },
  });
  if (!values.data) throw new Error('--data: name the folder of the public sets.');
  const plan = JSON.parse(await readFile(values.plan, 'utf8')) as {
    readonly sets: readonly PlannedSet[];
    readonly rows: readonly PlannedRow[];
  };
  const isWanted = (names: string | undefined, name: string) => !names || names.split(',').includes(name);
  const rows = plan.rows.filter(({ name }) => isWanted(values.rows, name));
  const sets = plan.sets.filter(({ name }) => isWanted(values.sets, name));
  await mkdir(values.reports, { recursive: true });
  const measured: Measured[] = [];
  for (const row of rows) {
    for (const set of sets.filter(({ name }) => row.sets?.includes(name) ?? true)) {
      measured.push({ row, set, report: await measure(row, set, values.data, values.reports) });
    }
  }
  const text = tables(measured);
  if (values.out) await writeFile(values.out, text);
  else process.stdout.write(text);
}

/** The report of one row on one set; null where the row's model is not there. */
async function measure(row: PlannedRow, set: PlannedSet, data: string, folder: string): Promise<EvalDocument | null> {
  const model = path.resolve(REPOSITORY, row.model);
  if (!(await exists(path.join(model, 'manifest.json')))) return null;
  const file = path.join(folder, `${row.name}, ${set.name}.json`.replace(/[^a-z0-9.,+-]+/gi, '-'));
  const sha256 = await hashFile(path.join(model, 'manifest.json'));
  if (await exists(file)) {
    const known = await readReport(file);
    if (known.model.sha256 === sha256) return known;
  }
  const flags = ['--model', model, '--mode', row.mode, '--data', set.data.replace('DATA', path.resolve(data))];
  flags.push('--limit', String(row.limit ?? set.limit), '--exemplars', String(set.exemplars ?? 5), '--out', file);
  if (row.controls) flags.push('--controls');
  if (row.baselines === false) flags.push('--no-baselines');
  await evaluate(flags);
  return readReport(file);
}

/** `agentiad eval` in a process of its own: what one evaluation keeps in memory does not slow down the next. */
function evaluate(flags: readonly string[]): Promise<void> {
  const command = path.join(REPOSITORY, 'packages/train/bin/agentiad.mjs');
  const child = spawn(process.execPath, [command, 'eval', '--backend', 'wasm', ...flags], {
    cwd: REPOSITORY,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`agentiad eval ended with ${code}.`))));
  });
}

function tables(measured: readonly Measured[]): string {
  const rows = [...new Set(measured.map(({ row }) => row))];
  return rows
    .map((row) =>
      tableOf(
        row,
        measured.filter((item) => item.row === row),
      ),
    )
    .join('\n');
}

function tableOf(row: PlannedRow, items: readonly Measured[]): string {
  const lines = [
    `### ${row.name}`,
    '',
    '| set | n | balanced [95 %] | accuracy | AUROC | patchNN, balanced / AUROC | pixelDiff | textOnly | agent − patchNN [95 %] | valid answers, calls | hit@0.5 | type | crop / query / compare rate | ECE | s |',
    `|${'---|'.repeat(15)}`,
    ...items.map(lineOf),
  ];
  const compared = items.flatMap(({ report }) => (report?.baselineDecisions.patchNN ? [report] : []));
  if (compared.length > 1) {
    const lead = meanLead(compared);
    lines.push('', `Mean of these sets, agent − patchNN: ${signed(lead.value)} [${lead.ci95.map(signed).join(', ')}].`);
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

/** Mean over sets of the agent's balanced accuracy less that of `patchNN`; paired bootstrap within each set and label. */
function meanLead(reports: readonly EvalDocument[]): { readonly value: number; readonly ci95: Interval } {
  const pairs = reports.map(({ outcomes, baselineDecisions }) =>
    outcomes.map((agent, i) => ({ agent, other: baselineDecisions.patchNN![i]! })),
  );
  const leadOf = (sample: readonly { readonly agent: Decision; readonly other: Decision }[]) =>
    computeRates(sample.map(({ agent }) => agent)).balancedAccuracy -
    computeRates(sample.map(({ other }) => other)).balancedAccuracy;
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const random = createRandom(1);
  const drawn = (items: (typeof pairs)[number]) =>
    (['anomalous', 'normal'] as const).flatMap((label) => {
      const own = items.filter(({ agent }) => agent.label === label);
      return own.map(() => own[random.integer(0, own.length - 1)]!);
    });
  const draws = Array.from({ length: ROUNDS }, () => mean(pairs.map((items) => leadOf(drawn(items)))));
  return { value: mean(pairs.map(leadOf)), ci95: percentiles(draws) };
}

const share = (value: number | null) => (value === null || Number.isNaN(value) ? '–' : value.toFixed(3));
const signed = (value: number) => (value < 0 ? value.toFixed(3) : `+${value.toFixed(3)}`);

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => null)) !== null;
}

await main();
