/** Everything the page shows, in one store. Per-frame values are not here (playhead.ts), nor pixels (pictures.ts). */
import type { StepSpeed } from '@agentiad/core/agent/stepSpeed.ts';
import type { DecodedImage } from '@agentiad/core/image/raster.ts';
import type { WindowLevel } from '@agentiad/core/image/windowLevel.ts';
import type { Mode } from '@agentiad/core/protocol/modes.ts';
import type { Recipe } from '@agentiad/core/protocol/recipe.ts';
import type { Thresholds } from '@agentiad/core/protocol/thresholds.ts';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import type { Region } from '@agentiad/core/protocol/verdict.ts';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { EngineInfo, LoadPhase, Problem } from '../runtime/messages.ts';
import type {
  AskedFor,
  CategoryRecord,
  CorrectionRecord,
  DecisionRecord,
  ExemplarRecord,
  LabelledRecord,
  QueueRecord,
  RunOrigin,
  RunRecord,
} from '../storage/schema.ts';
import type { Change } from './change.ts';
import type { Correcting } from './correction.ts';
import { NO_COMPARE, type CompareState } from './compareState.ts';
import type { TimedRun } from './expectedTime.ts';
import { EMPTY_GRID, type GridState } from './gridState.ts';
import type { ImportState } from './importState.ts';
import { keyed, type Keyed } from './keyed.ts';
import type { HealthState } from './libraryHealth.ts';
import { NO_MODELS, type ModelsState } from './modelsState.ts';
import { NOTHING_TYPED, type TypedPart } from './partFields.ts';
import type { RecipeOffer } from './recipeOffer.ts';
import { comparedWith, recipeFor } from './recipes.ts';
import { NO_STORAGE_PANEL, type StoragePanelState } from './storagePanelState.ts';
import type { Validating, ValidationSoFar } from './validations.ts';
import type { RunSoFar } from '@agentiad/core/replay/runSoFar.ts';

export type EngineStatus =
  | { readonly state: 'loading'; readonly phase: LoadPhase }
  | {
      readonly state: 'ready';
      readonly info: EngineInfo;
      /** How fast its steps are here; null until that is measured. */
      readonly speed: StepSpeed | null;
    }
  | { readonly state: 'failed'; readonly problem: Problem };

/** One entry of `samples/samples.json`; paths are relative to that folder. */
export interface Sample {
  readonly id: string;
  readonly title: string;
  readonly category: string;
  readonly types: readonly string[];
  readonly part: string;
  readonly exemplars: readonly string[];
  /** What is known of the part. */
  readonly truth?: { readonly label: 'normal' | 'anomalous'; readonly type: string | null };
  /** What the shipped model makes of it: right, sent to a person, or wrong. */
  readonly outcome?: 'right' | 'unsure' | 'wrong';
  /** What the sample says about the model, told before anybody tries it. */
  readonly note: string;
}

export type PartMeta = Omit<DecodedImage, 'raster'> & { readonly width: number; readonly height: number };

/** The inspection on the stage: being made, or replayed. */
export interface Current {
  readonly runId: string;
  /** False when an imported trace came without its image file: it cannot be inspected again. */
  readonly hasFile: boolean;
  readonly name: string;
  readonly sha256: string;
  readonly size: { readonly width: number; readonly height: number };
  readonly category: string | null;
  readonly mode: Mode;
  readonly origin: RunOrigin;
  /** `waiting`: the model is still loading. `stopping`: stop was asked for. `open`: a stored or finished run. */
  readonly activity: 'waiting' | 'running' | 'stopping' | 'open';
  readonly run: RunSoFar;
  /** The branch of `trace` that `run` shows; null: the inspection itself. */
  readonly branch: string | null;
  /** The trace as core made it, once there is one. */
  readonly trace: Trace | null;
  /** What it is or was asked; null where that is not known. */
  readonly askedFor: AskedFor | null;
  /** True for a run whose page was closed before its verdict. */
  readonly cutOff: boolean;
  readonly problem: Problem | null;
}

export interface Notice {
  readonly id: string;
  readonly problem: Problem;
}

/** An image of more than 8 bits. */
export interface DeepImage {
  readonly bitDepth: number;
  readonly level: WindowLevel;
}

/** What the browser tells about its storage for this page; null where it does not. */
export interface StorageFacts {
  readonly usedBytes: number | null;
  readonly quotaBytes: number | null;
  /** Whether it promised to keep what is stored. */
  readonly isPersistent: boolean | null;
}

