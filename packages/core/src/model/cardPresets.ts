/**
 * What a checkpoint may be used for: one list of the configurations whose licence is known (model cards of Qwen2.5-VL on
 * Hugging Face, 2025). Of others the folder's own README or LICENSE is quoted.
 */
import { strFromU8 } from 'fflate';
import type { ModelCard } from './backbone.ts';
import type { ModelConfig } from './config.ts';

type CommercialUse = ModelCard['commercialUse'];

interface Preset {
  readonly id: string;
  readonly name: string;
  readonly licence: string;
  readonly commercialUse: CommercialUse;
  /** How the official README calls the licence. */
  readonly readmeLicence: string;
  readonly text: Pick<ModelConfig['text'], 'hiddenSize' | 'layers' | 'vocabSize' | 'tied'>;
}

const presets: readonly Preset[] = [
  {
    id: 'qwen2.5-vl-3b',
    name: 'Qwen2.5-VL-3B',
    licence: 'Qwen Research License',
    commercialUse: 'no',
    readmeLicence: 'qwen-research',
    text: { hiddenSize: 2048, layers: 36, vocabSize: 151936, tied: true },
  },
  {
    id: 'qwen2.5-vl-7b',
    name: 'Qwen2.5-VL-7B',
    licence: 'Apache-2.0',
    commercialUse: 'yes',
    readmeLicence: 'apache-2.0',
    text: { hiddenSize: 3584, layers: 28, vocabSize: 152064, tied: false },
  },
];

/** Files of a checkpoint that may state its licence. */
export const licenceFiles = ['README.md', 'LICENSE', 'LICENSE.txt', 'LICENSE.md'] as const;

export type CardIdentity = Pick<ModelCard, 'id' | 'name' | 'licence' | 'commercialUse'>;

/** `folder` names models of no preset; `files` are those of `licenceFiles` that the folder holds. */
export function cardFor(config: ModelConfig, folder: string, files: ReadonlyMap<string, Uint8Array>): CardIdentity {
  const readme = files.get('README.md');
  const stated = readme ? readmeLicence(strFromU8(readme)) : null;
  const preset = presets.find(({ text }) => {
    return Object.entries(text).every(([key, value]) => config.text[key as keyof typeof text] === value);
  });
  if (preset && (stated === null || stated === preset.readmeLicence)) {
    const { id, name, licence, commercialUse } = preset;
    return { id, name, licence, commercialUse };
  }
  const own = { id: modelId(folder), name: folder };
  if (!preset) {
    const licence = stated ?? licenceTitle(files) ?? 'not stated';
    return { ...own, licence, commercialUse: stated === null ? 'ask' : judge(stated) };
  }
  // Made from a model whose terms still hold.
  const uses = [preset.commercialUse, judge(stated!)];
  return {
    ...own,
    licence: `${stated} (model), ${preset.licence} (its base)`,
    commercialUse: uses.includes('no') ? 'no' : uses.includes('ask') ? 'ask' : 'yes',
  };
}

const permissive = /^(apache-2\.0|mit|bsd(-\d-clause)?|cc0-1\.0|cc-by-4\.0|isc|unlicense)$/i;
const restricted = /research|non-?commercial|cc-by-nc/i;

function judge(licence: string): CommercialUse {
  return restricted.test(licence) ? 'no' : permissive.test(licence) ? 'yes' : 'ask';
}

/** `license`, or `license_name` where that is "other", of the README's front matter. */
function readmeLicence(readme: string): string | null {
  const frontMatter = /^---\r?\n([\s\S]*?)\r?\n---/.exec(readme)?.[1] ?? '';
  const field = (key: string) =>
    new RegExp(`^${key}:[ \\t]*["']?([^"'\\r\\n]+?)["']?[ \\t]*$`, 'm').exec(frontMatter)?.[1] ?? null;
  const licence = field('license');
  return licence === null || licence === 'other' ? (field('license_name') ?? licence) : licence;
}

/** First line of the LICENSE file. */
function licenceTitle(files: ReadonlyMap<string, Uint8Array>): string | null {
  const file = licenceFiles.slice(1).find((name) => files.has(name));
  const lines = file ? strFromU8(files.get(file)!).split('\n') : [];
  const title = lines.map((line) => line.trim()).find((line) => line !== '');
  return title ? title.slice(0, 100) : null;
}

/** A name as an id: lower case, without spaces. */
export function modelId(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^-+|-+$/g, '');
}
