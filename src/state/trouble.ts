/** The named reasons why a page can do less than it should, and which of them a device or a problem is. Pure. */
import type { BackendInfo, Problem } from '../runtime/messages.ts';

export const TROUBLES = [
  'insecure',
  'no-webgpu',
  'no-adapter',
  'software',
  'limits',
  'lost',
  'quota',
  'network',
] as const;
export type Trouble = (typeof TROUBLES)[number];

const byCode: Readonly<Record<string, Trouble>> = {
  'no-webgpu': 'no-webgpu',
  'adapter-limits': 'limits',
  'model-does-not-fit': 'limits',
  'device-lost': 'lost',
  'gpu-out-of-memory': 'lost',
  'gpu-timeout': 'lost',
  'storage-full': 'quota',
  'disk-full': 'quota',
  'no-room': 'quota',
  'model-cut-off': 'network',
  'model-host-unreachable': 'network',
  'model-host-failed': 'network',
  'model-unreachable': 'network',
};

/** Null for a problem that has its own remedy and needs no more. */
export function troubleOfProblem({ code }: Pick<Problem, 'code'>): Trouble | null {
  return byCode[code] ?? null;
}

/** Why the model does not run on the graphics adapter; null when it does, or when that was asked for. */
export function troubleOfBackend({ cause }: Pick<BackendInfo, 'cause'>): Trouble | null {
  if (cause === null || cause === 'asked') return null;
  return cause === 'no-device' ? 'limits' : cause;
}
