"""Basemap tiles: those drawn ahead from the build, the others drawn on request and kept on disk."""

import hashlib
import os
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from geoserver.faults import NoTile
from geoserver.tile_files import TileFile, TileFiles
from tiles.basemap.draw import MAX_ZOOM, Drawer
from tiles.grid import HeightGrid

Style = Literal["dark", "light"]
LangCode = Literal["zh", "en"]


@dataclass(frozen=True)
class BasemapTiles:
    """The basemap of one build.

    ``cache`` : folder for what is drawn on request; entries lie under the key of the build's basemap
    """

    parts: Mapping[str, Path]
    files: TileFiles
    cache: Path
    drawer: Drawer | None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def open(cls, parts: Mapping[str, Path], ground: HeightGrid, files: TileFiles, cache: Path) -> "BasemapTiles":
        """The basemap of a build's parts, over the ground that it was made from."""
        drawer = Drawer.open(parts["basemap"], ground) if "basemap" in parts else None
        return cls(parts, files, cache, drawer)

    def tile(self, z: int, x: int, y: int, style: Style, lang: LangCode, v: str | None) -> TileFile:
        """One tile; drawn now if it never was."""
        drawer = self.drawer
        if drawer is None or z > MAX_ZOOM or x >= 2**z or y >= 2**z:
            raise NoTile(path=f"basemap/{z}/{x}/{y}")
        key = self.files.key("basemap")
        name = f"{style}/{lang}/{z}/{x}/{y}.png"
        body = _read(self.parts["basemap"] / name) or _read(self.cache / key / name)
        if body is None:
            body = self._draw(lambda: drawer.tile(z, x, y, style=style, lang=lang), self.cache / key / name)
        digest = hashlib.blake2b(body, digest_size=12).hexdigest()
        return TileFile(body, "image/png", digest, v in (key, self.files.version))

    def _draw(self, draw: Callable[[], bytes], file: Path) -> bytes:
        """Draw and keep a tile; one at a time, so that drawing never takes all the cores from questions."""
        with self._lock:
            body = _read(file)
            if body is None:
                body = draw()
                _write(file, body)
        return body


def _read(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None


def _write(file: Path, body: bytes) -> None:
    """Write beside and move, so that nobody reads half a tile."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, suffix=".part")
    with os.fdopen(handle, "wb") as out:
        out.write(body)
    os.replace(name, file)
