/** A model of ours in another storage scheme, from one whose matrices are still unquantised. */
import { portableSha256 } from '../support/hash.ts';
import { UserError } from '../support/userError.ts';
import { modelId } from './cardPresets.ts';
import { parseModelConfig } from './config.ts';
import { openContainer } from './container.ts';
import type { ContainerCard } from './containerManifest.ts';
import type { Conversion, ConvertOptions } from './convertCheckpoint.ts';
import { encodeWeights } from './encodeWeights.ts';
import { packContainer, type PackOptions } from './packContainer.ts';
import { checkTensor, parameterShapes } from './params.ts';
import { elementCount } from './safetensors.ts';
import { schemePolicy, type SchemeChoice } from './weightSchemePolicy.ts';
import type { ByteSource } from './weightSource.ts';

export interface RequantiseOptions extends SchemeChoice, PackOptions {
  readonly card?: ConvertOptions['card'];
}

/** Throws a UserError for a model that is quantised already: its rounding would be rounded again. */
export async function requantiseContainer(
  source: ByteSource,
  options: RequantiseOptions,
): Promise<Omit<Conversion, 'checkpoint'>> {
  const { sha256 = portableSha256 } = options;
  const container = await openContainer(source, sha256);
  const { tensors } = container.encoded;
  for (const [name, shape] of parameterShapes(parseModelConfig(container.config))) {
    checkTensor(container.encoded, name, shape);
    const { scheme } = tensors.get(name)!;
    if (scheme !== 'f32' && scheme !== 'f16') throw quantised(name, scheme);
  }
  const files = new Map<string, Uint8Array>();
  for (const path of container.files) files.set(path, (await container.readFile(path))!);
  const { card: known, config } = container;
  const { id, name, licence, commercialUse, tuned, trainedOn } = known;
  const card: ContainerCard = {
    ...{ name, licence, commercialUse, tuned, trainedOn },
    ...(known.readsSpecification !== undefined && { readsSpecification: known.readsSpecification }),
    ...options.card,
    scheme: options.scheme,
    id: options.card?.name ? modelId(options.card.name) : id,
  };
  const names = [...tensors.keys()];
  const encoded = encodeWeights(container.weights, schemePolicy(options));
  return {
    ...packContainer({ ...options, card, config, names, encoded, files, proof: null }),
    card,
    config,
    weightCount: names.reduce((sum, name) => sum + elementCount(tensors.get(name)!.shape), 0),
    ignored: [],
  };
}

function quantised(name: string, scheme: string): UserError {
  return new UserError({
    code: 'quantised-already',
    subject: `tensor ${name}`,
    reason: `is stored as ${scheme}: quantised again, its values would be rounded twice.`,
    remedy: 'Give the checkpoint that this model was made from, or a model folder in f16 or f32.',
  });
}
