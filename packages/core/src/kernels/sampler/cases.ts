/** Cases of the sampler: it must draw exactly the ids that the host's sampler picks. */
import { createNucleusSampler, greedy, type Sampler, type SamplerSettings } from '../../model/sampler.ts';
import { createRandom, type Random } from '../../support/random.ts';
import { judge, runKernel, type KernelCase, type TestGpu } from '../testing/harness.ts';
import { idMask, noId, readSamplerResult, samplerLayout, samplerSettings, type SamplerLayout } from './layout.ts';
import { samplerDispatches, type SamplerBuffer } from './sampler.ts';

interface SamplerCase extends Partial<SamplerSettings> {
  readonly name: string;
  readonly vocabSize: number;
  readonly logits: (random: Random, id: number) => number;
  readonly steps?: number;
  readonly banned?: readonly number[];
  readonly allowed?: readonly number[];
  readonly watched?: readonly number[];
  /** Instead of drawn ones. */
  readonly uniform?: number;
}

const spread = (random: Random) => 3 * random.normal();
/** Few different values, so that many logits tie with those around them. */
const coarse = (random: Random) => Math.round(2 * random.normal()) / 2;
const nearlyEqual = (random: Random) => 1 + random.integer(0, 3) * 2 ** -23;
const nano = 1691;
const real = 151936;
const lastUniform = 1 - 2 ** -53;

const cases: readonly SamplerCase[] = [
  { name: 'largest', vocabSize: nano, logits: spread, banned: [7], watched: [0, 3, 1690, 1690] },
  { name: 'largest of ties', vocabSize: nano, logits: coarse, steps: 3, watched: [5] },
  { name: 'largest of equal logits', vocabSize: 70, logits: () => -2.5, banned: [0, 1, 33] },
  { name: 'largest, zeros of both signs', vocabSize: 5, logits: (_, id) => (id < 2 ? -1 : id === 2 ? -0 : 0) },
  { name: 'largest, negative', vocabSize: 300, logits: (random) => -1e30 * random.next() },
  { name: 'largest of a real vocabulary', vocabSize: real, logits: spread, watched: [0, 151935], steps: 2 },
  {
    name: 'largest of ties over blocks',
    vocabSize: 8193,
    logits: (random) => Math.min(1, coarse(random)),
    banned: [2, 3],
  },
  { name: 'largest of 8,193', vocabSize: 8193, logits: (_, id) => id % 8193 },
  { name: 'temperature 1', vocabSize: nano, logits: spread, temperature: 1, steps: 12, watched: [4] },
  { name: 'temperature 30', vocabSize: 5, logits: spread, temperature: 30, steps: 6 },
  { name: 'tiny temperature', vocabSize: nano, logits: coarse, temperature: 1e-20, steps: 3 },
  { name: 'top-p', vocabSize: nano, logits: spread, temperature: 0.8, topP: 0.9, steps: 8 },
  { name: 'top-p of ties', vocabSize: nano, logits: coarse, temperature: 1, topP: 0.95, steps: 8 },
  { name: 'top-p so small that one is left', vocabSize: 300, logits: spread, temperature: 2, topP: 1e-9, steps: 2 },
  { name: 'top-p of equal logits', vocabSize: nano, logits: () => 4, temperature: 1, topP: 0.37, steps: 4 },
  {
    name: 'top-p of nearly equal logits',
    vocabSize: nano,
    logits: nearlyEqual,
    temperature: 1e-6,
    topP: 0.6,
    steps: 4,
  },
  { name: 'top-k', vocabSize: nano, logits: spread, temperature: 2, topK: 40, steps: 6 },
  { name: 'top-k 1 of ties', vocabSize: 300, logits: coarse, temperature: 5, topK: 1, steps: 3 },
  {
    name: 'top-k that cuts ties, top-p',
    vocabSize: nano,
    logits: coarse,
    temperature: 3,
    topK: 100,
    topP: 0.8,
    steps: 6,
  },
  { name: 'top-k beyond the vocabulary', vocabSize: 300, logits: spread, temperature: 1, topK: 301, steps: 2 },
  {
    name: 'top-k beyond what is allowed',
    vocabSize: 300,
    logits: spread,
    temperature: 9,
    topK: 5,
    allowed: [3, 200],
    steps: 4,
  },
  {
    name: 'first of the last draw',
    vocabSize: 257,
    logits: spread,
    temperature: 9,
    uniform: lastUniform,
    banned: [256],
  },
  { name: 'first draw', vocabSize: 257, logits: spread, temperature: 9, uniform: 0 },
  {
    name: 'allowed and banned',
    vocabSize: nano,
    logits: spread,
    temperature: 7,
    allowed: [2, 31, 32, 1690],
    banned: [31],
    steps: 6,
  },
  { name: 'one allowed', vocabSize: nano, logits: spread, allowed: [1690], watched: [2, 0] },
  { name: 'one allowed, drawn', vocabSize: nano, logits: () => -5000, temperature: 0.1, topP: 0.9, allowed: [0] },
  { name: 'none allowed', vocabSize: 40, logits: spread, temperature: 1, allowed: [3], banned: [3] },
  {
    name: 'not finite',
    vocabSize: 300,
    logits: (random, id) => [NaN, Infinity, -NaN, -Infinity][id % 5] ?? spread(random),
    temperature: 3,
    steps: 4,
  },
  { name: 'NaN alone', vocabSize: 5, logits: () => NaN },
  { name: 'NaN alone, drawn', vocabSize: 9000, logits: () => NaN, temperature: 1, topP: 0.9 },
  {
    name: 'extremes',
    vocabSize: 300,
    logits: (random) => 3.4e38 * (2 * random.next() - 1),
    temperature: 1e-3,
    topP: 0.5,
    steps: 2,
  },
  {
    name: 'drawn from a real vocabulary',
    vocabSize: real,
    logits: spread,
    temperature: 1,
    topK: 50,
    topP: 0.95,
    banned: [9, 151935],
    steps: 2,
  },
  {
    name: 'drawn from equal logits of a real vocabulary',
    vocabSize: real,
    logits: () => 0,
    temperature: 1,
    topP: 0.999,
    steps: 2,
  },
];

