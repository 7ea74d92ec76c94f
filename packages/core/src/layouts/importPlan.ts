/** What a folder of images is found to be: which files are good parts, which have a known truth, and which are neither. */

export const LAYOUT_NAMES = [
  'manifest',
  'visa',
  'deep-pcb',
  'mvtec-ad',
  'mvtec-loco',
  'mvtec-ad-2',
  'tree',
  'kinds',
  'folders',
  'flat',
] as const;
/**
 * `tree`: train and test folders of no published set; `kinds`: a folder of good parts beside folders of defects;
 * `folders`: one folder a kind of part; `flat`: images only.
 */
export type LayoutName = (typeof LAYOUT_NAMES)[number];

/**
 * `mask`: marks defects on another image; `unlabelled`: kept apart for tests, without its truth; `beside`: lies outside
 * the folders that the layout has; `unlisted`: the label file does not name it; `conflict`: the label file says
 * otherwise than its folder; `hidden`: the system's own; `not-image`: no image by its name.
 */
export type SkipReason = 'mask' | 'unlabelled' | 'beside' | 'unlisted' | 'conflict' | 'hidden' | 'not-image';

/** Good: may become an exemplar. Labelled: of known truth, for validation, never an exemplar. */
export type FileRole =
  | { readonly role: 'good'; readonly category: string | null }
  | {
      readonly role: 'labelled';
      readonly category: string | null;
      readonly truth: 'normal' | 'anomalous';
      /** Null: a good part, or a defect without a name. */
      readonly type: string | null;
    }
  | { readonly role: 'skipped'; readonly reason: SkipReason };

/** Files of one role; paths as they were given, in their order. `category` is null where the folder does not tell it. */
export type ImportGroup = FileRole & { readonly paths: readonly string[] };

export interface ImportPlan {
  /** Null: there is no image. */
  readonly layout: LayoutName | null;
  readonly groups: readonly ImportGroup[];
  /** Where a label file says otherwise than a folder; such an image is left out. */
  readonly conflicts: readonly LabelConflict[];
  /** Images that the label file names and that are not there. */
  readonly missing: readonly string[];
}

export interface LabelConflict {
  readonly path: string;
  /** What the label file says. */
  readonly label: 'normal' | 'anomalous';
  readonly labelFile: string;
  readonly line: number;
}

/** Role by path. */
export type Roles = ReadonlyMap<string, FileRole>;

/** One group a role, in the order in which they first come; good parts first, what is left out last. */
export function groupRoles(roles: Roles): ImportGroup[] {
  const groups = new Map<string, FileRole & { paths: string[] }>();
  for (const [path, role] of roles) {
    const key = JSON.stringify(role);
    const group = groups.get(key) ?? { ...role, paths: [] };
    group.paths.push(path);
    groups.set(key, group);
  }
  const order = ['good', 'labelled', 'skipped'];
  return [...groups.values()].sort((a, b) => order.indexOf(a.role) - order.indexOf(b.role));
}
