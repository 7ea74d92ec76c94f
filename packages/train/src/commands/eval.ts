/** `agentiad eval`: the agent over labelled parts, with the baselines and controls that keep it honest (design §6, §8). */
import path from 'node:path';
import type { Command } from 'commander';
import { Option } from 'commander';
import type { InspectionDeps } from '@agentiad/core/agent/request.ts';
import type { Mode } from '@agentiad/core/protocol/modes.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { hashData } from '../data/hashData.ts';
import type { LabelledCase } from '../data/labelledCase.ts';
import type { ManifestSplit } from '@agentiad/core/protocol/manifest.ts';
import { MANIFEST_SPLITS } from '@agentiad/core/protocol/manifest.ts';
import type { EvalDocument } from '../eval/document.ts';
import { readReport } from '../eval/document.ts';
import { evaluateCases } from '../eval/evaluate.ts';
import { writeHtmlReport } from '../eval/html/writeHtmlReport.ts';
import { openMasks } from '../eval/masks.ts';
import type { MmadFlags } from '../eval/mmad.ts';
import { openMmad } from '../eval/mmad.ts';
import type { Decision } from '@agentiad/core/validation/metrics.ts';
import { bestF1 } from '@agentiad/core/validation/ranking.ts';
import type { EvaluationPlan } from '../eval/runEvaluation.ts';
import { runEvaluation } from '../eval/runEvaluation.ts';
import type { TestRequest } from '../eval/testCases.ts';
import { DATA_HELP, openTestCases, openTrainingCases } from '../eval/testCases.ts';
import { createWorstCases } from '../eval/worstCases.ts';
import { openAgentHost } from '../host/agentHost.ts';
import type { BackendName } from '../host/backend.ts';
import { prepareOutputFile, writing } from '../host/files.ts';
import { replaceFile } from '../run/durable.ts';
import { formatDuration } from '../run/progress.ts';
import { registerCompare } from './evalCompare.ts';
import {
  backendOption,
  modelOption,
  modeOption,
  parseWhole,
  seedOption,
  SHIPPED_MODEL,
  SHIPPED_TOWER,
} from './options.ts';
import { UsageError } from './usageError.ts';

interface Flags extends MmadFlags {
  readonly data?: string;
  readonly split?: ManifestSplit;
  readonly mode: Mode;
  readonly limit: number;
  readonly exemplars: number;
  readonly out?: string;
  readonly report?: string;
  readonly worst: number;
  readonly cotModel?: string;
  readonly validation?: string;
  readonly baselines: boolean;
  readonly controls?: boolean;
  readonly backend: BackendName;
  readonly model: string;
  readonly seed: number;
  readonly viewPixels?: number;
}

/** What is under test where no split is named: whatever no run of ours trains on. */
const HELD_OUT = 'all but train';

/** Training cases that thresholds are taken from where exemplars are too few. */
const TRAINING_CASES = 60;

export function registerEval(program: Command): void {
  const command = program
    .command('eval')
    .description('Evaluate the agent on labelled parts; unparsable answers count as wrong.')
    .option('--data <what>', DATA_HELP)
    .addOption(new Option('--split <name>', 'rows of a manifest; default: all but train').choices(MANIFEST_SPLITS))
    .addOption(modeOption().default('full'))
    .option('--limit <n>', 'most cases', parseWhole('--limit', 1), 600)
    .option(
      '--view-pixels <n>',
      "area of every view, at most; a run's model.viewPixels",
      parseWhole('--view-pixels', 1),
    )
    .option('--exemplars <k>', 'known-good parts per case', parseWhole('--exemplars'), 5)
    .option('--out <file>', 'report as JSON; default: standard output, unless --report is given')
    .option('--report <file.html>', 'report to read, with curves; traces of the worst cases go beside it')
    .option('--worst <n>', 'how many worst cases the report shows', parseWhole('--worst'), 12)
    .option('--cot-model <dir>', 'a model that never had tools, trained on the same data: the noTool baseline')
    .option('--validation <report.json>', 'report on other cases: F1 is also given at the threshold best there')
    .option('--baselines', 'score pixelDiff and patchNN on the same cases', true)
    .option('--no-baselines', 'leave pixelDiff and patchNN out')
    .option('--controls', 'also run without tools, with greyed crops and with exemplars of another category')
    .addOption(
      new Option('--mmad <how>', 'MMAD questions: read off the verdicts, or put to the model').choices([
        'agent',
        'ask',
      ]),
    )
    .addOption(
      new Option('--mmad-templates <which>', 'known-good image beside an MMAD question')
        .choices(['none', 'random', 'similar'])
        .default('random'),
    )
    .addOption(backendOption())
    .addOption(modelOption())
    .addOption(seedOption())
    .action((flags: Flags) => run(flags));
  registerCompare(command);
}

