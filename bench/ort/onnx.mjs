/**
 * The part of the ONNX format (onnx.proto3, IR 10) that the peer's graphs need, written with protobufjs. Weights lie in
 * one external file that every initializer may point into: only their size matters to a benchmark.
 */
import protobuf from 'protobufjs';

const tensorTypes = { f32: 1, u8: 2, i32: 6, f16: 10 };
const attributeTypes = { float: 1, int: 2, string: 3 };

const field = (id, type, rule) => (rule ? { id, type, rule } : { id, type });
const root = protobuf.Root.fromJSON({
  nested: {
    Entry: { fields: { key: field(1, 'string'), value: field(2, 'string') } },
    Tensor: {
      fields: {
        dims: field(1, 'int64', 'repeated'),
        dataType: field(2, 'int32'),
        name: field(8, 'string'),
        rawData: field(9, 'bytes'),
        externalData: field(13, 'Entry', 'repeated'),
        dataLocation: field(14, 'int32'),
      },
    },
    Dimension: { fields: { dimValue: field(1, 'int64') } },
    Shape: { fields: { dim: field(1, 'Dimension', 'repeated') } },
    TensorType: { fields: { elemType: field(1, 'int32'), shape: field(2, 'Shape') } },
    Type: { fields: { tensorType: field(1, 'TensorType') } },
    ValueInfo: { fields: { name: field(1, 'string'), type: field(2, 'Type') } },
    Attribute: {
      fields: {
        name: field(1, 'string'),
        f: field(2, 'float'),
        i: field(3, 'int64'),
        s: field(4, 'bytes'),
        type: field(20, 'int32'),
      },
    },
    Node: {
      fields: {
        input: field(1, 'string', 'repeated'),
        output: field(2, 'string', 'repeated'),
        name: field(3, 'string'),
        opType: field(4, 'string'),
        attribute: field(5, 'Attribute', 'repeated'),
        domain: field(7, 'string'),
      },
    },
    Graph: {
      fields: {
        node: field(1, 'Node', 'repeated'),
        name: field(2, 'string'),
        initializer: field(5, 'Tensor', 'repeated'),
        input: field(11, 'ValueInfo', 'repeated'),
        output: field(12, 'ValueInfo', 'repeated'),
      },
    },
    OperatorSet: { fields: { domain: field(1, 'string'), version: field(2, 'int64') } },
    Model: {
      fields: {
        irVersion: field(1, 'int64'),
        producerName: field(2, 'string'),
        graph: field(7, 'Graph'),
        opsetImport: field(8, 'OperatorSet', 'repeated'),
      },
    },
  },
});

const elementBytes = { f32: 4, f16: 2, u8: 1, i32: 4 };

/** A graph under construction. `weightFile` is the external file's name, at least as long as the largest weight. */
export function createGraph(weightFile) {
  const parts = { node: [], initializer: [], input: [], output: [] };
  let largestWeight = 0;
  const valueInfo = (name, type, shape) => ({
    name,
    type: { tensorType: { elemType: tensorTypes[type], shape: { dim: shape.map((dimValue) => ({ dimValue })) } } },
  });
  return {
    input: (name, type, shape) => (parts.input.push(valueInfo(name, type, shape)), name),
    output: (name, type, shape) => (parts.output.push(valueInfo(name, type, shape)), name),
    /** An initializer whose bytes are the start of the external file. */
    weight(name, type, dims) {
      const length = dims.reduce((product, size) => product * size, elementBytes[type]);
      largestWeight = Math.max(largestWeight, length);
      const external = { location: weightFile, offset: '0', length: String(length) };
      parts.initializer.push({
        name,
        dims,
        dataType: tensorTypes[type],
        dataLocation: 1,
        externalData: Object.entries(external).map(([key, value]) => ({ key, value })),
      });
      return name;
    },
    /** Adds a node and returns its first output's name. */
    node(opType, inputs, outputs, attributes = {}, domain = '') {
      const attribute = Object.entries(attributes).map(([name, value]) =>
        Number.isInteger(value)
          ? { name, i: value, type: attributeTypes.int }
          : { name, f: value.float, type: attributeTypes.float },
      );
      parts.node.push({ opType, domain, input: inputs, output: outputs, name: `${opType}_${outputs[0]}`, attribute });
      return outputs[0];
    },
    get largestWeight() {
      return largestWeight;
    },
    encode() {
      const Model = root.lookupType('Model');
      return Model.encode(
        Model.fromObject({
          irVersion: 10,
          producerName: 'agentiad-bench',
          graph: { name: 'bench', ...parts },
          opsetImport: [
            { domain: '', version: 20 },
            { domain: 'com.microsoft', version: 1 },
          ],
        }),
      ).finish();
    },
  };
}
