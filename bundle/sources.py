"""The sources that our own wheel is built from: the packages, and the map's font, which the client's packages hold."""

import shutil
from pathlib import Path

from bundle.errors import CannotBundle

PACKAGES = ("tiles", "layers", "geoserver", "data")
BESIDE = ("pyproject.toml", "README.md", ".gitignore")
FONTS = Path("frontend/node_modules/@fontsource/noto-sans-sc")
FONT_FILES = ("files/*-500-normal.woff", "unicode.json", "LICENSE")
"""The weight that labels are drawn in, and which characters are in which file."""


def gather(root: Path, into: Path) -> Path:
    """Copy what the wheel is built from, so that nothing else of a source tree can get into it.

    Raises
    ------
    CannotBundle
    """
    into.mkdir()
    for name in PACKAGES:
        shutil.copytree(root / name, into / name, ignore=shutil.ignore_patterns("__pycache__", "*.nbi", "*.nbc"))
    for name in BESIDE:
        shutil.copy(root / name, into / name)
    fonts = [file for pattern in FONT_FILES for file in sorted((root / FONTS).glob(pattern))]
    if len(fonts) < len(FONT_FILES):
        raise CannotBundle(f"the map's font is not in {root / FONTS}. Run: make client")
    for file in fonts:
        to = into / "tiles" / "basemap" / "noto-sans-sc" / file.relative_to(root / FONTS)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, to)
    return into
