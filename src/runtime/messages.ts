/** What the page and the worker say to each other. Errors travel as data, since comlink keeps only their text. */
import type { StepSpeed } from '@agentiad/core/agent/stepSpeed.ts';
import type { DecodedImage } from '@agentiad/core/image/raster.ts';
import type { WindowChoice } from '@agentiad/core/image/windowLevel.ts';
import type { ModelCard } from '@agentiad/core/model/backbone.ts';
import type { RunEvent } from '@agentiad/core/protocol/events.ts';
import type { Mode } from '@agentiad/core/protocol/modes.ts';
import type { Recipe } from '@agentiad/core/protocol/recipe.ts';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import type { PartFields } from '@agentiad/core/protocol/verdict.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import type { AskApi, FromJob } from './askMessages.ts';
import type { CompareApi, ReadFile } from './compareMessages.ts';
import type { HealthApi, KeptFeatures } from './healthMessages.ts';

export type BackendName = 'webgpu' | 'wasm' | 'cpu';

export interface Problem {
  readonly code: string;
  readonly subject: string;
  readonly reason: string;
  readonly remedy: string;
  /** What only somebody who looks into it can use: in the copied details, not on the page. */
  readonly detail?: string;
}

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

/** Why a model does not run on the graphics adapter: opened insecurely, no WebGPU, no adapter, software only, no device. */
export type BackendCause = 'insecure' | 'no-webgpu' | 'no-adapter' | 'software' | 'no-device' | 'asked';

export interface BackendInfo {
  readonly name: BackendName;
  readonly adapter: string;
  /** Why it is not WebGPU; null when it is. */
  readonly cause: BackendCause | null;
  /** The cause in the browser's own words; null when it is WebGPU. */
  readonly reason: string | null;
  /** The largest piece of memory the graphics device works on at once; null without one. */
  readonly maxBindingBytes: number | null;
}

export interface EngineInfo {
  readonly backend: BackendInfo;
  readonly card: ModelCard;
  /** Of the feature tower that Library match works with. */
  readonly towerSha256: string;
  /** Of the model store; null: the shipped one. */
  readonly modelId: string | null;
}

export interface StartOptions {
  /** The page's folder, ending in `/`. */
  readonly base: string;
  /** The address's `?backend=`, or null. */
  readonly backend: string | null;
  /** A model of the model store, or null for the shipped one. */
  readonly modelId: string | null;
}

/** What is done while the model is loaded, in the order it comes; not every load has every step. */
export type LoadStep = 'starting' | 'choosing' | 'tower' | 'agent' | 'stored' | 'preparing' | 'device' | 'upload';

/** Loading, told as it goes. */
export interface LoadPhase {
  readonly step: LoadStep;
  /** Bytes fetched or read in this step; null where it is not counted. */
  readonly bytes: number | null;
  /** 0..1, or null where it cannot be known. */
  readonly share: number | null;
}

/** An image file after decoding, as the page needs it. */
export interface PreparedImage {
  readonly meta: Omit<DecodedImage, 'raster'> & { readonly width: number; readonly height: number };
  /** The upright pixels the model is given, reduced to 2048 a side when larger; for drawing. */
  readonly bitmap: ImageBitmap;
  readonly thumb: ArrayBuffer;
  readonly thumbMime: string;
}

export interface LibraryJob {
  readonly category: string;
  /** Reduces images of more than 8 bits. */
  readonly window: WindowChoice;
  readonly exemplars: readonly {
    readonly id: string;
    readonly name: string;
    readonly sha256: string;
    readonly width: number;
    readonly height: number;
  }[];
}

export interface InspectJob {
  readonly runId: string;
  readonly bytes: ArrayBuffer;
  readonly name: string;
  /** Reduces an image of more than 8 bits. */
  readonly window: WindowChoice;
  readonly category: string | null;
  readonly types: readonly string[];
  readonly mode: Mode;
  readonly library: LibraryJob | null;
  readonly thresholds: { readonly t1: number; readonly t2: number };
  readonly seed: number;
  readonly recipe: Recipe | null;
  /** As of the request (`packages/core/src/agent/request.ts`). */
  readonly isValidation?: boolean;
  readonly partFields: PartFields;
  /** Reads what the model would answer after each step. */
  readonly believes: boolean;
  /** Shows zooms and good parts smaller: the graphics device gave up before. */
  readonly hasSmallerCrops: boolean;
  /** Goes on from what there is of this inspection; null: begins. */
  readonly from: FromJob | null;
  /** When it was begun, ISO 8601; null: now. */
  readonly created: string | null;
}

export interface EngineApi extends CompareApi, AskApi, HealthApi {
  /**
   * Once, before all else: where features are kept, and `readFile`, which gives a good part's file by hash, or null when
   * it is gone. Other functions that the page hands over are let go of when the call is answered.
   */
  connect(features: KeptFeatures, readFile: ReadFile): void;
  /**
   * Chooses the backend and loads model and feature tower. Called again it puts another model in the place of the first;
   * without one when that fails.
   */
  start(options: StartOptions, onPhase: (phase: LoadPhase) => void): Promise<Outcome<EngineInfo>>;
  prepare(bytes: ArrayBuffer, name: string, window: WindowChoice): Promise<Outcome<PreparedImage>>;
  inspect(job: InspectJob, onEvent: (event: RunEvent) => void): Promise<Outcome<Trace>>;
  /**
   * How fast each kind of step of an inspection is with the loaded model, measured in about two seconds; null when an
   * inspection goes before it.
   */
  measure(): Promise<Outcome<StepSpeed | null>>;
  /** Ends the running inspection at the next token. */
  stop(): void;
}

/** An unexpected error becomes a named one too, so that nobody is shown a stack trace. */
export function problemOf(error: unknown, subject: string): Problem {
  if (error instanceof UserError) {
    const { code, reason, remedy, cause } = error;
    const detail = cause instanceof Error ? { detail: cause.message } : {};
    return { code, subject: error.subject, reason, remedy, ...detail };
  }
  const message = (error instanceof Error ? error.message : String(error)).replace(/^Internal error: /, '');
  return {
    code: 'internal',
    subject,
    reason: `An internal error stopped this: ${message}`,
    remedy: 'Try again; if it comes back, please report it with this text.',
  };
}

export async function outcomeOf<T>(subject: string, work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, problem: problemOf(error, subject) };
  }
}

export function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new UserError(outcome.problem);
}
