/** What a dataset adapter is: it knows one published folder layout and lists its images; `importDataset` does the rest. */
import { UserError } from '@agentiad/core/support/userError.ts';
import type { Label } from '../labelledCase.ts';
import type { ManifestBox, ManifestSplit } from '@agentiad/core/protocol/manifest.ts';
import type { MmadRecord } from '../mmadQuestions.ts';

/** Paths are relative to the dataset's root, with forward slashes. */
export interface DatasetImage {
  readonly image: string;
  readonly category: string;
  readonly label: Label;
  readonly type: string | null;
  /** Mask files there are; several where the set draws each defect into a file of its own. */
  readonly masks: readonly string[];
  /** Where the mask of this image belongs; null: the set has none for it. */
  readonly maskPlace: string | null;
  /** Boxes that the set itself gives. */
  readonly boxes?: readonly ManifestBox[];
  /** The set's own good examples for this image; without them good training images of the category serve. */
  readonly exemplars?: readonly string[];
  /** Null: the set leaves splitting to its users. */
  readonly split: ManifestSplit | null;
  /** Images of one group (board, sample, product) never fall on two sides of a drawn split. */
  readonly group: string;
  readonly mmad?: Pick<MmadRecord, 'dataset' | 'questions' | 'similarTemplates' | 'randomTemplates'>;
}

export interface DatasetContent {
  readonly images: readonly DatasetImage[];
  /** What was left out, and why. */
  readonly notes?: readonly string[];
  /** Category, then `good` or a defect, to a paragraph that describes it. */
  readonly knowledge?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface Dataset {
  /** On the command line. */
  readonly name: string;
  readonly title: string;
  /** One line; shown in help and in errors about a wrong root. */
  readonly layout: string;
  read(root: string): Promise<DatasetContent>;
}

/** The root is not what the adapter expects. */
export function wrongRoot(
  dataset: Pick<Dataset, 'title' | 'layout'>,
  root: string,
  reason: string,
  remedy?: string,
): UserError {
  return new UserError({
    code: 'dataset-root',
    subject: root,
    reason: `this is not a copy of ${dataset.title}: ${reason}`,
    remedy: remedy ?? `Give the folder with ${dataset.layout}.`,
  });
}

/** A file of the set contradicts another, or is not what it should be. */
export function datasetConflict(subject: string, reason: string, remedy: string, cause?: unknown): UserError {
  return new UserError({ code: 'dataset-conflict', subject, reason, remedy, cause });
}
