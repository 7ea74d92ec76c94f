/** The page's side of the model store's worker, which starts with the first call. Promises reject with a `UserError`. */
import { proxy, wrap, type Remote } from 'comlink';
import type { ModelProgress } from '../modelStore/meter.ts';
import type { ModelOffer, StoredModel } from '../modelStore/modelRecord.ts';
import type { ModelSource } from '../modelStore/modelSource.ts';
import { valueOf, type Outcome } from './messages.ts';
import type { ModelStoreApi, Shelf } from './modelMessages.ts';
import { breakOf } from './workerBreak.ts';

export interface ModelLibrary {
  list(): Promise<Shelf>;
  look(task: string, source: ModelSource): Promise<ModelOffer>;
  add(task: string, source: ModelSource, onProgress: (progress: ModelProgress) => void): Promise<StoredModel>;
  /** Names of damaged files, which were dropped. */
  verify(task: string, id: string, onProgress: (progress: ModelProgress) => void): Promise<readonly string[]>;
  remove(id: string): Promise<void>;
  cancel(task: string): void;
}

export function createModelLibrary(): ModelLibrary {
  let started: { readonly remote: Remote<ModelStoreApi>; readonly broken: Promise<never> } | null = null;
  const start = () => {
    const worker = new Worker(new URL('./modelWorker.ts', import.meta.url), { type: 'module', name: 'models' });
    return { remote: wrap<ModelStoreApi>(worker), broken: breakOf(worker, 'The part of this page that keeps models') };
  };
  const ask = async <T>(call: (remote: Remote<ModelStoreApi>) => Promise<Outcome<T>>): Promise<T> => {
    const { remote, broken } = (started ??= start());
    return valueOf(await Promise.race([call(remote), broken]));
  };
  return {
    list: () => ask((remote) => remote.list()),
    look: (task, source) => ask((remote) => remote.look(task, source)),
    add: (task, source, onProgress) => ask((remote) => remote.add(task, source, proxy(onProgress))),
    verify: (task, id, onProgress) => ask((remote) => remote.verify(task, id, proxy(onProgress))),
    remove: (id) => ask((remote) => remote.remove(id)),
    cancel: (task) => void started?.remote.cancel(task),
  };
}