/** The tabs under the verdict. */
export type SideTab = 'steps' | 'questions' | 'eye';

/** The tabs of the library page. */
export type LibraryTab = 'exemplars' | 'recipe' | 'validation' | 'versions';

/** Places within a tab of the library page that are come to from elsewhere. */
export type LibraryPlace = 'fastPath';

/** The panes of a narrow page, which shows one at a time. */
export type NarrowPane = 'image' | 'steps' | 'verdict';

/** `all`: those that people asked for; what validations of recipes made is listed apart. */
export type HistoryFilter = 'all' | 'undecided' | 'disagreements' | 'validation';

export interface Asking {
  readonly runId: string;
  readonly kind: 'asked' | 'swapped' | 'sweep' | 'checks';
  readonly done: number;
  /** Null: not counted. */
  readonly total: number | null;
  readonly isStopping: boolean;
}

export interface StudioState {
  readonly engine: EngineStatus;
  readonly samples: readonly Sample[];
  readonly categories: readonly CategoryRecord[];
  readonly exemplars: readonly ExemplarRecord[];
  /** The newest version of each. */
  readonly recipes: readonly Recipe[];
  /** The category new images are inspected as; null = Unsorted. */
  readonly category: string | null;
  /** What was chosen before a sample was tried: the user's own photos go back to it. Null: no sample was tried. */
  readonly beforeSample: { readonly category: string | null } | null;
  /** Null = the best one for the category. */
  readonly mode: Mode | null;
  readonly current: Current | null;
  /** The one inspection being made, from the click on (actions/claim.ts); `live` is null while its image is read. */
  readonly inspecting: { readonly id: symbol; readonly live: Current | null } | null;
  /** What is being asked of the run `runId`; a sweep counts its tiles, the checks their controls. */
  readonly asking: Asking | null;
  readonly queue: readonly QueueRecord[];
  readonly history: readonly RunRecord[];
  readonly notices: readonly Notice[];
  /** A region of the verdict pointed at, as long as the turn that shows it is the one on the stage. */
  readonly selected: { readonly regionId: string; readonly turn: number } | null;
  /** A region pointed at with the mouse, on the stage or in a list. */
  readonly hovered: string | null;
  readonly drawer: 'library' | 'history' | 'models' | 'settings' | 'keyboard' | 'palette' | 'export' | 'storage' | null;
  /** The newest decision on a run, by the run's id. */
  readonly decisions: Keyed<DecisionRecord>;
  /** Corrected boxes and labels, by the run's id. */
  readonly corrections: Keyed<CorrectionRecord>;
  /** Boxes are being corrected on the stage. */
  readonly correcting: Correcting | null;
  /** What was decided and filed, oldest first, and what was taken back: undo and redo of this visit. */
  readonly changes: { readonly done: readonly Change[]; readonly undone: readonly Change[] };
  /** Chosen thresholds by category, `''` for Unsorted. */
  readonly thresholds: Keyed<Thresholds>;
  /** A recipe file that was opened, until it is taken in or put aside. */
  readonly recipeOffer: RecipeOffer | null;
  /** Which part it is, as typed beside the stage. */
  readonly typedPart: TypedPart;
  /** While a handle of the thresholds is moved. */
  readonly movedThresholds: (Thresholds & { readonly category: string | null }) | null;
  /** True while the note of the decision is written. */
  readonly noting: boolean;
  readonly historyFilter: HistoryFilter;
  readonly sideTab: SideTab;
  readonly narrowPane: NarrowPane;
  readonly libraryTab: LibraryTab;
  /** The place on that tab to come to; null once it was come to. */
  readonly libraryPlace: LibraryPlace | null;
  /** Of the good parts of the kind that is chosen. */
  readonly grid: GridState;
  /** Pictures are being taken, as good parts of a kind or of a part to inspect. */
  readonly camera: { readonly goodPartsOf: string | null } | null;
  /** The import on the library page; null: none. */
  readonly importing: ImportState | null;
  /** Of the good parts, by kind of part. */
  readonly health: Keyed<HealthState>;
  readonly compare: CompareState;
  /** The stage shows what was not seen at full resolution. */
  readonly isCoverageShown: boolean;
  readonly models: ModelsState;
  /** Another tab writes; this one only reads (state/actions/tabs.ts). */
  readonly isReadOnly: boolean;
  /** `soon`: the writing tab answered, and ends what it is doing first. */
  readonly takingOver: 'asked' | 'soon' | null;
  /** What inspections of this visit took, oldest first: what the next ones will take follows from it. */
  readonly timed: readonly TimedRun[];
  /** Labelled images by kind of part, of kinds that were looked at. */
  readonly labelled: Keyed<readonly LabelledRecord[]>;
  /** The newest validation of the recipe in use, by kind of part; null: there is none. */
  readonly validations: Keyed<ValidationSoFar | null>;
  readonly validating: Validating | null;
  /** Null until it was asked. */
  readonly storageFacts: StorageFacts | null;
  /** The storage panel: backup, restore, what is used. */
  readonly storagePanel: StoragePanelState;
  /** The last deletion, while it can be undone. */
  readonly undo: { readonly exemplars: readonly ExemplarRecord[] } | null;
  /** Inspections just deleted, by name, while that is offered to be undone. */
  readonly deletedRuns: readonly string[];
  /** A kind of part just deleted, while that is offered to be undone. */
  readonly deletedKind: string | null;
  /** How images of more than 8 bits are reduced where they are shown now, by hash. */
  readonly windows: Readonly<Record<string, DeepImage>>;
  /** Files being read, 0 when none. */
  readonly reading: number;
}

