/** How images of more than 8 bits are reduced: what a run saw, and what is shown. */
import {
  DEFAULT_WINDOW,
  windowOfGoodParts,
  type WindowChoice,
  type WindowLevel,
} from '@agentiad/core/image/windowLevel.ts';
import type { Current, StudioState } from './studioState.ts';

/** What the model saw or will see of the part; null: it has 8 bits, or nobody wrote it down. */
export function windowOfRun({ trace, run, askedFor }: Pick<Current, 'trace' | 'run' | 'askedFor'>): WindowLevel | null {
  return (trace?.verdict ?? run.verdict)?.image.windowLevel ?? askedFor?.windowLevel ?? null;
}

/** How the run `current` wants the part or a good part shown. */
export function windowFor(current: Current, sha256: string): WindowChoice {
  const seen = windowOfRun(current);
  return sha256 === current.sha256 ? (seen ?? DEFAULT_WINDOW) : windowOfGoodParts(seen);
}

/** As the image is shown now. */
export function windowShown({ windows }: Pick<StudioState, 'windows'>, sha256: string): WindowChoice {
  return windows[sha256]?.level ?? DEFAULT_WINDOW;
}

/** Tells pictures of one image apart; the default is the same for every image, whatever comes of it. */
export function pictureVariant(level: WindowChoice | null): string {
  return level && 'low' in level && level.rule !== 'depth' ? `${level.low},${level.high}` : '';
}
