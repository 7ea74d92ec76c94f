/** What the page and the intake workers say to each other: many image files at once, without a model. */
import type { WindowChoice } from '@agentiad/core/image/windowLevel.ts';
import type { Outcome, PreparedImage } from './messages.ts';

/** What the first look at a file tells: its header is read, its pixels are not. */
export interface LookedAt {
  readonly sha256: string;
  /** Upright. */
  readonly width: number;
  readonly height: number;
  readonly sizeBytes: number;
}

/** A decoded file as it is stored. */
export interface IntakenImage extends Omit<PreparedImage, 'bitmap'> {
  readonly bytes: ArrayBuffer;
}

export interface IntakeApi {
  look(file: File): Promise<Outcome<LookedAt>>;
  /** `window` reduces a file of more than 8 bits. */
  take(file: File, window: WindowChoice): Promise<Outcome<IntakenImage>>;
}
