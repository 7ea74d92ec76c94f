/** What the page and the worker of the model store say to each other. */
import type { ModelOffer, StoredModel } from '../modelStore/modelRecord.ts';
import type { ModelProgress } from '../modelStore/meter.ts';
import type { ModelSource } from '../modelStore/modelSource.ts';
import type { Room } from '../modelStore/room.ts';
import type { Outcome } from './messages.ts';

export interface Shelf {
  readonly models: readonly StoredModel[];
  readonly room: Room;
}

/** Long calls are named by `task`, so that they can be cancelled; a cancelled one ends with the problem `cancelled`. */
export interface ModelStoreApi {
  list(): Promise<Outcome<Shelf>>;
  look(task: string, source: ModelSource): Promise<Outcome<ModelOffer>>;
  add(task: string, source: ModelSource, onProgress: (progress: ModelProgress) => void): Promise<Outcome<StoredModel>>;
  verify(task: string, id: string, onProgress: (progress: ModelProgress) => void): Promise<Outcome<readonly string[]>>;
  remove(id: string): Promise<Outcome<void>>;
  cancel(task: string): void;
}
