/** What the page knows of models: those kept here, one being considered, and the work going on with them. */
import type { ModelProgress } from '../modelStore/meter.ts';
import type { ModelOffer, StoredModel } from '../modelStore/modelRecord.ts';
import type { ModelSource } from '../modelStore/modelSource.ts';
import type { Room } from '../modelStore/room.ts';
import type { Problem } from '../runtime/messages.ts';

/** Fetching or verifying one model. */
export interface ModelTask {
  /** The name it can be cancelled by. */
  readonly id: string;
  readonly name: string;
  /** Null until it is known what there is to do. */
  readonly progress: ModelProgress | null;
  readonly isCancelling: boolean;
}

/** A model a user asked about: first its source is asked, then it is offered. */
export interface Consideration {
  readonly task: string;
  readonly source: ModelSource;
  readonly offer: ModelOffer | null;
}

export interface ModelsState {
  /** The model that comes with the page; null until its manifest was read. */
  readonly shipped: ModelOffer | null;
  /** Null until the store was asked. */
  readonly stored: readonly StoredModel[] | null;
  readonly room: Room;
  /** The stored model wanted for inspections; null: the shipped one. */
  readonly chosen: string | null;
  readonly considered: Consideration | null;
  /** By model. */
  readonly tasks: Readonly<Record<string, ModelTask>>;
  /** What went wrong last, by model; `look` for the one being considered. */
  readonly problems: Readonly<Record<string, Problem>>;
  /** Models whose files were all found right in this visit. */
  readonly verified: readonly string[];
}

/** Key of `problems` for what is being considered. */
export const LOOK = 'look';

export const NO_MODELS: ModelsState = {
  shipped: null,
  stored: null,
  room: { freeBytes: null, usedBytes: null },
  chosen: null,
  considered: null,
  tasks: {},
  problems: {},
  verified: [],
};
