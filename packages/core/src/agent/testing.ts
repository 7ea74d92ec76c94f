/** An inspection without weights, for tests: scripted turns, painted parts, a Library match that finds what it is told. */
import { sha256Hex } from '../support/hash.ts';
import { encodeUtf8 } from '../support/utf8.ts';
import { fillRaster } from '../image/crop.ts';
import { parseProcessorConfig } from '../image/processorConfig.ts';
import type { DecodedImage, Raster } from '../image/raster.ts';
import type { Backbone } from '../model/backbone.ts';
import { tinyConfig } from '../model/tinyConfig.ts';
import type { InspectionEvent } from '../protocol/events.ts';
import { DEFAULT_THRESHOLDS } from '../protocol/recipe.ts';
import type { Trace } from '../protocol/trace.ts';
import type { TokenRecord } from '../tokenizer/conversation.ts';
import { createTestTokenizer } from '../tokenizer/testTokenizer.ts';
import type { DifferenceResult, LibraryMatch } from '../tools/difference/contract.ts';
import type { ExemplarSet } from '../tools/exemplars.ts';
import { inspectWith } from './inspect.ts';
import type { Action, ActRequest, Policy } from './policy.ts';
import type { InspectionDeps, InspectionRequest } from './request.ts';
import { DEFAULT_LIMITS } from './request.ts';
import type { InspectOptions } from './inspect.ts';

export const testTokenizer = createTestTokenizer();
export const MODEL_SHA256 = 'a'.repeat(64);

const config = tinyConfig({
  vocab_size: testTokenizer.vocabSize,
  image_token_id: testTokenizer.idOf('<|image_pad|>'),
  video_token_id: testTokenizer.idOf('<|video_pad|>'),
  vision_start_token_id: testTokenizer.idOf('<|vision_start|>'),
  vision_end_token_id: testTokenizer.idOf('<|vision_end|>'),
  vision_token_id: null,
  max_position_embeddings: 8192,
});

export const testBackbone: Backbone = {
  config,
  tokenizer: testTokenizer,
  card: {
    id: 'test',
    name: 'test',
    sha256: MODEL_SHA256,
    scheme: 'none',
    trainedOn: 'nothing',
    licence: 'MIT',
    commercialUse: 'yes',
    tuned: true,
  },
  createSession() {
    throw new Error('a scripted inspection has no weights to run');
  },
  dispose() {},
};

/** Every pixel tells where it is: red = column, green = row (modulo 256). */
export function paintRaster(width: number, height: number): Raster {
  const raster = fillRaster({ width, height });
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) raster.data.set([x, y, 0], (y * width + x) * 3);
  }
  return raster;
}

export function paintPart(width: number, height: number, name = 'part.png'): DecodedImage {
  const raster = paintRaster(width, height);
  const sha256 = sha256Hex(encodeUtf8(name));
  const file = { name, sha256, sizeBytes: 1, format: 'png', bitDepth: 8, orientationApplied: 1 } as const;
  return { ...file, conversions: [], raster };
}

/** Known-good parts `good1.png`, `good2.png`, ... of 160 x 120 pixels. */
export function makeLibrary(count: number): ExemplarSet {
  const names = Array.from({ length: count }, (_, index) => `good${index + 1}.png`);
  const size = { width: 160, height: 120 };
  return {
    category: 'washer',
    exemplars: names.map((name) => ({
      id: `id-${name}`,
      name,
      sha256: sha256Hex(encodeUtf8(name)),
      ...size,
      load: () => Promise.resolve(fillRaster(size)),
    })),
  };
}

