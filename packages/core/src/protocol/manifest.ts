/** Rows of `manifest.jsonl`: any labelled image set, one JSON object a line, paths relative to the file. */
import { WINDOW_RULES, type WindowLevel } from '../image/windowLevel.ts';

export const MANIFEST_SPLITS = ['train', 'validation', 'test'] as const;
export type ManifestSplit = (typeof MANIFEST_SPLITS)[number];

/** In pixels of the upright image. */
export type ManifestBox =
  | readonly [x1: number, y1: number, x2: number, y2: number]
  | readonly [x1: number, y1: number, x2: number, y2: number, type: string];

export interface ManifestRow {
  readonly id: string;
  readonly image: string;
  readonly category: string;
  readonly label: 'normal' | 'anomalous';
  /** Null for a good part, as `mask` is, which then has no boxes either. */
  readonly type: string | null;
  readonly boxes: readonly ManifestBox[];
  /** A mask image, or the folder of several. */
  readonly mask: string | null;
  readonly exemplars: readonly string[];
  readonly split: ManifestSplit;
  /** The data set it comes from; default: the category. */
  readonly source?: string;
  /** Rows of one group (board, sample, product) stay together in every split; default: the row alone. */
  readonly group?: string;
  /** How the image, of more than 8 bits, was reduced to what its inspector saw; default: by the bits in use. */
  readonly windowLevel?: WindowLevel;
}

/** The window of a row; null where it is none that an image can be reduced by. */
export function readManifestWindow(value: unknown): WindowLevel | null {
  if (typeof value !== 'object' || value === null) return null;
  const { low, high, rule } = value as Partial<WindowLevel>;
  const isSample = (sample: unknown): sample is number => Number.isInteger(sample) && (sample as number) >= 0;
  if (!isSample(low) || !isSample(high) || low >= high || !WINDOW_RULES.includes(rule as WindowLevel['rule']))
    return null;
  return { low, high, rule: rule as WindowLevel['rule'] };
}
