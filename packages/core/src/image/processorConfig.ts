/** `preprocessor_config.json` of a Hugging Face checkpoint -> `ProcessorConfig`; defaults are those of the class (transformers 4.57.1). */
import { UserError } from '../support/userError.ts';
import type { ProcessorConfig } from './processor.ts';

const DEFAULTS: ProcessorConfig = {
  patchSize: 14,
  temporalPatchSize: 2,
  mergeSize: 2,
  minPixels: 56 * 56,
  maxPixels: 28 * 28 * 1280,
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711],
  resampler: 'pillow',
};

/**
 * Accepts the old `min_pixels` / `max_pixels` (they win, as in transformers) and the newer
 * `size.{shortest_edge,longest_edge}`. The resampler follows `image_processor_type` (`...Fast` = torchvision).
 * Throws a `UserError` (`processor-config`) naming the bad field.
 */
export function parseProcessorConfig(json: unknown, name = 'preprocessor_config.json'): ProcessorConfig {
  if (!isRecord(json)) throw invalid(name, 'it is not a JSON object');
  const size = isRecord(json['size']) ? json['size'] : {};
  for (const flag of ['do_resize', 'do_rescale', 'do_normalize']) {
    if (json[flag] === false) throw invalid(name, `"${flag}" is false, which the model is never run with`);
  }
  const config: ProcessorConfig = {
    patchSize: positive(name, 'patch_size', json['patch_size'], DEFAULTS.patchSize),
    temporalPatchSize: positive(name, 'temporal_patch_size', json['temporal_patch_size'], DEFAULTS.temporalPatchSize),
    mergeSize: positive(name, 'merge_size', json['merge_size'], DEFAULTS.mergeSize),
    minPixels: positive(name, 'min_pixels', json['min_pixels'] ?? size['shortest_edge'], DEFAULTS.minPixels),
    maxPixels: positive(name, 'max_pixels', json['max_pixels'] ?? size['longest_edge'], DEFAULTS.maxPixels),
    mean: triple(name, 'image_mean', json['image_mean'], DEFAULTS.mean),
    std: triple(name, 'image_std', json['image_std'], DEFAULTS.std),
    resampler: String(json['image_processor_type'] ?? '').endsWith('Fast') ? 'torchvision' : 'pillow',
  };
  if (config.minPixels > config.maxPixels) throw invalid(name, 'the minimum of pixels is above the maximum');
  if (config.std.some((value) => value <= 0)) throw invalid(name, '"image_std" has a value that is not positive');
  return config;
}

function positive(name: string, field: string, value: unknown, fallback: number): number {
  if (value === undefined || value === null) return fallback;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) {
    throw invalid(name, `"${field}" is ${JSON.stringify(value)}, expected a positive integer`);
  }
  return value;
}

function triple(
  name: string,
  field: string,
  value: unknown,
  fallback: ProcessorConfig['mean'],
): ProcessorConfig['mean'] {
  if (value === undefined || value === null) return fallback;
  const [red, green, blue, ...rest]: unknown[] = Array.isArray(value) ? value : [];
  if (typeof red !== 'number' || typeof green !== 'number' || typeof blue !== 'number' || rest.length > 0) {
    throw invalid(name, `"${field}" is ${JSON.stringify(value)}, expected three numbers`);
  }
  return [red, green, blue];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(name: string, reason: string): UserError {
  return new UserError({
    code: 'processor-config',
    subject: name,
    reason: `The image processor settings cannot be used: ${reason}.`,
    remedy: 'Take the file from the checkpoint it belongs to.',
  });
}
