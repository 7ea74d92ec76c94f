/** Tests only: stored records with everything that a test does not speak of. */
import { WHOLE_IMAGE } from '@agentiad/core/image/areas.ts';
import type { Recipe } from '@agentiad/core/protocol/recipe.ts';
import { factsOfVerdict } from '../storage/runFacts.ts';
import type { ExemplarRecord, RunRecord } from '../storage/schema.ts';

export function exemplarRecord(known: Pick<ExemplarRecord, 'id' | 'category' | 'name' | 'sha256'>): ExemplarRecord {
  const added = '2026-01-01T00:00:00.000Z';
  return { width: 100, height: 80, added, enabled: true, tags: [], note: '', source: null, ...known };
}

export function runRecord(known: Pick<RunRecord, 'id'> & Partial<RunRecord>): RunRecord {
  return {
    ...factsOfVerdict(null),
    created: '2026-01-01T00:00:00.000Z',
    status: 'complete',
    origin: 'live',
    name: `${known.id}.png`,
    category: null,
    imageSha256: 'part',
    summary: '',
    durationMs: 1,
    ...known,
  };
}

export function recipeRecord(known: Pick<Recipe, 'id'> & Partial<Recipe>): Recipe {
  return {
    schema: 'agentiad-recipe/1',
    version: 1,
    name: known.id,
    saved: '2026-01-01T00:00:00.000Z',
    category: 'cap',
    types: ['dent'],
    specification: '',
    areas: WHOLE_IMAGE,
    pixelCap: null,
    mode: 'full',
    tools: [],
    t1: 0.35,
    t2: 0.65,
    triage: null,
    modelId: null,
    modelSha256: null,
    exemplarSha256: [],
    namePattern: null,
    validation: null,
    ...known,
  };
}
