"""Writes one golden folder (design: golden fixtures): checkpoint, images and the outputs of Hugging Face transformers."""

import json
import math
import shutil

import torch
import transformers
from safetensors.torch import save_file

from .images import synthetic_image

TOLERANCE = 1e-3
# Greedy steps whose top-2 margin is below this many tolerances are rejected (readers stop comparing below 2).
MARGIN = 4
SPECIAL = ["image", "video", "vision_start", "vision_end", "eos"]
STORAGE = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}


def special_ids(vocab):
    """The last ids of the vocabulary, not in the real model's order, so that a hard-coded id is found out."""
    return {name: vocab - 2 - 2 * index for index, name in enumerate(SPECIAL)}


def build_model(spec):
    ids = special_ids(spec["text"]["vocab_size"])
    config = transformers.Qwen2_5_VLConfig(
        text_config=dict(spec["text"], tie_word_embeddings=spec["tied"]),
        vision_config=spec["vision"],
        tie_word_embeddings=spec["tied"],
        image_token_id=ids["image"],
        video_token_id=ids["video"],
        vision_start_token_id=ids["vision_start"],
        vision_end_token_id=ids["vision_end"],
        eos_token_id=ids["eos"],
        bos_token_id=None,
        attn_implementation="eager",
    )
    model = transformers.Qwen2_5_VLForConditionalGeneration(config).eval().to(torch.float32)
    if spec["tied"]:
        model.tie_weights()
        assert model.lm_head.weight is model.model.language_model.embed_tokens.weight
    return model


