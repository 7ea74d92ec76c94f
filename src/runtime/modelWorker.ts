/** The worker of the model store: fetching, quantising, hashing and writing, apart from inspections. */
import { UserError } from '@agentiad/core/support/userError.ts';
import { expose } from 'comlink';
import { createBrowserStore } from '../modelStore/browserStore.ts';
import { browserRoom } from '../modelStore/room.ts';
import { lettingGo } from './lettingGo.ts';
import { outcomeOf } from './messages.ts';
import type { ModelStoreApi } from './modelMessages.ts';

const store = createBrowserStore();
const tasks = new Map<string, AbortController>();

/** Runs `work` under a signal that `cancel(task)` fires. */
function cancellable<T>(task: string, subject: string, work: (signal: AbortSignal) => Promise<T>) {
  const controller = new AbortController();
  tasks.set(task, controller);
  return outcomeOf(subject, async () => {
    try {
      return await work(controller.signal);
    } catch (error) {
      throw controller.signal.aborted ? cancelled(subject) : error;
    } finally {
      tasks.delete(task);
    }
  });
}

function cancelled(subject: string): UserError {
  return new UserError({
    code: 'cancelled',
    subject,
    reason: 'was cancelled.',
    remedy: 'What was verified is kept; resume when you want to.',
  });
}

const api: ModelStoreApi = {
  list: () =>
    outcomeOf('The models on this computer', async () => ({ models: await store.list(), room: await browserRoom() })),
  look: (task, source) => cancellable(task, source.name, (signal) => store.look(source, signal)),
  add: (task, source, onProgress) =>
    lettingGo([onProgress], () => cancellable(task, source.name, (signal) => store.add(source, signal, onProgress))),
  verify: (task, id, onProgress) =>
    lettingGo([onProgress], () => cancellable(task, 'This model', (signal) => store.verify(id, signal, onProgress))),
  remove: (id) => outcomeOf('This model', () => store.remove(id)),
  cancel: (task) => tasks.get(task)?.abort(),
};

expose(api);
