/** Options that several commands share. */
import { Option } from 'commander';
import { fileURLToPath } from 'node:url';
import type { WindowLevel } from '@agentiad/core/image/windowLevel.ts';
import { MODE_NAMES } from '@agentiad/core/protocol/modes.ts';
import { backendNames } from '../host/backend.ts';
import { UsageError } from './usageError.ts';

/** Files that ship with the studio. */
export const SHIPPED_MODEL = fileURLToPath(new URL('../../../../public/models/nano', import.meta.url));
export const SHIPPED_TOWER = fileURLToPath(new URL('../../../../public/models/tower', import.meta.url));

export const backendOption = () =>
  new Option('--backend <name>', 'what computes; auto: WebGPU on a hardware adapter, else wasm')
    .choices(backendNames)
    .default('auto');

export const modelOption = () =>
  new Option('--model <dir>', 'model folder: our container or a Hugging Face checkpoint').default(
    SHIPPED_MODEL,
    'the shipped nano',
  );

export const modeOption = () => new Option('--mode <mode>', 'tools the agent may use').choices(MODE_NAMES);

export const seedOption = () =>
  new Option('--seed <n>', 'seed of everything random').argParser(parseWhole('--seed')).default(0);

export const windowOption = () =>
  new Option(
    '--window <low,high>',
    'samples of images of more than 8 bits that become black and white; left out: by the bits in use',
  ).argParser(parseWindow);

function parseWindow(text: string): WindowLevel {
  const [low, high, ...rest] = text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  const isSample = (value: number | undefined) => Number.isInteger(value) && value! >= 0 && value! <= 65_535;
  if (rest.length === 0 && isSample(low) && isSample(high) && low! < high!)
    return { low: low!, high: high!, rule: 'chosen' };
  throw new UsageError(
    '--window',
    `"${text}" is not two whole numbers from 0 to 65535, the lower one first.`,
    'Write for example --window 0,4095.',
  );
}

/** Parser for a whole number >= `min`. */
export function parseWhole(flag: string, min = 0): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isInteger(value) && value >= min) return value;
    throw new UsageError(
      flag,
      `"${text}" is not a whole number of at least ${min}.`,
      `Give a number, as in ${flag} ${min + 1}.`,
    );
  };
}

/** Parser for a number in [0, 1]. */
export function parseShare(flag: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && value >= 0 && value <= 1) return value;
    throw new UsageError(flag, `"${text}" is not a number from 0 to 1.`, `Give a number, as in ${flag} 0.5.`);
  };
}
