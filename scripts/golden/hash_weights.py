"""Weights from an integer hash of the tensor's name and the element's index: no files, the same in TypeScript
(packages/core/src/model/hashWeights.ts). Names are the canonical ones (hub generation)."""

import numpy as np


def fnv1a(name):
    value = 0x811C9DC5
    for byte in name.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def hash_uniform(name, count):
    """`count` values in [-1, 1) with 24 bits each: murmur3's finaliser over name seed + index * golden ratio."""
    h = np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B9) + np.uint32(fnv1a(name))
    h ^= h >> np.uint32(16)
    h *= np.uint32(0x85EBCA6B)
    h ^= h >> np.uint32(13)
    h *= np.uint32(0xC2B2AE35)
    h ^= h >> np.uint32(16)
    return (h >> np.uint32(8)).astype(np.float64) / 2**23 - 1


def hash_weight(name, shape):
    """Norm scales 1 +- 0.2, biases +- 0.2, embedding rows +- 0.5, matrices uniform with gain 1.4 over their inputs."""
    values = hash_uniform(name, int(np.prod(shape)))
    if len(shape) == 1:
        values = values * 0.2 + (1 if name.endswith(".weight") else 0)
    elif name == "model.embed_tokens.weight":
        values = values * 0.5
    else:
        fan_in = int(np.prod(shape[1:]))
        values = values * (1.4 * np.sqrt(3.0) / np.sqrt(float(fan_in)))
    return values.astype(np.float32).reshape(shape)
