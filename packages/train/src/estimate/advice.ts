/** When a run is too much for this package, and where it belongs then (engines and versions: training.md §0, §1). */
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

/** Sentences, none when the run can stay. `memoryBytes`: of the device, null when it is not known. */
export function adviceFor(stage: {
  readonly kind: StageKind;
  readonly hours: number;
  readonly deviceBytes: number;
  readonly memoryBytes: number | null;
}): string[] {
  const { kind, hours, deviceBytes, memoryBytes } = stage;
  const advice: string[] = [];
  if (memoryBytes !== null && deviceBytes > memoryBytes) {
    const [needed, there] = [deviceBytes, memoryBytes].map((bytes) => `${(bytes / 1e9).toFixed(1)} GB`);
    advice.push(
      `${kind} needs ${needed} on the device, which has ${there}: train an adapter (${kind}.lora), keep its base in int4 ` +
        `(${kind}.base "q4"), make batches smaller, or move to a larger engine: ${ENGINES[kind]}.`,
    );
  }
  if (hours > LONG_HOURS) {
    advice.push(`${kind} takes ${Math.round(hours)} h, more than a day: move it to a larger engine. ${ENGINES[kind]}.`);
  }
  return advice;
}
