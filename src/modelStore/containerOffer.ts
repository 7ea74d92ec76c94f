/** A model that is already in our container form: its manifest, checked, and the files it lists. */
import {
  checkManifest,
  manifestFile,
  type ContainerFile,
  type ContainerManifest,
} from '@agentiad/core/model/containerManifest.ts';
import { largestChunk } from '@agentiad/core/model/writeContainer.ts';
import { sha256Hex } from '@agentiad/core/support/hash.ts';
import { parseJsonObject } from '@agentiad/core/support/json.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { writeWhole } from './disk.ts';
import { fetchFiles, type FetchJob } from './fetchFiles.ts';
import { originOf, sizesOf, type ModelOffer, type ModelOrigin } from './modelRecord.ts';
import type { ModelSource } from './modelSource.ts';
import type { SourceFolder } from './sourceFolder.ts';

export interface ContainerOffer extends ModelOffer {
  readonly kind: 'container';
  readonly manifest: ContainerManifest;
  readonly manifestBytes: Uint8Array<ArrayBuffer>;
}

/** Null when the source has no manifest. Throws a UserError when it is damaged, too new or of another architecture. */
export async function lookForContainer(source: ModelSource, folder: SourceFolder): Promise<ContainerOffer | null> {
  const size = await folder.size(manifestFile);
  if (size === null) return null;
  return readOffer(originOf(source), Uint8Array.from(await folder.read(manifestFile, 0, size)));
}

/** The model described by a manifest. Throws as `lookForContainer`. */
export function readOffer(origin: ModelOrigin, manifestBytes: Uint8Array<ArrayBuffer>): ContainerOffer {
  const manifest = checkManifest(parseJsonObject(manifestBytes, manifestFile));
  const listed = filesOf(manifest);
  for (const { path, length } of listed) if (length > largestChunk) throw tooLarge(path, length);
  const bytes = listed.reduce((sum, { length }) => sum + length, manifestBytes.length);
  return {
    id: modelId(sha256Hex(manifestBytes)),
    card: manifest.card,
    kind: 'container',
    origin,
    fetchedBytes: bytes,
    storedBytes: bytes,
    sizes: sizesOf(manifest.config, manifest.tensors),
    manifest,
    manifestBytes,
  };
}

/** Fetches what the journal does not have. */
export async function storeContainer({ manifest, manifestBytes }: ContainerOffer, job: FetchJob): Promise<void> {
  await fetchFiles(job, filesOf(manifest));
  await storeLast(job, manifestBytes);
}

/** The manifest makes the model whole: it is written and journaled after everything it lists. */
export async function storeLast({ folder, journal, meter }: FetchJob, manifestBytes: Uint8Array<ArrayBuffer>) {
  await writeWhole(folder, manifestFile, manifestBytes);
  journal.add({ path: manifestFile, length: manifestBytes.length, sha256: sha256Hex(manifestBytes) });
  meter.add(manifestBytes.length);
}

/** Every file but the manifest itself. */
function filesOf({ chunks, files }: ContainerManifest): readonly ContainerFile[] {
  return [...files, ...chunks];
}

/** Name of a model's folder. */
export function modelId(sha256: string): string {
  return sha256.slice(0, 24);
}

function tooLarge(path: string, length: number): UserError {
  return new UserError({
    code: 'bad-manifest',
    subject: manifestFile,
    reason: `lists ${path} with ${length} bytes; no file of a model is larger than ${largestChunk}.`,
    remedy: 'Convert the model again.',
  });
}
