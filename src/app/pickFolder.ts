/** Lets the user pick a folder: with the browser's folder picker where there is one, else with an upload field. */

interface Picked {
  readonly name: string;
  readonly files: readonly File[];
}

/** Chromium only; the field below works everywhere, but the browser then asks whether to "upload" the files. */
type DirectoryPicker = (options: { mode: 'read' }) => Promise<FileSystemDirectoryHandle>;

/** The files directly in the folder; null when none was picked. */
export async function pickFolder(): Promise<Picked | null> {
  const picker = (window as { showDirectoryPicker?: DirectoryPicker }).showDirectoryPicker;
  return picker ? withPicker(picker.bind(window)) : withField();
}

async function withPicker(picker: DirectoryPicker): Promise<Picked | null> {
  const folder = await picker({ mode: 'read' }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') return null;
    throw error;
  });
  if (!folder) return null;
  const files: File[] = [];
  for await (const entry of folder.values()) {
    if (entry.kind === 'file') files.push(await (entry as FileSystemFileHandle).getFile());
  }
  return { name: folder.name, files };
}

function withField(): Promise<Picked | null> {
  const field = document.createElement('input');
  field.type = 'file';
  field.webkitdirectory = true;
  return new Promise((resolve) => {
    field.addEventListener('cancel', () => resolve(null));
    field.addEventListener('change', () => {
      const all = [...(field.files ?? [])];
      const name = all[0]?.webkitRelativePath.split('/')[0] ?? 'folder';
      resolve({ name, files: all.filter((file) => file.webkitRelativePath.split('/').length === 2) });
    });
    field.click();
  });
}
