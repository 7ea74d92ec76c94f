"""The 3B-dimensions golden: exact sizes of Qwen2.5-VL-3B with two language layers, one windowed and one full vision
block, the merger and 4,096 vocabulary rows. Hash weights; logits stored as sampled values."""

import json
import shutil

import numpy as np
import torch
import transformers
from safetensors.torch import save_file

from .configs import case, layout, spec
from .folders import TOLERANCE, build_model, make_processor, run_case, write_config
from .hash_weights import hash_weight
from .images import synthetic_image

SAMPLES = 4000

DIMENSIONS_3B = spec(
    "dimensions-3b", 7, vocab=4096, hidden=2048, heads=16, kv=2, layers=2, section=(16, 24, 24), tied=True, mlp=11008,
    vision=dict(depth=2, hidden_size=1280, intermediate_size=3420, num_heads=16, in_channels=3, patch_size=14,
                spatial_patch_size=14, spatial_merge_size=2, temporal_patch_size=2, window_size=112,
                fullatt_block_indexes=[1], tokens_per_second=2, hidden_act="silu"),
    processor=dict(min_pixels=3136, max_pixels=12845056), layout=layout(),
    cases=[case("partial-window", (84, 140), new=4, text=8)],
)


def fill_with_hash(model):
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            name = name.replace("model.visual.", "visual.").replace("model.language_model.", "model.")
            parameter.copy_(torch.from_numpy(hash_weight(name, tuple(parameter.shape))))


def make_hash_folder(folder):
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "cases").mkdir(parents=True)
    model = build_model(DIMENSIONS_3B)
    fill_with_hash(model)
    write_config(folder, model, DIMENSIONS_3B)
    processor = make_processor(folder, DIMENSIONS_3B)
    for case_spec in DIMENSIONS_3B["cases"]:
        (width, height), name = case_spec["images"][0], case_spec["name"]
        image = synthetic_image(width, height, 700)
        image.save(folder / f"{name}.png")
        for seed in range(20):
            result = run_case(model, processor, DIMENSIONS_3B, case_spec, [image], seed)
            if result:
                break
        else:
            raise SystemExit("no prompt whose greedy steps are all decided")
        ids, tensors, margin = result
        logits = tensors.pop("logits")
        indices = np.sort(np.random.default_rng(0).choice(logits.numel(), SAMPLES, replace=False))
        tensors["logits.sample_indices"] = torch.from_numpy(indices.astype(np.int32))
        tensors["logits.samples"] = logits.flatten()[torch.from_numpy(indices)].contiguous()
        description = {
            "images": [f"{name}.png"], "input_ids": ids, "max_new_tokens": case_spec["new"], "tolerance": TOLERANCE,
            "transformers": transformers.__version__, "use_fast": False, "weights": "hash",
            "sampled": {"logits": {"shape": list(logits.shape), "max_abs": logits.abs().max().item()}},
        }
        (folder / "cases" / f"{name}.json").write_text(json.dumps(description) + "\n")
        save_file(tensors, folder / "cases" / f"{name}.safetensors")
        print(f"dimensions-3b/{name}: prompt {seed}, margin {margin:.4f}, {tensors['generated_ids'][0].tolist()}")
