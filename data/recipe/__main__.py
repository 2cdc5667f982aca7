"""``python -m data.recipe FOLDER --size city``."""

import argparse
import sys
import time
from pathlib import Path

from data.recipe.make import make


def main() -> None:
    """Make a demo city in a folder."""
    parser = argparse.ArgumentParser(prog="python -m data.recipe", description=main.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", choices=("city", "village"), default="city")
    given = parser.parse_args()
    start = time.perf_counter()

    def told(step: str, done: int, total: int) -> None:
        sys.stderr.write(f"{time.perf_counter() - start:6.1f} s  {done}/{total}  {step}\n")

    sys.stdout.write(f"{make(given.folder, given.size, told)}\n")


if __name__ == "__main__":
    main()
