"""The view mesh as binary glTF: one primitive a class, unlit, half transparent, texture coordinates its pixels.

Positions are metres east, up, south of the lens, as glTF wants them (y up), so a client places the model by the
east-north-up frame of ``extras.origin`` alone: ``modelMatrix: Transforms.eastNorthUpToFixedFrame(
Cartesian3.fromDegrees(lon, lat, height))`` and ``forwardAxis: Axis.X`` with CesiumJS, which turns y up into z up
by itself. Materials are
named for the classes; ``asset.extras`` names the ladder, its classes with densities and colours, and the city's
version. To paint a picture on it give every material that picture as its texture: coordinate set 0 is there.
"""

import json
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.cameras.pictures.view_mesh import ViewMesh
from tiles.formats.glb import Binary

ALPHA = 0.45


def view_glb(mesh: ViewMesh, about: dict[str, Any]) -> bytes:
    """The model's bytes; ``about`` goes into its extras. A mesh without triangles has no scene's node."""
    binary = Binary()
    primitives: list[dict[str, Any]] = []
    materials: list[dict[str, Any]] = []
    for number, rung in enumerate(mesh.rungs):
        chosen = mesh.classes == number
        if chosen.any():
            primitives.append(_primitive(binary, mesh, chosen, number, len(materials)))
            materials.append(_material(rung.id, rung.colour))
    classes = [{"class": rung.id, "min_px_m": rung.px_m, "colour": rung.colour} for rung in mesh.rungs]
    extras = about | {"origin": list(mesh.origin), "ladder": mesh.ladder, "classes": classes}
    document: dict[str, Any] = {"asset": {"version": "2.0", "extras": extras}, "scene": 0, "scenes": [{}]}
    if primitives:
        document |= {
            "extensionsUsed": ["KHR_materials_unlit"],
            "scenes": [{"nodes": [0]}],
            "nodes": [{"mesh": 0, "name": "view"}],
            "meshes": [{"primitives": primitives}],
            "materials": materials,
        }
        return binary.pack(document)
    return _empty(document)


def _primitive(binary: Binary, mesh: ViewMesh, chosen: NDArray[np.bool_], number: int, material: int) -> dict[str, Any]:
    """Triangles of one class over corners of their own."""
    used, corners = np.unique(mesh.triangles[chosen], return_inverse=True)
    east, north, up = mesh.positions_m[used].T
    # A corner belongs to the building of any triangle around it; −1 is the ground.
    owner = np.full(len(used), -1.0, np.float32)
    owner[corners.reshape(-1, 3)] = mesh.buildings[chosen][:, None]
    attributes = {
        "POSITION": binary.vertices(np.column_stack([east, up, -north]).astype(np.float32), bounds=True),
        "TEXCOORD_0": binary.vertices(mesh.texture[used].astype(np.float32)),
        # Clients make shader variables of these names, where "class" alone is a reserved word.
        "_DENSITY_CLASS": binary.vertices(np.full(len(used), number, np.float32)),
        "_BUILDING": binary.vertices(owner),
    }
    indices = binary.indices(corners.ravel(), len(used))
    return {"attributes": attributes, "indices": indices, "material": material, "mode": 4}


def _material(name: str, colour: str) -> dict[str, Any]:
    values = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [round(v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4, 5) for v in values]
    return {
        "name": name,
        "pbrMetallicRoughness": {"baseColorFactor": [*linear, ALPHA], "metallicFactor": 0.0},
        "alphaMode": "BLEND",
        "doubleSided": True,
        "extensions": {"KHR_materials_unlit": {}},
    }


def _empty(document: dict[str, Any]) -> bytes:
    """A valid model that shows nothing: glTF allows no empty arrays."""
    words = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    words += b" " * (-len(words) % 4)
    return struct.pack("<5I", 0x46546C67, 2, 20 + len(words), len(words), 0x4E4F534A) + words
