"""Tilesets: schema, volumes, errors, extensions, metadata, implicit tiling and contents."""

import gzip
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import numpy as np
from numpy.typing import NDArray

from tests.judges.tiles3d.content import Gltf, check_content, kind_of
from tests.judges.tiles3d.findings import Findings, is_number
from tests.judges.tiles3d.implicit import MOST_TILES, VARIABLE, children_of, filled, places
from tests.judges.tiles3d.metadata import check_entity, check_schema
from tests.judges.tiles3d.subtree import Subtree
from tests.judges.tiles3d.volumes import S2, check_volume, lies_within

KNOWN_EXTENSIONS = {
    S2, "3DTILES_content_gltf", "MAXAR_content_3tz", "MAXAR_content_geojson", "3DTILES_implicit_tiling",
    "3DTILES_metadata", "3DTILES_multiple_contents",
}  # fmt: skip
_NEEDED_FOR = {"3tz": "MAXAR_content_3tz", "geojson": "MAXAR_content_geojson"}


class TilesetCheck:
    """One tileset file with all that it refers to; ``gltfs`` collects the glTF contents for the glTF judges."""

    def __init__(self, file: Path, found: Findings, gltfs: list[Gltf], above: tuple[Path, ...] = ()) -> None:
        self.file, self.found, self.gltfs = file.resolve(), found, gltfs
        self.above = (*above, self.file)
        self.schema: Any = None
        self.implied: set[str] = set()
        data = plain(file.read_bytes())
        if data.startswith(b"\xef\xbb\xbf"):
            found.add("IO_ERROR", file.name, "byte order mark")
            return
        try:
            self.document = json.loads(data)
        except ValueError as problem:
            found.add("JSON_PARSE_ERROR", file.name, problem)
            return
        if found.object(self.document, ""):
            self._tileset(self.document)

    def _tileset(self, words: dict[str, Any]) -> None:
        found = self.found
        found.root_property(words, "")
        self._asset(words)
        self._schema(words)
        for name in ("geometricError", "root"):
            found.need(words, name, "")
        if "geometricError" in words:
            found.number(words["geometricError"], "/geometricError", 0)
        self._properties(words)
        self._extension_lists(words)
        if "metadata" in words:
            check_entity(found, words["metadata"], "/metadata", self.schema)
        self._groups(words)
        self._statistics(words)
        if "root" in words and found.object(words["root"], "/root"):
            error = words.get("geometricError")
            self._tile(words["root"], "/root", error if is_number(error) else None, np.eye(4), None)
            if "refine" not in words["root"]:
                found.add("TILE_REFINE_MISSING_IN_ROOT", "/root")
        self._extensions(words)

    def _asset(self, words: dict[str, Any]) -> None:
        found = self.found
        if not found.need(words, "asset", "") or not found.object(words["asset"], "/asset"):
            return
        asset = words["asset"]
        found.root_property(asset, "/asset")
        if found.need(asset, "version", "/asset") and found.text(asset["version"], "/asset/version"):
            if asset["version"] not in ("1.0", "1.1"):
                found.add("ASSET_VERSION_UNKNOWN", "/asset/version", asset["version"], "warning")
        if "tilesetVersion" in asset:
            found.text(asset["tilesetVersion"], "/asset/tilesetVersion")

    def _schema(self, words: dict[str, Any]) -> None:
        found = self.found
        if "schema" in words and "schemaUri" in words:
            found.add("ONE_OF_ERROR", "/schemaUri")
            return
        schema = words.get("schema")
        if "schemaUri" in words and found.text(words["schemaUri"], "/schemaUri"):
            target = self.file.parent / words["schemaUri"]
            try:
                schema = json.loads(target.read_bytes())
            except (OSError, ValueError) as problem:
                found.add("IO_ERROR", "/schemaUri", problem)
        if schema is not None and check_schema(found, schema, "/schema"):
            self.schema = schema

    def _properties(self, words: dict[str, Any]) -> None:
        found = self.found
        if "properties" not in words or not found.object(words["properties"], "/properties"):
            return
        for name, one in words["properties"].items():
            path = f"/properties/{name}"
            if not found.object(one, path):
                continue
            good = [found.need(one, end, path) and found.number(one[end], path) for end in ("minimum", "maximum")]
            if all(good) and one["minimum"] > one["maximum"]:
                found.add("PROPERTIES_MINIMUM_LARGER_THAN_MAXIMUM", path)

    def _groups(self, words: dict[str, Any]) -> None:
        groups = words.get("groups")
        if groups is not None and self.found.array(groups, "/groups", lambda one: isinstance(one, dict), least=1):
            for i, one in enumerate(groups):
                check_entity(self.found, one, f"/groups/{i}", self.schema)
        self.groups = len(groups) if isinstance(groups, list) else 0

    def _statistics(self, words: dict[str, Any]) -> None:
        found = self.found
        if "statistics" not in words or not found.object(words["statistics"], "/statistics"):
            return
        if self.schema is None:
            found.add("REQUIRED_VALUE_NOT_FOUND", "/statistics", "no schema")
            return
        classes = words["statistics"].get("classes", {"_": {}})
        if not found.object(classes, "/statistics/classes"):
            return
        if not classes:
            found.add("NUMBER_OF_PROPERTIES_MISMATCH", "/statistics/classes")
        for name, one in classes.items() if "classes" in words["statistics"] else ():
            path = f"/statistics/classes/{name}"
            if name not in self.schema.get("classes", {}):
                found.add("IDENTIFIER_NOT_FOUND", path, name)
            elif found.object(one, path):
                self._class_statistics(one, path, self.schema["classes"][name].get("properties", {}))

    def _class_statistics(self, one: dict[str, Any], path: str, kinds: dict[str, Any]) -> None:
        found = self.found
        if "count" in one:
            found.integer(one["count"], f"{path}/count", 0)
        properties = one.get("properties")
        if properties is None or not found.object(properties, f"{path}/properties"):
            return
        if not properties:
            found.add("NUMBER_OF_PROPERTIES_MISMATCH", f"{path}/properties")
        for name, value in properties.items():
            here = f"{path}/properties/{name}"
            if name not in kinds:
                found.add("IDENTIFIER_NOT_FOUND", here, name)
            else:
                found.object(value, here)

    # -- tiles ---------------------------------------------------------------------------------------------

    def _tile(
        self, tile: dict[str, Any], path: str, error: float | None, above: NDArray[np.float64], parent: Any
    ) -> None:
        """``error`` and ``parent`` volume of the tile above; ``above`` takes its frame to earth-centred metres."""
        found = self.found
        found.root_property(tile, path)
        own = self._transform(tile, path)
        sound = found.need(tile, "boundingVolume", path)
        sound = sound and check_volume(found, tile["boundingVolume"], f"{path}/boundingVolume")
        if sound and parent is not None and lies_within(tile["boundingVolume"], parent, own, above @ own) is False:
            found.add("BOUNDING_VOLUMES_INCONSISTENT", f"{path}/boundingVolume", "not within the parent's")
        if "viewerRequestVolume" in tile:
            check_volume(found, tile["viewerRequestVolume"], f"{path}/viewerRequestVolume")
        here = error
        if found.need(tile, "geometricError", path):
            if found.number(tile["geometricError"], f"{path}/geometricError", 0):
                here = tile["geometricError"]
                if error is not None and here > error:
                    found.add("TILE_GEOMETRIC_ERRORS_INCONSISTENT", path, f"{here} in {error}")
        self._refine(tile, path)
        if "metadata" in tile:
            check_entity(found, tile["metadata"], f"{path}/metadata", self.schema)
        whole = above @ own
        self._contents(tile, path, whole, sound)
        if "implicitTiling" in tile:
            self._implicit(tile, path)
        self._children(tile, path, here, whole, tile["boundingVolume"] if sound else None)

    def _transform(self, tile: dict[str, Any], path: str) -> NDArray[np.float64]:
        if "transform" not in tile:
            return np.eye(4)
        if not self.found.array(tile["transform"], f"{path}/transform", is_number, length=16):
            return np.eye(4)
        made = np.array(tile["transform"], float).reshape(4, 4).T
        if not np.allclose(made[3], (0, 0, 0, 1)):
            self.found.add("TRANSFORM_INVALID", f"{path}/transform", made[3])
        return made

    def _refine(self, tile: dict[str, Any], path: str) -> None:
        refine = tile.get("refine", "ADD")
        if not self.found.text(refine, f"{path}/refine") or refine in ("ADD", "REPLACE"):
            return
        wrong_case = refine.upper() in ("ADD", "REPLACE")
        self.found.add("TILE_REFINE_WRONG_CASE" if wrong_case else "VALUE_NOT_IN_LIST", f"{path}/refine", refine)

    def _children(
        self, tile: dict[str, Any], path: str, error: float | None, whole: NDArray[np.float64], volume: Any
    ) -> None:
        found, children = self.found, tile.get("children")
        if children is None:
            return
        if children == []:
            found.add("ARRAY_LENGTH_UNEXPECTED", f"{path}/children", severity="warning")
        if not found.array(children, f"{path}/children", lambda one: isinstance(one, dict)):
            return
        for i, child in enumerate(children):
            self._tile(child, f"{path}/children/{i}", error, whole, volume)

    def _contents(self, tile: dict[str, Any], path: str, whole: NDArray[np.float64], sound: bool) -> None:
        found = self.found
        if "content" in tile and "contents" in tile:
            found.add("ONE_OF_ERROR", f"{path}/contents")
            return
        several = tile.get("contents", [tile["content"]] if "content" in tile else [])
        if not found.array(several, f"{path}/contents", least=0 if "content" in tile or not several else 1):
            return
        for i, content in enumerate(several):
            here = f"{path}/content/{i}"
            if not found.object(content, here):
                continue
            found.root_property(content, here)
            if "metadata" in content:
                check_entity(found, content["metadata"], f"{here}/metadata", self.schema)
            if "group" in content and found.integer(content["group"], f"{here}/group", 0):
                if content["group"] >= self.groups:
                    found.add("IDENTIFIER_NOT_FOUND", f"{here}/group", content["group"])
            if "boundingVolume" in content and check_volume(found, content["boundingVolume"], here) and sound:
                inside = lies_within(content["boundingVolume"], tile["boundingVolume"], np.eye(4), whole)
                if inside is False:
                    found.add("BOUNDING_VOLUMES_INCONSISTENT", here, "content not within its tile")
            if found.need(content, "uri", here) and found.text(content["uri"], f"{here}/uri"):
                if "implicitTiling" not in tile:
                    self._content(content["uri"], here)

    def _content(self, uri: str, path: str) -> None:
        target = (self.file.parent / unquote(urlsplit(uri).path)).resolve()
        if not target.is_file():
            self.found.add("IO_ERROR", path, f"{uri} is not there", "warning")
            return
        data = plain(target.read_bytes())
        kind = kind_of(data, target.name)
        if kind in _NEEDED_FOR:
            self.implied.add(_NEEDED_FOR[kind])
        if kind in ("glb", "gltf") and self.document.get("asset", {}).get("version") == "1.0":
            self.implied.add("3DTILES_content_gltf")
        if kind == "tileset":
            self._external(target, path)
        elif kind == "3tz":
            self._package(target, path)
        elif kind != "geojson":
            check_content(self.found, data, target.parent, path, self.gltfs.append)

    def _external(self, target: Path, path: str) -> None:
        if target in self.above:
            self.found.add("EXTERNAL_TILESET_VALIDATION_ERROR", path, "refers to itself")
            return
        inner = Findings()
        TilesetCheck(target, inner, self.gltfs, self.above)
        if inner.issues:
            worst = min(issue.severity for issue in inner.issues)
            self.found.add(f"EXTERNAL_TILESET_VALIDATION_{worst.upper()}", path, inner.issues[0], worst)

    def _package(self, target: Path, path: str) -> None:
        from tests.judges.tiles3d.package import unpacked

        inner = Findings()
        with tempfile.TemporaryDirectory() as folder:
            main = unpacked(inner, target, Path(folder))
            gltfs: list[Gltf] = []
            if main is not None:
                TilesetCheck(main, inner, gltfs, self.above)
            self.gltfs += [Gltf(one.data, self.file.parent, path) for one in gltfs]
        if inner.issues:
            self.found.add("CONTENT_VALIDATION_ERROR", path, inner.issues[0])

    # -- implicit tiling -----------------------------------------------------------------------------------

    def _implicit(self, tile: dict[str, Any], path: str) -> None:
        found, tiling = self.found, tile["implicitTiling"]
        here = f"{path}/implicitTiling"
        if not found.object(tiling, here):
            return
        before = len(found.issues)
        found.root_property(tiling, here)
        if found.need(tiling, "subdivisionScheme", here):
            found.listed(tiling["subdivisionScheme"], f"{here}/subdivisionScheme", ("QUADTREE", "OCTREE"))
        for name in ("subtreeLevels", "availableLevels"):
            if found.need(tiling, name, here):
                found.integer(tiling[name], f"{here}/{name}", 1)
        self._root_of_implicit(tile, path)
        variables = {"level", "x", "y"} | ({"z"} if tiling.get("subdivisionScheme") == "OCTREE" else set())
        if found.need(tiling, "subtrees", here) and found.object(tiling["subtrees"], f"{here}/subtrees"):
            if found.need(tiling["subtrees"], "uri", f"{here}/subtrees"):
                self._template(tiling["subtrees"]["uri"], f"{here}/subtrees/uri", variables)
        for content in _contents_of(tile):
            if "boundingVolume" in content:
                found.add("TILE_IMPLICIT_ROOT_INVALID", path, "content with a volume")
            if "uri" in content:
                self._template(content["uri"], f"{path}/content/uri", variables)
        if len(found.issues) == before:
            self._subtrees(tile, tiling, path)

    def _root_of_implicit(self, tile: dict[str, Any], path: str) -> None:
        volume = tile.get("boundingVolume")
        for wrong, detail in (
            ("children" in tile, "children"),
            ("metadata" in tile, "metadata"),
            (not _contents_of(tile), "no content"),
            (isinstance(volume, dict) and not {"box", "region", "extensions"} & set(volume), "volume"),
        ):
            if wrong:
                self.found.add("TILE_IMPLICIT_ROOT_INVALID", path, detail)

    def _template(self, uri: Any, path: str, variables: set[str]) -> None:
        if not self.found.text(uri, path):
            return
        named = set(VARIABLE.findall(uri))
        if named - variables:
            self.found.add("TEMPLATE_URI_INVALID_VARIABLE_NAME", path, named - variables)
        if variables - named:
            self.found.add("TEMPLATE_URI_MISSING_VARIABLE_NAME", path, variables - named, "warning")

    def _subtrees(self, tile: dict[str, Any], tiling: dict[str, Any], path: str) -> None:
        """Every subtree that is said to be there, and every content that they say is."""
        open_ones: list[tuple[int, ...]] = [(0, 0, 0, 0)]
        seen = 0
        while open_ones and seen < MOST_TILES:
            root = open_ones.pop()
            file = self.file.parent / filled(tiling["subtrees"]["uri"], root)
            if not file.is_file():
                self.found.add("IO_ERROR", path, f"{file.name} is not there")
                continue
            subtree = Subtree(self.found, file, tiling, self.schema)
            for content, bits in zip(_contents_of(tile), subtree.contents, strict=False):
                for place in places(root, bits, subtree.branches):
                    seen += 1
                    if place[0] >= tiling["availableLevels"]:
                        self.found.add("SUBTREE_AVAILABILITY_INCONSISTENT", path, f"content at {place}")
                    self._content(filled(content["uri"], place), path)
            if subtree.children is not None:
                open_ones += children_of(root, subtree)

    # -- extensions ----------------------------------------------------------------------------------------

    def _extension_lists(self, words: dict[str, Any]) -> None:
        for name in ("extensionsUsed", "extensionsRequired"):
            if name in words:
                self.found.array(words[name], f"/{name}", lambda one: isinstance(one, str), least=1, unique=True)

    def _extensions(self, words: dict[str, Any]) -> None:
        found = self.found
        used, required = (
            set(words[name]) if _strings(words.get(name)) else set()
            for name in ("extensionsUsed", "extensionsRequired")
        )
        present = set(_extension_names(words)) | self.implied
        for name in sorted((present | used | required) - KNOWN_EXTENSIONS):
            found.add("EXTENSION_NOT_SUPPORTED", "/extensionsUsed", name, "warning")
        for name in sorted(present - used):
            found.add("EXTENSION_FOUND_BUT_NOT_USED", "/extensionsUsed", name)
        for name in sorted(used - present):
            found.add("EXTENSION_USED_BUT_NOT_FOUND", "/extensionsUsed", name, "warning")
        for name in sorted(required - used):
            found.add("EXTENSION_REQUIRED_BUT_NOT_USED", "/extensionsRequired", name)
        for name in sorted((self.implied & set(_NEEDED_FOR.values()) & used) - required):
            found.add("EXTENSION_REQUIRED_BUT_NOT_DECLARED", "/extensionsRequired", name)


def plain(data: bytes) -> bytes:
    """Files may be stored as they are sent: gzipped."""
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def _strings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _extension_names(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("extensions"), dict):
            yield from value["extensions"]
        for name, one in value.items():
            if name != "extras":
                yield from _extension_names(one)
    elif isinstance(value, list):
        for one in value:
            yield from _extension_names(one)


def _contents_of(tile: dict[str, Any]) -> list[dict[str, Any]]:
    several = tile.get("contents", [tile["content"]] if "content" in tile else [])
    return [one for one in several if isinstance(one, dict)] if isinstance(several, list) else []
