"""Binary glTF 2.0: buffer views, accessors, property tables (EXT_structural_metadata), and the container.

Knows how bytes are laid out, not what they show.
"""

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

VERTICES, INDICES = 34962, 34963
_COMPONENT = {
    np.dtype(np.int8): 5120,
    np.dtype(np.uint8): 5121,
    np.dtype(np.int16): 5122,
    np.dtype(np.uint16): 5123,
    np.dtype(np.uint32): 5125,
    np.dtype(np.float32): 5126,
}
_METADATA = {
    np.dtype(np.uint16): "UINT16",
    np.dtype(np.float32): "FLOAT32",
    np.dtype(np.float64): "FLOAT64",
    np.dtype(np.int32): "INT32",
}
_SHAPE = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4"}
_MAGIC, _JSON, _BIN = 0x46546C67, 0x4E4F534A, 0x004E4942


@dataclass
class Binary:
    """The one buffer of a GLB as it grows, with the views and accessors into it."""

    parts: list[bytes] = field(default_factory=list)
    length: int = 0
    views: list[dict[str, Any]] = field(default_factory=list)
    accessors: list[dict[str, Any]] = field(default_factory=list)

    def view(self, data: bytes, **properties: Any) -> int:
        """Add bytes, aligned to eight; give the view's index."""
        self.views.append({"buffer": 0, "byteOffset": self.length, "byteLength": len(data), **properties})
        padding = -len(data) % 8
        self.parts.append(data + b"\0" * padding)
        self.length += len(data) + padding
        return len(self.views) - 1

    def vertices(self, values: NDArray[Any], *, normalized: bool = False, bounds: bool = False) -> int:
        """Add a vertex attribute (n,) or (n, k); rows are padded to four bytes. Gives the accessor's index."""
        rows = values.reshape(len(values), -1)
        width = rows.shape[1]
        padded = rows
        if width * rows.itemsize % 4:
            padded = np.zeros((len(rows), -(-width * rows.itemsize // 4) * 4 // rows.itemsize), rows.dtype)
            padded[:, :width] = rows
        stride = padded.shape[1] * padded.itemsize
        view = self.view(np.ascontiguousarray(padded).tobytes(), byteStride=stride, target=VERTICES)
        properties: dict[str, Any] = {"normalized": True} if normalized else {}
        if bounds:
            properties |= {"min": rows.min(axis=0).tolist(), "max": rows.max(axis=0).tolist()}
        return self._accessor(view, rows.dtype, len(rows), _SHAPE[width], **properties)

    def indices(self, values: NDArray[Any], vertices: int) -> int:
        """Add triangle corners (m,), 16 bit where that is enough. Gives the accessor's index."""
        kind = np.uint16 if vertices < 65535 else np.uint32
        view = self.view(values.astype(kind).tobytes(), target=INDICES)
        return self._accessor(view, np.dtype(kind), len(values), "SCALAR")

    def _accessor(self, view: int, kind: np.dtype[Any], count: int, shape: str, **properties: Any) -> int:
        accessor = {"bufferView": view, "componentType": _COMPONENT[kind], "count": count, "type": shape}
        self.accessors.append(accessor | properties)
        return len(self.accessors) - 1

    def property_table(self, name: str, columns: Mapping[str, NDArray[Any] | Sequence[str]]) -> dict[str, Any]:
        """Add columns as a property table; arrays are scalars, sequences of str are strings."""
        properties: dict[str, Any] = {}
        count = 0
        for column, values in columns.items():
            count = len(values)
            if isinstance(values, np.ndarray):
                properties[column] = {"values": self.view(values.tobytes())}
            else:
                properties[column] = self._strings(values)
        return {"class": name, "count": count, "properties": properties}

    def _strings(self, values: Sequence[str]) -> dict[str, Any]:
        encoded = [value.encode() for value in values]
        offsets = np.cumsum([0, *map(len, encoded)], dtype=np.uint32)
        data = b"".join(encoded) or b"\0"  # a buffer view may not be empty
        return {
            "values": self.view(data),
            "stringOffsets": self.view(offsets.tobytes()),
            "stringOffsetType": "UINT32",
        }

    def pack(self, document: Mapping[str, Any]) -> bytes:
        """The GLB of a document, completed with buffer, views and accessors."""
        whole = {
            **document,
            "accessors": self.accessors,
            "bufferViews": self.views,
            "buffers": [{"byteLength": self.length}],
        }
        words = json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()
        words += b" " * (-len(words) % 8)
        total = 12 + 8 + len(words) + 8 + self.length
        head = struct.pack("<IIIII", _MAGIC, 2, total, len(words), _JSON)
        return b"".join([head, words, struct.pack("<II", self.length, _BIN), *self.parts])


def metadata_class(columns: Mapping[str, NDArray[Any] | Sequence[str]]) -> dict[str, Any]:
    """Properties of a class in the schema, as the columns' types say."""
    kinds: dict[str, Any] = {}
    for name, values in columns.items():
        if isinstance(values, np.ndarray):
            kinds[name] = {"type": "SCALAR", "componentType": _METADATA[values.dtype]}
        else:
            kinds[name] = {"type": "STRING"}
    return {"properties": kinds}
