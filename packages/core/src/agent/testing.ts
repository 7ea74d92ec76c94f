/** An inspection without weights, for tests: scripted turns in the real loop. */
import { sha256Hex } from '../support/hash.ts';
import { encodeUtf8 } from '../support/utf8.ts';
import { parseProcessorConfig } from '../image/processorConfig.ts';
import type { DecodedImage } from '../image/raster.ts';
import type { Backbone } from '../model/backbone.ts';
import { tinyConfig } from '../model/tinyConfig.ts';
import type { InspectionEvent } from '../protocol/events.ts';
import { DEFAULT_THRESHOLDS } from '../protocol/recipe.ts';
import type { Trace } from '../protocol/trace.ts';
import type { TokenRecord } from '../tokenizer/conversation.ts';
import { createTestTokenizer } from '../tokenizer/testTokenizer.ts';
import { fakeMatch, makeLibrary, paintRaster } from '../tools/testing.ts';
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

export function paintPart(width: number, height: number, name = 'part.png'): DecodedImage {
  const raster = paintRaster(width, height);
  const sha256 = sha256Hex(encodeUtf8(name));
  const file = { name, sha256, sizeBytes: 1, format: 'png', bitDepth: 8, orientationApplied: 1 } as const;
  return { ...file, conversions: [], windowLevel: null, raster };
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
