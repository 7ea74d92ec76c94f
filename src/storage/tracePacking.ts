/**
 * A trace taken apart for storage (record without pixels, PNG bytes by hash) and put together again. Putting together
 * gives back the trace exactly as it came, base64 text included.
 */
import type { Trace, TraceAsset } from '@agentiad/core/protocol/trace.ts';
import type { Recipe } from '@agentiad/core/protocol/recipe.ts';
import type { Verdict } from '@agentiad/core/protocol/verdict.ts';
import type { AskedFor, AssetRecord, TraceRecord } from './schema.ts';

/** A trace whose inspection may not have come to its verdict (the page was closed). */
export type StoredRun = Omit<Trace, 'verdict'> & {
  readonly verdict: Verdict | null;
  /** While there is no verdict to tell it. */
  readonly askedFor?: AskedFor;
};

/**
 * What an inspection was asked; null where an older studio did not write it down. `recipe`: the version its verdict
 * names.
 */
export function askedForOf(
  { verdict, askedFor }: Pick<StoredRun, 'verdict' | 'askedFor'>,
  recipe: Recipe | null = null,
): AskedFor | null {
  if (!verdict) return askedFor ?? null;
  const { mode, types, t1, t2, seed } = verdict.settings;
  const { windowLevel } = verdict.image;
  const { part = null, lot = null, station = null, operator = null } = verdict.part;
  const modelSha256 = verdict.model.sha256;
  const asked = {
    mode,
    types,
    thresholds: { t1, t2 },
    seed,
    modelSha256,
    recipe,
    part: { part, lot, station, operator },
  };
  return { ...asked, ...(windowLevel && { windowLevel }) };
}

export function packTrace(runId: string, stored: StoredRun): { record: TraceRecord; assets: AssetRecord[] } {
  const { assets, ...trace } = stored;
  const entries = Object.entries(assets);
  return {
    record: {
      runId,
      trace,
      assets: Object.fromEntries(entries.map(([key, { width, height }]) => [key, { width, height }])),
    },
    assets: entries.map(([sha256, asset]) => ({
      sha256,
      mime: asset.mime,
      bytes: bytesOfBase64(asset.base64),
      added: '',
    })),
  };
}

/** `bytes` may hold gaps where an asset is missing; the trace then opens without that picture. */
export function unpackTrace(record: TraceRecord, bytes: readonly (AssetRecord | undefined)[]): StoredRun {
  const found = bytes.filter((asset) => asset !== undefined);
  const assets: Record<string, TraceAsset> = {};
  for (const asset of found) {
    const size = record.assets[asset.sha256];
    if (size) assets[asset.sha256] = { mime: 'image/png', ...size, base64: base64OfBytes(new Uint8Array(asset.bytes)) };
  }
  return { ...record.trace, assets };
}

export function bytesOfBase64(base64: string): ArrayBuffer {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes.buffer;
}

export function base64OfBytes(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let start = 0; start < bytes.length; start += 0x8000)
    pieces.push(String.fromCharCode(...bytes.subarray(start, start + 0x8000)));
  return btoa(pieces.join(''));
}
