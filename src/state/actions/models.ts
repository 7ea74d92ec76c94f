/** Models: look at one, fetch it, verify, delete, choose the one that inspects. Each failure stays beside its model. */
import { manifestFile } from '@agentiad/core/model/containerManifest.ts';
import { readOffer } from '../../modelStore/containerOffer.ts';
import type { ModelProgress } from '../../modelStore/meter.ts';
import { recordOf, type ModelOffer, type StoredModel } from '../../modelStore/modelRecord.ts';
import { parseModelAddress, type ModelSource } from '../../modelStore/modelSource.ts';
import { problemOf, type Problem } from '../../runtime/messages.ts';
import { guarded, type StudioContext } from '../context.ts';
import { LOOK, type ModelsState, type ModelTask } from '../modelsState.ts';
import { startEngine } from './boot.ts';

const SHIPPED = 'models/nano/';

export function openModels(context: StudioContext): void {
  context.store.setState({ drawer: 'models' });
  void readModels(context);
}

/** Which models there are: the page's own and those stored here. */
export async function readModels(context: StudioContext): Promise<void> {
  await Promise.all([refreshModels(context), guarded(context, 'The model of this page', () => readShipped(context))]);
}

async function refreshModels(context: StudioContext): Promise<void> {
  await guarded(context, 'The models on this computer', async () => {
    const { models: stored, room } = await context.models.list();
    update(context, { stored, room });
  });
}

/** What comes with the page, once. */
export async function readShipped(context: StudioContext): Promise<void> {
  if (context.store.getState().models.shipped) return;
  const response = await context.host.fetch(new URL(SHIPPED + manifestFile, context.host.base).href);
  const bytes = new Uint8Array(await response.arrayBuffer());
  update(context, { shipped: readOffer({ kind: 'page' }, bytes) });
}

/** Reads what was typed and asks its host. A mistyped address is told without asking anybody. */
export async function lookAtAddress(context: StudioContext, text: string): Promise<void> {
  let source: ModelSource;
  try {
    source = parseModelAddress(text);
  } catch (error) {
    return setProblem(context, LOOK, problemOf(error, text));
  }
  await lookAt(context, source);
}

/** Lets the user pick a folder of this computer and looks at it. */
export async function lookAtFolder(context: StudioContext): Promise<void> {
  const picked = await guarded(context, 'The folder', () => context.host.pickFolder());
  if (picked) await lookAt(context, { kind: 'files', ...picked });
}

async function lookAt(context: StudioContext, source: ModelSource): Promise<void> {
  const task = context.host.newId();
  dropConsidered(context);
  update(context, { considered: { task, source, offer: null } });
  const isStill = () => models(context).considered?.task === task;
  try {
    const offer = await context.models.look(task, source);
    if (isStill()) update(context, { considered: { task, source, offer } });
  } catch (error) {
    if (!isStill()) return;
    update(context, { considered: null });
    setProblem(context, LOOK, problemOf(error, source.name));
  }
}

export function dropConsidered(context: StudioContext): void {
  const { considered } = models(context);
  if (considered && !considered.offer) context.models.cancel(considered.task);
  update(context, { considered: null });
  setProblem(context, LOOK, null);
}

/** Fetches the model being considered. */
export async function addConsidered(context: StudioContext): Promise<void> {
  const { considered } = models(context);
  if (!considered?.offer) return;
  update(context, { considered: null });
  await fetchModel(context, considered.source, considered.offer);
}

/** Goes on where fetching was cut off; a model from a folder needs that folder again. */
export async function resumeModel(context: StudioContext, model: StoredModel): Promise<void> {
  if (model.origin.kind === 'url') return fetchModel(context, model.origin, model);
  await lookAtFolder(context);
  const { considered } = models(context);
  // Another model in that folder is offered instead.
  if (considered?.offer?.id === model.id) await addConsidered(context);
}

async function fetchModel(context: StudioContext, source: ModelSource, model: ModelOffer): Promise<void> {
  // Asked while there is something worth keeping; the browser may refuse.
  void context.host.keepData();
  await runTask(context, model, (task, onProgress) => context.models.add(task, source, onProgress));
}

