/** Compiles kernels, each distinct one once, asynchronously and with the compiler's words in the error. */
import type { BindingKind, Kernel, Workgroups } from './kernel.ts';

export interface CompiledKernel {
  readonly kernel: Kernel;
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

/** What a compute pass needs for one dispatch; made once, recorded many times. */
export interface RecordedDispatch {
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
}

export interface Pipelines {
  readonly device: GPUDevice;
  /** Rejects with an Error that names the kernel and quotes the compiler. */
  compile(kernel: Kernel): Promise<CompiledKernel>;
}

const bufferTypes: Record<BindingKind, GPUBufferBindingType> = {
  read: 'read-only-storage',
  readWrite: 'storage',
  uniform: 'uniform',
};

const computeStage = 4; // GPUShaderStage.COMPUTE: core has no WebGPU globals

export function createPipelines(device: GPUDevice): Pipelines {
  const compiled = new Map<string, Promise<CompiledKernel>>();
  const layouts = new Map<string, GPUBindGroupLayout>();

  const layoutOf = (bindings: readonly BindingKind[]): GPUBindGroupLayout => {
    const key = bindings.join();
    const known = layouts.get(key);
    if (known) return known;
    const entries = bindings.map((kind, binding) => ({
      binding,
      visibility: computeStage,
      buffer: { type: bufferTypes[kind] },
    }));
    const layout = device.createBindGroupLayout({ label: key, entries });
    layouts.set(key, layout);
    return layout;
  };

  const compileNew = async (kernel: Kernel): Promise<CompiledKernel> => {
    const { label } = kernel;
    const layout = layoutOf(kernel.bindings);
    device.pushErrorScope('validation');
    const module = device.createShaderModule({ label, code: kernel.wgsl });
    const failure = device.popErrorScope();
    const info = await module.getCompilationInfo();
    const errors = info.messages.filter((message) => message.type === 'error');
    const first = errors[0];
    if (first) {
      await failure;
      throw new Error(`Kernel ${label} does not compile: line ${first.lineNum}: ${first.message}`);
    }
    const invalid = await failure;
    if (invalid) throw new Error(`Kernel ${label} is not valid: ${invalid.message}`);
    const pipeline = await device
      .createComputePipelineAsync({
        label,
        layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
        compute: { module, entryPoint: 'main' },
      })
      .catch((cause: unknown) => {
        throw new Error(
          `Kernel ${label} makes no pipeline: ${cause instanceof Error ? cause.message : String(cause)}`,
          {
            cause,
          },
        );
      });
    return { kernel, pipeline, layout };
  };

  return {
    device,
    compile(kernel) {
      const key = `${kernel.bindings.join()}\n${kernel.wgsl}`;
      const known = compiled.get(key) ?? compileNew(kernel);
      compiled.set(key, known);
      return known;
    },
  };
}

/** Binds `buffers` in the order of the kernel's bindings. */
export function bindKernel(
  device: GPUDevice,
  { kernel, pipeline, layout }: CompiledKernel,
  buffers: readonly (GPUBuffer | GPUBufferBinding)[],
): RecordedDispatch {
  if (buffers.length !== kernel.bindings.length) {
    throw new Error(`Kernel ${kernel.label} binds ${kernel.bindings.length} buffers, got ${buffers.length}`);
  }
  const entries = buffers.map((buffer, binding) => ({
    binding,
    resource: 'buffer' in buffer ? buffer : { buffer },
  }));
  return { pipeline, bindGroup: device.createBindGroup({ label: kernel.label, layout, entries }) };
}

export function dispatch(pass: GPUComputePassEncoder, recorded: RecordedDispatch, workgroups: Workgroups): void {
  pass.setPipeline(recorded.pipeline);
  pass.setBindGroup(0, recorded.bindGroup);
  pass.dispatchWorkgroups(...workgroups);
}
