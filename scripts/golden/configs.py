"""What the golden folders look like: tiny Qwen2.5-VL configurations and, for each, its cases.

A spec: `text` and `vision` = configuration fields; `layout` = generation of config.json, tensor names, dtype and number
of shards; `processor` = image processor fields, `fast` = torchvision's instead of Pillow's; `cases` = lists of image
sizes and the number of tokens to generate.
"""

import numpy as np


def spec(name, seed, *, vocab, hidden, heads, kv, layers, section, tied, mlp, vision, processor, layout, cases,
         rope_theta=1e6, eps=1e-6, fast=False):
    assert sum(section) * 2 * heads == hidden, name
    return {
        "name": name,
        "seed": seed,
        "text": dict(
            vocab_size=vocab, hidden_size=hidden, intermediate_size=mlp, num_hidden_layers=layers,
            num_attention_heads=heads, num_key_value_heads=kv, rms_norm_eps=eps, rope_theta=rope_theta,
            max_position_embeddings=4096, rope_scaling={"type": "mrope", "mrope_section": list(section)},
        ),
        "tied": tied,
        "vision": dict(vision, out_hidden_size=hidden),
        "processor": processor,
        "layout": layout,
        "cases": cases,
        "fast": fast,
    }


def vision(patch, window, depth, hidden, heads, mlp, full, merge=2):
    return dict(
        depth=depth, hidden_size=hidden, intermediate_size=mlp, num_heads=heads, in_channels=3, patch_size=patch,
        spatial_patch_size=patch, spatial_merge_size=merge, temporal_patch_size=2, window_size=window,
        fullatt_block_indexes=full, tokens_per_second=2, hidden_act="silu",
    )


def layout(config="hub", names="hub", dtype="F32", shards=1):
    return dict(config=config, names=names, dtype=dtype, shards=shards)


def case(name, *images, new=8, text=6):
    return dict(name=name, images=list(images), new=new, text=text)


COMMITTED = [
    # The real patch, window and merge sizes; grid not a multiple of the window; flat hub config, tied head.
    spec("one-image", 1, vocab=320, hidden=64, heads=4, kv=2, layers=2, section=(2, 3, 3), tied=True, mlp=48,
         vision=vision(14, 112, 2, 32, 2, 44, [1]), processor=dict(min_pixels=3136, max_pixels=12845056),
         layout=layout(), cases=[case("partial-window", (90, 135)), case("text-only", text=20)]),
    # One row of merged patches across many windows; untied head; newest names and nested config; heads 4:4.
    spec("wide", 2, vocab=333, hidden=64, heads=4, kv=4, layers=2, section=(4, 2, 2), tied=False, mlp=96,
         vision=vision(8, 64, 3, 32, 2, 40, [2]), processor=dict(min_pixels=256, max_pixels=7168),
         layout=layout("nested", "nested", "BF16"), cases=[case("wide", (331, 27), new=10)]),
    # Grouped heads 16:2 as in the 3B; sharded float16.
    spec("tall", 3, vocab=400, hidden=128, heads=16, kv=2, layers=2, section=(1, 1, 2), tied=True, mlp=80,
         vision=vision(4, 16, 4, 32, 2, 52, [0, 3]), processor=dict(min_pixels=64, max_pixels=5000),
         layout=layout("hub", "hub", "F16", 3), cases=[case("tall", (37, 170)), case("upscaled-pixel", (1, 1), new=6)]),
    # Three images, of which one is exactly two windows; one window attention block after the last full one.
    spec("several-images", 4, vocab=300, hidden=48, heads=4, kv=4, layers=3, section=(3, 1, 2), tied=False, mlp=70,
         vision=vision(6, 48, 5, 24, 2, 44, [1, 3]), processor=dict(min_pixels=144, max_pixels=3600),
         layout=layout("nested", "hub", "BF16", 2), rope_theta=10000.0,
         cases=[case("three", (96, 48), (49, 71), (30, 30), new=8), case("adjacent", (36, 24), (24, 36), text=0)]),
    # Grid that is a multiple of the window both ways: nothing to pad, yet HF pads a whole empty row and column.
    spec("whole-windows", 5, vocab=256, hidden=64, heads=2, kv=1, layers=1, section=(6, 5, 5), tied=True, mlp=80,
         vision=vision(4, 32, 2, 40, 2, 60, [1]), processor=dict(min_pixels=64, max_pixels=65536), eps=1e-5,
         layout=layout("hub", "nested", "F16"), cases=[case("two-by-two", (64, 64)), case("one", (32, 32), new=6)]),
    # Many small windows, ragged on both sides; all blocks windowed but the last; large photograph scaled down.
    spec("many-windows", 6, vocab=300, hidden=48, heads=6, kv=3, layers=2, section=(1, 2, 1), tied=False, mlp=70,
         vision=vision(4, 16, 3, 32, 4, 48, [2]), processor=dict(min_pixels=64, max_pixels=5120),
         layout=layout("nested", "nested", "F16", 2), cases=[case("photo", (300, 230), new=12)]),
]


def random_spec(seed):
    """A folder nobody has seen: every size drawn at random."""
    rng = np.random.default_rng(seed)
    pick = lambda *options: options[int(rng.integers(len(options)))]
    heads, kv = pick((16, 2), (4, 4), (8, 4), (2, 1), (6, 2), (1, 1))
    section = [int(v) for v in rng.integers(1, 5, 3)]
    hidden = 2 * sum(section) * heads
    patch, merge, window_cells = pick(4, 6, 8, 14), pick(2, 2, 2, 3, 1), int(rng.integers(1, 5))
    factor, depth, vision_heads = patch * merge, int(rng.integers(1, 5)), pick(1, 2, 4)
    full = sorted({int(v) for v in rng.integers(0, depth, 2)}) if rng.random() < 0.8 else []
    side = lambda: int(rng.integers(1, 14)) * factor + int(rng.integers(0, factor))
    cases = [case("one", (side(), side())), case("wide", (side() * 3, factor), new=5), case("tall", (factor, side() * 4)),
             case("many", *[(side(), side()) for _ in range(int(rng.integers(2, 5)))], new=12)]
    return spec(
        f"unseen-{seed}", seed, vocab=int(rng.integers(64, 513)), hidden=hidden, heads=heads, kv=kv,
        layers=int(rng.integers(1, 4)), section=section, tied=bool(rng.random() < 0.5), mlp=int(rng.integers(8, 200)),
        vision=vision(patch, factor * window_cells, depth, 4 * int(rng.integers(2, 8)) * vision_heads, vision_heads,
                      int(rng.integers(8, 100)), full, merge),
        processor=dict(min_pixels=factor * factor * int(rng.integers(1, 9)), max_pixels=factor * factor * 80),
        layout=layout(pick("hub", "nested"), pick("hub", "nested"), pick("F32", "F16", "BF16"), int(rng.integers(1, 4))),
        cases=cases, rope_theta=float(pick(1e4, 1e6)), eps=pick(1e-6, 1e-5),
        fast=bool(rng.random() < 0.5),
    )
