"""Subtrees of implicit tiling: JSON or binary, availability and its consistency."""

import json
import math
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.judges.tiles3d.findings import Findings, is_integer
from tests.judges.tiles3d.metadata import check_entity

MAGIC = b"subt"


def read_subtree(found: Findings, file: Path) -> tuple[Any, bytes] | None:
    """The JSON and the inner buffer."""
    data = file.read_bytes()
    if file.suffix == ".json":
        try:
            return json.loads(data), b""
        except ValueError as problem:
            found.add("JSON_PARSE_ERROR", file.name, problem)
            return None
    if data[:4] != MAGIC or len(data) < 24:
        found.add("IO_ERROR", file.name, "no subtree")
        return None
    version, json_length, binary_length = struct.unpack_from("<IQQ", data, 4)
    if version != 1:
        found.add("BINARY_INVALID_VALUE", "version", version)
        return None
    if json_length % 8 or binary_length % 8:
        found.add("BINARY_INVALID_ALIGNMENT", "header", (json_length, binary_length))
        return None
    if 24 + json_length + binary_length != len(data):
        found.add("BINARY_INVALID_LENGTH", "header", len(data))
        return None
    try:
        return json.loads(data[24 : 24 + json_length]), data[24 + json_length :]
    except ValueError as problem:
        found.add("JSON_PARSE_ERROR", file.name, problem)
        return None


