/** `agentiad eval`: the agent over labelled parts, with the baselines and controls that keep it honest (design §6, §8). */
import { createHash } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { InspectionDeps } from '@agentiad/core/agent/request.ts';
import { fillRaster } from '@agentiad/core/image/crop.ts';
import type { Mode } from '@agentiad/core/protocol/modes.ts';
import { createRandom } from '@agentiad/core/support/random.ts';
import type { ConversationImage } from '@agentiad/core/tools/tool.ts';
import type { LabelledCase } from '../data/labelledCase.ts';
import { stratifiedFolds, textOnlyAccuracy } from '../data/textOnly.ts';
import { patchNN, pixelDiff } from '../eval/baselines.ts';
import type { EvaluationSetup, Outcome } from '../eval/evaluate.ts';
import { evaluateCases, promptOf } from '../eval/evaluate.ts';
import type { Decision } from '../eval/metrics.ts';
import { bootstrapInterval, computeAuroc, computeRates } from '../eval/metrics.ts';
import { buildReport } from '../eval/report.ts';
import { DATA_HELP, openTestCases } from '../eval/testCases.ts';
import { openAgentHost } from '../host/agentHost.ts';
import type { BackendName } from '../host/backend.ts';
import { prepareOutputFile } from '../host/files.ts';
import { withMemory } from '../trajectories/build.ts';
import { backendOption, modelOption, modeOption, parseWhole, seedOption, SHIPPED_TOWER } from './options.ts';

interface Flags {
  readonly data: string;
  readonly mode?: Mode;
  readonly limit: number;
  readonly exemplars: number;
  readonly out?: string;
  readonly cotModel?: string;
  readonly baselines?: boolean;
  readonly controls?: boolean;
  readonly backend: BackendName;
  readonly model: string;
  readonly seed: number;
}

export function registerEval(program: Command): void {
  program
    .command('eval')
    .description('Evaluate the agent on labelled parts; unparsable answers count as wrong.')
    .requiredOption('--data <what>', DATA_HELP)
    .addOption(modeOption().default('full'))
    .option('--limit <n>', 'most cases', parseWhole('--limit', 1), 600)
    .option('--exemplars <k>', 'known-good parts per case', parseWhole('--exemplars'), 5)
    .option('--out <file>', 'report file; default: standard output')
    .option('--cot-model <dir>', 'a model that never had tools, trained on the same data: the noTool baseline')
    .option('--baselines', 'also score pixelDiff and patchNN on the same cases')
    .option('--controls', 'also run with greyed crops and with exemplars of another category')
    .addOption(backendOption())
    .addOption(modelOption())
    .addOption(seedOption())
    .action((flags: Flags) => run(flags));
}

async function run(flags: Flags): Promise<void> {
  const mode = flags.mode ?? 'full';
  const { limit, seed, exemplars } = flags;
  if (flags.out) await prepareOutputFile(flags.out);
  const cases = await openTestCases({ data: flags.data, limit, seed, exemplars });
  // Before the model itself: two hosts at once would share one backend, and the first to end would take it away.
  const noTool = flags.cotModel ? await evaluateNoTool(flags, cases) : 'not measured';
  const host = await openAgentHost({ backend: flags.backend, model: flags.model, tower: SHIPPED_TOWER });
  try {
    await evaluateAll(flags, mode, cases, host.deps, noTool);
  } finally {
    await host.dispose();
  }
}

