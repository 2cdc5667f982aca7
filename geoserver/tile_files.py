"""Tile bytes of one build, from its parts; a version that is still on disk answers by its own part.

A tile's address may carry ``v``, the key of the part that it belongs to. Then the bytes can never change
and are cached for ever; an unknown ``v`` gets the present bytes with an ETag instead.
"""

import gzip
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from geoserver.faults import NoTile

MEDIA_TYPES = {
    ".json": "application/json",
    ".glb": "model/gltf-binary",
    ".terrain": "application/vnd.quantized-mesh",
    ".png": "image/png",
    ".subtree": "application/octet-stream",
    ".bin": "application/octet-stream",
}
SAFE_PATH = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9_.-]*/)*[A-Za-z0-9_-][A-Za-z0-9_.-]*")
SAFE_VERSION = re.compile(r"[A-Za-z0-9_-]{4,100}")


@dataclass(frozen=True)
class TileFile:
    """The bytes of a tile and how they may be kept."""

    body: bytes
    media_type: str
    etag: str
    immutable: bool

    @property
    def encoding(self) -> str | None:
        """gzip where the bytes are stored so."""
        return "gzip" if self.body[:2] == b"\x1f\x8b" else None

    def plain(self) -> bytes:
        """The bytes without their gzip wrapping."""
        return gzip.decompress(self.body) if self.encoding else self.body


@dataclass(frozen=True)
class TileFiles:
    """Terrain and building tiles of one build.

    ``parts`` : name of the part → its folder, ``parts/<name>-<key>``
    ``version`` : of the build; as ``v`` it is as good as the part's own key
    """

    parts: Mapping[str, Path]
    version: str

    def terrain_layer(self, v: str | None) -> TileFile:
        """layer.json; the addresses of its tiles carry their version."""
        return self._document("terrain", "layer.json", v)

    def terrain(self, z: int, x: int, y: int, v: str | None) -> TileFile:
        """One terrain tile."""
        return self._file("terrain", f"{z}/{x}/{y}.terrain", v)

    def buildings(self, path: str, v: str | None) -> TileFile:
        """tileset.json, or a file that it names."""
        if not SAFE_PATH.fullmatch(path) or Path(path).suffix not in MEDIA_TYPES:
            raise NoTile(path=f"buildings/{path}")
        if path.endswith(".json"):
            return self._document("buildings", path, v)
        return self._file("buildings", path, v)

    def key(self, part: str) -> str:
        """The key of a part of the present build."""
        folder = self.parts.get(part)
        return folder.name.removeprefix(f"{part}-") if folder else self.version

    def _folder(self, part: str, v: str | None) -> tuple[Path, bool]:
        """The folder that a version asks for, and whether it is exactly that version."""
        folder = self.parts.get(part)
        if folder is None:
            raise NoTile(path=part)
        if v is None:
            return folder, False
        if v in (self.version, self.key(part)):
            return folder, True
        older = folder.parent / f"{part}-{v}"
        if SAFE_VERSION.fullmatch(v) and older.is_dir():
            return older, True
        return folder, False

    def _file(self, part: str, path: str, v: str | None) -> TileFile:
        folder, exact = self._folder(part, v)
        file = folder / path
        try:
            body = file.read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            raise NoTile(path=f"{part}/{path}") from None
        return TileFile(body, MEDIA_TYPES[file.suffix], _digest(body), exact)

    def _document(self, part: str, path: str, v: str | None) -> TileFile:
        folder, exact = self._folder(part, v)
        try:
            body = _versioned(folder / path, folder.name.removeprefix(f"{part}-"))
        except FileNotFoundError:
            raise NoTile(path=f"{part}/{path}") from None
        return TileFile(body, MEDIA_TYPES[".json"], _digest(body), exact)


@lru_cache(maxsize=256)
def _versioned(file: Path, key: str) -> bytes:
    """A JSON document of tiles with ``?v=key`` on every address in it; parts never change, so it is kept."""
    document = json.loads(file.read_bytes())
    if "tiles" in document:
        document["tiles"] = [_with_version(address, key) for address in document["tiles"]]
    if "root" in document:
        _version_tile(document["root"], key)
        for schema in (document, document.get("asset", {})):
            if isinstance(schema.get("schemaUri"), str):
                schema["schemaUri"] = _with_version(schema["schemaUri"], key)
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _version_tile(tile: dict[str, Any], key: str) -> None:
    stack = [tile]
    while stack:
        one = stack.pop()
        for content in [one.get("content"), *one.get("contents", ())]:
            if content and "uri" in content:
                content["uri"] = _with_version(content["uri"], key)
        subtrees = one.get("implicitTiling", {}).get("subtrees")
        if subtrees:
            subtrees["uri"] = _with_version(subtrees["uri"], key)
        stack.extend(one.get("children", ()))


def _with_version(address: str, key: str) -> str:
    base = address.split("?")[0]
    return f"{base}?v={key}"


def _digest(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=12).hexdigest()
