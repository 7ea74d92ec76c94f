/** What a device lacks to run a model, in words. Pure: sizes and device in, a sentence or null out. */
import type { ModelSizes } from '../modelStore/modelRecord.ts';
import type { BackendInfo } from './messages.ts';

/** Beyond it WebAssembly's memory, which holds every weight as float32, and everybody's patience end. */
const wasmParameters = 3e8;

/** Null when the device can run it. The sentence continues "cannot run here: ". */
export function whatIsLacking({ parameters }: Pick<ModelSizes, 'parameters'>, backend: BackendInfo): string | null {
  if (backend.name === 'webgpu' || parameters <= wasmParameters) return null;
  const reason = backend.reason ? `; here ${backend.reason}` : '';
  return `with ${billions(parameters)} parameters it needs WebGPU on a graphics adapter${reason}.`;
}

function billions(parameters: number): string {
  return parameters >= 1e9 ? `${(parameters / 1e9).toFixed(1)} billion` : `${Math.round(parameters / 1e6)} million`;
}
