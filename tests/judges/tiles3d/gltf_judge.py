"""Khronos' glTF validator (npm gltf-validator, through node) over many files at once, and our own reading of glTF."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

JUDGE = Path(__file__).resolve().parents[1] / "gltf_validate.mjs"
NOT_JUDGED = ("EXT_mesh_features", "EXT_structural_metadata", "EXT_instance_features")
"""Extensions that Khronos' validator does not know and this checker does."""
BATCH = 200


def available() -> str | None:
    """None, or why the judge cannot be asked."""
    if shutil.which("node") is None:
        return "no node"
    if not (JUDGE.parents[2] / "frontend" / "node_modules" / "gltf-validator").is_dir():
        return "gltf-validator is not installed in frontend/node_modules"
    return None


def validate(files: list[Path]) -> dict[Path, list[dict[str, Any]]]:
    """Messages of each file: ``code, message, severity`` (0 error, 1 warning, 2 information), ``pointer``."""
    made: dict[Path, list[dict[str, Any]]] = {}
    for start in range(0, len(files), BATCH):
        some = files[start : start + BATCH]
        command = ["node", str(JUDGE), *map(str, some)]
        answer = subprocess.run(command, capture_output=True, check=True, timeout=300).stdout
        for file, report in zip(some, json.loads(answer), strict=True):
            made[file] = report["issues"]["messages"]
    return made


def worth_telling(message: dict[str, Any], words: dict[str, Any]) -> bool:
    """Whether a message is about the file, and not about an extension that this checker judges itself.

    What only such an extension refers to (buffer views of property tables, textures, texture coordinates)
    looks unused to Khronos' validator.
    """
    if message["code"] == "UNSUPPORTED_EXTENSION":
        return not any(name in message["message"] for name in NOT_JUDGED)
    if message["code"] == "UNUSED_OBJECT":
        return message.get("pointer") not in _referred(words)
    return True


def _referred(words: dict[str, Any]) -> set[str]:
    """Pointers of the objects that the metadata extensions refer to."""
    made: set[str] = set()
    top = words.get("extensions", {}).get("EXT_structural_metadata", {})
    infos: list[dict[str, Any]] = []
    for table in top.get("propertyTables", []):
        for column in table.get("properties", {}).values():
            made |= {f"/bufferViews/{column[name]}" for name in _COLUMN if name in column}
    for texture in top.get("propertyTextures", []):
        infos += texture.get("properties", {}).values()
    for mesh in words.get("meshes", []):
        for primitive in mesh.get("primitives", []):
            features = primitive.get("extensions", {}).get("EXT_mesh_features", {})
            infos += [one["texture"] for one in features.get("featureIds", []) if "texture" in one]
    infos = [info for info in infos if isinstance(info, dict)]
    made |= {f"/textures/{info.get('index')}" for info in infos}
    coordinates = {f"TEXCOORD_{info.get('texCoord', 0)}" for info in infos}
    for m, mesh in enumerate(words.get("meshes", [])):
        for p, _ in enumerate(mesh.get("primitives", [])):
            made |= {f"/meshes/{m}/primitives/{p}/attributes/{name}" for name in coordinates}
    return made


_COLUMN = ("values", "arrayOffsets", "stringOffsets")
