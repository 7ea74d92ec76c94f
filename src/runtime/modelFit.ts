/** What a model needs and what a device lacks for it. Pure: sizes and device in, words or null out. */
import { contextTokens, type ModelSizes } from '../modelStore/modelRecord.ts';
import { bytesInWords } from '../modelStore/room.ts';
import type { BackendInfo } from './messages.ts';

/** Beyond it WebAssembly's memory, which holds every weight as float32, and everybody's patience end. */
const wasmParameters = 3e8;
/** Activations, the picture being encoded, and what the driver takes. */
const workingBytes = 300e6;

/** In words; null for a model that runs anywhere. WebGPU does not tell how much memory a device has. */
export function neededHere(sizes: ModelSizes): string | null {
  if (sizes.parameters <= wasmParameters) return null;
  const bytes = sizes.weightBytes + contextTokens * sizes.contextBytesPerToken + workingBytes;
  return `WebGPU and about ${bytesInWords(bytes)} of graphics memory`;
}

/** Null when nothing is known to be lacking. The sentence continues "cannot run here: ". */
export function whatIsLacking(
  { parameters, undividedBytes }: Pick<ModelSizes, 'parameters' | 'undividedBytes'>,
  backend: BackendInfo,
): string | null {
  const { maxBindingBytes } = backend;
  if (maxBindingBytes !== null && undividedBytes > maxBindingBytes) {
    return `it works on ${bytesInWords(undividedBytes)} at once, this graphics device on ${bytesInWords(maxBindingBytes)} at most.`;
  }
  if (backend.name === 'webgpu' || parameters <= wasmParameters) return null;
  const reason = backend.reason ? `; here ${backend.reason}` : '';
  return `with ${billions(parameters)} parameters it needs WebGPU on a graphics adapter${reason}.`;
}

function billions(parameters: number): string {
  return parameters >= 1e9 ? `${(parameters / 1e9).toFixed(1)} billion` : `${Math.round(parameters / 1e6)} million`;
}
