/** A demonstration without data sets or a feature tower, for tests: a painted part, the tiny model, a scripted Library match. */
import { paintPart } from '@agentiad/core/agent/testing.ts';
import type { Mode } from '@agentiad/core/protocol/modes.ts';
import { createRandom } from '@agentiad/core/support/random.ts';
import { fakeMatch, makeLibrary } from '@agentiad/core/tools/testing.ts';
import type { LabelledCase } from '../data/labelledCase.ts';
import { tinyNanoFiles } from '../nano/tinyNano.ts';
import { demonstrate, type DemonstrateOptions } from './build.ts';
import { modelWithoutWeights } from './runModel.ts';

export const tinyModel = modelWithoutWeights(tinyNanoFiles());

export function makeCase(changes: Partial<LabelledCase> = {}): LabelledCase {
  return {
    id: 'test/1',
    source: 'test',
    category: 'washer',
    group: 'test/1',
    types: ['scratch', 'dent'],
    label: 'anomalous',
    type: 'scratch',
    boxes: [{ box: [30, 60, 70, 90], type: 'scratch' }],
    part: () => Promise.resolve(paintPart(160, 120)),
    exemplars: makeLibrary(4),
    ...changes,
  };
}

export const GOOD: Partial<LabelledCase> = { label: 'normal', type: null, boxes: [] };

/** What the teacher does on `example` in `mode`. */
export function demonstrateCase(example: LabelledCase, mode: Mode, options: DemonstrateOptions = {}) {
  return demonstrate(example, mode, { model: tinyModel, match: fakeMatch }, createRandom(5), options);
}
