/**
 * What a folder of images is, and what may be taken of it: from the list of its paths, and the label file if it has one.
 * The studio's import and the command's `--library` ask the same.
 */
import { deepPcbRole } from './deepPcbRoles.ts';
import { folderRoles } from './folderRoles.ts';
import { groupRoles, type FileRole, type ImportPlan } from './importPlan.ts';
import { isManifest, isVisaSplit, readManifestRows, readVisaRows, rolesOfRows } from './labelFile.ts';
import { isHidden, isImageName, nameOf } from './paths.ts';

/**
 * `paths`: every file, relative to where they were taken from, forward slashes. `readText` gives a label file's text.
 * Throws a UserError `labels-unreadable`.
 */
export async function planImport(
  paths: readonly string[],
  readText: (path: string) => Promise<string>,
): Promise<ImportPlan> {
  const visible = paths.filter((path) => !isHidden(path));
  const images = visible.filter(isImageName);
  const found = await rolesOf(visible, images, readText);
  const roles = new Map<string, FileRole>();
  for (const path of paths) {
    const aside: FileRole = { role: 'skipped', reason: isHidden(path) ? 'hidden' : 'not-image' };
    roles.set(path, found.roles.get(path) ?? aside);
  }
  const { layout, conflicts, missing } = found;
  return { layout, groups: groupRoles(roles), conflicts, missing };
}

type Found = Omit<ImportPlan, 'groups'> & { readonly roles: ReadonlyMap<string, FileRole> };

async function rolesOf(
  visible: readonly string[],
  images: readonly string[],
  readText: (path: string) => Promise<string>,
): Promise<Found> {
  const manifest = outermost(visible.filter(isManifest));
  const visa = outermost(visible.filter(isVisaSplit));
  const labels = manifest ?? visa;
  if (labels !== null) {
    const text = await readText(labels);
    const rows = manifest !== null ? readManifestRows(text, labels) : readVisaRows(text, labels);
    const { roles, conflicts, missing } = rolesOfRows(rows, labels, images);
    for (const path of images) if (!roles.has(path)) roles.set(path, { role: 'skipped', reason: 'unlisted' });
    return { layout: manifest !== null ? 'manifest' : 'visa', roles, conflicts, missing };
  }
  const nothingMore = { conflicts: [], missing: [] };
  const isDeepPcb = images.some((path) => /_temp\.[^.]+$/i.test(nameOf(path)) && deepPcbRole(path));
  if (isDeepPcb) {
    const beside: FileRole = { role: 'skipped', reason: 'beside' };
    const roles = new Map(images.map((path) => [path, deepPcbRole(path) ?? beside]));
    return { layout: 'deep-pcb', roles, ...nothingMore };
  }
  return { ...folderRoles(images), ...nothingMore };
}

/** The one in the fewest folders. */
function outermost(paths: readonly string[]): string | null {
  const depth = (path: string) => path.split('/').length;
  return paths.toSorted((a, b) => depth(a) - depth(b))[0] ?? null;
}
