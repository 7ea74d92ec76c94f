/** Compiles the kernels of steps and binds their buffers: what the token loop records is made here, once. */
import { bindKernel, type Pipelines } from '../kernels/pipelines.ts';
import { assert } from '../support/assert.ts';
import type { Dispatch } from './submitter.ts';
import type { Step } from './step.ts';

/** The buffer, or range of one, behind a name. */
export type Resolve = (name: string) => GPUBufferBinding;

export interface BoundStep {
  at(rows: number): Dispatch;
}

/** Starts compiling the kernels of `steps`; `bindSteps` then finds them ready. */
export async function compileSteps(pipelines: Pipelines, steps: Iterable<Step>): Promise<void> {
  await Promise.all(
    Array.from(new Set(Array.from(steps, ({ kernel }) => kernel)), (kernel) => pipelines.compile(kernel)),
  );
}

/** Binds each step to the buffers of `resolve`. */
export async function bindSteps(pipelines: Pipelines, steps: readonly Step[], resolve: Resolve): Promise<BoundStep[]> {
  const compiled = await Promise.all(steps.map(({ kernel }) => pipelines.compile(kernel)));
  return steps.map((step, i) => {
    const recorded = bindKernel(pipelines.device, compiled[i]!, step.buffers.map(resolve));
    return { at: (rows) => ({ recorded, workgroups: step.workgroups(rows), cost: step.cost(rows) }) };
  });
}

/** Looks `name` up in each of `maps` in turn. */
export function resolveIn(...maps: readonly ReadonlyMap<string, GPUBufferBinding | GPUBuffer>[]): Resolve {
  return (name) => {
    for (const map of maps) {
      const found = map.get(name);
      if (found) return 'buffer' in found ? found : { buffer: found };
    }
    assert(false, `no buffer is named ${name}`);
  };
}
