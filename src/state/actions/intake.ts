/**
 * What happens to dropped, pasted and picked files: traces open in replay, library files go to the library, the first
 * image is inspected, others wait.
 */
import { guarded, readFile, type StudioContext } from '../context.ts';
import { takeImage } from './images.ts';
import { inspectImage } from './inspect.ts';
import { importLibrary } from './libraryFile.ts';
import { importTrace } from './traces.ts';

export async function addFiles(context: StudioContext, files: readonly File[]): Promise<void> {
  const { store, host, storage } = context;
  const { category } = store.getState();
  let begun = isBusy(context);
  for (const file of files) {
    if (isJsonFile(file)) {
      await importJson(context, file);
      continue;
    }
    const image = await takeImage(context, file);
    if (!image) continue;
    if (!begun) {
      begun = true;
      void inspectImage(context, image, category);
      continue;
    }
    const item = {
      id: host.newId(),
      added: host.now().toISOString(),
      name: image.meta.name,
      sha256: image.meta.sha256,
      category,
    };
    store.setState((state) => ({ queue: [...state.queue, item] }));
    await guarded(context, item.name, () => storage.putQueued(item));
  }
}

export function isJsonFile(file: File): boolean {
  return file.type === 'application/json' || /\.json$/i.test(file.name);
}

/** A library file names its schema near its start; whatever else comes as JSON must be a trace. */
async function importJson(context: StudioContext, file: File): Promise<void> {
  const text = await file.text();
  if (text.slice(0, 200).includes('"agentiad-library/')) await importLibrary(context, text, file.name);
  else await importTrace(context, text, file.name);
}

export function isBusy({ store }: StudioContext): boolean {
  const activity = store.getState().current?.activity;
  return activity === 'waiting' || activity === 'running' || activity === 'stopping';
}

/** Inspects a waiting image now (the next one when no id is given). */
export async function inspectQueued(context: StudioContext, id?: string): Promise<void> {
  const { store } = context;
  const { queue } = store.getState();
  const item = id === undefined ? queue[0] : queue.find((waiting) => waiting.id === id);
  if (!item || isBusy(context)) return;
  await removeQueued(context, item.id);
  const bytes = await guarded(context, item.name, () => readFile(context, item.sha256));
  if (!bytes) return;
  const image = await takeImage(context, new File([bytes], item.name));
  if (image) await inspectImage(context, image, item.category);
}

export async function removeQueued(context: StudioContext, id: string): Promise<void> {
  context.store.setState((state) => ({ queue: state.queue.filter((item) => item.id !== id) }));
  await guarded(context, 'The list of waiting images', () => context.storage.deleteQueued(id));
}
