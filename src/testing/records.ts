/** Tests only: stored records with everything that a test does not speak of. */
import { factsOfVerdict } from '../storage/runFacts.ts';
import type { ExemplarRecord, RunRecord } from '../storage/schema.ts';

export function exemplarRecord(known: Pick<ExemplarRecord, 'id' | 'category' | 'name' | 'sha256'>): ExemplarRecord {
  const added = '2026-01-01T00:00:00.000Z';
  return { width: 100, height: 80, added, enabled: true, tags: [], note: '', source: null, ...known };
}

export function runRecord(known: Pick<RunRecord, 'id'> & Partial<RunRecord>): RunRecord {
  return {
    ...factsOfVerdict(null),
    created: '2026-01-01T00:00:00.000Z',
    status: 'complete',
    origin: 'live',
    name: `${known.id}.png`,
    category: null,
    imageSha256: 'part',
    summary: '',
    durationMs: 1,
    ...known,
  };
}
