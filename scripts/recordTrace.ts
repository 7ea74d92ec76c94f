/**
 * Writes the recorded run of the tests, the tour and the studio benchmark: the shipped nano model acts as long as its
 * turn is of the kind wanted, a script does the rest (a refused call, a clamped box, a turn that is no action, a second
 * good part), through the real loop and the real tools. Marked `isSimulated`: it demonstrates, it measures nothing.
 *
 *     npx tsx scripts/recordTrace.ts [--out FILE] [--backend NAME]
 */
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { inspectWith } from '../packages/core/src/agent/inspect.ts';
import { createModelPolicy } from '../packages/core/src/agent/modelPolicy.ts';
import type { Action, Policy } from '../packages/core/src/agent/policy.ts';
import { DEFAULT_LIMITS } from '../packages/core/src/agent/request.ts';
import { DEFAULT_THRESHOLDS } from '../packages/core/src/protocol/recipe.ts';
import { parseTurn } from '../packages/core/src/protocol/parseTurn.ts';
import type { Tokenizer } from '../packages/core/src/tokenizer/tokenizer.ts';
import type { Exemplar } from '../packages/core/src/tools/exemplars.ts';
import { openAgentHost } from '../packages/train/src/host/agentHost.ts';
import { backendNames } from '../packages/train/src/host/backend.ts';
import { decodeImage } from '../packages/train/src/host/decodeImage.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const SAMPLE = 'flange-scratch';
const LIMITS = { ...DEFAULT_LIMITS, maxToolCalls: 12 };

const call = (thought: string, name: string, args: object) =>
  `${thought}\n<tool_call>\n${JSON.stringify({ name, arguments: args })}\n</tool_call>`;
const crop = (thought: string, bbox_2d: readonly number[], target_image = 1) =>
  call(thought, 'crop_image_normalized', { bbox_2d, target_image });

/** One turn each: the tool the model may call itself, and what is written when it does something else. */
const TURNS: readonly { readonly own?: string; readonly written: string }[] = [
  {
    own: 'difference',
    written: call('First I ask where this part differs.', 'difference', { target_image: 1, top_k: 3 }),
  },
  { own: 'crop_image_normalized', written: crop('The first place differs most.', [0.3, 0.37, 0.33, 0.51]) },
  { own: 'query_image', written: call('How does a good part look there?', 'query_image', {}) },
  { written: crop('The same place on the good part.', [0.3, 0.37, 0.33, 0.51], 3) },
  { written: crop('Now the right edge of the part.', [0.8, 0.3, 0.8, 0.6]) },
  { written: crop('The box was empty. Once more, with some width.', [0.82, 0.3, 1.12, 0.6]) },
  {
    written:
      'I should look at the bolt holes.\n<tool_call>\n{"name": "crop_image_normalized", "arguments": {\n</tool_call>',
  },
  { written: crop('The lower bolt hole.', [0.42, 0.74, 0.58, 0.9]) },
  { written: call('Another good part, to be sure.', 'query_image', {}) },
  { written: crop('Closer still at the first place.', [0.3, 0.3, 0.7, 0.7], 2) },
  { written: call('Does the close view differ too?', 'difference', { target_image: 2, top_k: 2 }) },
  {
    written: `<think>The line is on this part and on neither good part.</think><answer>${JSON.stringify({
      anomaly_present: true,
      top_anomaly: 'scratch',
      visual_descriptions: ['a thin bright line left of the bore', 'the surface looks worn'],
      evidence: [{ text: 'a thin bright line left of the bore', image: 1, bbox_2d: [0.303, 0.377, 0.328, 0.508] }],
    })}</answer>`,
  },
];
const WRITTEN_SCORE = 0.81;
/** What the curve shows before the first turn and after each but the last. */
const WRITTEN_BELIEFS = [0.5, 0.66, 0.74, 0.7, 0.76, 0.76, 0.68, 0.68, 0.61, 0.72, 0.78, 0.79];

