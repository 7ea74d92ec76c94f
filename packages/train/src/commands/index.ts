/** The list of commands. A new command = one file + one line here. */
import type { Command } from 'commander';
import { registerBench } from './bench.ts';
import { registerConvert } from './convert.ts';
import { registerData } from './data.ts';
import { registerEstimate } from './estimate.ts';
import { registerEval } from './eval.ts';
import { registerGrpo } from './grpo.ts';
import { registerInspect } from './inspect.ts';
import { registerParity } from './parity.ts';
import { registerSamples } from './samples.ts';
import { registerSft } from './sft.ts';
import { registerValidate } from './validate.ts';

export const COMMANDS: readonly ((program: Command) => void)[] = [
  registerInspect,
  registerValidate,
  registerParity,
  registerConvert,
  registerData,
  registerSamples,
  registerSft,
  registerGrpo,
  registerEval,
  registerEstimate,
  registerBench,
];