async function evaluateAll(
  flags: Flags,
  mode: Mode,
  cases: readonly LabelledCase[],
  deps: InspectionDeps,
  noTool: Awaited<ReturnType<typeof evaluateNoTool>> | 'not measured',
): Promise<void> {
  const { seed, exemplars } = flags;
  const evaluate = (name: string, setup: Partial<EvaluationSetup> = {}, on: InspectionDeps = deps) =>
    evaluateCases(cases, on, { mode, seed, ...setup, onOutcome: tellProgress(name, cases.length) });
  const outcomes = await evaluate(mode);
  const result = {
    ...buildReport(outcomes, seed),
    baselines: {
      alwaysAnomalous: summarise(
        cases.map(({ label }) => ({ label, saysAnomalous: true, score: 1 })),
        seed,
      ),
      textOnly: textOnlyAccuracy(
        cases.map((example) => promptOf(example, mode)),
        cases.map(({ label }) => label),
        stratifiedFolds(cases.map(({ label }) => label)),
      ),
      noTool,
      ...(flags.baselines
        ? await scoreBaselines(cases, outcomes, deps, seed)
        : { pixelDiff: 'not measured', patchNN: 'not measured' }),
    },
    controls: flags.controls
      ? {
          toolsDisabled: summarise(await evaluate('tools disabled', { mode: 'cot' }), seed),
          greyCrop: summarise(await evaluate('grey crop', { options: { alterImage: greyCrop } }), seed),
          wrongExemplar: summarise(await evaluate('wrong exemplar', { exemplarsOf: otherCategory(cases) }), seed),
        }
      : 'not measured',
    mode,
    exemplars,
    model: { id: deps.model.backbone.card.id, sha256: deps.model.backbone.card.sha256, ...deps.runtime },
    data: { path: flags.data, sha256: await hashData(flags.data), seed },
    outcomes,
  };
  const text = `${JSON.stringify(result, null, 1)}\n`;
  if (!flags.out) process.stdout.write(text);
  else await writeFile(flags.out, text);
  const [low, high] = result.ci95;
  process.stderr.write(
    `${flags.data} ${mode}: n ${result.n}, balanced ${result.balancedAccuracy.toFixed(3)} [${low.toFixed(3)}, ` +
      `${high.toFixed(3)}], AUROC ${result.auroc.toFixed(3)}, valid ${result.n - result.unparsable}/${result.n}, ` +
      `${result.timing.gflopPerInspection.toFixed(2)} GFLOP of the model per inspection\n`,
  );
}

async function evaluateNoTool(flags: Flags, cases: readonly LabelledCase[]) {
  const host = await openAgentHost({ backend: flags.backend, model: flags.cotModel!, tower: SHIPPED_TOWER });
  const onOutcome = tellProgress('no tool', cases.length);
  try {
    const outcomes = await evaluateCases(cases, host.deps, { mode: 'cot', seed: flags.seed, onOutcome });
    return summarise(outcomes, flags.seed);
  } finally {
    await host.dispose();
  }
}

async function scoreBaselines(
  cases: readonly LabelledCase[],
  outcomes: readonly Outcome[],
  deps: InspectionDeps,
  seed: number,
) {
  const decisions: Record<'pixelDiff' | 'patchNN', Decision[]> = { pixelDiff: [], patchNN: [] };
  for (const [index, { label, part, exemplars }] of cases.entries()) {
    const { raster, sha256 } = await part();
    const library = withMemory(exemplars);
    const rasters = await Promise.all(library.exemplars.map((exemplar) => exemplar.load()));
    const known = outcomes[index]!.libraryMatch;
    const scores = {
      pixelDiff: pixelDiff(raster, rasters),
      // The agent's own look at the whole part is the very same comparison.
      patchNN: known ?? (await patchNN(raster, deps.match!(library), sha256)),
    };
    for (const name of ['pixelDiff', 'patchNN'] as const) {
      const { score, threshold } = scores[name];
      decisions[name].push({ label, score, saysAnomalous: threshold === null ? null : score > threshold });
    }
  }
  return { pixelDiff: summarise(decisions.pixelDiff, seed), patchNN: summarise(decisions.patchNN, seed) };
}

function summarise(decisions: readonly Decision[], seed: number) {
  return {
    ...computeRates(decisions),
    ci95: bootstrapInterval(decisions, (sample) => computeRates(sample).balancedAccuracy, createRandom(seed)),
    auroc: computeAuroc(decisions),
  };
}

function greyCrop(image: ConversationImage): ConversationImage {
  return image.role === 'crop' ? { ...image, raster: fillRaster(image.raster) } : image;
}

/** Exemplars of the next case of another category. */
function otherCategory(cases: readonly LabelledCase[]): NonNullable<EvaluationSetup['exemplarsOf']> {
  return (example, index) => {
    const others = [...cases.slice(index), ...cases.slice(0, index)];
    const family = (category: string) => category.replace(/-\d+$/, '');
    const other = others.find(({ category }) => family(category) !== family(example.category));
    return (other ?? others.at(-1)!).exemplars;
  };
}

async function hashData(data: string): Promise<string | null> {
  const file = data.replace(/^deeppcb(-misaligned)?:/, '');
  const found = await stat(file).catch(() => null);
  return found?.isFile()
    ? createHash('sha256')
        .update(await readFile(file))
        .digest('hex')
    : null;
}

function tellProgress(name: string, count: number): (outcome: Outcome, index: number) => void {
  const started = performance.now();
  return (_outcome, index) => {
    if ((index + 1) % 50 !== 0) return;
    const perCase = Math.round((performance.now() - started) / (index + 1));
    process.stderr.write(`${name}: ${index + 1} of ${count}, ${perCase} ms each\n`);
  };
}