/** The model's own turn where it is of the kind wanted; else the written one. Its session reads whichever was taken. */
function createRecordedPolicy(model: () => Policy, tokenizer: Tokenizer, endOfTurnId: number): Policy {
  let turn = 0;
  let asked = 0;
  let own: Policy | null = model();
  return {
    observe: async (ids, images, signal) => own?.observe(ids, images, signal),
    async act(request) {
      const { own: wanted, written } = TURNS[turn++]!;
      const action = wanted && own ? await own.act(request) : null;
      const parsed = action && parseTurn(action.text);
      if (action && parsed?.kind === 'call' && parsed.name === wanted) return action;
      own?.dispose();
      own = null;
      request.onText(written);
      const score = written.includes('<answer>') ? WRITTEN_SCORE : null;
      return {
        ids: [...tokenizer.encode(written), endOfTurnId],
        text: written,
        stopReason: 'stop',
        score,
      } satisfies Action;
    },
    believe: () => Promise.resolve(WRITTEN_BELIEFS[asked++]!),
    dispose: () => own?.dispose(),
  };
}

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: path.join(root, 'e2e', 'fixtures', 'recorded.trace.json') },
    backend: { type: 'string', default: 'auto' },
  },
});
const backend = backendNames.find((name) => name === values.backend);
if (!backend) throw new Error(`--backend takes ${backendNames.join(', ')}, not ${values.backend}`);

interface SampleEntry {
  readonly id: string;
  readonly category: string;
  readonly types: readonly string[];
  readonly part: string;
  readonly exemplars: readonly string[];
}
const samples = path.join(root, 'public', 'samples');
const entries = JSON.parse(readFileSync(path.join(samples, 'samples.json'), 'utf8')) as readonly SampleEntry[];
const sample = entries.find(({ id }) => id === SAMPLE)!;
const read = (name: string) => decodeImage(readFileSync(path.join(samples, name)), name);

const exemplars: Exemplar[] = [];
for (const name of sample.exemplars) {
  const { sha256, raster } = await read(name);
  const { width, height } = raster;
  exemplars.push({ id: name, name, sha256, width, height, load: () => Promise.resolve(raster) });
}
const host = await openAgentHost({
  backend,
  model: path.join(root, 'public', 'models', 'nano'),
  tower: path.join(root, 'public', 'models', 'tower'),
});
try {
  const { backbone } = host.deps.model;
  const { trace } = await inspectWith(
    {
      part: await read(sample.part),
      category: sample.category,
      types: sample.types,
      mode: 'full',
      library: { category: sample.category, exemplars },
      thresholds: DEFAULT_THRESHOLDS,
      seed: 0,
      recipe: null,
    },
    { ...host.deps, now: () => '2026-01-01T00:00:00.000Z', newId: () => `recorded-${SAMPLE}` },
    { limits: LIMITS, temperature: 0, believes: true },
    (endOfTurnId) => {
      const settings = { endOfTurnId, grammar: null, maxNewTokens: 256, temperature: 0, topP: 1, seed: 0 };
      return createRecordedPolicy(() => createModelPolicy(backbone, settings), backbone.tokenizer, endOfTurnId);
    },
  );
  const warnings = [...trace.verdict.warnings, 'Recorded for demonstration: most turns were written by hand.'];
  const recorded = { ...trace, verdict: { ...trace.verdict, warnings, isSimulated: true } };
  await mkdir(path.dirname(values.out), { recursive: true });
  const text = `${JSON.stringify(recorded)}\n`;
  await writeFile(values.out, text);
  console.error(`${values.out}: ${trace.steps.length} steps, ${Math.round(text.length / 1000)} kB`);
  for (const { id, call: made, observation, ms } of trace.steps)
    console.error(
      `${id} ${made?.name ?? '-'} ${observation?.isError ? 'refused' : ''} ${Math.round(ms.prefill + ms.decode + ms.tool)} ms`,
    );
} finally {
  await host.dispose();
}
