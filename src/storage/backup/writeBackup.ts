/** Writes everything that is stored into one zip, image by image, so that it may be larger than memory. */
import { BlobWriter, TextReader, Uint8ArrayReader, ZipWriter } from '@zip.js/zip.js';
import { sha256OfBytes } from './digest.ts';
import { MIGRATIONS } from '../migrations.ts';
import type { Storage } from '../storage.ts';
import { RECORD_STORES } from '../whole.ts';
import {
  BACKUP_SCHEMA,
  createBreather,
  OWN_SETTINGS,
  type AssetLine,
  type Manifest,
  type ThumbLine,
  type Work,
} from './format.ts';

type Source = Pick<Storage, 'readRecords' | 'listBytes' | 'readAsset' | 'readThumb' | 'keepingAll'>;

/** Nothing is collected meanwhile: the bytes are read after the records that refer to them. */
export function writeBackup(storage: Source, created: string, work: Work): Promise<Blob> {
  return storage.keepingAll(() => write(storage, created, work));
}

async function write(storage: Source, created: string, work: Work): Promise<Blob> {
  const breathe = createBreather(work);
  const records = await storage.readRecords();
  const keys = await storage.listBytes();
  const total = keys.assets.length + keys.thumbs.length;
  const zip = new ZipWriter(new BlobWriter('application/zip'), { useWebWorkers: false });
  const addList = (name: string, lines: readonly object[]) =>
    zip.add(name, new TextReader(lines.map((line) => `${JSON.stringify(line)}\n`).join('')));
  const counts: Record<string, number> = {};
  for (const store of RECORD_STORES) {
    const kept = records[store].filter((record) => !('key' in record && OWN_SETTINGS.includes(record.key)));
    counts[store] = kept.length;
    await addList(`records/${store}.jsonl`, kept);
    await breathe();
  }
  let done = 0;
  const addBytes = async (name: string, bytes: ArrayBuffer) => {
    await zip.add(name, new Uint8ArrayReader(new Uint8Array(bytes)), { level: 0 });
    work.onProgress({ done: ++done, total });
    await breathe();
  };
  const assets: AssetLine[] = [];
  for (const sha256 of keys.assets) {
    const asset = await storage.readAsset(sha256);
    if (!asset) continue; // the browser lost it
    const { bytes, ...about } = asset;
    assets.push({ ...about, size: bytes.byteLength });
    await addBytes(`assets/${sha256}`, bytes);
  }
  const thumbs: ThumbLine[] = [];
  for (const sha256 of keys.thumbs) {
    const thumb = await storage.readThumb(sha256);
    if (!thumb) continue;
    const { bytes, mime } = thumb;
    thumbs.push({ sha256, mime, size: bytes.byteLength, digest: await sha256OfBytes(bytes) });
    await addBytes(`thumbs/${sha256}`, bytes);
  }
  await addList('assets.jsonl', assets);
  await addList('thumbs.jsonl', thumbs);
  const manifest: Manifest = {
    schema: BACKUP_SCHEMA,
    version: MIGRATIONS.length,
    created,
    counts: { ...counts, assets: assets.length, thumbs: thumbs.length },
  };
  await zip.add('manifest.json', new TextReader(JSON.stringify(manifest)));
  return zip.close();
}
