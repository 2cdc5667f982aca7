"""A glTF document with its bytes at hand: accessors, buffer views, images. No code of the writers."""

import base64
import io
import json
import struct
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
from numpy.typing import NDArray
from PIL import Image

KINDS = {5120: np.int8, 5121: np.uint8, 5122: np.int16, 5123: np.uint16, 5125: np.uint32, 5126: np.float32}
WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}


class Unreadable(Exception):
    """Something that the document refers to is not there or not what it says."""


class Document:
    """``words`` is the JSON."""

    def __init__(self, data: bytes, folder: Path) -> None:
        self.folder, self.inner = folder, b""
        if data[:4] == b"glTF":
            length = struct.unpack_from("<I", data, 12)[0]
            text, rest = data[20 : 20 + length], data[20 + length :]
            if len(rest) >= 8:
                self.inner = rest[8 : 8 + struct.unpack_from("<I", rest)[0]]
        else:
            text = data
        try:
            self.words: dict[str, Any] = json.loads(text)
        except ValueError as problem:
            raise Unreadable(str(problem)) from problem
        self._buffers: dict[int, bytes] = {}

    def listed(self, name: str) -> list[Any]:
        value = self.words.get(name, [])
        return value if isinstance(value, list) else []

    def uri(self, uri: str) -> bytes:
        if uri.startswith("data:"):
            try:
                return base64.b64decode(uri.partition(",")[2])
            except ValueError as problem:
                raise Unreadable(str(problem)) from problem
        file = self.folder / unquote(uri)
        if not file.is_file():
            raise Unreadable(uri)
        return file.read_bytes()

    def buffer(self, index: int) -> bytes:
        if index not in self._buffers:
            words = self.listed("buffers")[index]
            self._buffers[index] = self.uri(words["uri"]) if "uri" in words else self.inner
        return self._buffers[index]

    def view(self, index: int) -> bytes:
        words = self.listed("bufferViews")[index]
        start = words.get("byteOffset", 0)
        return self.buffer(words["buffer"])[start : start + words["byteLength"]]

    def accessor(self, index: int) -> NDArray[Any]:
        """(count, width) as stored."""
        words = self.listed("accessors")[index]
        kind, width = np.dtype(KINDS[words["componentType"]]), WIDTHS[words["type"]]
        if "bufferView" not in words:
            return np.zeros((words["count"], width), kind)
        view = self.listed("bufferViews")[words["bufferView"]]
        data = self.view(words["bufferView"])
        stride = view.get("byteStride") or kind.itemsize * width
        try:
            return np.ndarray((words["count"], width), kind, data, words.get("byteOffset", 0), (stride, kind.itemsize))
        except (TypeError, ValueError) as problem:
            raise Unreadable(str(problem)) from problem

    def image(self, texture: int) -> NDArray[np.uint8]:
        """(rows, cols, channels) of a texture's image."""
        source = self.listed("textures")[texture].get("source")
        words = self.listed("images")[source]
        data = self.uri(words["uri"]) if "uri" in words else self.view(words["bufferView"])
        try:
            with Image.open(io.BytesIO(data)) as image:
                image.load()
                plain = image if image.mode in ("L", "LA", "RGB", "RGBA") else image.convert("RGBA")
                values = np.asarray(plain)
        except (OSError, ValueError, SyntaxError) as problem:
            raise Unreadable(str(problem)) from problem
        return values[..., None] if values.ndim == 2 else values
