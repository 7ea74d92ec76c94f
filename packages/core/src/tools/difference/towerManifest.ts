/**
 * `tower.json`: what the feature tower is made of, written by `scripts/extract_tower.py`. The layers of one chain of
 * convolutions (batch normalisation folded in) with their place in `tower.bin`, and the layers whose outputs are used.
 */
import { checkDocument } from '../../protocol/schema.ts';
import type { TowerLayer, TowerManifest } from '../../protocol/tower.ts';
import { sha256Hex } from '../../support/hash.ts';
import { UserError } from '../../support/userError.ts';
import { encodeUtf8 } from '../../support/utf8.ts';

/** Parses and checks `tower.json`; throws a UserError `tower-damaged` naming what is wrong. */
export function parseTowerManifest(text: string): TowerManifest {
  let value: { readonly formatVersion?: unknown; readonly checksum?: unknown } | null;
  try {
    value = JSON.parse(text) as typeof value;
  } catch (cause) {
    throw damagedTower('tower.json is not JSON.', cause);
  }
  if (value?.formatVersion !== 1) {
    throw damagedTower(`tower.json has format version ${String(value?.formatVersion)}, this program reads 1.`);
  }
  if (value.checksum !== checksumOf(text)) throw damagedTower('tower.json was changed: its checksum does not fit.');
  const checked = checkDocument('tower', value);
  if (!checked.ok) throw damagedTower(`tower.json is not complete: ${checked.problems[0]}.`);
  const problem = problemOfLayers(checked.value);
  if (problem) throw damagedTower(`tower.json ${problem}.`);
  return checked.value;
}

/** Writes the checksum into the text of a `tower.json` that has an empty or outdated one. */
export function sealTowerManifest(text: string): string {
  return text.replace(checksumField, `$1${checksumOf(text)}$3`);
}

const checksumField = /("checksum": ?")([0-9a-f]*)(")/;

/** SHA-256 of the file's text without the digits of the checksum itself. */
function checksumOf(text: string): string {
  return sha256Hex(encodeUtf8(text.replace(checksumField, '$1$3')));
}

/** What does not fit in the chain of layers; null when all does. */
function problemOfLayers({ layers, taps, bytes }: TowerManifest): string | null {
  const before = new Map<string, TowerLayer>();
  let channels = 3;
  for (const layer of layers) {
    const { name, add, kernelOffset, biasOffset, inputs, outputs } = layer;
    if (before.has(name)) return `has two layers "${name}"`;
    if (inputs !== channels) return `gives "${name}" ${inputs} input channels, there are ${channels}`;
    if (layer.op === 'depthwise' && outputs !== inputs) return `changes the channels in the depthwise layer "${name}"`;
    if (add !== null && before.get(add)?.outputs !== outputs) return `adds "${add}" to "${name}", which does not fit`;
    if (kernelOffset + 2 * kernelLength(layer) > bytes || biasOffset + 4 * outputs > bytes)
      return `places the weights of "${name}" outside the weight file`;
    before.set(name, layer);
    channels = outputs;
  }
  const missing = taps.find((tap) => !before.has(tap));
  return missing === undefined ? null : `refers to a layer "${missing}" that it does not have`;
}

export function kernelLength(layer: TowerLayer): number {
  return layer.kernelSize ** 2 * layer.inputs * (layer.op === 'depthwise' ? 1 : layer.outputs);
}

export function damagedTower(reason: string, cause?: unknown): UserError {
  return new UserError({
    code: 'tower-damaged',
    subject: 'Feature tower',
    reason,
    remedy: 'Reload the page or reinstall the project; the folder is models/tower.',
    cause,
  });
}
