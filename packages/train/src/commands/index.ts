/** The list of commands. A new command = one file + one line here. */
import type { Command } from 'commander';
import { registerInspect } from './inspect.ts';
import { registerParity } from './parity.ts';
import { registerSamples } from './samples.ts';

export const COMMANDS: readonly ((program: Command) => void)[] = [registerInspect, registerParity, registerSamples];
