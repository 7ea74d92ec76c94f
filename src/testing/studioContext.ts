/** Tests only: the actions' context with real storage (in memory), a clock, and an engine that answers what it is told. */
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import { sha256Hex } from '@agentiad/core/support/hash.ts';
import type { Engine } from '../runtime/client.ts';
import type { PreparedImage } from '../runtime/messages.ts';
import { readAgain } from '../state/actions/tabs.ts';
import { createOneWriter } from '../storage/oneWriter.ts';
import { createStorage } from '../storage/storage.ts';
import { createTabs } from '../storage/tabs/tabs.ts';
import type { StudioContext } from '../state/context.ts';
import { createPictures } from '../state/pictures.ts';
import { createPreferences } from '../state/preferences.ts';
import { createPlayhead } from '../state/playhead.ts';
import { createTestIntake } from './intake.ts';
import { createStudioStore } from '../state/studioState.ts';

export interface TestStudio extends StudioContext {
  /** Files the studio saved, by name: text, and others. */
  readonly saved: Map<string, string>;
  readonly savedFiles: Map<string, Blob>;
  /** The name of its database, which another studio can share. */
  readonly database: string;
}

let databases = 0;
const BITMAP = { width: 1, height: 1, close: () => {} } as ImageBitmap;

/** `trace` is what every inspection ends with; without one it fails. `databaseOf`: a studio in another tab. */
export function createTestStudio(
  options: { readonly trace?: Trace; readonly databaseOf?: TestStudio } = {},
): TestStudio {
  let ids = 0;
  const database = options.databaseOf?.database ?? `studio-${++databases}`;
  const saved = new Map<string, string>();
  const savedFiles = new Map<string, Blob>();
  const engine: Engine = {
    start: () => Promise.reject(new Error('not used')),
    prepare: (bytes, name) => Promise.resolve(prepared(new Uint8Array(bytes), name)),
    inspect: () => (options.trace ? Promise.resolve(options.trace) : Promise.reject(new Error('no trace'))),
    ask: () => Promise.reject(new Error('not used')),
    check: () => Promise.reject(new Error('not used')),
    align: () => Promise.reject(new Error('not used')),
    rank: () => Promise.resolve(null),
    health: () => Promise.resolve(null),
    measure: () => Promise.resolve(null),
    stop: () => {},
  };
  const store = createStudioStore();
  const writer = createOneWriter(createStorage({}, database), {
    isReadOnly: () => store.getState().isReadOnly,
    onRefused: () => readAgain(studio),
    onWritten: () => {},
  });
  const studio: TestStudio = {
    store,
    engine,
    models: {
      list: () => Promise.resolve({ models: [], room: { freeBytes: null, usedBytes: null } }),
      look: () => Promise.reject(new Error('not used')),
      add: () => Promise.reject(new Error('not used')),
      verify: () => Promise.reject(new Error('not used')),
      remove: () => Promise.resolve(),
      cancel: () => {},
    },
    ...writer,
    tabs: createTabs(null, null),
    pictures: createPictures(),
    pieces: { cut: () => Promise.resolve(null) },
    intake: createTestIntake(),
    playhead: createPlayhead({ frame: () => () => {}, reducedMotion: () => true }),
    files: new Map(),
    unsaved: new Map(),
    isReplayFile: false,
    preferences: createPreferences(null),
    saved,
    savedFiles,
    database,
    host: {
      now: () => new Date('2026-05-01T12:00:00Z'),
      newId: () => `id${++ids}`,
      base: 'http://localhost/',
      fetch: () => Promise.resolve(new Response(null, { status: 404 })),
      bitmapOfAsset: () => Promise.resolve(BITMAP),
      encodePicture: () => Promise.resolve({ mime: 'image/webp', base64: 'AAEC' }),
      saveFile: (name, content) =>
        typeof content === 'string' ? saved.set(name, content) : savedFiles.set(name, new Blob([content])),
      pickFolder: () => Promise.resolve(null),
      nextFrame: (work) => work(),
      whenIdle: (work) => work(),
      keepData: () => Promise.resolve(false),
      copyText: () => Promise.resolve(true),
      environment: () => ({ isSecure: true }),
      storageFacts: () => Promise.resolve({ usedBytes: null, quotaBytes: null, isPersistent: null }),
      holdRun: (_id, work) => work(),
      liveRuns: () => Promise.resolve(new Set<string>()),
    },
  };
  const card = { name: 'test', trainedOn: 'nothing' } as never;
  const backend = { name: 'cpu', adapter: 'test', cause: null, reason: null, maxBindingBytes: null } as const;
  studio.store.setState({
    engine: { state: 'ready', info: { backend, card, towerSha256: 'tower', modelId: null }, speed: null },
  });
  return studio;
}

function prepared(bytes: Uint8Array, name: string): PreparedImage {
  const meta = {
    name,
    sha256: sha256Hex(bytes),
    sizeBytes: bytes.length,
    format: 'png',
    bitDepth: 8,
    orientationApplied: 1,
    conversions: [],
    windowLevel: null,
    width: 40,
    height: 30,
  } as PreparedImage['meta'];
  return { meta, bitmap: BITMAP, thumb: new ArrayBuffer(1), thumbMime: 'image/webp' };
}

/** The codes of the notices on the page. */
export function noticeCodes(studio: StudioContext): string[] {
  return studio.store.getState().notices.map(({ problem }) => problem.code);
}
