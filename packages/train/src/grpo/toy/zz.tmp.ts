import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { createLookModel } from './lookModel.ts';
import { lookCases, lookDeps, demonstrateLook } from './lookTask.ts';
import { trainSft } from '../../sft/train.ts';
import { rollOutGroup } from '../rollout.ts';
import { codePreset } from '../../rewards/code.ts';
import { DEFAULT_LIMITS } from '@agentiad/core/agent/request.ts';
import { createRandom } from '@agentiad/core/support/random.ts';
setWasmPaths('/work/main/node_modules/@tensorflow/tfjs-backend-wasm/dist/');
await tf.setBackend('wasm');
const [steps, lr, share, n] = process.argv.slice(2).map(Number) as [number, number, number, number];
const model = await createLookModel(1);
const cases = lookCases(n, 5);
const random = createRandom(3);
const ts = [];
for (const [i, c] of cases.entries()) { const looks = i < share * n; ts.push(await demonstrateLook(c, model.loaded, { looks, guess: random.next() < 0.5 })); }
let t0 = performance.now();
await trainSft({ model: model.training, trajectories: ts, random, settings: { steps, batchSize: 4, learningRate: lr, warmup: 0.05, weightDecay: 0, maxNorm: 1, mask: 'all-assistant' },
  afterStep: async (p) => { if (p.step % 25 === 0) console.log(p.step, p.loss.toFixed(4), Math.round(p.ms)); } });
model.backbone.refresh();
console.log('sft s', (performance.now() - t0) / 1000);
t0 = performance.now();
const test = lookCases(24, 99);
let right = 0, looked = 0, lookedRight = 0, none = 0, mism = 0;
for (const c of test) { const g = await rollOutGroup(c, lookDeps(model.loaded), { mode: 'pz', groupSize: 2, limits: { ...DEFAULT_LIMITS, maxToolCalls: 2, maxNewTokens: 60 }, sampling: { temperature: 1, topP: 1, logProbabilities: 'sampling' }, truncated: 'mask', reward: codePreset() }, test.indexOf(c));
  for (const r of g.rollouts) { const a = r.facts.answer; const ok = a && a.isAnomalous === (c.label === 'anomalous'); if (ok) right++; if (!a) none++; if (r.facts.calls.length) { looked++; if (ok) lookedRight++; } } }
console.log({ right, looked, lookedRight, none, of: 48, s: (performance.now() - t0) / 1000 });