async function run(flags: Flags): Promise<void> {
  const { limit, seed, exemplars, split, data, mode } = flags;
  if (!data) throw new UsageError('--data', 'is missing.', `Name what to evaluate on: ${DATA_HELP}.`);
  for (const file of [flags.out, flags.report]) if (file) await prepareOutputFile(file);
  const request: TestRequest = { data, limit, seed, exemplars, split };
  const cases = await openTestCases(request);
  const validation = flags.validation ? await readThreshold(flags.validation, cases) : null;
  const mmad = await openMmad(data, flags);
  const masks = await openMasks(data);
  // Before the model itself: two hosts at once would share one backend, and the first to end would take it away.
  const noTool = flags.cotModel ? await evaluateNoTool(flags, cases) : null;
  const worst = createWorstCases(flags.report ? flags.worst : 0);
  const document = await withHost(flags, flags.model, (deps) => {
    const plan: EvaluationPlan = {
      cases,
      deps,
      mode,
      seed,
      withBaselines: flags.baselines,
      withControls: flags.controls ?? false,
      noTool,
      openTraining: () => openTrainingCases({ ...request, limit: TRAINING_CASES }),
      masks,
      datasetOf: mmad.datasetOf,
      worst,
      validation,
      scoreMmad: (outcomes) => mmad.score(outcomes, deps.model, tellProgress()),
      onProgress: tellProgress(),
    };
    return hashData(data).then((sha256) =>
      runEvaluation(plan, {
        created: new Date().toISOString(),
        exemplars,
        data: { path: data, sha256, split: split ?? HELD_OUT, seed },
      }),
    );
  });
  await writeDocument(document, flags);
  if (flags.report) await writeHtmlReport(flags.report, document, worst.list(), commandOf(flags));
  process.stderr.write(`${document.headline}\n${summaryLine(document)}\n`);
}

async function withHost<T>(flags: Flags, model: string, use: (deps: InspectionDeps) => Promise<T>): Promise<T> {
  const host = await openAgentHost({
    backend: flags.backend,
    model,
    tower: SHIPPED_TOWER,
    viewPixels: flags.viewPixels,
  });
  try {
    return await use(host.deps);
  } finally {
    await host.dispose();
  }
}

function evaluateNoTool(flags: Flags, cases: readonly LabelledCase[]): Promise<readonly Decision[]> {
  const tell = tellProgress();
  return withHost(flags, flags.cotModel!, (deps) =>
    evaluateCases(cases, deps, {
      mode: 'cot',
      seed: flags.seed,
      onOutcome: (_outcome, index) => tell('no tool', index + 1, cases.length),
    }),
  );
}

/** The threshold with the best F1 in another report. Refuses one that saw the cases under test. */
async function readThreshold(file: string, cases: readonly LabelledCase[]) {
  const refuse = (reason: string, remedy: string) =>
    new UserError({ code: 'validation-report', subject: file, reason, remedy });
  const { outcomes } = await readReport(file);
  const seen = new Set(outcomes.map(({ id }) => id));
  const shared = cases.filter(({ id }) => seen.has(id));
  if (shared.length > 0) {
    throw refuse(
      `${shared.length} of its cases are under test here.`,
      'Make it of a validation split: --split validation.',
    );
  }
  const { threshold } = bestF1(outcomes);
  if (threshold === null) throw refuse('none of its cases has a score.', 'Make it with a model that answers.');
  return { threshold, from: file };
}

async function writeDocument(document: EvalDocument, { out, report }: Flags): Promise<void> {
  const text = `${JSON.stringify(document, null, 1)}\n`;
  if (out) await writing(out, () => replaceFile(out, Buffer.from(text)));
  else if (!report) process.stdout.write(text);
}

function summaryLine({ data, mode, n, balancedAccuracy, ci95, auroc, f1, unparsable, timing }: EvalDocument): string {
  const [low, high] = ci95;
  return (
    `${data.path} ${mode}: n ${n}, balanced ${balancedAccuracy.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}], ` +
    `AUROC ${auroc.toFixed(3)}, F1 ${f1.toFixed(3)}, valid ${n - unparsable}/${n}, ` +
    `${timing.gflopPerInspection.toFixed(2)} GFLOP of the model per inspection`
  );
}

/** The command line that makes this report again. */
function commandOf(flags: Flags): string {
  const { data, mode, limit, seed, exemplars } = flags;
  const always = ['--data', data!, '--mode', mode, '--limit', limit, '--exemplars', exemplars, '--seed', seed];
  const maybe = [
    ...(flags.model === SHIPPED_MODEL ? [] : ['--model', path.basename(flags.model)]),
    ...(flags.backend === 'auto' ? [] : ['--backend', flags.backend]),
    ...(flags.split ? ['--split', flags.split] : []),
    ...(flags.viewPixels ? ['--view-pixels', flags.viewPixels] : []),
    ...(flags.cotModel ? ['--cot-model', path.basename(flags.cotModel)] : []),
    ...(flags.validation ? ['--validation', path.basename(flags.validation)] : []),
    ...(flags.mmad ? ['--mmad', flags.mmad] : []),
    ...(flags.mmadTemplates === 'random' ? [] : ['--mmad-templates', flags.mmadTemplates]),
    ...(flags.controls ? ['--controls'] : []),
    ...(flags.baselines ? [] : ['--no-baselines']),
  ];
  return `npx agentiad eval ${[...always, ...maybe].join(' ')}`;
}

/** Tells on standard error, every ten seconds of a stage, how far it is and how long it will take. */
function tellProgress(): (stage: string, done: number, of: number) => void {
  let started = { stage: '', at: 0, told: 0 };
  return (stage, done, of) => {
    const now = performance.now();
    if (started.stage !== stage) started = { stage, at: now, told: now };
    if (now - started.told < 10_000 || done === of) return;
    started.told = now;
    const left = ((now - started.at) / (done - 1)) * (of - done);
    process.stderr.write(`${stage}: ${done} of ${of}, ${formatDuration(left)} left\n`);
  };
}
