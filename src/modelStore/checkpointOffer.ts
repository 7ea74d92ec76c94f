/**
 * A stock Hugging Face checkpoint: read in ranges, quantised row by row and stored as our container, chunk by chunk, so
 * that neither the disk nor the memory ever holds the original. Chunks are journaled: a break costs one chunk.
 */
import { parseModelConfig } from '@agentiad/core/model/config.ts';
import { manifestFile } from '@agentiad/core/model/containerManifest.ts';
import { convertCheckpoint, type Conversion } from '@agentiad/core/model/convertCheckpoint.ts';
import { parameterCount } from '@agentiad/core/model/params.ts';
import type { SchemeChoice } from '@agentiad/core/model/weightSchemePolicy.ts';
import type { ByteSource } from '@agentiad/core/model/weightSource.ts';
import type { OutputFile } from '@agentiad/core/model/writeContainer.ts';
import { sha256Hex } from '@agentiad/core/support/hash.ts';
import { parseJsonObject } from '@agentiad/core/support/json.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { browserSha256 } from './checkedFile.ts';
import { modelId, storeLast } from './containerOffer.ts';
import { writeWhole } from './disk.ts';
import type { FetchJob } from './fetchFiles.ts';
import { originOf, sizesOf, type ModelOffer } from './modelRecord.ts';
import type { ModelSource } from './modelSource.ts';
import { createReadAhead, type PlannedRange } from './readAhead.ts';
import type { SourceFolder } from './sourceFolder.ts';

export interface CheckpointOffer extends ModelOffer {
  readonly kind: 'checkpoint';
  readonly scheme: SchemeChoice['scheme'];
  /** What is read of its files, in this order. */
  readonly order: readonly PlannedRange[];
}

/** From here on int4; smaller models suffer from it and do not need it. */
const int4Parameters = 5e8;

/**
 * Null when the source has no config.json. Reads headers and small files only; throws a UserError for another
 * architecture, a quantised checkpoint, and whatever would stop the conversion later.
 */
export async function lookForCheckpoint(source: ModelSource, folder: SourceFolder): Promise<CheckpointOffer | null> {
  const size = await folder.size('config.json');
  if (size === null) return null;
  const configBytes = await folder.read('config.json', 0, size);
  const parameters = parameterCount(parseModelConfig(parseJsonObject(configBytes, 'config.json')));
  const scheme = parameters >= int4Parameters ? 'q4' : 'q8';
  const conversion = await convert(folder, source.name, scheme);
  const order = readingOrder(conversion);
  const files = [...new Set(order.map(({ file }) => file))];
  const stamps = await Promise.all(
    files.map(async (file) => [file, await folder.size(file), await folder.stamp(file)]),
  );
  const place = source.kind === 'url' ? source.address : source.name;
  const identity = JSON.stringify([place, sha256Hex(configBytes), scheme, stamps]);
  return {
    id: modelId(sha256Hex(new TextEncoder().encode(identity))),
    card: conversion.card,
    kind: 'checkpoint',
    origin: originOf(source),
    fetchedBytes: order.reduce((sum, { begin, end }) => sum + end - begin, 0),
    storedBytes: conversion.storedBytes,
    sizes: sizesOf(conversion.config, conversion.plan.tensors),
    scheme,
    order,
  };
}

/** Quantises and stores what the journal does not have. */
export async function storeCheckpoint({ card, scheme, order }: CheckpointOffer, job: FetchJob): Promise<void> {
  let counted = 0;
  const conversion = await convert(createReadAhead(job.source, order), card.name, scheme, {
    signal: job.signal,
    onProgress: (done) => {
      job.meter.add(done - counted);
      counted = done;
    },
  });
  for await (const file of conversion.files(job.journal.entries)) {
    job.signal.throwIfAborted();
    if (file.path === manifestFile) await storeLast(job, Uint8Array.from(file.bytes));
    else await storeFile(job, file);
  }
}

function convert(
  source: ByteSource,
  name: string,
  scheme: SchemeChoice['scheme'],
  more: Partial<Parameters<typeof convertCheckpoint>[2]> = {},
): Promise<Conversion> {
  return convertCheckpoint(source, name, { scheme, sha256: browserSha256, ...more });
}

function readingOrder({ plan, checkpoint }: Conversion): PlannedRange[] {
  return plan.tensors.map(({ name }) => checkpoint.tensors.get(name)!);
}

/** Writes the file and compares what the disk gives back before the journal names it. */
async function storeFile({ folder, journal, hasher }: FetchJob, { path, bytes }: OutputFile): Promise<void> {
  const own = bytes as Uint8Array<ArrayBuffer>; // the browser's shared memory is not used
  const entry = { path, length: bytes.length, sha256: await browserSha256.hex(own) };
  await writeWhole(folder, path, own);
  const file = await folder.open(path);
  try {
    if ((await hasher.hash(file, entry.length)) !== entry.sha256) throw wrongDisk(path);
  } finally {
    file.close();
  }
  journal.add(entry);
}

function wrongDisk(path: string): UserError {
  return new UserError({
    code: 'disk-wrong',
    subject: path,
    reason: 'was written, but the disk gives back something else.',
    remedy: 'Check the disk, then resume.',
  });
}