export type StudioStore = StoreApi<StudioState>;

const INITIAL: StudioState = {
  engine: { state: 'loading', phase: { step: 'starting', bytes: null, share: null } },
  samples: [],
  categories: [],
  exemplars: [],
  recipes: [],
  category: null,
  beforeSample: null,
  mode: null,
  current: null,
  inspecting: null,
  asking: null,
  queue: [],
  history: [],
  notices: [],
  selected: null,
  hovered: null,
  drawer: null,
  decisions: keyed(),
  corrections: keyed(),
  correcting: null,
  changes: { done: [], undone: [] },
  thresholds: keyed(),
  movedThresholds: null,
  typedPart: NOTHING_TYPED,
  recipeOffer: null,
  noting: false,
  historyFilter: 'all',
  sideTab: 'steps',
  narrowPane: 'image',
  libraryTab: 'exemplars',
  libraryPlace: null,
  grid: EMPTY_GRID,
  camera: null,
  importing: null,
  health: keyed(),
  compare: NO_COMPARE,
  isCoverageShown: false,
  models: NO_MODELS,
  isReadOnly: false,
  takingOver: null,
  timed: [],
  labelled: keyed(),
  validations: keyed(),
  validating: null,
  storageFacts: null,
  storagePanel: NO_STORAGE_PANEL,
  undo: null,
  deletedRuns: [],
  deletedKind: null,
  windows: {},
  reading: 0,
};

export function createStudioStore(): StudioStore {
  return createStore<StudioState>(() => INITIAL);
}

export function exemplarsOf(state: Pick<StudioState, 'exemplars'>, category: string | null): readonly ExemplarRecord[] {
  return category === null ? [] : state.exemplars.filter((exemplar) => exemplar.category === category);
}

type Kinds = Pick<StudioState, 'exemplars' | 'categories' | 'recipes'>;

/** The good parts that inspections of `category` compare with: the enabled ones, as far as its recipe lists them. */
export function enabledExemplars(state: Kinds, category: string | null): readonly ExemplarRecord[] {
  return comparedWith(exemplarsOf(state, category), recipeFor(state, category));
}

/** The region pointed at while `turn` is on the stage. */
export function selectedRegion(state: Pick<StudioState, 'selected' | 'current'>, turn: number): Region | null {
  const { selected, current } = state;
  if (selected?.turn !== turn) return null;
  return current?.run.verdict?.regions.find((region) => region.id === selected.regionId) ?? null;
}

/** True for modes whose tools need known-good parts. */
export function comparesIn(mode: Mode): boolean {
  return mode === 'full' || mode === 'pz+cr';
}

/** The mode an inspection of `category` gets: its recipe's or the chosen one, as far as there is something to compare with. */
export function modeFor(
  state: Kinds & Pick<StudioState, 'mode'>,
  category: string | null,
  recipe = recipeFor(state, category),
): Mode {
  const mode = recipe?.mode ?? state.mode ?? 'full';
  return comparesIn(mode) && comparedWith(exemplarsOf(state, category), recipe).length === 0 ? 'pz' : mode;
}
