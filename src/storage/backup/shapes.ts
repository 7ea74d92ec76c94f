/** What every record must have to be shown at all: the backup may have been written by anybody. */
import type { Records, RecordStore } from '../whole.ts';

type Kind = 'text' | 'number' | 'flag' | 'list' | 'object' | 'anything';
/** A `?` behind the kind: or null. */
type Shape = Readonly<Record<string, Kind | `${Kind}?`>>;

const ABOUT_IMAGE: Shape = { name: 'text', sha256: 'text' };
const RECIPE: Shape = {
  ...{ schema: 'text', id: 'text', version: 'number', name: 'text', saved: 'text', category: 'text', types: 'list' },
  ...{ specification: 'text', areas: 'object', pixelCap: 'number?', mode: 'text', tools: 'list', t1: 'number' },
  ...{ t2: 'number', triage: 'object?', exemplarSha256: 'list', namePattern: 'text?', validation: 'object?' },
};
const EXEMPLAR: Shape = {
  ...ABOUT_IMAGE,
  ...{ id: 'text', category: 'text', width: 'number', height: 'number', added: 'text' },
  ...{ enabled: 'flag', tags: 'list', note: 'text', source: 'text?' },
};

const SHAPES: { readonly [S in RecordStore]: Shape } = {
  settings: { key: 'text', value: 'anything' },
  categories: { name: 'text', types: 'list', created: 'text', recipeId: 'text?' },
  recipes: RECIPE,
  recipeVersions: RECIPE,
  exemplars: EXEMPLAR,
  labelled: {
    ...ABOUT_IMAGE,
    ...{ id: 'text', category: 'text', truth: 'text', type: 'text?', source: 'text?', added: 'text' },
  },
  journal: { id: 'text', at: 'text', kind: 'text', exemplar: 'object' },
  runs: {
    ...{ id: 'text', created: 'text', status: 'text', origin: 'text', name: 'text', category: 'text?' },
    ...{ imageSha256: 'text', label: 'text?', score: 'number?', agentSays: 'text?', thresholds: 'object?' },
    ...{ recipe: 'object?', part: 'object', libraryScore: 'number?', exemplarSha256: 'list', summary: 'text' },
    durationMs: 'number',
  },
  traces: { runId: 'text', trace: 'object', assets: 'object' },
  decisions: {
    ...{ runId: 'text', decision: 'text', accepted: 'flag', type: 'text?', note: 'text?', author: 'text', at: 'text' },
    verdictSha256: 'text',
  },
  corrections: { runId: 'text', label: 'text', regions: 'list', author: 'text', at: 'text', verdictSha256: 'text' },
  validations: { id: 'text', recipe: 'object', category: 'text', created: 'text', status: 'text', with: 'object' },
  outcomes: {
    ...{ validationId: 'text', sha256: 'text', name: 'text', truth: 'text', runId: 'text', score: 'number?' },
    ...{ libraryScore: 'number?', libraryMs: 'number?', durationMs: 'number' },
  },
  queue: { ...ABOUT_IMAGE, id: 'text', added: 'text', category: 'text?', recipe: 'object?' },
};

const TRACE: Shape = { schema: 'text', verdict: 'object?', prompt: 'object', images: 'list', steps: 'list' };

/** What is wrong with a record; null when it can be kept. */
export function faultOf<S extends RecordStore>(store: S, record: Records[S][number]): string | null {
  const fault = faultIn(SHAPES[store], record);
  if (fault || store !== 'traces') return fault;
  return faultIn(TRACE, (record as Records['traces'][number]).trace);
}

function faultIn(shape: Shape, record: object): string | null {
  for (const [field, kind] of Object.entries(shape)) {
    const value = (record as Readonly<Record<string, unknown>>)[field];
    const mayBeNull = kind.endsWith('?');
    if (mayBeNull && value === null) continue;
    if (!isKind(value, kind.replace('?', '') as Kind))
      return `${field} is missing or no ${WORDS[kind.replace('?', '') as Kind]}`;
  }
  return null;
}

const WORDS: Record<Kind, string> = {
  ...{ text: 'text', number: 'number', flag: 'yes or no', list: 'list', object: 'object', anything: 'value' },
};

function isKind(value: unknown, kind: Kind): boolean {
  if (kind === 'text') return typeof value === 'string';
  if (kind === 'number') return typeof value === 'number' && Number.isFinite(value);
  if (kind === 'flag') return typeof value === 'boolean';
  if (kind === 'list') return Array.isArray(value);
  if (kind === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return true;
}
