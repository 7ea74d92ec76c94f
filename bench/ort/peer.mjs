/**
 * onnxruntime's WebGPU provider as a process of its own (its Dawn and ours do not share one). Reads one JSON request a
 * line, answers one JSON line each: `open` builds a short and a long graph, `time` runs each once, `close` frees them.
 * The caller alternates `time` with its own measurement and kills this process when a shape takes too long, since `run`
 * blocks.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import process from 'node:process';
import ort from 'onnxruntime-node';
import { layerGraph, linearGraph } from './graphs.mjs';

/** For graphs and weights; the caller's, who removes it. */
const folder = process.argv[2];
if (!folder) throw new Error('use: node peer.mjs FOLDER');
const weightFile = 'weights.bin';

const arrays = { f32: Float32Array, f16: Uint16Array, i32: Int32Array };
const typeNames = { f32: 'float32', f16: 'float16', i32: 'int32' };
const graphs = { linear: linearGraph, layer: layerGraph };
const elements = (shape) => shape.reduce((product, size) => product * size, 1);

/** Small numbers that are valid in either float type whatever part of the file a weight takes. */
function writeWeights(bytes, type) {
  const data = new arrays[type](Math.ceil(bytes / arrays[type].BYTES_PER_ELEMENT));
  for (let i = 0; i < data.length; i++) data[i] = type === 'f16' ? 0x1000 + (i % 997) : ((i % 997) - 498) / 1e6;
  writeFileSync(path.join(folder, weightFile), data);
}

function tensor({ type, shape, values }) {
  const Data = arrays[type];
  const data = values ? Data.from(values) : new Data(elements(shape)).fill(type === 'f16' ? 0x3800 : 0.5);
  // A Uint16Array is how float16 is passed where JavaScript has no Float16Array.
  return new ort.Tensor(typeNames[type], data, shape);
}

let chains = [];

async function openChain(job, count) {
  const { graph, feeds, fetches, present = [] } = graphs[job.kind](job, count, weightFile);
  const file = path.join(folder, `${job.kind}-${count}.onnx`);
  const model = graph.encode();
  writeWeights(graph.largestWeight, job.type);
  writeFileSync(file, model);
  const options = { executionProviders: [{ name: 'webgpu' }], logSeverityLevel: 3, graphOptimizationLevel: 'all' };
  const inputs = Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, tensor(feed)]));
  const outputs = Object.fromEntries(fetches.map((name) => [name, null]));
  const held = [];
  if (present.length > 0) {
    // The caches: made on the GPU by one run of a session that leaves its outputs there, then passed as input and as
    // output of the session that is timed, so that onnxruntime appends in place.
    const locations = { ...outputs, ...Object.fromEntries(present.map(({ output }) => [output, 'gpu-buffer'])) };
    for (const name of fetches) locations[name] = 'cpu';
    const maker = await ort.InferenceSession.create(file, { ...options, preferredOutputLocation: locations });
    for (const { input, shape } of present) inputs[input] = tensor({ type: job.type, shape, values: null });
    const made = await maker.run(inputs);
    for (const { input, output } of present) {
      inputs[input] = made[output];
      outputs[output] = made[output];
      held.push(made[output]);
    }
    held.push({ dispose: () => void maker.release() });
  }
  const session = await ort.InferenceSession.create(file, options);
  await session.run(inputs, outputs);
  return { session, inputs, outputs, held };
}

async function closeChains() {
  for (const { session, held } of chains) {
    for (const value of held) value.dispose();
    await session.release();
  }
  chains = [];
}

const handlers = {
  async open({ job, counts }) {
    await closeChains();
    for (const count of counts) chains.push(await openChain(job, count));
    return { provider: 'webgpu', version: ort.env.versions.node ?? ort.env.versions.common };
  },
  async time() {
    const ms = [];
    for (const { session, inputs, outputs } of chains) {
      const started = performance.now();
      await session.run(inputs, outputs);
      ms.push(performance.now() - started);
    }
    return { ms };
  },
  async close() {
    await closeChains();
    return {};
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  let answer;
  try {
    answer = await handlers[request.op](request);
  } catch (error) {
    answer = { error: error instanceof Error ? error.message : String(error) };
  }
  process.stdout.write(`${JSON.stringify({ id: request.id, ...answer })}\n`);
}
process.exit(0);
