/** An outcome of an evaluated case, for tests: a good part that passed, unless told otherwise. */
import type { Outcome } from './evaluate.ts';

export function makeOutcome(changes: Partial<Outcome> = {}): Outcome {
  return {
    id: 'x',
    dataset: 'parts',
    category: 'disc',
    label: 'normal',
    saysAnomalous: false,
    score: 0.1,
    truthType: null,
    saidType: 'none',
    iou: null,
    unionIou: null,
    cropIou: null,
    calls: [],
    libraryMatch: null,
    ms: 10,
    flops: 1e9,
    errors: [],
    ...changes,
  };
}
