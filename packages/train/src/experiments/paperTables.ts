/**
 * The report of docs/results.md by one command: every row of a plan (a model and a mode) on every set, as `agentiad eval`
 * documents, then tables and the comparison with Library match alone. From the repository root:
 *
 *     npx tsx packages/train/src/experiments/paperTables.ts --data DATA [--plan packages/train/src/experiments/paperTables.json]
 *         [--reports .cache/reports] [--rows NAME,NAME] [--sets NAME,NAME] [--out FILE.md]
 *
 * First, for the quantised rows: npx agentiad convert --from public/models/nano --scheme q8 --to .cache/reports/nano-q8 (and q4).
 * DATA: folder of the public sets, `DATA` in the plan. A report that is there already for the same weights and cases is used again, so an
 * interrupted run goes on; delete the folder after a change of the tools. Rows whose model is missing are named in the tables as not measured.
 */
import { spawn } from 'node:child_process';
import { stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { createRandom } from '@agentiad/core/support/random.ts';
import type { Mode } from '@agentiad/core/protocol/modes.ts';
import { MODES } from '@agentiad/core/protocol/modes.ts';
import { parseJsonObject } from '@agentiad/core/support/json.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { percentiles, type Interval } from '@agentiad/core/validation/bootstrap.ts';
import { computeRates, type Decision } from '@agentiad/core/validation/metrics.ts';
import { UsageError } from '../commands/usageError.ts';
import { readReport, type EvalDocument } from '../eval/document.ts';
import { prepareOutputFile, prepareOutputFolder, readUserFile } from '../host/files.ts';
import { hashFile } from '../peft/startAdapter.ts';
import { reportError } from '../program.ts';
import { REPOSITORY } from '../run/config.ts';

interface PlannedSet {
  readonly name: string;
  readonly data: string;
  readonly limit: number;
  /** Draws of generated parts and of windows; default 0. */
  readonly seed?: number;
  readonly exemplars?: number;
  /** Counts in the mean lead over `patchNN`: every source once. */
  readonly inMean?: boolean;
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
  if (!values.data) throw new UsageError('--data', 'it is missing.', 'Name the folder of the public sets.');
  const plan = await readPlan(values.plan);
  if (values.out) await prepareOutputFile(values.out);
  checkNames('--rows', values.rows?.split(','), plan.rows);
  checkNames('--sets', values.sets?.split(','), plan.sets);
  const isWanted = (names: string | undefined, name: string) => !names || names.split(',').includes(name);
  const rows = plan.rows.filter(({ name }) => isWanted(values.rows, name));
  const sets = plan.sets.filter(({ name }) => isWanted(values.sets, name));
  await prepareOutputFolder(values.reports);
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

interface Plan {
  readonly sets: readonly PlannedSet[];
  readonly rows: readonly PlannedRow[];
}

/** Throws a UserError for what is no plan. */
async function readPlan(file: string): Promise<Plan> {
  const { sets, rows } = parseJsonObject(await readUserFile(file), file) as unknown as Partial<Plan>;
  const isNamed = (list: unknown) => Array.isArray(list) && list.every((item) => typeof item?.name === 'string');
  if (!isNamed(sets) || !isNamed(rows)) {
    const remedy = 'See packages/train/src/experiments/paperTables.json.';
    throw new UserError({ code: 'no-plan', subject: file, reason: 'it has no sets and rows with names.', remedy });
  }
  for (const row of rows!) {
    if (!(row.mode in MODES))
      throw new UsageError(file, `row ${row.name}: there is no mode ${row.mode}.`, 'Correct it.');
    checkNames(`${file}, row ${row.name}`, row.sets, sets!);
  }
  return { sets: sets!, rows: rows! };
}

function checkNames(where: string, names: readonly string[] = [], known: readonly { readonly name: string }[]): void {
  for (const name of names) {
    if (known.some((item) => item.name === name)) continue;
    throw new UsageError(where, `${name} is not in the plan.`, `It has: ${known.map((item) => item.name).join('; ')}.`);
  }
}

/** The report of one row on one set; null where the row's model is not there. */
async function measure(row: PlannedRow, set: PlannedSet, data: string, folder: string): Promise<EvalDocument | null> {
  const model = path.resolve(REPOSITORY, row.model);
  if (!(await exists(path.join(model, 'manifest.json')))) return null;
  const file = path.join(folder, `${row.name}, ${set.name}.json`.replace(/[^a-z0-9.,+-]+/gi, '-'));
  const sha256 = await hashFile(path.join(model, 'manifest.json'));
  const { exemplars = 5, seed = 0 } = set;
  const source = set.data.replace('DATA', path.resolve(data));
  const wanted = { mode: row.mode, n: row.limit ?? set.limit, exemplars, source, seed };
  if (await exists(file)) {
    const known = await readReport(file);
    const { mode, n } = known;
    const made = { mode, n, exemplars: known.exemplars, source: known.data.path, seed: known.data.seed };
    if (known.model.sha256 === sha256 && isDeepStrictEqual(made, wanted)) return known;
  }
  const flags = ['--model', model, '--mode', row.mode, '--data', source, '--seed', String(seed)];
  flags.push('--limit', String(wanted.n), '--exemplars', String(exemplars), '--out', file);
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
    child.once('exit', (code) => (code === 0 ? resolve() : reject(failed(flags, code))));
  });
}

function failed(flags: readonly string[], code: number | null): UserError {
  const reason = `agentiad eval ended with ${code}; why is said above.`;
  return new UserError({
    code: 'eval-failed',
    subject: flags.join(' '),
    reason,
    remedy: 'Correct the plan, and start again: reports that are there are used.',
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
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return found !== null;
}

process.exitCode = await main().then(
  () => 0,
  (error: unknown) => reportError(error),
);
