/** The page's side of the model store's worker, which starts with the first call. Promises reject with a `UserError`. */
import { proxy } from 'comlink';
import type { ModelProgress } from '../modelStore/meter.ts';
import type { ModelOffer, StoredModel } from '../modelStore/modelRecord.ts';
import type { ModelSource } from '../modelStore/modelSource.ts';
import type { ModelStoreApi, Shelf } from './modelMessages.ts';
import { workerOnDemand } from './workerOnDemand.ts';

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
  const { ask, tell } = workerOnDemand<ModelStoreApi>(open, 'The part of this page that keeps models');
  return {
    list: () => ask((remote) => remote.list()),
    look: (task, source) => ask((remote) => remote.look(task, source)),
    add: (task, source, onProgress) => ask((remote) => remote.add(task, source, proxy(onProgress))),
    verify: (task, id, onProgress) => ask((remote) => remote.verify(task, id, proxy(onProgress))),
    remove: (id) => ask((remote) => remote.remove(id)),
    cancel: (task) => tell((remote) => remote.cancel(task)),
  };
}

function open(): Worker {
  return new Worker(new URL('./modelWorker.ts', import.meta.url), { type: 'module', name: 'models' });
}
