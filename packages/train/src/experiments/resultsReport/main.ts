/**
 * The report of docs/results.md by one command: every row of a plan (a model and a mode) on every set, as `agentiad eval`
 * documents, then tables and the comparison with Library match alone. From the repository root:
 *
 *     npx tsx packages/train/src/experiments/resultsReport/main.ts --data DATA [--plan packages/train/src/experiments/resultsReport/plan.json]
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
import { UserError } from '@agentiad/core/support/userError.ts';
import { UsageError } from '../../commands/usageError.ts';
import { readReport, type EvalDocument } from '../../eval/document.ts';
import { prepareOutputFile, prepareOutputFolder } from '../../host/files.ts';
import { hashFile } from '../../peft/startAdapter.ts';
import { reportError } from '../../program.ts';
import { REPOSITORY } from '../../run/config.ts';
import { checkNames, readPlan, type PlannedRow, type PlannedSet } from './plan.ts';
import { tables, type Measured } from './tables.ts';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      plan: {
        type: 'string',
        default: path.join(REPOSITORY, 'packages/train/src/experiments/resultsReport/plan.json'),
      },
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
