/**
 * The graphs that onnxruntime is timed on. Each holds `count` equal pieces with weights of their own; the time of one
 * piece is the difference between a long and a short graph, so that copies of inputs and outputs cancel.
 */
import { createGraph } from './onnx.mjs';

const contrib = 'com.microsoft';
const block = 32;

/** One int4 matrix product, [m, columns] x [rows, columns]^T. */
function matMul(graph, name, input, output, job, rows, columns, bias) {
  const blocks = columns / block;
  const inputs = [
    input,
    graph.weight(`${name}.codes`, 'u8', [rows, blocks, block / 2]),
    graph.weight(`${name}.scales`, job.type, [rows, blocks]),
  ];
  if (bias) inputs.push('', '', graph.weight(`${name}.bias`, job.type, [rows]));
  const attributes = { K: columns, N: rows, bits: 4, block_size: block, accuracy_level: job.accuracyLevel };
  return graph.node('MatMulNBits', inputs, [output], attributes, contrib);
}

/**
 * `count` products of one input. Square ones feed each other; the others all read the input (onnxruntime runs nodes
 * whose outputs are not fetched too). job: {rows, columns, m, type, accuracyLevel}.
 */
export function linearGraph(job, count, weightFile) {
  const graph = createGraph(weightFile);
  const { m, rows, columns, type } = job;
  graph.input('x', type, [m, columns]);
  let last = 'x';
  for (let i = 0; i < count; i++) {
    const isChained = rows === columns;
    const output = matMul(graph, `w${i}`, isChained ? last : 'x', `y${i}`, job, rows, columns, false);
    if (!isChained || i === count - 1) graph.output(output, type, [m, rows]);
    last = output;
  }
  return { graph, fetches: [last], feeds: { x: { type, shape: [m, columns] } } };
}

/**
 * `count` decoder layers as onnxruntime-genai exports them: packed qkv, GroupQueryAttention with rotary, fused skip and
 * norm. job: {m, context, hidden, heads, kvHeads, headDim, intermediate, type, accuracyLevel}; `context` tokens are
 * cached before the m new ones. Every layer has a cache of its own, which starts as zeros and stays on the GPU.
 */
export function layerGraph(job, count, weightFile) {
  const graph = createGraph(weightFile);
  const { m, context, hidden, heads, kvHeads, headDim, intermediate, type } = job;
  const cache = [1, kvHeads, job.capacity, headDim];
  graph.input('x', type, [1, m, hidden]);
  graph.input('seqlens_k', 'i32', [1]);
  graph.input('total', 'i32', []);
  const cos = graph.weight('cos', type, [job.capacity, headDim / 2]);
  const sin = graph.weight('sin', type, [job.capacity, headDim / 2]);
  const epsilon = { epsilon: { float: 1e-6 } };
  const present = [];
  let residual = 'x';
  let normed = graph.node('SimplifiedLayerNormalization', ['x', graph.weight('n.w', type, [hidden])], ['n'], epsilon);
  for (let i = 0; i < count; i++) {
    const at = (name) => `${i}.${name}`;
    const linear = (name, input, rows, columns, bias = false) =>
      matMul(graph, at(name), input, at(`${name}.y`), job, rows, columns, bias);
    const norm = (name, skip) => {
      const sum = at(`${name}.sum`);
      const inputs = [residual, skip, graph.weight(at(`${name}.w`), type, [hidden])];
      residual = sum;
      return graph.node('SkipSimplifiedLayerNormalization', inputs, [at(name), '', '', sum], epsilon, contrib);
    };
    const qkv = linear('qkv', normed, (heads + 2 * kvHeads) * headDim, hidden, true);
    const past = ['k', 'v'].map((name) => graph.input(at(`past.${name}`), type, cache));
    const now = ['k', 'v'].map((name) => graph.output(at(`present.${name}`), type, cache));
    present.push(...now.map((output, j) => ({ output, input: past[j], shape: cache })));
    const attention = graph.node(
      'GroupQueryAttention',
      [qkv, '', '', ...past, 'seqlens_k', 'total', cos, sin],
      [at('attention'), ...now],
      { num_heads: heads, kv_num_heads: kvHeads, do_rotary: 1, scale: { float: headDim ** -0.5 } },
      contrib,
    );
    const after = norm('post', linear('o', attention, hidden, heads * headDim));
    const gate = linear('gate', after, intermediate, hidden);
    const up = linear('up', after, intermediate, hidden);
    const silu = graph.node('Mul', [gate, graph.node('Sigmoid', [gate], [at('sigmoid')])], [at('silu')]);
    const product = graph.node('Mul', [silu, up], [at('product')]);
    normed = norm('next', linear('down', product, hidden, intermediate));
  }
  graph.output(normed, type, [1, m, hidden]);
  return {
    graph,
    fetches: [normed],
    present,
    feeds: {
      x: { type, shape: [1, m, hidden] },
      seqlens_k: { type: 'i32', shape: [1], values: [context + m - 1] },
      total: { type: 'i32', shape: [], values: [context + m] },
    },
  };
}
