/** Validation of JSON from outside against the published schemas in `schema/`; messages carry the path and the cause. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import answerSchema from '../../schema/answer.schema.json' with { type: 'json' };
import librarySchema from '../../schema/library.schema.json' with { type: 'json' };
import recipeSchema from '../../schema/recipe.schema.json' with { type: 'json' };
import towerSchema from '../../schema/tower.schema.json' with { type: 'json' };
import traceSchema from '../../schema/trace.schema.json' with { type: 'json' };
import verdictSchema from '../../schema/verdict.schema.json' with { type: 'json' };
import type { Answer } from './answer.ts';
import type { LibraryFile } from './library.ts';
import type { Recipe } from './recipe.ts';
import type { TowerManifest } from './tower.ts';
import type { Trace } from './trace.ts';
import type { Verdict } from './verdict.ts';

interface Documents {
  answer: Answer;
  library: LibraryFile;
  recipe: Recipe;
  tower: TowerManifest;
  trace: Trace;
  verdict: Verdict;
}

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, strictTypes: false, strictRequired: false });
ajv.addSchema([answerSchema, verdictSchema, traceSchema, recipeSchema, librarySchema, towerSchema]);

export type Checked<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly string[] };

/** Checks `value` against the schema of `kind`; every problem names its path. */
export function checkDocument<K extends keyof Documents>(kind: K, value: unknown): Checked<Documents[K]> {
  if (ajv.validate(`agentiad-${kind}-1`, value)) return { ok: true, value: value as Documents[K] };
  const problems = (ajv.errors ?? []).map(
    (error) => `${error.instancePath || 'the document'} ${error.message ?? 'is invalid'}`,
  );
  return { ok: false, problems };
}
