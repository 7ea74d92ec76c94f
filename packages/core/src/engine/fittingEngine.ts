/** The engine in whichever memory mode the device has room for. */
import { UserError } from '../support/userError.ts';
import { createEngineBackbone, type EngineBackbone, type EngineBackboneOptions } from './engine.ts';

/**
 * As `createEngineBackbone`. Where the whole model finds no room on the device, the vision tower's weights are uploaded
 * for each image and dropped after it.
 */
export async function createFittingEngine(given: EngineBackboneOptions): Promise<EngineBackbone> {
  try {
    return await createEngineBackbone(given);
  } catch (error) {
    const isFull = error instanceof UserError && error.code === 'gpu-out-of-memory';
    if (!isFull || given.options?.lowMemory) throw error;
    return createEngineBackbone({ ...given, options: { ...given.options, lowMemory: true } });
  }
}
