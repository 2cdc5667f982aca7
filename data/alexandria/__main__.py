"""``python -m data.alexandria SHARED_DATA OUT``."""

import argparse
import sys
from pathlib import Path

from data.alexandria.prepare import prepare


def main() -> None:
    """Put Alexandria's files and city file into a folder."""
    parser = argparse.ArgumentParser(prog="python -m data.alexandria", description=main.__doc__)
    parser.add_argument("shared_data", type=Path)
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    sys.stdout.write(f"{prepare(given.shared_data, given.out)}\n")


if __name__ == "__main__":
    main()
