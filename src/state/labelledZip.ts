/** A zip of image files as they are, written file by file; it may be larger than memory, 4 GB and 65,535 files. */
import { BlobWriter, Uint8ArrayReader, ZipWriter } from '@zip.js/zip.js';

export interface LabelledZip {
  put(path: string, bytes: Uint8Array): Promise<void>;
  close(): Promise<Blob>;
}

export function createLabelledZip(): LabelledZip {
  const zip = new ZipWriter(new BlobWriter('application/zip'), { useWebWorkers: false, level: 0 });
  return {
    put: async (path, bytes) => void (await zip.add(path, new Uint8ArrayReader(bytes))),
    close: () => zip.close(),
  };
}
