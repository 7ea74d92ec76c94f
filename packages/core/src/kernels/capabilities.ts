/**
 * What a device can do, in three tiers of kernels: 0 without f16 and subgroups, within the limits WebGPU guarantees
 * (128 MiB bindings, 16 KiB workgroup memory, 256 invocations, 8 storage buffers); 1 with subgroups of any size; 2 also
 * with f16 loads. Accumulation is f32 in all of them.
 */

export type Tier = 0 | 1 | 2;
export const tiers: readonly Tier[] = [0, 1, 2];

export interface Capabilities {
  readonly tier: Tier;
  /** The adapter runs on the CPU: kernels take shapes that suit a few wide SIMD lanes rather than many threads. */
  readonly isSoftware: boolean;
  /** Largest storage binding in bytes; larger matrices are held in row blocks. */
  readonly maxBindingBytes: number;
  readonly maxBufferBytes: number;
  readonly maxWorkgroupBytes: number;
  readonly maxInvocations: number;
}

/** Adapter limits that tier 0 may rely on. */
const guaranteed = {
  maxBindingBytes: 128 * 1024 * 1024,
  maxBufferBytes: 256 * 1024 * 1024,
  maxWorkgroupBytes: 16384,
  maxInvocations: 256,
};

/**
 * The best tier `device` can run, with its own limits. A device made without the features counts as without them.
 * `isSoftware`: the adapter's `info.isFallbackAdapter`.
 */
export function readCapabilities(device: Pick<GPUDevice, 'features' | 'limits'>, isSoftware = false): Capabilities {
  const { features, limits } = device;
  const hasSubgroups = features.has('subgroups');
  return {
    tier: hasSubgroups && features.has('shader-f16') ? 2 : hasSubgroups ? 1 : 0,
    isSoftware,
    maxBindingBytes: limits.maxStorageBufferBindingSize,
    maxBufferBytes: limits.maxBufferSize,
    maxWorkgroupBytes: limits.maxComputeWorkgroupStorageSize,
    maxInvocations: limits.maxComputeInvocationsPerWorkgroup,
  };
}

/** `capabilities` lowered to `tier`; tier 0 also gives up every limit beyond the guaranteed ones. */
export function atTier(capabilities: Capabilities, tier: Tier): Capabilities {
  if (tier > capabilities.tier) throw new Error(`tier ${tier} on a device of tier ${capabilities.tier}`);
  if (tier > 0) return { ...capabilities, tier };
  const lowered = (name: keyof typeof guaranteed) => Math.min(capabilities[name], guaranteed[name]);
  return {
    ...capabilities,
    tier,
    maxBindingBytes: lowered('maxBindingBytes'),
    maxBufferBytes: lowered('maxBufferBytes'),
    maxWorkgroupBytes: lowered('maxWorkgroupBytes'),
    maxInvocations: lowered('maxInvocations'),
  };
}
