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
import { originOf, sizesOf, type ModelOffer } from './modelRecord.ts';
import type { ModelSource } from './modelSource.ts';
import type { SourceFolder } from './sourceFolder.ts';

export interface ContainerOffer extends ModelOffer {
  readonly kind: 'container';
  readonly manifest: ContainerManifest;
  readonly manifestBytes: Uint8Array<ArrayBuffer>;
}

/** Null when the source has no manifest. Throws a UserError when it is damaged, too new or of another architecture. */
export async function lookForContainer(source: ModelSource, files: SourceFolder): Promise<ContainerOffer | null> {
  const size = await files.size(manifestFile);
  if (size === null) return null;
  const manifestBytes = Uint8Array.from(await files.read(manifestFile, 0, size));
  return { ...offerOf(manifestBytes), origin: originOf(source) };
}

export function offerOf(manifestBytes: Uint8Array<ArrayBuffer>): Omit<ContainerOffer, 'origin'> {
  const manifest = checkManifest(parseJsonObject(manifestBytes, manifestFile));
  const sizes = sizesOf(manifest.config, manifest.tensors);
  const listed = filesOf(manifest);
  for (const { path, length } of listed) if (length > largestChunk) throw tooLarge(path, length);
  const bytes = listed.reduce((sum, { length }) => sum + length, manifestBytes.length);
  return {
    id: modelId(sha256Hex(manifestBytes)),
    card: manifest.card,
    kind: 'container',
    fetchedBytes: bytes,
    storedBytes: bytes,
    sizes,
    manifest,
    manifestBytes,
  };
}

/** Every file but the manifest itself. */
export function filesOf({ chunks, files }: ContainerManifest): readonly ContainerFile[] {
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
