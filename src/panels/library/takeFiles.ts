/** What was dropped or picked on the page of good parts: photos are taken at once, a folder is looked at first. */
import { addFiles, isJsonFile } from '../../state/actions/intake.ts';
import { beginImport, type FolderFile } from '../../state/actions/importing.ts';
import { addExemplars } from '../../state/actions/library.ts';
import { isRecipeFile } from '../../state/actions/recipeFile.ts';
import type { StudioContext } from '../../state/context.ts';

/**
 * A saved library or recipe goes to the kind of part it was saved from; without a `category` the folder tells the kinds.
 */
export async function takeFiles(
  context: StudioContext,
  category: string | null,
  files: readonly File[],
): Promise<void> {
  const folder = filesWithPaths(files);
  if (category === null || folder.some(({ path }) => path.includes('/'))) return beginImport(context, category, folder);
  const images = files.filter((file) => !isDocument(file));
  if (images.length > 0) await addExemplars(context, category, images);
  const documents = files.filter(isDocument);
  if (documents.length > 0) await addFiles(context, documents);
}

const isDocument = (file: File) => isJsonFile(file) || isRecipeFile(file);

/** Dropped or picked files, each with its path inside the folder that it came from. */
export function filesWithPaths(files: readonly File[]): readonly FolderFile[] {
  return files.map((file) => ({ path: pathOf(file), file }));
}

/** Inside the folder that was dropped (react-dropzone notes it) or picked; the name alone for a single file. */
function pathOf(file: File): string {
  const { path } = file as { readonly path?: unknown };
  const told = typeof path === 'string' ? path : file.webkitRelativePath;
  return told.replace(/^\.?\//, '') || file.name;
}