/** Finds one place, the middle ninth of whatever it compares; ranks the exemplars last to first. */
export function fakeMatch(library: ExemplarSet): LibraryMatch {
  const usable = (excluded: string) => library.exemplars.filter(({ sha256 }) => sha256 !== excluded);
  return {
    exemplarCount: library.exemplars.length,
    compare({ excludeSha256 }) {
      const exemplarCount = usable(excludeSha256).length;
      const isCalibrated = exemplarCount >= 3;
      const result: DifferenceResult = {
        places: [{ box: [1 / 3, 1 / 3, 2 / 3, 2 / 3], ratio: 1.62, percentile: isCalibrated ? 99 : null }],
        score: 1.62,
        percentile: isCalibrated ? 99 : null,
        calibrated: isCalibrated,
        exemplarCount,
        map: { rows: 1, columns: 2, values: Float32Array.of(0.5, 1.62), kind: 'ratio' },
      };
      return Promise.resolve(result);
    },
    nearest({ excludeSha256 }) {
      const ranked = usable(excludeSha256).toReversed();
      return Promise.resolve(
        ranked.map((exemplar, rank) => ({
          exemplarIndex: library.exemplars.indexOf(exemplar),
          similarity: 0.9 - 0.1 * rank,
        })),
      );
    },
  };
}

/** One scripted turn: its text (the score is 0.9 for an anomalous answer, 0.1 otherwise), or anything else to do. */
export type Turn = string | ((request: ActRequest) => Partial<Action> | Promise<Partial<Action>>);

export const call = (name: string, args: unknown = {}) =>
  `Now I look.\n<tool_call>\n${JSON.stringify({ name, arguments: args })}\n</tool_call>`;
export const crop = (box: readonly number[], target = 1) =>
  call('crop_image_normalized', { bbox_2d: box, target_image: target });
export const answer = (fields: object) => `<think>So it is.</think><answer>${JSON.stringify(fields)}</answer>`;
export const SAYS_NORMAL = answer({ anomaly_present: false, top_anomaly: 'none', visual_descriptions: [] });
export const SAYS_SCRATCH = answer({
  anomaly_present: true,
  top_anomaly: 'scratch',
  visual_descriptions: ['a thin line'],
});

export function scriptPolicy(turns: readonly Turn[], endOfTurnId: number): Policy {
  let at = 0;
  return {
    observe: () => Promise.resolve(),
    async act(request) {
      const turn = turns[at++];
      if (turn === undefined) throw new Error('the script is over');
      const action = typeof turn === 'string' ? { text: turn } : await turn(request);
      const text = action.text ?? '';
      const whole = request.forcedPrefix + text;
      const score = whole.includes('"anomaly_present"') ? (/"anomaly_present":\s*true/.test(whole) ? 0.9 : 0.1) : null;
      return { ids: [...testTokenizer.encode(text), endOfTurnId], text, stopReason: 'stop', score, ...action };
    },
    dispose() {},
  };
}

export interface TestInspection {
  readonly turns: readonly Turn[];
  readonly request?: Partial<InspectionRequest>;
  readonly deps?: Partial<InspectionDeps>;
  readonly options?: InspectOptions;
}

export const testRequest: InspectionRequest = {
  part: paintPart(280, 200),
  category: 'washer',
  types: ['scratch', 'dent'],
  mode: 'full',
  library: makeLibrary(4),
  thresholds: DEFAULT_THRESHOLDS,
  seed: 0,
  recipe: null,
};

/** Host and model of a test; the clock ticks one millisecond at each look. */
export function testDeps(): InspectionDeps {
  let now = 0;
  return {
    clock: () => now++,
    now: () => '2026-01-01T00:00:00.000Z',
    newId: () => 'inspection-1',
    runtime: { backend: 'script', adapter: 'none' },
    model: { backbone: testBackbone, processor: parseProcessorConfig({}), chatTemplate: null },
    match: fakeMatch,
  };
}

/** Runs the script through the real loop; the trace is schema-checked by `inspectWith` itself. */
export async function runScript(
  given: TestInspection,
): Promise<{ trace: Trace; record: TokenRecord; events: readonly InspectionEvent[] }> {
  const events: InspectionEvent[] = [];
  const request = { ...testRequest, onEvent: (event: InspectionEvent) => void events.push(event), ...given.request };
  const settings = { temperature: 0, ...given.options, limits: { ...DEFAULT_LIMITS, ...given.options?.limits } };
  const done = await inspectWith(request, { ...testDeps(), ...given.deps }, settings, (endOfTurnId) =>
    scriptPolicy(given.turns, endOfTurnId),
  );
  return { ...done, events };
}
