/** The defect masks of a manifest's cases, for pixel metrics. */
import { stat } from 'node:fs/promises';
import type { LabelledCase } from '../data/labelledCase.ts';
import { readManifest } from '../data/manifest.ts';
import { readMask } from '../data/maskBoxes.ts';
import type { DefectMask } from '../data/maskBoxes.ts';

/** Null: the case is anomalous and has no mask, so that nothing can be said of its pixels. `orientation`: EXIF of the part. */
export type MaskReader = (
  example: LabelledCase,
  orientation: number,
) => Promise<{ readonly mask: DefectMask | null } | null>;

/** Reads masks of a manifest; null for data that has none. */
export async function openMasks(data: string): Promise<MaskReader | null> {
  if (!(await stat(data).catch(() => null))?.isFile()) return null;
  const { rows, resolve } = await readManifest(data);
  const masks = new Map(rows.flatMap(({ id, mask }) => (mask === null ? [] : [[id, resolve(mask)] as const])));
  if (masks.size === 0) return null;
  return async ({ id, label }, orientation) => {
    if (label === 'normal') return { mask: null };
    const file = masks.get(id);
    return file === undefined ? null : { mask: await readMask(file, orientation) };
  };
}
