/** The model that a run measures: the shipped nano with its weights, or the 3B's shape with random ones. */
import type { ModelCard } from '@agentiad/core/model/backbone.ts';
import type { LoadedModel } from '@agentiad/core/model/loadModel.ts';
import type { EncodedWeights } from '@agentiad/core/model/weightSource.ts';
import type { Tokenizer } from '@agentiad/core/tokenizer/tokenizer.ts';
import { SHIPPED_MODEL } from '../commands/options.ts';
import { loadModelFolder } from '../host/loadModel.ts';
import { randomEncodedWeights } from './randomModel.ts';
import type { RunOptions } from './run.ts';
import { config3b, oneLayer, type ShapeName } from './shapes.ts';

export interface LoadedShape {
  readonly loaded: Pick<LoadedModel, 'config' | 'tokenizer' | 'card'>;
  readonly encoded: EncodedWeights;
  readonly reduced: RunOptions['reduced'];
  readonly scheme: string;
  /** The model with its own weights, where there is one. */
  readonly shipped: LoadedModel | null;
}

const seed = 1;

/** On a software adapter the 3B is reduced to one layer and two blocks; nano is always whole. */
export async function loadShape(shape: ShapeName, isSoftware: boolean): Promise<LoadedShape> {
  if (shape === 'nano') {
    const loaded = await loadModelFolder(SHIPPED_MODEL);
    return { loaded, encoded: loaded.encoded, reduced: null, scheme: loaded.card.scheme, shipped: loaded };
  }
  const config = config3b();
  const small = oneLayer(config);
  const choice = { scheme: 'q4' } as const;
  return {
    loaded: { config, tokenizer: noTokenizer, card: randomCard },
    encoded: randomEncodedWeights(config, choice, seed),
    reduced: isSoftware ? { config: small, encoded: randomEncodedWeights(small, choice, seed) } : null,
    scheme: 'q4',
    shipped: null,
  };
}

const randomCard: ModelCard = {
  id: 'random',
  name: 'random weights',
  sha256: '0'.repeat(64),
  scheme: 'q4',
  trainedOn: 'nothing: random weights',
  licence: 'none',
  commercialUse: 'yes',
  tuned: false,
};

const noText = (): never => {
  throw new Error('Internal error: random weights have no tokenizer');
};

/** Random weights are fed with ids and never read as text. */
const noTokenizer: Tokenizer = { vocabSize: 0, encode: noText, decode: noText, idOf: noText, textOf: noText };