def randomise(model, seed, storage, tied):
    """Weights large enough for attention and greedy steps to be decided, already rounded to the storage type."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            if parameter.dim() > 1:
                fan_in = parameter[0].numel()
                # A tied head repeats its input unless the layers outweigh the embedding.
                value = noise * (0.3 if tied else 1) if "embed_tokens" in name else noise * (1.4 / math.sqrt(fan_in))
            else:
                value = 1 + 0.2 * noise if name.endswith(("norm.weight", "norm1.weight", "norm2.weight", "ln_q.weight",
                                                          "layernorm.weight")) else 0.2 * noise
            parameter.copy_(value.to(storage).to(torch.float32))


def stored_tensors(model, spec):
    """The state dictionary under the names of the wanted generation."""
    tensors = {}
    for name, value in model.state_dict().items():
        if name == "lm_head.weight" and spec["tied"]:
            continue
        if spec["layout"]["names"] == "hub":
            name = name.replace("model.visual.", "visual.").replace("model.language_model.", "model.")
        tensors[name] = value.to(STORAGE[spec["layout"]["dtype"]]).contiguous().clone()
    return tensors


def write_config(folder, model, spec):
    config = json.loads(model.config.to_json_string(use_diff=False))
    ids = special_ids(spec["text"]["vocab_size"])
    if spec["layout"]["config"] == "hub":
        # As the published 3B: text fields at the top level, few vision fields, no text_config.
        text = dict(spec["text"], rope_scaling=dict(spec["text"]["rope_scaling"]))
        config = {
            "architectures": ["Qwen2_5_VLForConditionalGeneration"],
            "model_type": "qwen2_5_vl",
            **text,
            **{f"{key}_token_id": value for key, value in ids.items()},
            "hidden_act": "silu",
            "tie_word_embeddings": spec["tied"],
            "use_sliding_window": False,
            "sliding_window": 32768,
            "max_window_layers": 70,
            "vision_config": {k: v for k, v in spec["vision"].items() if k not in ("in_channels",)} | {"in_chans": 3},
        }
    else:
        kept = ("architectures", "model_type", "text_config", "vision_config", "tie_word_embeddings", "eos_token_id",
                *(f"{key}_token_id" for key in ids))
        config = {k: v for k, v in config.items() if k in kept}
        config["architectures"] = ["Qwen2_5_VLForConditionalGeneration"]
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")


def write_weights(folder, model, spec):
    tensors = stored_tensors(model, spec)
    shards = spec["layout"]["shards"]
    if shards == 1:
        save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
        return
    weight_map = {}
    for index in range(shards):
        part = {name: tensors[name] for name in sorted(tensors)[index::shards]}
        file = f"model-{index + 1:05d}-of-{shards:05d}.safetensors"
        save_file(part, folder / file, metadata={"format": "pt"})
        weight_map |= dict.fromkeys(part, file)
    total = sum(t.numel() * t.element_size() for t in tensors.values())
    index = {"metadata": {"total_size": total}, "weight_map": weight_map}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index, indent=1) + "\n")


def make_processor(folder, spec):
    vision = spec["vision"]
    kind = transformers.Qwen2VLImageProcessorFast if spec["fast"] else transformers.Qwen2VLImageProcessor
    processor = kind(
        patch_size=vision["patch_size"], temporal_patch_size=2, merge_size=vision["spatial_merge_size"], **spec["processor"]
    )
    stored = json.loads(processor.to_json_string())
    if spec["layout"]["config"] == "hub":  # the published 3B has no `size`
        stored = {k: stored[k] for k in ("image_mean", "image_std", "image_processor_type", "merge_size", "patch_size",
                                         "temporal_patch_size")} | spec["processor"]
    (folder / "preprocessor_config.json").write_text(json.dumps(stored, indent=1) + "\n")
    return processor


def prompt_ids(generator, vocab, image_tokens, text):
    """Random text, each image as vision_start + image_pad * n + vision_end, random text at the end."""
    ids = special_ids(vocab)
    words = lambda n: torch.randint(0, vocab - 2 * len(SPECIAL), (n,), generator=generator).tolist()
    out = words(text)
    for count in image_tokens:
        out += [ids["vision_start"]] + [ids["image"]] * count + [ids["vision_end"]] + words(text // 2)
    return out + words(max(2, text // 2))


def run_case(model, processor, spec, case, images, seed):
    """Golden tensors of one case and the smallest relative top-2 margin over its greedy steps; None: not usable."""
    tensors, inputs = {}, {}
    image_tokens = []
    if images:
        # Pillow's variant guesses the layout and takes an image 1 or 3 pixels high for channels first.
        layout = {} if spec["fast"] else {"input_data_format": "channels_last"}
        out = processor(images=images, return_tensors="pt", **layout)
        inputs = {"pixel_values": out["pixel_values"].to(torch.float32), "image_grid_thw": out["image_grid_thw"]}
        tensors |= inputs
        image_tokens = (out["image_grid_thw"].prod(1) // spec["vision"]["spatial_merge_size"] ** 2).tolist()
    generator = torch.Generator().manual_seed(seed)
    ids = prompt_ids(generator, spec["text"]["vocab_size"], image_tokens, case["text"])
    input_ids = torch.tensor([ids])
    mask = torch.ones_like(input_ids)
    with torch.no_grad():
        if images:
            tensors["image_embeds"] = torch.cat(model.get_image_features(**inputs))
        positions, _ = model.model.get_rope_index(input_ids, inputs.get("image_grid_thw"), None, attention_mask=mask)
        logits = model(input_ids=input_ids, attention_mask=mask, **inputs).logits
        generated = model.generate(
            input_ids=input_ids, attention_mask=mask, **inputs, do_sample=False, max_new_tokens=case["new"],
            eos_token_id=None, pad_token_id=0, output_logits=True, return_dict_in_generate=True,
        )
    new_ids = generated.sequences[0, input_ids.shape[1]:]
    steps = torch.cat(generated.logits)
    top = steps.topk(2, dim=-1).values
    scale = max(logits.abs().max().item(), steps.abs().max().item())
    margin = (top[:, 0] - top[:, 1]).min().item()
    if margin < MARGIN * TOLERANCE * scale or set(new_ids.tolist()) & set(special_ids(spec["text"]["vocab_size"]).values()):
        return None
    tensors |= {"position_ids": positions, "logits": logits, "generated_ids": new_ids.unsqueeze(0)}
    return ids, {name: value.contiguous() for name, value in tensors.items()}, margin / scale


def make_folder(folder, spec):
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "cases").mkdir(parents=True)
    model = build_model(spec)
    randomise(model, spec["seed"], STORAGE[spec["layout"]["dtype"]], spec["tied"])
    write_config(folder, model, spec)
    write_weights(folder, model, spec)
    processor = make_processor(folder, spec)
    for number, case in enumerate(spec["cases"]):
        names = [f"{case['name']}-{i + 1}.png" for i in range(len(case["images"]))]
        images = [synthetic_image(w, h, spec["seed"] * 100 + number * 10 + i) for i, (w, h) in enumerate(case["images"])]
        for image, name in zip(images, names):
            image.save(folder / name)
        for seed in range(200):
            result = run_case(model, processor, spec, case, images, spec["seed"] * 1000 + seed)
            if result:
                break
        else:
            raise SystemExit(f"{spec['name']}/{case['name']}: no prompt whose greedy steps are all decided")
        ids, tensors, margin = result
        description = {
            "images": names, "input_ids": ids, "max_new_tokens": case["new"], "tolerance": TOLERANCE,
            "transformers": transformers.__version__, "use_fast": spec["fast"],
        }
        (folder / "cases" / f"{case['name']}.json").write_text(json.dumps(description) + "\n")
        save_file(tensors, folder / "cases" / f"{case['name']}.safetensors")
        shapes = {name: list(value.shape) for name, value in tensors.items()}
        print(f"{spec['name']}/{case['name']}: prompt {seed}, margin {margin:.4f}, {shapes}, {tensors['generated_ids'][0].tolist()}")
