/**
 * Proves the recipe of a kind of part on its labelled images: one inspection each, stored as it ends, so that a stop, a
 * reload or a crash costs the one under way. The stage is left alone.
 */
import { labelledScore } from '@agentiad/core/validation/labelledScore.ts';
import type { Recipe } from '@agentiad/core/protocol/recipe.ts';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { problemOf, type Problem } from '../../runtime/messages.ts';
import { factsOfAsking, factsOfVerdict } from '../../storage/runFacts.ts';
import type { AskedFor, LabelledRecord, OutcomeRecord, RunRecord, ValidationRecord } from '../../storage/schema.ts';
import { addNotice, guarded, readFile, type StudioContext } from '../context.ts';
import { withKey } from '../keyed.ts';
import { recipeFor, referenceTo, validatedWith } from '../recipes.ts';
import { exemplarsOf } from '../studioState.ts';
import { holdsFor, missingOf, testable, type ValidationSoFar, type Validating } from '../validations.ts';
import { partFieldsFor } from '../partFields.ts';
import { verdictSummary } from '../words.ts';
import { claimOrTell } from './claim.ts';
import { conclude, showValidation } from './concludeValidation.ts';
import { jobFor } from './job.ts';
import { keepWaiting } from './keepRecipe.ts';
import { readLabelled } from './labelled.ts';
import { exemplarsSettled } from './recipeExemplars.ts';
import { ensureRecipe } from './recipes.ts';

const SEED = 0;

/** Reads the newest validation of the recipe in use into the state; nothing where there is none. */
export async function readValidation(context: StudioContext, category: string): Promise<ValidationSoFar | null> {
  const recipe = recipeFor(context.store.getState(), category);
  const found = recipe && (await guarded(context, recipe.name, () => newestOf(context, recipe.id)));
  if (recipeFor(context.store.getState(), category)?.id === recipe?.id)
    context.store.setState(({ validations }) => ({ validations: withKey(validations, category, found ?? null) }));
  return found ?? null;
}

async function newestOf({ storage }: StudioContext, recipeId: string): Promise<ValidationSoFar | null> {
  const [record] = await storage.listValidations(recipeId);
  return record ? { record, outcomes: await storage.listOutcomes(record.id) } : null;
}

/** Inspects the labelled images that there is nothing on yet, then writes what came of all into the recipe. */
export async function validate(context: StudioContext, category: string): Promise<void> {
  const { store, host } = context;
  const claim = claimOrTell(context);
  if (!claim) return;
  try {
    await Promise.all([exemplarsSettled(context), keepWaiting(context)]);
    const recipe = await ensureRecipe(context, category);
    const labelled = await usableOf(context, category);
    if (!recipe || labelled.length === 0) return;
    const begun = await begin(context, recipe);
    const finished = await host.holdRun(begun.record.id, () => inspectAll(context, recipe, begun, labelled));
    await conclude(context, recipe, finished, labelled);
  } catch (error) {
    addNotice(context, problemOf(error, category));
  } finally {
    store.setState({ validating: null });
    claim.release();
  }
}

/** Ends after the image being inspected is let go of; what was inspected stays. */
export function stopValidation(context: StudioContext): void {
  const { validating } = context.store.getState();
  if (!validating) return;
  context.store.setState({ validating: { ...validating, isStopping: true } });
  context.engine.stop();
}

async function usableOf(context: StudioContext, category: string): Promise<readonly LabelledRecord[]> {
  const labelled = await readLabelled(context, category);
  return testable(labelled, exemplarsOf(context.store.getState(), category)).usable;
}

/** Goes on with the newest validation where its outcomes still hold, else begins one. */
async function begin(context: StudioContext, recipe: Recipe): Promise<ValidationSoFar> {
  const { store, storage, host } = context;
  const now = validatedWith(store.getState(), recipe, store.getState().engine);
  if (!now) {
    const { reason, remedy } = MODEL_MISSING;
    throw new UserError({ code: 'validation-no-model', subject: recipe.name, reason, remedy });
  }
  const newest = await newestOf(context, recipe.id);
  const goesOn = newest !== null && holdsFor(newest.record, now);
  const record: ValidationRecord = {
    id: goesOn ? newest.record.id : host.newId(),
    recipe: referenceTo(recipe),
    category: recipe.category,
    created: goesOn ? newest.record.created : host.now().toISOString(),
    status: 'running',
    with: now,
    ...(goesOn && newest.record.counted && { counted: newest.record.counted }),
  };
  await storage.putValidation(record);
  // A failed inspection gets another chance: its cause may be gone.
  const outcomes = goesOn ? newest.outcomes.filter(({ score }) => score !== null) : [];
  return showValidation(context, { record, outcomes });
}

const MODEL_MISSING = {
  reason: 'The model is not loaded yet, so nothing can be inspected.',
  remedy: 'Wait until the model is ready, or choose another one.',
};

