"""Tiles as plain files: written whole or not at all, so that a stopped build goes on where it was."""

import os
import tempfile
from pathlib import Path

GZIPPED = False
"""Tiles are stored as they are; the server compresses on the way out."""


def write_whole(path: Path, data: bytes) -> None:
    """Write a file in one step: it is never there in part, also when the build is stopped."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
