/**
 * Merges an adapter while weights are read and proves what that did: SHA-256 of every tensor's values before and after.
 * Exactly the targets must differ.
 */
import { assert } from '../support/assert.ts';
import type { Sha256 } from '../support/hash.ts';
import { UserError } from '../support/userError.ts';
import type { LoraAdapter } from './loraAdapter.ts';
import type { RowSource } from './weightSource.ts';

export interface MergeReport {
  readonly targets: number;
  readonly changed: number;
  readonly unchanged: number;
}

export interface MergeProof {
  /** The merged weights. Rows of a tensor must be asked for in order; some may be asked for again. */
  readonly weights: RowSource;
  /** Throws a UserError unless exactly the targets among `names`, all of them read to the end, differ from before. */
  report(names: readonly string[]): MergeReport;
}

/** What was read of one tensor so far. */
interface Trail {
  readonly before: ReturnType<Sha256['stream']>;
  readonly after: ReturnType<Sha256['stream']>;
  rows: number;
}

export function proveChanges(source: RowSource, adapter: LoraAdapter, sha256: Sha256): MergeProof {
  const records = new Map<string, Trail>();

  const readRows = async (name: string, start: number, end: number): Promise<Float32Array> => {
    const before = await source.readRows(name, start, end);
    const after = adapter.targets.has(name) ? await adapter.merge(name, start, end, before) : before;
    const record = records.get(name) ?? { before: sha256.stream(), after: sha256.stream(), rows: 0 };
    records.set(name, record);
    assert(start <= record.rows, `rows ${start} of ${name} before row ${record.rows}`);
    if (end > record.rows) {
      const known = ((record.rows - start) * before.length) / (end - start);
      record.before.update(bytesOf(before.subarray(known)));
      record.after.update(bytesOf(after.subarray(known)));
      record.rows = end;
    }
    return after;
  };

  return {
    weights: {
      tensors: source.tensors,
      readRows,
      read: (name) => readRows(name, 0, source.tensors.get(name)?.shape[0] ?? 1),
    },
    report(names) {
      const changed = names.filter((name) => {
        const record = records.get(name);
        assert(record?.rows === (source.tensors.get(name)!.shape[0] ?? 1), `${name} was not read to its end`);
        return record.before.hex() !== record.after.hex();
      });
      const idle = [...adapter.targets].find((name) => !changed.includes(name));
      if (idle !== undefined) throw wrongMerge(idle, 'is a target of the adapter, but merging does not change it.');
      const stray = changed.find((name) => !adapter.targets.has(name));
      if (stray !== undefined) throw wrongMerge(stray, 'was changed by merging, but is no target of the adapter.');
      return { targets: adapter.targets.size, changed: changed.length, unchanged: names.length - changed.length };
    },
  };
}

function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function wrongMerge(name: string, reason: string): UserError {
  return new UserError({
    code: 'wrong-merge',
    subject: `tensor ${name}`,
    reason,
    remedy: 'Check that the adapter was trained; its factors B are zero before the first step.',
  });
}