async function inspectAll(
  context: StudioContext,
  recipe: Recipe,
  begun: ValidationSoFar,
  labelled: readonly LabelledRecord[],
): Promise<ValidationSoFar> {
  const { store, host } = context;
  const missing = missingOf(labelled, begun.outcomes);
  const done = labelled.length - missing.length;
  const progress = (change: Partial<Validating>) =>
    store.setState(({ validating }) => ({ validating: validating && { ...validating, ...change } }));
  const first = { category: recipe.category, recipeId: recipe.id, done, total: labelled.length, name: '' };
  store.setState({ validating: { ...first, durationsMs: [], isStopping: false } });
  let soFar = begun;
  for (const image of missing) {
    const { validating } = store.getState();
    if (!validating || validating.isStopping) break;
    progress({ name: image.name });
    const started = host.now().getTime();
    const outcome = await inspectOne(context, recipe, soFar.record, image);
    // Stopped in the middle of it, or made with something else: it is made again the next time.
    if (outcome === null) break;
    soFar = showValidation(context, { ...soFar, outcomes: [...soFar.outcomes, outcome] });
    const durationsMs = [...validating.durationsMs, host.now().getTime() - started];
    progress({ done: validating.done + 1, durationsMs });
  }
  return soFar;
}

/** Null when it was stopped. What goes wrong with one image is an outcome without a score. */
async function inspectOne(
  context: StudioContext,
  recipe: Recipe,
  validation: ValidationRecord,
  image: LabelledRecord,
): Promise<OutcomeRecord | null> {
  const { store, engine, storage, host } = context;
  const runId = host.newId();
  const started = host.now();
  const ended = (trace: Trace | null, problem: Problem | null) => {
    const verdict = trace?.verdict ?? null;
    const score = verdict && labelledScore(runId, image.truth, verdict);
    const { sha256, name, truth } = image;
    const durationMs = host.now().getTime() - started.getTime();
    const about = { validationId: validation.id, sha256, name, truth, runId, durationMs };
    const record: RunRecord = {
      id: runId,
      created: verdict?.created ?? started.toISOString(),
      status: verdict?.status ?? 'failed',
      origin: 'validation',
      name,
      category: recipe.category,
      imageSha256: sha256,
      ...(verdict ? factsOfVerdict(verdict) : factsOfAsking(asked)),
      summary: verdict ? verdictSummary(verdict) : (problem?.reason ?? 'Failed'),
      durationMs,
    };
    const outcome = {
      ...about,
      score: score?.score ?? null,
      libraryScore: score?.libraryScore ?? null,
      libraryMs: trace && libraryMsOf(trace),
      ...(problem && { problem }),
    };
    return { record, outcome };
  };
  let asked: AskedFor | null = null;
  let result: ReturnType<typeof ended>;
  let trace: Trace | null = null;
  try {
    const bytes = await readFile(context, image.sha256);
    if (!bytes) throw fileGone(image.name);
    const stored = await storage.readAsset(image.sha256);
    asked = askedFor(context, recipe, image, stored?.windowLevel);
    const job = { ...jobFor(context, { runId, name: image.name, category: recipe.category }, asked, bytes) };
    const read = (sha256: string) => readFile(context, sha256);
    trace = await engine.inspect({ ...job, believes: false, isValidation: true }, () => {}, read);
    if (trace.verdict.status === 'interrupted') return null;
    result = ended(trace, null);
  } catch (error) {
    if (store.getState().validating?.isStopping) return null;
    const problem = problemOf(error, image.name);
    addNotice(context, problem);
    result = ended(null, problem);
  }
  if (!isAsBegun(context, recipe, validation)) {
    addNotice(context, { code: 'validation-changed', subject: recipe.name, ...CHANGED });
    return null;
  }
  const { outcome, record } = result;
  if (!trace) await storage.putOutcome(outcome);
  else {
    await storage.putOutcome(outcome, record, trace);
    store.setState(({ history }) => ({ history: [record, ...history] }));
  }
  return outcome;
}

const CHANGED = {
  reason: 'The model or the good parts it is compared with were changed during its validation, which was stopped.',
  remedy: 'Validate again: what was inspected before the change does not count for what is used now.',
};

/** Model and good parts are still those that the validation was begun with; what is edited of the recipe waits. */
function isAsBegun({ store }: StudioContext, recipe: Recipe, validation: ValidationRecord): boolean {
  const now = validatedWith(store.getState(), recipe, store.getState().engine);
  return now !== null && holdsFor(validation, now);
}

/** Tools took longer than their steps say by what Library match took, which looked before the agent. */
function libraryMsOf({ verdict, steps }: Trace): number | null {
  if (!verdict.libraryMatch) return null;
  return Math.max(0, verdict.timings.toolMs - steps.reduce((sum, { ms }) => sum + ms.tool, 0));
}

function fileGone(name: string): UserError {
  return new UserError({
    code: 'image-missing',
    subject: name,
    reason: 'is no longer in this browser’s storage, so it cannot be inspected.',
    remedy: 'Add the image file again.',
  });
}

function askedFor(
  { store }: StudioContext,
  recipe: Recipe,
  { name, sha256 }: LabelledRecord,
  windowLevel: AskedFor['windowLevel'],
): AskedFor {
  const state = store.getState();
  const { mode, types, t1, t2 } = recipe;
  const modelSha256 = state.engine.state === 'ready' ? state.engine.info.card.sha256 : '';
  const part = partFieldsFor(state, { name, sha256 }, recipe);
  const asked = { mode, types, thresholds: { t1, t2 }, seed: SEED, modelSha256, recipe, part };
  return { ...asked, ...(windowLevel && { windowLevel }) };
}
