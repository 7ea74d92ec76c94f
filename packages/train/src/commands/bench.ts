/** `agentiad bench`: what this adapter can do and what the engine makes of it. Table on stdout, JSON in a result file. */
import { execFileSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Option, type Command } from 'commander';
import webgpuPackage from 'webgpu/package.json' with { type: 'json' };
import { createGpuTimer } from '@agentiad/core/engine/microBenchTimer.ts';
import type { BenchGpu } from '@agentiad/core/engine/microBenchCeilings.ts';
import { readCapabilities } from '@agentiad/core/kernels/capabilities.ts';
import { createPipelines } from '@agentiad/core/kernels/pipelines.ts';
import { describeAdapter } from '@agentiad/core/model/webgpuBackend.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { createBudget } from '../bench/budget.ts';
import { loadShape } from '../bench/loadShape.ts';
import { benchProblems, checkedResult, type BenchResult, type Comparison } from '../bench/result.ts';
import { runBench } from '../bench/run.ts';
import { config3b, shapeNames, type ShapeName } from '../bench/shapes.ts';
import { describeResult, markdownTable, replaceTable } from '../bench/table.ts';
import { compareWithModelPath } from '../bench/versusModel.ts';
import { runVersusOrt } from '../bench/versusOrt.ts';
import { noAdapter } from '../host/backend.ts';
import { openDevice } from '../host/device.ts';
import { prepareOutputFile, readUserFile, writing } from '../host/files.ts';
import { UsageError } from './usageError.ts';

interface Flags {
  readonly shape: ShapeName;
  readonly vs?: 'ort';
  readonly budget: number;
  readonly out?: string;
  readonly table?: string;
}

const RESULTS = fileURLToPath(new URL('../../../../bench/results', import.meta.url));

export function registerBench(program: Command): void {
  program
    .command('bench')
    .description('Measure this GPU and the engine on it; nothing is downloaded, weights are random.')
    .addOption(new Option('--shape <name>', 'architecture').choices(shapeNames).default('qwen2.5-vl-3b'))
    .addOption(new Option('--vs <peer>', "only compare with onnxruntime's WebGPU provider").choices(['ort']))
    .option('--budget <minutes>', 'time the run may take; what does not fit is left out', parseMinutes, 10)
    .option('--out <file>', 'result file (default: bench/results/<adapter>/<name>.json)')
    .option(
      '--table <file>',
      'measure nothing; write the table of all results into FILE (README.md) between its markers',
    )
    .action((flags: Flags) => (flags.table ? writeTable(flags.table) : run(flags)));
}

