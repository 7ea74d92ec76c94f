/**
 * From a dataset's images to manifest rows: masks become boxes, labels are checked against masks, splits are drawn by
 * group, and ids never tell the label.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { inspectImageFile } from '@agentiad/core/image/inspectFile.ts';
import { uprightSize } from '@agentiad/core/image/orientation.ts';
import { sha256Hex } from '@agentiad/core/support/hash.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { datasetConflict } from './datasets/dataset.ts';
import type { Dataset, DatasetContent, DatasetImage } from './datasets/dataset.ts';
import { isFile } from './datasets/files.ts';
import type { ManifestBox, ManifestRow } from '@agentiad/core/protocol/manifest.ts';
import { maskBoxes, readMask } from './maskBoxes.ts';
import type { MaskBoxOptions } from './maskBoxes.ts';
import { drawSplit, splitOf } from './storedSplit.ts';
import type { SplitShares, StoredSplit } from './storedSplit.ts';

export interface RowOptions {
  /** Keep only these; default: all. */
  readonly categories?: readonly string[];
  readonly boxes?: Partial<MaskBoxOptions>;
  /** Keep defective images whose mask is missing or empty, without boxes, instead of failing. */
  readonly allowMissingMasks?: boolean;
  readonly seed?: number;
  /** Draw the set's test images (or all, where the set has no split) anew over these shares. */
  readonly shares?: SplitShares;
  /** Take the drawn part of the split from here instead. */
  readonly split?: StoredSplit;
  readonly onProgress?: (done: number, all: number) => void;
}

export interface DatasetRows {
  /** Paths relative to the dataset's root. */
  readonly rows: readonly ManifestRow[];
  readonly images: readonly DatasetImage[];
  /** Null where every image keeps the split that the set gives it. */
  readonly split: StoredSplit | null;
  readonly content: DatasetContent;
}

const DEFAULT_BOXES: MaskBoxOptions = { mode: 'parts', minPixels: 4 };
/** Where a set has no split of its own. */
const DEFAULT_SHARES: SplitShares = { train: 0.5, test: 0.5 };

export async function datasetRows(dataset: Dataset, root: string, options: RowOptions = {}): Promise<DatasetRows> {
  const content = await dataset.read(root);
  const images = chooseCategories(dataset, content.images, options.categories);
  const redraws = options.shares !== undefined || options.split !== undefined;
  const isDrawn = ({ split }: DatasetImage) => split === null || (redraws && split === 'test');
  const drawn = images.filter(isDrawn);
  const shares = options.shares ?? DEFAULT_SHARES;
  const split =
    drawn.length === 0 ? null : (options.split ?? drawSplit(dataset.name, drawn, shares, options.seed ?? 0));
  await checkFiles(root, images);
  const rows: ManifestRow[] = [];
  for (const image of images) {
    const boxes = image.boxes ?? (await boxesOf(root, image, options));
    rows.push({
      // A hash: file and folder names tell the label in most sets.
      id: `${dataset.name}/${image.category}/${sha256Hex(new TextEncoder().encode(image.image)).slice(0, 12)}`,
      image: image.image,
      category: image.category,
      label: image.label,
      type: image.type,
      boxes,
      mask: boxes.length === 0 ? null : maskOf(image.masks),
      exemplars: image.exemplars ?? [],
      split: isDrawn(image) ? splitOf(split!, image.group) : image.split!,
      source: dataset.name,
      group: image.group,
    });
    options.onProgress?.(rows.length, images.length);
  }
  return { rows, images, split, content };
}

function chooseCategories(dataset: Dataset, images: readonly DatasetImage[], wanted: readonly string[] | undefined) {
  if (wanted === undefined) return images;
  const known = new Set(images.map(({ category }) => category));
  const unknown = wanted.find((name) => !known.has(name));
  if (unknown === undefined) return images.filter(({ category }) => wanted.includes(category));
  throw new UserError({
    code: 'dataset-category',
    subject: unknown,
    reason: `${dataset.title} has no such category here.`,
    remedy: `Categories: ${[...known].join(', ')}.`,
  });
}

/** Tables may name files that a partial copy does not have. */
async function checkFiles(root: string, images: readonly DatasetImage[]): Promise<void> {
  const seen = new Set<string>();
  for (const { image, exemplars = [] } of images) {
    for (const file of [image, ...exemplars]) {
      if (!seen.has(file) && !(await isFile(root, file))) {
        const owner = file === image ? 'the set names this image' : `it is an exemplar of ${image}`;
        throw datasetConflict(path.join(root, file), `${owner}, but it does not exist.`, 'Complete the copy.');
      }
      seen.add(file);
    }
  }
}

/** One file, or the folder of several. */
function maskOf(masks: readonly string[]): string | null {
  return masks.length > 1 ? path.posix.dirname(masks[0]!) : (masks[0] ?? null);
}

async function boxesOf(root: string, image: DatasetImage, options: RowOptions): Promise<ManifestBox[]> {
  const { label, masks, maskPlace } = image;
  const subject = path.join(root, image.image);
  const present: string[] = [];
  for (const mask of masks) if (await isFile(root, mask)) present.push(mask);
  const boxes =
    present.length === 0 ? [] : await readBoxes(root, image, present, { ...DEFAULT_BOXES, ...options.boxes });
  if (label === 'normal') {
    if (boxes.length === 0) return [];
    throw datasetConflict(
      subject,
      `it is labelled normal, but its mask ${present.join(', ')} marks a defect.`,
      'Correct the label or the mask.',
    );
  }
  if (boxes.length > 0 || options.allowMissingMasks || (present.length === 0 && maskPlace === null)) return boxes;
  const name = image.type === null ? 'defective' : `defective (${image.type})`;
  throw datasetConflict(
    subject,
    present.length > 0
      ? `it is labelled ${name}, but its mask ${present.join(', ')} marks nothing.`
      : `it is labelled ${name}, but its mask ${maskPlace} does not exist.`,
    'Complete the copy, or keep such images without boxes with --allow-missing-masks.',
  );
}

async function readBoxes(
  root: string,
  image: DatasetImage,
  masks: readonly string[],
  options: MaskBoxOptions,
): Promise<ManifestBox[]> {
  const file = path.join(root, image.image);
  const stored = inspectImageFile(await readFile(file), path.basename(file));
  const size = uprightSize(stored, stored.orientation);
  const boxes: ManifestBox[] = [];
  for (const name of masks) {
    const mask = await readMask(path.join(root, name), stored.orientation);
    if (mask.width !== size.width || mask.height !== size.height) {
      throw datasetConflict(
        path.join(root, name),
        `the mask is ${mask.width} x ${mask.height} pixels, its image ${image.image} is ${size.width} x ${size.height}.`,
        'Use image and mask of one release and one resolution.',
      );
    }
    boxes.push(...maskBoxes(mask, options));
  }
  return options.mode === 'union' && boxes.length > 1 ? [unionOf(boxes)] : boxes;
}

function unionOf(boxes: readonly ManifestBox[]): ManifestBox {
  return [
    Math.min(...boxes.map((box) => box[0])),
    Math.min(...boxes.map((box) => box[1])),
    Math.max(...boxes.map((box) => box[2])),
    Math.max(...boxes.map((box) => box[3])),
  ];
}
