/**
 * Roles by folders alone: trees of train and test (MVTec AD, LOCO, AD 2, BTech and what was converted into them), good
 * beside defects, one folder a kind of part, or images only. What lies in a test folder is never a good part to compare
 * with: that would show the agent what it is tested on.
 */
import type { FileRole, LayoutName, Roles } from './importPlan.ts';
import { folderOf, foldersOf, isBadFolder, isGoodFolder, isMask, namedFolder, splitOf } from './paths.ts';

/** `paths`: images only, with the name of the folder they were taken from in front where it says something. */
export function folderRoles(paths: readonly string[]): { readonly layout: LayoutName | null; readonly roles: Roles } {
  const images = paths.filter((path) => !isMask(path));
  const isTree = images.some((path) => foldersOf(path).some((name) => splitOf(name) !== null));
  const withGood = new Set(
    images.map(folderOf).flatMap((folder) => (isGoodFolder(lastOf(folder)) ? parentOf(folder) : [])),
  );
  const folders = new Set(images.map(folderOf));
  const roles = new Map<string, FileRole>();
  for (const path of paths) {
    if (isMask(path)) roles.set(path, { role: 'skipped', reason: 'mask' });
    else roles.set(path, isTree ? inTree(path) : loose(path, folders, withGood));
  }
  return { layout: layoutOf(images, isTree, withGood.size > 0), roles };
}

function inTree(path: string): FileRole {
  const folders = foldersOf(path);
  const at = folders.findIndex((name) => splitOf(name) !== null);
  if (at < 0) return { role: 'skipped', reason: 'beside' };
  const category = namedFolder(folders.slice(0, at));
  const kind = folders[at + 1];
  const split = splitOf(folders[at]!);
  if (split === 'private') return { role: 'skipped', reason: 'unlabelled' };
  if (kind === undefined)
    return split === 'train' ? { role: 'good', category } : { role: 'skipped', reason: 'unlabelled' };
  if (!isGoodFolder(kind)) return anomalous(category, kind);
  return split === 'train' ? { role: 'good', category } : { role: 'labelled', category, truth: 'normal', type: null };
}

function loose(path: string, folders: ReadonlySet<string>, withGood: ReadonlySet<string>): FileRole {
  const folder = folderOf(path);
  const name = lastOf(folder);
  const above = foldersOf(folder);
  if (isGoodFolder(name)) return { role: 'good', category: namedFolder(above) };
  if (isBadFolder(name)) return anomalous(namedFolder(above), name);
  if (withGood.has(parentOf(folder)[0] ?? '') && folder !== '') return anomalous(namedFolder(above), name);
  // Images beside the folder of good parts, or in a folder under other images: nothing tells what they are.
  if (withGood.has(folder) || above.some((_, depth) => folders.has(above.slice(0, depth + 1).join('/'))))
    return { role: 'skipped', reason: 'beside' };
  if (folder !== '' && folders.has('')) return { role: 'skipped', reason: 'beside' };
  return { role: 'good', category: namedFolder(foldersOf(path)) };
}

function anomalous(category: string | null, kind: string): FileRole {
  return { role: 'labelled', category, truth: 'anomalous', type: isBadFolder(kind) ? null : kind };
}

const lastOf = (folder: string) => folder.slice(folder.lastIndexOf('/') + 1);
/** The folder around `folder`, as a list: the outermost has none around it. */
const parentOf = (folder: string) => (folder === '' ? [] : [folderOf(folder)]);

function layoutOf(images: readonly string[], isTree: boolean, hasGood: boolean): LayoutName | null {
  if (images.length === 0) return null;
  const has = (pattern: RegExp) => images.some((path) => pattern.test(path));
  if (isTree) {
    if (has(/(^|\/)test_(public|private)/i)) return 'mvtec-ad-2';
    if (has(/(^|\/)test\/(logical|structural)_anomalies\//i)) return 'mvtec-loco';
    return has(/(^|\/)train\/good\//i) ? 'mvtec-ad' : 'tree';
  }
  if (has(/(^|\/)Data\/Images\/(Normal|Anomaly)\//)) return 'visa';
  if (hasGood) return 'kinds';
  return new Set(images.map(folderOf)).size > 1 ? 'folders' : 'flat';
}
