/** `agentiad estimate`: memory, arithmetic and hours of a run before it starts, and whether it belongs elsewhere. */
import { Option, type Command } from 'commander';
import type { ModelConfig } from '@agentiad/core/model/config.ts';
import { config3b } from '../bench/shapes.ts';
import { architectureOf } from '../estimate/loadConfig.ts';
import type { Speed } from '../estimate/probe.ts';
import { probeSpeed } from '../estimate/probe.ts';
import { estimateStage, inspectionWork, renderEstimate } from '../estimate/report.ts';
import { sampleShapes } from '../estimate/samples.ts';
import { runStages } from '../estimate/stages.ts';
import type { BackendName } from '../host/backend.ts';
import { selectBackend } from '../host/backend.ts';
import { readRunConfig } from '../run/config.ts';
import { backendOption, parseWhole } from './options.ts';
import { UsageError } from './usageError.ts';

interface Flags {
  readonly config: string;
  readonly backend: BackendName;
  readonly shape?: 'qwen2.5-vl-3b';
  readonly tokens?: number;
  readonly tflops?: number;
  readonly tokensPerSecond?: number;
  readonly memory?: number;
  readonly json?: boolean;
}

export function registerEstimate(program: Command): void {
  program
    .command('estimate')
    .description('Memory, arithmetic and hours of a training run before it starts.')
    .requiredOption('--config <file>', 'run configuration')
    .addOption(
      new Option('--shape <name>', 'of this architecture instead of the one of the run').choices(['qwen2.5-vl-3b']),
    )
    .option(
      '--tokens <n>',
      'tokens of a sample; default: as in the demonstrations of the run',
      parseWhole('--tokens', 1),
    )
    .option('--tflops <x>', 'speed that training sustains; default: a short measurement', parsePositive('--tflops'))
    .option(
      '--tokens-per-second <x>',
      'tokens that rollouts generate, all together',
      parsePositive('--tokens-per-second'),
    )
    .option('--memory <gb>', 'memory of the device: says whether the run fits', parsePositive('--memory'))
    .option('--json', 'as one JSON object')
    .addOption(backendOption())
    .action((flags: Flags) => run(flags));
}

async function run(flags: Flags): Promise<void> {
  const config = await readRunConfig(flags.config);
  const architecture = flags.shape ? config3b() : await architectureOf(config);
  const samples = await sampleShapes(config, architecture, flags.tokens ?? null);
  const speed = flags.tflops
    ? { rate: flags.tflops * 1e12, source: 'as given' }
    : await measureSpeed(architecture, samples.typical.tokens, flags.backend);
  const options = {
    speed,
    tokensPerSecond: flags.tokensPerSecond ?? null,
    memoryBytes: flags.memory ? flags.memory * 1e9 : null,
  };
  const stages = runStages(config, architecture, samples).map((stage) => estimateStage(stage, options));
  const inspection = inspectionWork(architecture, samples);
  process.stdout.write(
    flags.json
      ? `${JSON.stringify({ run: config.name, samples, inspection, ...options, stages }, null, 2)}\n`
      : renderEstimate(config.name, { source: samples.source, inspection }, stages, options),
  );
}

async function measureSpeed(config: ModelConfig, tokens: number, backend: BackendName): Promise<Speed> {
  const selected = await selectBackend(backend);
  try {
    return await probeSpeed(config, tokens, selected.adapter);
  } finally {
    await selected.dispose();
  }
}

function parsePositive(flag: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && value > 0 && Number.isFinite(value)) return value;
    throw new UsageError(flag, `"${text}" is not a number above 0.`, `Give a number, as in ${flag} 10.`);
  };
}
