/** The files of a container from weights that are encoded while they are asked for: at any time one chunk is in memory. */
import { portableSha256, type Sha256 } from '../support/hash.ts';
import type { JsonObject } from '../support/json.ts';
import { UserError } from '../support/userError.ts';
import { encodeUtf8 } from '../support/utf8.ts';
import type { AbortSignalLike } from './backbone.ts';
import {
  containerFormat,
  containerVersion,
  manifestFile,
  type ContainerCard,
  type ContainerFile,
  type ContainerManifest,
} from './containerManifest.ts';
import { createChunkMaker, planContainer, type ContainerPlan } from './containerPlan.ts';
import type { MergeProof, MergeReport } from './mergeProof.ts';
import type { EncodedWeights } from './weightSource.ts';
import { largestChunk, type OutputFile } from './writeContainer.ts';

export interface PackOptions {
  readonly sha256?: Sha256;
  /** Looked at between pieces; an aborted conversion throws a UserError (`interrupted`). */
  readonly signal?: AbortSignalLike;
  /** Told how many of `storedBytes` have been made. */
  readonly onProgress?: (doneBytes: number) => void;
}

export interface PackParts extends PackOptions {
  readonly card: ContainerCard;
  readonly config: JsonObject;
  /** Tensors in the order of the container. */
  readonly names: readonly string[];
  readonly encoded: EncodedWeights;
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Of the adapter that is merged while weights are read. */
  readonly proof: MergeProof | null;
}

export interface Packing {
  /** Weights are read in the order of its tensors. */
  readonly plan: ContainerPlan;
  /** Bytes of all files but the manifest. */
  readonly storedBytes: number;
  /**
   * The files, the manifest last; without those that are `known`, as an earlier conversion of the same left them. Throws
   * a UserError for bad weights. Returns what the adapter changed, proven.
   */
  files(known?: ReadonlyMap<string, ContainerFile>): AsyncGenerator<OutputFile, MergeReport | null>;
}

export function packContainer(parts: PackParts): Packing {
  const { names, files, sha256 = portableSha256 } = parts;
  const tensors = new Map(names.map((name) => [name, parts.encoded.tensors.get(name)!]));
  const plan = planContainer(tensors, largestChunk);
  const lengths = [...plan.chunks, ...files.values()].map(({ length }) => length);

  async function* write(
    known: ReadonlyMap<string, ContainerFile> = new Map(),
  ): AsyncGenerator<OutputFile, MergeReport | null> {
    let done = 0;
    const count = (bytes: number) => parts.onProgress?.((done += bytes));
    const makeChunk = createChunkMaker(plan, parts.encoded, (bytes) => {
      if (parts.signal?.aborted) throw interrupted();
      count(bytes);
    });
    const describe = async ({ path, bytes }: OutputFile): Promise<ContainerFile> => {
      return { path, length: bytes.length, sha256: await sha256.hex(bytes) };
    };
    const chunks: ContainerFile[] = [];
    for (const [index, { path, length }] of plan.chunks.entries()) {
      const stored = known.get(path);
      if (stored?.length === length) {
        chunks.push(stored);
        continue;
      }
      const output = { path, bytes: await makeChunk(index) };
      chunks.push(await describe(output));
      yield output;
    }
    const others: ContainerFile[] = [];
    for (const [path, bytes] of parts.files) {
      const output = await describe({ path, bytes });
      others.push(output);
      if (known.get(path)?.sha256 === output.sha256) continue;
      count(bytes.length);
      yield { path, bytes };
    }
    // A merge that cannot be proven leaves no manifest.
    const report = parts.proof?.report(names) ?? null;
    yield manifestOutput(parts.card, parts.config, plan.tensors, chunks, others);
    return report;
  }

  return { plan, storedBytes: lengths.reduce((sum, length) => sum + length, 0), files: write };
}

function manifestOutput(
  card: ContainerCard,
  config: JsonObject,
  tensors: ContainerManifest['tensors'],
  chunks: readonly ContainerFile[],
  files: readonly ContainerFile[],
): OutputFile {
  const manifest: ContainerManifest = {
    format: containerFormat,
    version: containerVersion,
    card,
    config,
    tensors,
    chunks,
    files,
  };
  return { path: manifestFile, bytes: encodeUtf8(`${JSON.stringify(manifest, null, 1)}\n`) };
}

function interrupted(): UserError {
  return new UserError({
    code: 'interrupted',
    subject: 'The conversion',
    reason: 'was interrupted.',
    remedy: 'Nothing was kept; start it again.',
  });
}