/** Hashes every file again; what is damaged is fetched again where its source is known. */
export async function verifyModel(context: StudioContext, model: StoredModel): Promise<void> {
  const damaged = await runTask(context, model, (task, onProgress) =>
    context.models.verify(task, model.id, onProgress),
  );
  if (!damaged) return;
  if (damaged.length === 0) return update(context, { verified: [...models(context).verified, model.id] });
  if (model.origin.kind === 'url') return fetchModel(context, model.origin, model);
  setProblem(context, model.id, {
    code: 'model-damaged',
    subject: damaged.join(', '),
    reason: `${damaged.length === 1 ? 'was' : 'were'} found damaged and removed.`,
    remedy: 'Resume, and choose the folder it came from again: only that is copied.',
  });
}

export function cancelTask(context: StudioContext, modelId: string): void {
  const task = models(context).tasks[modelId];
  if (!task) return;
  context.models.cancel(task.id);
  setTask(context, modelId, { ...task, isCancelling: true });
}

/** The model that inspects is put aside first; not while it inspects. */
export async function deleteModel(context: StudioContext, model: StoredModel): Promise<void> {
  if (models(context).chosen === model.id) {
    if (context.store.getState().inspecting) return setProblem(context, model.id, inUse(model.card.name));
    await chooseModel(context, null);
  }
  try {
    await context.models.remove(model.id);
    setProblem(context, model.id, null);
  } catch (error) {
    setProblem(context, model.id, problemOf(error, model.card.name));
  }
  await refreshModels(context);
}

/** Makes `modelId`, or with null the shipped model, the one that inspects, now and after the next start. */
export async function chooseModel(context: StudioContext, modelId: string | null): Promise<void> {
  update(context, { chosen: modelId });
  await guarded(context, 'Settings', () => context.storage.writeSetting('model', modelId));
  await startEngine(context);
}

async function runTask<T>(
  context: StudioContext,
  model: ModelOffer,
  work: (task: string, onProgress: (progress: ModelProgress) => void) => Promise<T>,
): Promise<T | null> {
  const { id, card } = model;
  if (models(context).tasks[id]) return null;
  const task: ModelTask = { id: context.host.newId(), name: card.name, progress: null, isCancelling: false };
  setTask(context, id, task);
  setProblem(context, id, null);
  showAtOnce(context, model);
  update(context, { verified: models(context).verified.filter((other) => other !== id) });
  try {
    const result = await work(task.id, (progress) => {
      const now = models(context).tasks[id];
      if (now?.id === task.id) setTask(context, id, { ...now, progress });
    });
    await refreshModels(context);
    return result;
  } catch (error) {
    await refreshModels(context);
    const problem = problemOf(error, card.name);
    // What was refused before anything of it was stored has no card in the list.
    const isListed = models(context).stored?.some((stored) => stored.id === id);
    if (problem.code !== 'cancelled') setProblem(context, isListed ? id : LOOK, problem);
    return null;
  } finally {
    setTask(context, id, null);
  }
}

/** A model that is being added has its card before the store knows of it. */
function showAtOnce(context: StudioContext, offer: ModelOffer): void {
  const stored = models(context).stored ?? [];
  if (stored.some(({ id }) => id === offer.id)) return;
  const added = context.host.now().toISOString();
  update(context, { stored: [...stored, { ...recordOf(offer, added), state: 'partial', verifiedBytes: 0 }] });
}

function inUse(subject: string): Problem {
  return {
    code: 'model-in-use',
    subject,
    reason: 'is inspecting an image at the moment.',
    remedy: 'Wait until the inspection is done, or stop it; then delete the model.',
  };
}

function models({ store }: StudioContext): ModelsState {
  return store.getState().models;
}

function update({ store }: StudioContext, change: Partial<ModelsState>): void {
  store.setState((state) => ({ models: { ...state.models, ...change } }));
}

function setTask(context: StudioContext, modelId: string, task: ModelTask | null): void {
  update(context, { tasks: withEntry(models(context).tasks, modelId, task) });
}

function setProblem(context: StudioContext, key: string, problem: Problem | null): void {
  update(context, { problems: withEntry(models(context).problems, key, problem) });
}

function withEntry<T>(record: Readonly<Record<string, T>>, key: string, value: T | null): Record<string, T> {
  const others = Object.entries(record).filter(([other]) => other !== key);
  return Object.fromEntries(value === null ? others : [...others, [key, value]]);
}
