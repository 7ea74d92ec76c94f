/** Rows of `manifest.jsonl`: any labelled image set, one JSON object a line, paths relative to the file. */

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
}