class Subtree:
    """A subtree with its bits; ``tiles``, ``contents`` and ``children`` are set when nothing is wrong."""

    def __init__(self, found: Findings, file: Path, tiling: dict[str, Any], schema: Any = None) -> None:
        self.found, self.file, self.schema = found, file, schema
        self.branches = 4 if tiling["subdivisionScheme"] == "QUADTREE" else 8
        self.levels = int(tiling["subtreeLevels"])
        self.tiles: NDArray[np.bool_] | None = None
        self.children: NDArray[np.bool_] | None = None
        self.contents: list[NDArray[np.bool_]] = []
        read = read_subtree(found, file)
        if read is not None and found.object(read[0], ""):
            self.document, self.inner = read
            self._check()

    def _check(self) -> None:
        found, words = self.found, self.document
        found.root_property(words, "")
        before = len(found.issues)
        self.views = self._views()
        tables = words.get("propertyTables")
        if tables is not None:
            found.array(tables, "/propertyTables", lambda one: isinstance(one, dict), least=1)
        self._metadata_indices(tables if isinstance(tables, list) else None)
        for name in ("tileAvailability", "childSubtreeAvailability"):
            found.need(words, name, "")
        if "contentAvailability" in words:
            path = "/contentAvailability"
            found.array(words["contentAvailability"], path, lambda one: isinstance(one, dict), least=1)
        if "subtreeMetadata" in words:
            check_entity(found, words["subtreeMetadata"], "/subtreeMetadata", self.schema)
        if len(found.issues) == before:
            self._availability()

    def _views(self) -> list[bytes]:
        """The bytes of the buffer views."""
        found, words = self.found, self.document
        buffers, views = words.get("buffers"), words.get("bufferViews")
        if views is not None and buffers is None:
            found.add("BUFFER_VIEWS_WITHOUT_BUFFERS", "/bufferViews")
        if buffers is not None and views is None:
            found.add("BUFFERS_WITHOUT_BUFFER_VIEWS", "/buffers", severity="warning")
        if buffers is None or views is None:
            return []
        good = found.array(buffers, "/buffers", lambda one: isinstance(one, dict), least=1)
        good &= found.array(views, "/bufferViews", lambda one: isinstance(one, dict), least=1)
        if not good:
            return []
        data = [self._buffer(one, f"/buffers/{i}") for i, one in enumerate(buffers)]
        made = []
        for i, one in enumerate(views):
            path = f"/bufferViews/{i}"
            good = found.need(one, "buffer", path) and found.integer(one["buffer"], path, 0, len(buffers))
            for name in ("byteOffset", "byteLength"):
                good &= found.need(one, name, path) and found.integer(one[name], f"{path}/{name}", 0)
            if not good:
                continue
            end = one["byteOffset"] + one["byteLength"]
            if end > len(data[one["buffer"]]):
                found.add("BUFFER_VIEW_OUT_OF_RANGE", path, end)
            made.append(data[one["buffer"]][one["byteOffset"] : end])
        return made

    def _buffer(self, one: dict[str, Any], path: str) -> bytes:
        found = self.found
        if not found.need(one, "byteLength", path) or not found.integer(one["byteLength"], path, 1):
            return b""
        if "uri" not in one:
            data = self.inner
        elif not found.text(one["uri"], f"{path}/uri"):
            return b""
        else:
            file = self.file.parent / one["uri"]
            data = file.read_bytes() if file.is_file() else b""
        if len(data) < one["byteLength"]:
            found.add("IO_ERROR", path, "the buffer is not there or too short")
        return data

    def _metadata_indices(self, tables: list[Any] | None) -> None:
        found, words = self.found, self.document
        several = words.get("contentMetadata", [])
        if "contentMetadata" in words:
            if not found.array(several, "/contentMetadata", least=1):
                several = []
        wanted = ([words["tileMetadata"]] if "tileMetadata" in words else []) + several
        if wanted and tables is None:
            found.add("REQUIRED_VALUE_NOT_FOUND", "/propertyTables")
            return
        for one in wanted:
            found.integer(one, "metadata", 0, len(tables or []))

    def _availability(self) -> None:
        found, words, n = self.found, self.document, self.branches
        count = (n**self.levels - 1) // (n - 1)
        self.tiles = self._bits(words["tileAvailability"], "/tileAvailability", count)
        self.children = self._bits(words["childSubtreeAvailability"], "/childSubtreeAvailability", n**self.levels)
        for i, one in enumerate(words.get("contentAvailability", [])):
            bits = self._bits(one, f"/contentAvailability/{i}", count)
            if bits is not None:
                self.contents.append(bits)
                if self.tiles is not None and (bits & ~self.tiles).any():
                    found.add("SUBTREE_AVAILABILITY_INCONSISTENT", f"/contentAvailability/{i}", "without tile")
        if self.tiles is None:
            return
        place = np.arange(1, count)
        if (self.tiles[place] & ~self.tiles[(place - 1) // n]).any():
            found.add("SUBTREE_AVAILABILITY_INCONSISTENT", "/tileAvailability", "without parent")
        if self.children is not None:
            last = self.tiles[count - n ** (self.levels - 1) :]
            if (self.children & ~np.repeat(last, n)).any():
                found.add("SUBTREE_AVAILABILITY_INCONSISTENT", "/childSubtreeAvailability", "without parent")

    def _bits(self, one: Any, path: str, count: int) -> NDArray[np.bool_] | None:
        found = self.found
        if not found.object(one, path):
            return None
        if "bitstream" in one and "constant" in one:
            found.add("ONE_OF_ERROR", path)
            return None
        if "constant" in one:
            if not found.listed(one["constant"], f"{path}/constant", (0, 1)) or not is_integer(one["constant"]):
                return None
            bits = np.full(count, bool(one["constant"]))
        elif "bitstream" in one:
            if not found.integer(one["bitstream"], f"{path}/bitstream", 0, len(self.views)):
                return None
            data = self.views[one["bitstream"]]
            if len(data) != math.ceil(count / 8):
                found.add("SUBTREE_AVAILABILITY_INCONSISTENT", path, f"{len(data)} bytes for {count} bits")
                return None
            bits = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")[:count].astype(bool)
        else:
            found.add("ANY_OF_ERROR", path)
            return None
        if "availableCount" in one:
            good = found.integer(one["availableCount"], f"{path}/availableCount", 0)
            if good and one["availableCount"] != bits.sum():
                found.add("SUBTREE_AVAILABILITY_INCONSISTENT", path, f"{bits.sum()} are set")
        return bits
