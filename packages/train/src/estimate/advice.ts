/** When a run is too much for this package, and where it belongs then (engines and versions: training.md §0, §1). */
import type { Parts } from './shape.ts';

export type StageKind = 'sft' | 'grpo';

/** From here on the run belongs on a larger engine. */
const LONG_HOURS = 24;

const ENGINES: Readonly<Record<StageKind, string>> = {
  sft:
    'ms-swift 4.5 or later, LLaMA-Factory 0.9.5, TRL 1.9 or verl 0.9 fine-tune Qwen2.5-VL with images on several GPUs ' +
    '(not OpenRLHF: its fine-tuning is text only)',
  grpo:
    'ms-swift 4.5 or later, or verl 0.8 or later, run GRPO of several turns with images for Qwen2.5-VL on several GPUs ' +
    '(OpenRLHF 0.10.1 can, but was tested on Qwen3.5 only; TRL refuses the stock template of Qwen2.5-VL)',
};

/** What this run could still change to need less memory. */
export function memoryLevers(kind: StageKind, { lora, base, recompute }: Parts, batch: number): string[] {
  return [
    ...(lora ? [] : [`train an adapter (${kind}.lora)`]),
    ...(base === 'q4' ? [] : [`keep a frozen base in int4 (${kind}.base "q4")`]),
    ...(recompute ? [] : [`recompute blocks (${kind}.recompute)`]),
    ...(batch > 1 ? ['make micro-batches smaller'] : []),
    'make samples shorter (smaller images)',
  ];
}

/** Sentences, none when the run can stay. `memoryBytes`: of the device, null when it is not known. */
export function adviceFor(stage: {
  readonly kind: StageKind;
  readonly hours: number;
  readonly deviceBytes: number;
  readonly memoryBytes: number | null;
  readonly levers: readonly string[];
}): string[] {
  const { kind, hours, deviceBytes, memoryBytes, levers } = stage;
  const doesNotFit = memoryBytes !== null && deviceBytes > memoryBytes;
  const advice: string[] = [];
  if (doesNotFit) {
    const [needed, there] = [deviceBytes, memoryBytes].map((bytes) => `${(bytes / 1e9).toFixed(1)} GB`);
    advice.push(`${kind} needs ${needed} on the device, which has ${there}: ${levers.join(', ')}.`);
  }
  if (hours > LONG_HOURS) advice.push(`${kind} takes ${Math.round(hours)} h, more than a day.`);
  if (advice.length > 0) advice.push(`A larger engine for it: ${ENGINES[kind]}.`);
  return advice;
}
