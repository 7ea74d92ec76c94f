"""Golden outputs of the Hugging Face Qwen2-VL image processor alone: one PNG and one `pixel_values` per size."""

import json

import numpy as np
import transformers
from safetensors.numpy import save_file

from .images import synthetic_image

# name, width, height, min_pixels, max_pixels (patch 14, temporal patch 2, merge 2)
SIZES = [
    ("square-exact", 56, 56, 3136, 12845056),
    ("wide-downscale", 400, 60, 3136, 5000),
    ("tall-downscale", 37, 411, 3136, 6000),
    ("tiny-upscale", 5, 3, 3136, 12845056),
    ("single-pixel", 1, 1, 3136, 12845056),
    ("near-multiple", 70, 42, 3136, 12845056),
    ("photo-downscale", 300, 200, 3136, 4704),
    ("mild-upscale", 50, 61, 6000, 12845056),
]


def make_image_fixtures(folder):
    folder.mkdir(parents=True, exist_ok=True)
    cases, tensors = [], {}
    for seed, (name, width, height, min_pixels, max_pixels) in enumerate(SIZES):
        image = synthetic_image(width, height, 100 + seed)
        image.save(folder / f"{name}.png")
        processor = transformers.Qwen2VLImageProcessor(min_pixels=min_pixels, max_pixels=max_pixels)
        # Named, because the processor guesses the layout and takes an image 1 or 3 pixels high for channels first.
        out = processor(images=[image], return_tensors="np", input_data_format="channels_last")
        grid = [int(v) for v in out["image_grid_thw"][0]]
        tensors[name] = np.ascontiguousarray(out["pixel_values"].astype(np.float16))
        cases.append(
            {
                "image": f"{name}.png",
                "tensor": name,
                "width": width,
                "height": height,
                "min_pixels": min_pixels,
                "max_pixels": max_pixels,
                "image_grid_thw": grid,
            }
        )
    save_file(tensors, folder / "pixel_values.safetensors")
    index = {"transformers": transformers.__version__, "use_fast": False, "cases": cases}
    (folder / "cases.json").write_text(json.dumps(index, indent=1) + "\n")
