"""Contents of tiles: what they are, their headers, and the glTF in them."""

import json
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.judges.tiles3d.findings import Findings

_HEADER = {b"b3dm": 28, b"i3dm": 32, b"pnts": 28, b"cmpt": 16}


@dataclass(frozen=True)
class Gltf:
    """A glTF to be judged: its bytes, and the folder that its references are relative to."""

    data: bytes
    folder: Path
    label: str


def kind_of(data: bytes, name: str) -> str:
    """b3dm, i3dm, pnts, cmpt, glb, gltf, tileset, geojson, 3tz or unknown."""
    if data[:4] in _HEADER:
        return data[:4].decode()
    if data[:4] == b"glTF":
        return "glb"
    if data[:2] == b"PK":
        return "3tz"
    try:
        words = json.loads(data)
    except ValueError:
        return "3tz" if name.endswith(".3tz") else "unknown"
    if not isinstance(words, dict):
        return "unknown"
    if "root" in words or "geometricError" in words:
        return "tileset"
    if words.get("type") in ("FeatureCollection", "Feature", "LineString", "Polygon", "Point"):
        return "geojson"
    return "gltf" if "asset" in words else "unknown"


def check_content(found: Findings, data: bytes, folder: Path, path: str, gltfs: Callable[[Gltf], None]) -> None:
    """Check the frame of a content and hand its glTF on."""
    kind = kind_of(data, "")
    if kind in ("glb", "gltf"):
        gltfs(Gltf(data, folder, path))
    elif kind in ("b3dm", "i3dm", "pnts"):
        _tile(found, data, folder, path, gltfs)
    elif kind == "cmpt":
        _composite(found, data, folder, path, gltfs)
    else:
        found.add("CONTENT_VALIDATION_WARNING", path, "unknown content", "warning")


def _error(found: Findings, path: str, detail: Any) -> None:
    found.add("CONTENT_VALIDATION_ERROR", path, detail)


def _tile(found: Findings, data: bytes, folder: Path, path: str, gltfs: Callable[[Gltf], None]) -> None:
    kind = data[:4]
    size = _HEADER[kind]
    if len(data) < size:
        return _error(found, path, "shorter than its header")
    version, length, ft_json, ft_binary, bt_json, bt_binary = struct.unpack_from("<6I", data, 4)
    if version != 1 or length != len(data):
        return _error(found, path, "version or length")
    if length % 8:
        _error(found, path, "not padded to eight bytes")
    cuts = [size, size + ft_json, size + ft_json + ft_binary]
    cuts += [cuts[2] + bt_json, cuts[2] + bt_json + bt_binary]
    if cuts[-1] > len(data):
        return _error(found, path, "tables longer than the tile")
    if any(cut % 8 for cut in cuts[1:]):
        _error(found, path, "a part is not aligned to eight bytes")
    tables = []
    for a, b in ((cuts[0], cuts[1]), (cuts[2], cuts[3])):
        try:
            tables.append(json.loads(data[a:b]) if b > a else {})
        except ValueError:
            return _error(found, path, "a table is no JSON")
    _features(found, kind, tables[0], path, ft_binary)
    if kind == b"pnts":
        return None
    if kind == b"i3dm" and struct.unpack_from("<I", data, 28)[0] == 0:
        target = folder / data[cuts[-1] :].rstrip(b"\0 ").decode(errors="replace")
        if not target.is_file():
            return _error(found, path, f"no such file {target.name}")
        if data[cuts[-1] :] != data[cuts[-1] :].rstrip(b"\0"):
            found.add("CONTENT_VALIDATION_WARNING", path, "the URI is padded with zero bytes", "warning")
        return gltfs(Gltf(target.read_bytes(), target.parent, path))
    return gltfs(Gltf(data[cuts[-1] :], folder, path))


def _features(found: Findings, kind: bytes, table: dict[str, Any], path: str, binary: int) -> None:
    need = {b"b3dm": "BATCH_LENGTH", b"i3dm": "INSTANCES_LENGTH", b"pnts": "POINTS_LENGTH"}[kind]
    if need not in table:
        return _error(found, path, f"no {need}")
    if not isinstance(table[need], (int, dict)) or (isinstance(table[need], int) and table[need] < 0):
        return _error(found, path, need)
    if kind != b"b3dm" and not {"POSITION", "POSITION_QUANTIZED"} & set(table):
        return _error(found, path, "no POSITION")
    count = table[need]
    if kind != b"b3dm" and isinstance(count, int):
        for name, width in (("POSITION", 12), ("POSITION_QUANTIZED", 6), ("RGB", 3), ("RGBA", 4), ("NORMAL", 12)):
            place = table.get(name)
            if isinstance(place, dict):
                offset = place.get("byteOffset")
                if not isinstance(offset, int) or offset + count * width > binary:
                    return _error(found, path, f"{name} is out of its binary")
    return None


def _composite(found: Findings, data: bytes, folder: Path, path: str, gltfs: Callable[[Gltf], None]) -> None:
    if len(data) < 16:
        return _error(found, path, "shorter than its header")
    version, length, count = struct.unpack_from("<3I", data, 4)
    if version != 1 or length != len(data):
        return _error(found, path, "version or length")
    place = 16
    for number in range(count):
        if place + 12 > len(data):
            return _error(found, path, f"inner tile {number} is missing")
        inner = struct.unpack_from("<I", data, place + 8)[0]
        check_content(found, data[place : place + inner], folder, f"{path}/{number}", gltfs)
        place += inner
    return None
