/** The library of one kind of part as one file: saved for the command line or another computer, and taken in again. */
import { inspectImageFile } from '@agentiad/core/image/inspectFile.ts';
import type { LibraryFile } from '@agentiad/core/protocol/library.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { base64OfBytes, bytesOfBase64 } from '../../storage/tracePacking.ts';
import type { ExemplarRecord } from '../../storage/schema.ts';
import { guarded, readFile, type StudioContext } from '../context.ts';
import { exemplarsOf } from '../studioState.ts';
import { addExemplars, saveCategory } from './library.ts';
import { chooseCategory } from './settings.ts';

/** Saves the good parts of `category` with the defects it is asked about, image files unchanged. */
export async function exportLibrary(context: StudioContext, category: string): Promise<void> {
  await guarded(context, category, async () => {
    const state = context.store.getState();
    const types = state.categories.find((known) => known.name === category)?.types ?? [];
    const exemplars: LibraryFile['exemplars'][number][] = [];
    for (const exemplar of exemplarsOf(state, category)) exemplars.push(await packExemplar(context, exemplar));
    const file: LibraryFile = { schema: 'agentiad-library/1', category, types, exemplars };
    const stem = category.replace(/[^\p{L}\p{N}._-]+/gu, '-');
    context.host.saveFile(`${stem}.library.json`, JSON.stringify(file));
  });
}

async function packExemplar(context: StudioContext, { name, sha256 }: ExemplarRecord) {
  const found = await readFile(context, sha256);
  if (!found)
    throw new UserError({
      code: 'exemplar-missing',
      subject: name,
      reason: 'is no longer in this browser’s storage, so the library cannot be saved.',
      remedy: 'Remove it from the library, or add the file again.',
    });
  const bytes = new Uint8Array(found);
  return { name, sha256, mime: `image/${inspectImageFile(bytes, name).format}`, base64: base64OfBytes(bytes) };
}

/** Adds a library file's good parts to its kind of part, which is made when it is new; then shows them. */
export async function importLibrary(context: StudioContext, text: string, fileName: string): Promise<void> {
  await guarded(context, fileName, async () => {
    const { store } = context;
    // Checking takes more code than the start of the page: fetched when a file is opened.
    const { parseLibrary } = await import('@agentiad/core/protocol/library.ts');
    const library = parseLibrary(text, fileName, (base64) => new Uint8Array(bytesOfBase64(base64)));
    const known = store.getState().categories.find((category) => category.name === library.category);
    const types = [...new Set([...(known?.types ?? []), ...library.types])];
    const category = await saveCategory(context, { name: library.category, types });
    if (category === null)
      throw new UserError({
        code: 'library-unreadable',
        subject: fileName,
        reason: 'its kind of part has no name.',
        remedy: 'Save the library again in the studio.',
      });
    chooseCategory(context, category);
    store.setState({ drawer: 'library' });
    const here = new Set(exemplarsOf(store.getState(), category).map((exemplar) => exemplar.sha256));
    const files = library.exemplars
      .filter((exemplar) => !here.has(exemplar.sha256))
      .map((exemplar) => new File([exemplar.bytes as Uint8Array<ArrayBuffer>], exemplar.name));
    await addExemplars(context, category, files);
  });
}
