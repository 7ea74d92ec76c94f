/**
 * A toy task where looking is needed, for the learning sanity of GRPO (training.md G25). A bad part carries a pattern so
 * fine that it is gone at the size of the first view; a zoom into the middle shows it. Who does not zoom calls every part
 * normal, which is right for one in four; to call all of them bad is right for three.
 */
import { inspectWith } from '@agentiad/core/agent/inspect.ts';
import type { Policy } from '@agentiad/core/agent/policy.ts';
import type { InspectionDeps, LoadedModel } from '@agentiad/core/agent/request.ts';
import { DEFAULT_LIMITS } from '@agentiad/core/agent/request.ts';
import type { Raster } from '@agentiad/core/image/raster.ts';
import { DEFAULT_THRESHOLDS } from '@agentiad/core/protocol/recipe.ts';
import { assert } from '@agentiad/core/support/assert.ts';
import { createRandom, mixSeed } from '@agentiad/core/support/random.ts';
import type { LabelledCase } from '../../data/labelledCase.ts';
import { asDecoded } from '../../data/labelledCase.ts';
import type { Trajectory } from '../../trajectories/trajectory.ts';

/** Side of a part. Zoomed, its middle is shown pixel by pixel; the first view is 2.5 times coarser. */
const PART_SIDE = 140;
export const VIEW_SIDE = 56;
const MIDDLE = [42, 98] as const;
const NOISE = 24;

export const LOOK_TYPES: readonly string[] = ['weave'];

/** One good part to three bad ones, in a mixed order. */
export function lookCases(count: number, seed: number): LabelledCase[] {
  return Array.from({ length: count }, (_, index): LabelledCase => {
    const id = `look/${seed}/${index}`;
    const random = createRandom(mixSeed(id));
    const isBad = index % 4 !== (mixSeed('good', seed, Math.floor(index / 4)) & 3);
    const raster = paint(random.next, isBad);
    return {
      id,
      source: 'toy',
      category: 'tile',
      group: id,
      types: LOOK_TYPES,
      label: isBad ? 'anomalous' : 'normal',
      type: isBad ? LOOK_TYPES[0]! : null,
      boxes: isBad ? [{ box: [MIDDLE[0], MIDDLE[0], MIDDLE[1], MIDDLE[1]], type: LOOK_TYPES[0]! }] : [],
      part: () => Promise.resolve(asDecoded(raster, `${index}.png`, id)),
      exemplars: { category: 'tile', exemplars: [] },
    };
  });
}

/** Grey with noise; a bad part alternates pixel by pixel in its middle. */
function paint(next: () => number, isBad: boolean): Raster {
  const data = new Uint8Array(PART_SIDE * PART_SIDE * 3);
  for (let y = 0; y < PART_SIDE; y++) {
    for (let x = 0; x < PART_SIDE; x++) {
      const isMiddle = x >= MIDDLE[0] && x < MIDDLE[1] && y >= MIDDLE[0] && y < MIDDLE[1];
      const pattern = isBad && isMiddle ? ((x + y) % 2 === 0 ? 90 : -90) : 0;
      data.fill(
        128 + pattern + Math.round(NOISE * (2 * next() - 1)),
        (y * PART_SIDE + x) * 3,
        (y * PART_SIDE + x + 1) * 3,
      );
    }
  }
  return { width: PART_SIDE, height: PART_SIDE, data };
}

const ZOOM =
  '<tool_call>\n{"name": "crop_image_normalized", "arguments": {"bbox_2d": [0.4, 0.4, 0.6, 0.6], "target_image": 1}}\n</tool_call>';

function answerText(isBad: boolean): string {
  const type = isBad ? LOOK_TYPES[0] : 'none';
  return `<answer>{"anomaly_present": ${isBad}, "top_anomaly": "${type}", "visual_descriptions": []}</answer>`;
}

/** Texts of all turns there are, for the tokenizer. */
export const LOOK_TEXTS: readonly string[] = [ZOOM, answerText(true), answerText(false)];

/** One demonstration: with a look the answer is right, without one it is "normal". */
export async function demonstrateLook(example: LabelledCase, model: LoadedModel, looks: boolean): Promise<Trajectory> {
  const images: Raster[] = [];
  const isBad = looks && example.label === 'anomalous';
  const turns = looks ? [ZOOM, answerText(isBad)] : [answerText(isBad)];
  const { trace, record } = await inspectWith(
    {
      part: await example.part(),
      category: example.category,
      types: example.types,
      mode: 'pz',
      library: null,
      thresholds: DEFAULT_THRESHOLDS,
      seed: 0,
      recipe: null,
      onEvent: (event) => void (event.type === 'image' && images.push(event.pixels)),
    },
    lookDeps(model),
    { limits: DEFAULT_LIMITS, temperature: 0 },
    (endOfTurnId) => scripted(turns, (text) => [...model.backbone.tokenizer.encode(text), endOfTurnId], isBad),
  );
  assert(trace.verdict.status === 'complete', `the demonstration failed: ${JSON.stringify(trace.verdict.errors)}`);
  const { ids, segments } = record;
  return { id: `${example.id}/${looks}`, mode: 'pz', ids, segments, images, label: example.label };
}

function scripted(turns: readonly string[], encode: (text: string) => number[], isBad: boolean): Policy {
  let at = 0;
  return {
    observe: () => Promise.resolve(),
    act() {
      const text = turns[at++]!;
      const score = text.includes('<answer>') ? Number(isBad) : null;
      return Promise.resolve({ ids: encode(text), text, stopReason: 'stop' as const, score });
    },
    dispose() {},
  };
}

export function lookDeps(model: LoadedModel): InspectionDeps {
  return {
    model,
    match: null,
    clock: () => performance.now(),
    now: () => new Date().toISOString(),
    newId: () => 'look',
    runtime: { backend: 'toy', adapter: 'toy' },
  };
}
