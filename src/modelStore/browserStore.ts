/** The model store on what a browser's worker offers. */
import { UserError } from '@agentiad/core/support/userError.ts';
import { createModelStore, type ModelStore } from './modelStore.ts';
import { createOpfsDisk } from './opfsDisk.ts';
import { browserRoom } from './room.ts';

const lockName = 'agentiad-model-';

export function createBrowserStore(): ModelStore {
  return createModelStore({
    disk: createOpfsDisk(),
    fetch: (...request) => fetch(...request),
    room: browserRoom,
    clock: () => performance.now(),
    now: () => new Date(),
    alone: (id, work) =>
      navigator.locks.request(lockName + id, { ifAvailable: true }, (lock) => {
        if (lock) return work();
        throw new UserError({
          code: 'model-busy',
          subject: 'This model',
          reason: 'is being changed at the moment, here or in another tab.',
          remedy: 'Wait until that is done, or cancel it there.',
        });
      }),
  });
}