export const samplerCases: readonly KernelCase[] = cases.map((given) => ({
  name: `sampler: ${given.name}, ${given.vocabSize} ids`,
  async run(gpu) {
    const { vocabSize, steps = 1, watched = [] } = given;
    const random = createRandom(vocabSize + steps);
    const logits = Array.from({ length: steps }, () =>
      Float32Array.from({ length: vocabSize }, (_, id) => given.logits(random, id)),
    );
    const uniforms = logits.map(() => given.uniform ?? random.next());
    const layout = samplerLayout(vocabSize, steps, watched.length + 1);
    return judge(await sampleOnGpu(gpu, layout, given, logits, uniforms), pickOnHost(given, logits, uniforms), 0);
  },
}));

/** Rows, cached, row of the logits, rows to scatter, three positions; as before the first step. */
const firstPass = [1, 41, 0, 0, 8, 9, 10];

/** Per step the id, the bad logits and the watched ones; then the pass afterwards and the id for the embedding. */
async function sampleOnGpu(
  gpu: TestGpu,
  layout: SamplerLayout,
  given: SamplerCase,
  logits: readonly Float32Array[],
  uniforms: readonly number[],
): Promise<number[]> {
  const { vocabSize, banned = [], allowed, watched = [] } = given;
  const masks = new Uint32Array(layout.bytes.masks / 4);
  masks.set(idMask(vocabSize, banned));
  masks.set(idMask(vocabSize, allowed ?? []), layout.allowedAt / 4);
  const settings = samplerSettings(layout, {
    settings: settingsOf(given),
    uniforms,
    watched,
    isMasked: allowed !== undefined,
  });
  const words: Record<SamplerBuffer, Uint32Array> = {
    logits: new Uint32Array(),
    settings,
    masks,
    scratch: new Uint32Array(layout.bytes.scratch / 4),
    result: new Uint32Array(layout.bytes.result / 4),
    ids: new Uint32Array(1),
    pass: Uint32Array.from(firstPass),
  };
  const written: readonly SamplerBuffer[] = ['scratch', 'result', 'ids', 'pass'];
  for (const step of logits) {
    words.logits = new Uint32Array(step.buffer);
    for (const { kernel, buffers, workgroups } of samplerDispatches(layout, gpu.capabilities)) {
      const names = buffers.filter((name) => written.includes(name));
      const bound = buffers.map((name) => ({ data: words[name], isOutput: names.includes(name) }));
      const outputs = await runKernel(gpu, kernel, bound, workgroups);
      outputs.forEach((output, i) => (words[names[i]!] = new Uint32Array(output.buffer)));
    }
  }
  const results = readSamplerResult(layout, Uint32Array.from(words.result).buffer, logits.length);
  const stepped = results.flatMap((step) => [step.id, step.badLogits, ...step.watched.slice(0, watched.length)]);
  return [...stepped, ...words.pass, ...words.ids];
}

function pickOnHost(given: SamplerCase, logits: readonly Float32Array[], uniforms: readonly number[]): number[] {
  const { banned = [], allowed, watched = [] } = given;
  const picked = logits.map((step, i) => {
    const masked = step.map((logit, id) =>
      banned.includes(id) || (allowed && !allowed.includes(id)) ? -Infinity : logit,
    );
    return masked.some(Number.isFinite) ? samplerOf(given, uniforms[i]!).pick(masked) : noId;
  });
  const stepped = logits.flatMap((step, i) => {
    const bad = step.filter((logit) => Number.isNaN(logit) || logit === Infinity).length;
    return [picked[i]!, bad, ...watched.map((id) => step[id]!)];
  });
  const [rows, cached, logitsRow, unused, ...positions] = firstPass;
  const advanced = positions.map((position) => position + logits.length);
  return [...stepped, rows!, cached! + logits.length, logitsRow!, unused!, ...advanced, picked.at(-1)!];
}

function samplerOf(given: SamplerCase, uniform: number): Sampler {
  const settings = settingsOf(given);
  if (settings.temperature === 0) return greedy;
  return createNucleusSampler({ ...settings, random: { ...createRandom(0), next: () => uniform } });
}

function settingsOf({ temperature = 0, topK = 0, topP = 1 }: SamplerCase): SamplerSettings {
  return { temperature, topK, topP };
}
