/**
 * A LoRA merged into a model of ours. Every tensor keeps its scheme and its place; those that the adapter does not target
 * keep their bytes.
 */
import { assert } from '../support/assert.ts';
import { portableSha256 } from '../support/hash.ts';
import { UserError } from '../support/userError.ts';
import { modelId } from './cardPresets.ts';
import { parseModelConfig } from './config.ts';
import { openContainer } from './container.ts';
import type { ContainerCard } from './containerManifest.ts';
import type { ConvertOptions, Conversion } from './convertCheckpoint.ts';
import { encodeWeights } from './encodeWeights.ts';
import type { LoraAdapter } from './loraAdapter.ts';
import { openLoraAdapter } from './loraAdapter.ts';
import { proveChanges } from './mergeProof.ts';
import { packContainer, type PackOptions } from './packContainer.ts';
import { checkTensor, parameterShapes } from './params.ts';
import { elementCount } from './safetensors.ts';
import { decodeRows, encodeRows, storedLayout, type WeightSchemeName } from './weightSchemes.ts';
import type { ByteSource, EncodedTensorInfo, EncodedWeights } from './weightSource.ts';

export interface MergeOptions extends PackOptions {
  readonly card?: ConvertOptions['card'];
  readonly adapter: { readonly source: ByteSource; readonly name: string };
}

/** Schemes in which a small change of a value is kept. */
const mergeable: readonly WeightSchemeName[] = ['f32', 'f16'];

/**
 * Checks all that can be checked without reading weights. Throws a UserError for an adapter of another model, and for one
 * whose targets are quantised: their steps are larger than most changes.
 */
export async function mergeContainer(
  source: ByteSource,
  options: MergeOptions,
): Promise<Omit<Conversion, 'checkpoint'>> {
  const { sha256 = portableSha256 } = options;
  const container = await openContainer(source, sha256);
  const { tensors } = container.encoded;
  const shapes = parameterShapes(parseModelConfig(container.config));
  for (const [name, shape] of shapes) checkTensor(container.encoded, name, shape);
  const adapter = await openLoraAdapter(options.adapter.source, shapes);
  for (const name of adapter.targets) {
    const { scheme } = tensors.get(name)!;
    if (!mergeable.includes(scheme)) throw quantised(name, scheme);
  }
  const files = new Map<string, Uint8Array>();
  for (const path of container.files) files.set(path, (await container.readFile(path))!);
  // Proven is what will be stored.
  const proof = proveChanges(container.weights, asStored(adapter, tensors), sha256);
  const { id, name, scheme, licence, commercialUse, tuned, trainedOn } = container.card;
  const card: ContainerCard = {
    ...{ name, scheme, licence, commercialUse, tuned },
    trainedOn: `${trainedOn}; with the LoRA ${options.adapter.name}`,
    ...options.card,
    id: options.card?.name ? modelId(options.card.name) : id,
  };
  const names = [...tensors.keys()];
  const merged = encodeWeights(proof.weights, (name) => tensors.get(name)!.scheme);
  const encoded: EncodedWeights = {
    tensors,
    async readRows(name, start, end) {
      if (adapter.targets.has(name)) return merged.readRows(name, start, end);
      await proof.weights.readRows(name, start, end);
      return container.encoded.readRows(name, start, end);
    },
  };
  const { config } = container;
  return {
    ...packContainer({ ...options, card, config, names, encoded, files, proof }),
    card,
    config,
    weightCount: names.reduce((sum, name) => sum + elementCount(tensors.get(name)!.shape), 0),
    ignored: [],
  };
}

/** `adapter` with its sums rounded to what their scheme stores. */
function asStored(adapter: LoraAdapter, tensors: ReadonlyMap<string, EncodedTensorInfo>): LoraAdapter {
  return {
    ...adapter,
    async merge(name, start, end, values) {
      const info = tensors.get(name);
      assert(info, `a target ${name} that the model has`);
      const { columns } = storedLayout(info.scheme, info.shape);
      const sums = await adapter.merge(name, start, end, values);
      return decodeRows(info.scheme, encodeRows(info.scheme, sums, end - start, columns), end - start, columns);
    },
  };
}

function quantised(name: string, scheme: WeightSchemeName): UserError {
  return new UserError({
    code: 'quantised-base',
    subject: `tensor ${name}`,
    reason: `is a target of the adapter, but stored as ${scheme}: most of its changes are smaller than the steps of ${scheme} and would be lost.`,
    remedy:
      'Give the checkpoint that this model was made from, with the same --adapter and --scheme; or convert that with --scheme f16 and merge into the result.',
  });
}
