"""Makes a golden folder of a whole Qwen2.5-VL checkpoint with Hugging Face transformers on the CPU in float32.

Called by run.mjs; by hand, in a virtual environment with scripts/requirements-golden.txt:

    python scripts/verify-3b/make_golden.py --checkpoint DIR --out DIR IMAGE...

One case an image: a question about the part, prefill logits (samples of them where there are many) and greedy ids. The
weights are linked, not copied. The 3B takes 16 GB of memory.
"""

import argparse
import json
import math
import shutil
from pathlib import Path

import numpy as np
import torch
import transformers
from PIL import Image
from safetensors.torch import save_file
from tokenizers import Tokenizer

TOLERANCE = 1e-3
QUESTION = "Inspect this part. Is there a defect? Describe what you see and where."
MOST_LOGITS = 1 << 20
SAMPLES = 50_000


def link_checkpoint(checkpoint, out):
    for path in [*checkpoint.glob("model*.safetensors*"), checkpoint / "config.json"]:
        (out / path.name).symlink_to(path.resolve())


def make_processor(checkpoint, out, max_pixels):
    """Pillow's processor of the checkpoint, with fewer pixels if that is asked for; its settings beside the cases."""
    stored = json.loads((checkpoint / "preprocessor_config.json").read_text())
    size = stored.pop("size", {})
    largest = stored.get("max_pixels", size.get("longest_edge", 12845056))
    smallest = stored.get("min_pixels", size.get("shortest_edge", 3136))
    stored |= {"max_pixels": min(largest, max(max_pixels, smallest)), "min_pixels": smallest}
    stored["image_processor_type"] = "Qwen2VLImageProcessor"
    (out / "preprocessor_config.json").write_text(json.dumps(stored, indent=1) + "\n")
    known = ("patch_size", "temporal_patch_size", "merge_size", "image_mean", "image_std", "min_pixels", "max_pixels")
    return transformers.Qwen2VLImageProcessor(**{key: stored[key] for key in known if key in stored})


def end_ids(model, tokenizer):
    eos = model.generation_config.eos_token_id
    known = eos if isinstance(eos, list) else [eos]
    return {id for id in [*known, tokenizer.token_to_id("<|im_end|>")] if id is not None}


def run_case(model, processor, tokenizer, image, new_tokens):
    pixels = processor(images=[image], return_tensors="pt", input_data_format="channels_last")
    inputs = {"pixel_values": pixels["pixel_values"].to(torch.float32), "image_grid_thw": pixels["image_grid_thw"]}
    places = int(pixels["image_grid_thw"].prod()) // processor.merge_size**2
    text = (
        f"<|im_start|>user\n<|vision_start|>{'<|image_pad|>' * places}<|vision_end|>{QUESTION}<|im_end|>\n"
        "<|im_start|>assistant\n"
    )
    ids = tokenizer.encode(text, add_special_tokens=False).ids
    if ids.count(model.config.image_token_id) != places:
        raise SystemExit("tokenizer.json and config.json do not agree on the image token")
    input_ids = torch.tensor([ids])
    mask = torch.ones_like(input_ids)
    with torch.no_grad():
        embeds = torch.cat(model.get_image_features(**inputs))
        positions, _ = model.model.get_rope_index(input_ids, inputs["image_grid_thw"], None, attention_mask=mask)
        logits = model(input_ids=input_ids, attention_mask=mask, **inputs).logits
        generated = model.generate(
            input_ids=input_ids, attention_mask=mask, **inputs, do_sample=False, max_new_tokens=new_tokens,
            eos_token_id=sorted(end_ids(model, tokenizer)), pad_token_id=0, repetition_penalty=1.0,
        )[:, len(ids):]
    tensors = inputs | {"image_embeds": embeds, "position_ids": positions, "generated_ids": generated}
    return ids, tensors, logits


def store_logits(tensors, logits):
    """Logits, or samples of them; what the case file says of them."""
    if logits.numel() <= MOST_LOGITS:
        tensors["logits"] = logits
        return {}
    indices = np.sort(np.random.default_rng(0).choice(logits.numel(), SAMPLES, replace=False))
    tensors["logits.sample_indices"] = torch.from_numpy(indices.astype(np.int32))
    tensors["logits.samples"] = logits.flatten()[torch.from_numpy(indices)]
    return {"sampled": {"logits": {"shape": list(logits.shape), "max_abs": logits.abs().max().item()}}}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("images", nargs="+", type=Path)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--new-tokens", type=int, default=64)
    parser.add_argument("--max-pixels", type=int, default=448 * 448, help="images are made smaller than this")
    options = parser.parse_args()

    shutil.rmtree(options.out, ignore_errors=True)
    (options.out / "cases").mkdir(parents=True)
    link_checkpoint(options.checkpoint, options.out)
    processor = make_processor(options.checkpoint, options.out, options.max_pixels)
    tokenizer = Tokenizer.from_file(str(options.checkpoint / "tokenizer.json"))
    model = transformers.Qwen2_5_VLForConditionalGeneration.from_pretrained(
        options.checkpoint, torch_dtype=torch.float32, attn_implementation="eager"
    ).eval()
    for path in options.images:
        name = path.stem
        # Decoders of JPEG differ; PNG is the same for all.
        image = Image.open(path).convert("RGB")
        image.save(options.out / f"{name}.png")
        ids, tensors, logits = run_case(model, processor, tokenizer, image, options.new_tokens)
        description = {
            "images": [f"{name}.png"], "input_ids": ids, "max_new_tokens": tensors["generated_ids"].shape[1],
            "tolerance": TOLERANCE, "transformers": transformers.__version__, "use_fast": False,
        } | store_logits(tensors, logits)
        (options.out / "cases" / f"{name}.json").write_text(json.dumps(description) + "\n")
        stored = {key: value.contiguous() for key, value in tensors.items()}
        save_file(stored, options.out / "cases" / f"{name}.safetensors")
        count = tensors["generated_ids"].shape[1]
        if not math.isfinite(logits.abs().max().item()):
            raise SystemExit(f"{name}: logits are not finite")
        print(f"{name}: {len(ids)} tokens, {count} generated", flush=True)


if __name__ == "__main__":
    main()
