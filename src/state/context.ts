/** What the actions work with. Built once in main.tsx; tests pass their own. */
import type { ReplayPicture } from '@agentiad/core/replay/replayFile.ts';
import type { Engine } from '../runtime/client.ts';
import type { Intake } from '../runtime/intakeClient.ts';
import { problemOf, type Problem } from '../runtime/messages.ts';
import type { PieceCutter } from '../runtime/pictureClient.ts';
import type { ModelLibrary } from '../runtime/modelClient.ts';
import type { RunRecord } from '../storage/schema.ts';
import type { Storage } from '../storage/storage.ts';
import type { Tabs } from '../storage/tabs/tabs.ts';
import type { StoredRun } from '../storage/tracePacking.ts';
import type { Pictures } from './pictures.ts';
import type { PreferencesStore } from './preferences.ts';
import type { Playhead } from './playhead.ts';
import type { StorageFacts, StudioStore } from './studioState.ts';

export interface StudioContext {
  readonly store: StudioStore;
  readonly engine: Engine;
  readonly models: ModelLibrary;
  /** Its writes are refused by name while this tab only reads. */
  readonly storage: Storage;
  readonly tabs: Tabs;
  /** Resolves when no write is under way, and none was for `quietMs`. */
  readonly whenWritten: (quietMs?: number) => Promise<void>;
  readonly pictures: Pictures;
  readonly pieces: PieceCutter;
  readonly intake: Intake;
  readonly playhead: Playhead;
  /** Files of this session by hash, so that work goes on when storage is full. */
  readonly files: Map<string, ArrayBuffer>;
  /** Inspections that storage had no room for, by id: they can be opened and saved as files while the page is open. */
  readonly unsaved: Map<string, { readonly run: RunRecord; readonly stored: StoredRun }>;
  readonly preferences: PreferencesStore;
  readonly host: StudioHost;
  /** The page is a saved replay: it has only what is in its file, and nothing can be asked or added. */
  readonly isReplayFile: boolean;
}

/** What only the browser's page can do. */
export interface StudioHost {
  readonly now: () => Date;
  readonly newId: () => string;
  /** The page's folder, ending in `/`. */
  readonly base: string;
  readonly fetch: (url: string) => Promise<Response>;
  readonly bitmapOfAsset: (asset: ReplayPicture) => Promise<ImageBitmap>;
  /** Recompressed for looking at, made smaller where it is large; without anything its file said besides the pixels. */
  readonly encodePicture: (bitmap: ImageBitmap) => Promise<ReplayPicture>;
  readonly saveFile: (name: string, content: string | Uint8Array<ArrayBuffer> | Blob) => void;
  /** Lets the user pick a folder; the files directly in it, or null when none was picked. */
  readonly pickFolder: () => Promise<{ readonly name: string; readonly files: readonly File[] } | null>;
  /** Runs `work` before the page is drawn next; later while it is hidden. */
  readonly nextFrame: (work: () => void) => void;
  /** Runs `work` when the page has nothing else to do. */
  readonly whenIdle: (work: () => void) => void;
  /** Asks the browser to keep the data, once there is something worth keeping; tells whether it will. */
  readonly keepData: () => Promise<boolean>;
  readonly storageFacts: () => Promise<StorageFacts>;
  /** False where the browser lets a page copy nothing (insecure origins). */
  readonly copyText: (text: string) => Promise<boolean>;
  /** Browser and origin, for diagnostics. */
  readonly environment: () => Readonly<Record<string, unknown>>;
  /** Holds a lock for as long as `work` runs, so that other tabs know this run is alive. */
  readonly holdRun: <T>(runId: string, work: () => Promise<T>) => Promise<T>;
  /** Ids of runs that some tab is working on, or null where the browser cannot tell. */
  readonly liveRuns: () => Promise<ReadonlySet<string> | null>;
}

export function addNotice(context: StudioContext, problem: Problem): void {
  const notice = { id: context.host.newId(), problem };
  context.store.setState((state) => {
    const same = state.notices.some(
      (other) => other.problem.code === problem.code && other.problem.subject === problem.subject,
    );
    return same ? {} : { notices: [...state.notices, notice] };
  });
}

/** Runs `work`; a failure becomes a notice on the page and null. */
export async function guarded<T>(context: StudioContext, subject: string, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    addNotice(context, problemOf(error, subject));
    return null;
  }
}

/** A file by hash: of this session, or stored; null when it is gone. */
export async function readFile(context: StudioContext, sha256: string): Promise<ArrayBuffer | null> {
  return context.files.get(sha256) ?? (await context.storage.readAsset(sha256))?.bytes ?? null;
}