async function run(flags: Flags): Promise<void> {
  const created = new Date().toISOString();
  const name = `${flags.shape}${flags.vs ? `-vs-${flags.vs}` : ''}-${created.slice(0, 16).replace(/[-:]/g, '')}`;
  if (flags.out) await prepareOutputFile(flags.out);
  const opened = await openDevice();
  if (!opened) throw noAdapter();
  const { device, info } = opened;
  const clock = () => performance.now();
  const progress = (text: string) => process.stderr.write(`${text}\n`);
  const timer = createGpuTimer(device, clock, info.isFallbackAdapter);
  try {
    const capabilities = readCapabilities(device, info.isFallbackAdapter);
    const gpu: BenchGpu = { device, capabilities, pipelines: createPipelines(device), timer };
    const budget = createBudget(flags.budget, clock, progress);
    const versions: Record<string, string> = {
      agentiad: revision(),
      node: process.versions.node,
      webgpu: webgpuPackage.version,
    };
    let measuredParts: Pick<BenchResult, 'figures' | 'comparisons' | 'tokenModel' | 'skipped'>;
    let scheme = 'q4';
    if (flags.vs) {
      const versus = await runVersusOrt({
        gpu,
        config: config3b(),
        limitMs: Math.min(120_000, flags.budget * 15_000),
        onProgress: progress,
        isDue: budget.isSpent,
      });
      versions['onnxruntime-node'] = versus.version;
      measuredParts = { figures: [], comparisons: versus.comparisons, tokenModel: null, skipped: versus.skipped };
    } else {
      const shape = await loadShape(flags.shape, capabilities.isSoftware);
      scheme = shape.scheme;
      const comparisons: Comparison[] = [];
      const { shipped } = shape;
      if (shipped) {
        await budget.attempt('against the plain model', async () => {
          comparisons.push(await compareWithModelPath(gpu, info, shipped, clock));
        });
      }
      const { figures, tokenModel } = await runBench({ ...shape, gpu, budget, clock });
      measuredParts = { figures, comparisons, tokenModel, skipped: budget.skipped };
    }
    const result = checkedResult({
      schema: 'agentiad-bench/1',
      name,
      created,
      adapter: { name: describeAdapter(info), isSoftware: capabilities.isSoftware, tier: capabilities.tier },
      host: {
        platform: `${process.platform} ${process.arch}`,
        cpu: os.cpus()[0]?.model ?? 'unknown',
        cores: os.availableParallelism(),
        memory: os.totalmem(),
      },
      versions,
      settings: {
        shape: flags.shape,
        budgetMinutes: flags.budget,
        timing: !capabilities.isSoftware && device.features.has('timestamp-query') ? 'gpu timestamps' : 'wall clock',
        scheme,
      },
      ...measuredParts,
    });
    process.stdout.write(describeResult(result));
    const file = flags.out ?? path.join(RESULTS, slug(info.device || info.description || 'unnamed'), `${name}.json`);
    await prepareOutputFile(file);
    await writing(file, () => writeFile(file, `${JSON.stringify(result, null, 2)}\n`));
    progress(`written to ${file}`);
  } finally {
    timer.dispose();
    opened.dispose();
  }
}

/** Writes the table of the newest result of each adapter and shape into `file`. */
async function writeTable(file: string): Promise<void> {
  const document = Buffer.from(await readUserFile(file)).toString('utf8');
  replaceTable(document, '', file); // its markers are missed before the results are
  const latest = new Map<string, BenchResult>();
  for (const result of (await readResults()).filter(({ figures }) => figures.length > 0)) {
    latest.set(`${result.adapter.name} ${result.settings.shape}`, result);
  }
  if (latest.size === 0) {
    throw new UserError({
      code: 'no-results',
      subject: RESULTS,
      reason: 'holds no results.',
      remedy: 'Run `npx agentiad bench` first.',
    });
  }
  await writing(file, () => writeFile(file, replaceTable(document, markdownTable([...latest.values()]), file)));
}

/** Oldest first. */
async function readResults(): Promise<BenchResult[]> {
  const names = await readdir(RESULTS, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const results: BenchResult[] = [];
  for (const name of names.filter((one) => one.endsWith('.json'))) {
    const value: unknown = JSON.parse(await readFile(path.join(RESULTS, name), 'utf8'));
    const problems = benchProblems(value);
    if (problems.length > 0) {
      throw new UserError({
        code: 'bad-result',
        subject: path.join(RESULTS, name),
        reason: `is no result file (${problems[0]}).`,
        remedy: 'Remove it, or measure again.',
      });
    }
    results.push(value as BenchResult);
  }
  return results.sort((a, b) => a.created.localeCompare(b.created));
}

/** The commit of the sources, or what a packed folder says it was made from. */
function revision(): string {
  const packed = process.env['AGENTIAD_REVISION'];
  if (packed) return packed;
  try {
    const cwd = path.dirname(fileURLToPath(import.meta.url));
    return execFileSync('git', ['describe', '--always', '--dirty'], { cwd, stdio: 'pipe' }).toString().trim();
  } catch {
    return 'unknown'; // no git, or no checkout
  }
}

function slug(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60);
}

function parseMinutes(text: string): number {
  const minutes = Number(text);
  if (text.trim() !== '' && minutes > 0 && Number.isFinite(minutes)) return minutes;
  throw new UsageError('--budget', `"${text}" is no number of minutes.`, 'Give a number, as in --budget 10.');
}
