/** The estimate of a run as text: memory, work and hours of every stage, and advice. */
import type { ModelConfig } from '@agentiad/core/model/config.ts';
import { inferenceFlops } from '@agentiad/core/model/flops.ts';
import { adviceFor } from './advice.ts';
import type { MemoryPart } from './memory.ts';
import { peakBytes } from './memory.ts';
import type { Speed } from './probe.ts';
import type { SampleShape } from './shape.ts';
import type { Samples, Stage } from './stages.ts';

export interface EstimateOptions {
  readonly speed: Speed;
  /** Tokens a second that rollouts generate, all of them together; null when not known. */
  readonly tokensPerSecond: number | null;
  /** Memory of the device; null when not known. */
  readonly memoryBytes: number | null;
}

export interface StageEstimate extends Stage {
  readonly deviceBytes: number;
  readonly hostBytes: number;
  readonly flop: number;
  readonly trainingHours: number;
  /** At least, where the rate of generation is not known. */
  readonly rolloutHours: number;
  readonly hours: number;
  readonly advice: readonly string[];
}

export function estimateStage(stage: Stage, { speed, tokensPerSecond, memoryBytes }: EstimateOptions): StageEstimate {
  const hoursOf = (flop: number) => flop / speed.rate / 3600;
  const deviceBytes = peakBytes(stage.memory, 'device');
  const trainingHours = hoursOf(stage.training.total);
  const generationHours = tokensPerSecond === null ? 0 : stage.generatedTokens / tokensPerSecond / 3600;
  const rolloutHours = stage.rollouts ? Math.max(hoursOf(stage.rollouts.total), generationHours) : 0;
  const hours = trainingHours + rolloutHours;
  return {
    ...stage,
    deviceBytes,
    hostBytes: peakBytes(stage.memory, 'host'),
    flop: stage.training.total + (stage.rollouts?.total ?? 0),
    trainingHours,
    rolloutHours,
    hours,
    advice: adviceFor({ ...stage, hours, deviceBytes, memoryBytes }),
  };
}

/** Operations of one inspection as long as a sample; images are encoded once, nothing is said twice. */
export interface InspectionWork {
  readonly typical: number;
  readonly longest: number;
}

export function inspectionWork(config: ModelConfig, { typical, longest }: Samples): InspectionWork {
  const of = ({ tokens, trained, grids }: SampleShape) =>
    inferenceFlops(config, { promptTokens: tokens - trained, generatedTokens: trained, imageGrids: grids }).total;
  return { typical: of(typical), longest: of(longest) };
}

/** Lines for people. */
export function renderEstimate(
  name: string,
  { source, inspection }: { readonly source: string; readonly inspection: InspectionWork },
  stages: readonly StageEstimate[],
  options: EstimateOptions,
): string {
  const gflop = (flop: number) => `${Number((flop / 1e9).toPrecision(3))} GFLOP`;
  const lines = [
    `${name}: ${source}`,
    `one inspection: ${gflop(inspection.typical)}, the longest ${gflop(inspection.longest)} (the model alone, without Library match)`,
    `speed: ${formatRate(options.speed.rate)} (${options.speed.source})`,
  ];
  for (const stage of stages) lines.push('', ...stageLines(stage, options));
  return `${lines.join('\n')}\n`;
}

function stageLines(stage: StageEstimate, { tokensPerSecond }: EstimateOptions): string[] {
  const { training, rollouts } = stage;
  const isLowerBound = rollouts !== null && tokensPerSecond === null;
  const unit = stage.kind === 'sft' ? 'samples' : 'rollouts';
  return [
    `${stage.kind}: ${stage.method}, ${formatCount(stage.trainedValues)} trained values, ${stage.steps} steps, ${stage.samples} ${unit}`,
    `  memory  ${formatBytes(stage.deviceBytes)} on the device, ${formatBytes(stage.hostBytes)} beside it`,
    ...stage.memory.map(memoryLine),
    `  work    ${formatFlop(stage.flop)}`,
    `    ${formatFlop(training.total).padStart(11)}  gradients: layers ${percent(training.linear, training.total)}, attention ${percent(training.attention, training.total)}, head ${percent(training.head, training.total)}, vision ${percent(training.vision, training.total)}`,
    ...(rollouts
      ? [
          `    ${formatFlop(rollouts.total).padStart(11)}  rollouts and their log-probabilities, ${formatCount(stage.generatedTokens)} tokens generated`,
        ]
      : []),
    `  time    ${isLowerBound ? 'at least ' : ''}${formatHours(stage.hours)}${rollouts ? ` (updates ${formatHours(stage.trainingHours)}, rollouts ${formatHours(stage.rolloutHours)})` : ''}`,
    ...(isLowerBound
      ? ['    Generation is slower than its arithmetic: give --tokens-per-second as `agentiad bench` measures it.']
      : []),
    ...stage.advice.map((text) => `  ! ${text}`),
  ];
}

function memoryLine({ name, bytes, where, moment }: MemoryPart): string {
  const notes = [...(where === 'host' ? ['host'] : []), ...(moment === 'always' ? [] : ['for a moment'])];
  return `    ${formatBytes(bytes).padStart(9)}  ${name}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}`;
}

function formatBytes(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(2)} GB`;
  return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e3).toFixed(1)} kB`;
}

function formatCount(count: number): string {
  if (count >= 1e9) return `${(count / 1e9).toFixed(2)} B`;
  if (count >= 1e6) return `${(count / 1e6).toFixed(2)} M`;
  return count >= 1e4 ? `${(count / 1e3).toFixed(0)} k` : String(count);
}

function formatFlop(flop: number): string {
  return `${flop.toExponential(1)} FLOP`;
}

function formatRate(rate: number): string {
  return rate >= 1e12 ? `${(rate / 1e12).toPrecision(3)} TFLOP/s` : `${(rate / 1e9).toPrecision(3)} GFLOP/s`;
}

function formatHours(hours: number): string {
  return hours >= 1 ? `${hours.toFixed(1)} h` : `${(60 * hours).toFixed(1)} min`;
}

function percent(part: number, whole: number): string {
  return `${Math.round((100 * part) / whole)} %`;
}
