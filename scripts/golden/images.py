"""Synthetic pictures of parts, the same for the same seed: gradient, grid of lines, discs, a hard-edged box, noise."""

import numpy as np
from PIL import Image


def synthetic_image(width, height, seed):
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    base = rng.uniform(60, 190, 3)
    slope = rng.uniform(-60, 60, (2, 3))
    pixels = base + slope[0] * (x / max(width, 1))[..., None] + slope[1] * (y / max(height, 1))[..., None]
    pitch = int(rng.integers(5, 13))
    pixels[(x % pitch == 0) | (y % pitch == 0)] -= 35
    for _ in range(4):
        cx, cy = rng.uniform(0, width), rng.uniform(0, height)
        radius = rng.uniform(0.05, 0.25) * min(width, height) + 1
        pixels[(x - cx) ** 2 + (y - cy) ** 2 < radius**2] = rng.uniform(0, 255, 3)
    x1, y1 = int(rng.integers(0, max(1, width // 2))), int(rng.integers(0, max(1, height // 2)))
    pixels[y1 : y1 + height // 4 + 1, x1 : x1 + width // 4 + 1] = rng.choice([0.0, 255.0], 3)
    pixels += rng.integers(-2, 3, pixels.shape)
    return Image.fromarray(np.clip(np.rint(pixels), 0, 255).astype(np.uint8), "RGB")
