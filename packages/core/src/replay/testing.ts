/** Tests only: a hand-written run of a 100 x 80 part (difference, zoom, refused zoom, compare, answer). */
import type { TraceImage, TraceStep } from '../protocol/trace.ts';
import type { Verdict } from '../protocol/verdict.ts';
import type { RunSoFar } from './runSoFar.ts';

export const PART = { width: 100, height: 80 };
const source = { sha256: 'part', name: 'part.png', ...PART };
const good = { sha256: 'good', name: 'good.png', ...PART };

export const IMAGES: readonly TraceImage[] = [
  { index: 1, role: 'part', source, frame: [0, 0, 100, 80], asset: 'a1', tokens: 16 },
  { index: 2, role: 'crop', source, frame: [10, 10, 40, 30], asset: 'a2', tokens: 16 },
  { index: 3, role: 'exemplar', source: good, frame: [0, 0, 100, 80], asset: 'a3', tokens: 16 },
];

const asset = { mime: 'image/png', width: 1, height: 1, base64: 'AAEC' } as const;

function step(id: string, fields: Partial<TraceStep>): TraceStep {
  return {
    id,
    rawText: '',
    thought: '',
    call: null,
    observation: null,
    author: 'agent',
    tokens: { prefilled: 10, generated: 5 },
    ms: { prefill: 1, decode: 2, tool: 3 },
    ...fields,
  };
}

const nothing = { text: '', isError: false, image: null, boxes: [], map: null };

export const STEPS: readonly TraceStep[] = [
  step('s1', {
    call: { name: 'difference', arguments: { target_image: 1, top_k: 2 } },
    observation: {
      ...nothing,
      boxes: [
        { box: [10, 10, 30, 20], note: 'place 1: 130', clamped: false },
        { box: [60, 50, 80, 70], note: 'place 2: 90', clamped: false },
      ],
      map: { rows: 1, columns: 2, values: [1.3, 0.9], kind: 'ratio', box: [0, 0, 100, 80] },
    },
  }),
  step('s2', {
    call: { name: 'crop_image_normalized', arguments: { bbox_2d: [0.1, 0.1, 0.4, 0.4], target_image: 1 } },
    observation: { ...nothing, image: 2, boxes: [{ box: [10, 10, 40, 30], note: 'zoomed in here', clamped: true }] },
  }),
  step('s3', {
    call: { name: 'crop_image_normalized', arguments: { bbox_2d: [0.5, 0.5, 0.5, 0.5], target_image: 1 } },
    observation: { ...nothing, text: 'bbox_2d must have x1 < x2', isError: true },
  }),
  step('s4', { call: { name: 'query_image', arguments: {} }, observation: { ...nothing, image: 3 } }),
  step('s5', { rawText: '<answer>{}</answer>' }),
];

export const VERDICT = {
  regions: [
    {
      id: 'r1',
      kind: 'inspected',
      box: [10, 10, 40, 30],
      label: null,
      step: 's2',
      origin: { image: 1, frame: [0, 0, 100, 80], raw: null, clamped: true },
    },
    {
      id: 'r2',
      kind: 'defect',
      box: [12, 12, 20, 18],
      label: 'scratch',
      step: 's5',
      origin: { image: 1, frame: [0, 0, 100, 80], raw: null, clamped: false },
    },
  ],
  settings: {},
} as unknown as Verdict;

export const RUN: RunSoFar = {
  images: IMAGES,
  assets: { a1: asset, a2: asset, a3: asset },
  steps: STEPS,
  firstBelief: null,
  running: null,
  verdict: VERDICT,
};
