"""Walls and roofs of buildings as triangles, and their GLB with metadata.

The corners are the prisms' own: metric x, y with base and roof, taken to earth-centred places one by one
and then into the tile's east, north, up. Bottoms are left out: they lie below the ground.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from mapbox_earcut import triangulate_float64
from numpy.typing import NDArray

from tiles.building_look import BASE_COLOUR, corner_colours
from tiles.footprints import Footprints
from tiles.formats.glb import Binary, metadata_class
from tiles.geodesy import CityFrame, enu_rotation, geodetic_to_ecef

CLASS = "building"


@dataclass(frozen=True, eq=False)
class Mesh:
    """Triangles of many buildings in a tile's east, north, up.

    ``positions_m`` (n, 3) float64, ``normals`` (n, 3) float64, ``feature`` (n,) building of each vertex,
    ``roof`` (n,) whether it belongs to a roof, ``high`` (n,) whether it is at roof height, ``indices`` (3t,).
    """

    positions_m: NDArray[np.float64]
    normals: NDArray[np.float64]
    feature: NDArray[np.int64]
    roof: NDArray[np.bool_]
    high: NDArray[np.bool_]
    indices: NDArray[np.int64]


def tile_to_ecef(lon: float, lat: float, height_m: float) -> NDArray[np.float64]:
    """(4, 4) of east, north, up at a place to earth-centred metres."""
    made = np.eye(4)
    made[:3, :3] = enu_rotation(lon, lat).T
    made[:3, 3] = geodetic_to_ecef(lon, lat, height_m)
    return made


def make_mesh(footprints: Footprints, frame: CityFrame, to_ecef: NDArray[np.float64]) -> Mesh:
    """Extrude the footprints; walls first (four corners each), then the roofs' corners."""
    corner_building = np.repeat(footprints.ring_building, np.diff(footprints.ring_offsets)).astype(np.int64)
    lon, lat = frame.to_lonlat(footprints.vertices_m[:, 0], footprints.vertices_m[:, 1])
    low = _local(lon, lat, footprints.base_m[corner_building], to_ecef)
    high = _local(lon, lat, footprints.roof_m[corner_building], to_ecef)
    following = _following(footprints.ring_offsets)
    walls = np.stack([low, low[following], high[following], high], axis=1)
    outward = np.cross(low[following] - low, high - low)
    outward /= np.maximum(np.linalg.norm(outward, axis=1, keepdims=True), 1e-12)
    count = len(low)
    quads = np.array([0, 1, 2, 0, 2, 3]) + 4 * np.arange(count)[:, None]
    return Mesh(
        np.concatenate([walls.reshape(-1, 3), high]),
        np.concatenate([np.repeat(outward, 4, axis=0), np.broadcast_to((0.0, 0.0, 1.0), (count, 3))]),
        np.concatenate([np.repeat(corner_building, 4), corner_building]),
        np.repeat([False, True], [4 * count, count]),
        np.concatenate([np.tile([False, False, True, True], count), np.ones(count, dtype=bool)]),
        np.concatenate([quads.ravel(), 4 * count + roof_triangles(footprints).ravel()]),
    )


def _local(lon: Any, lat: Any, height_m: Any, to_ecef: NDArray[np.float64]) -> NDArray[np.float64]:
    placed: NDArray[np.float64] = (geodetic_to_ecef(lon, lat, height_m) - to_ecef[:3, 3]) @ to_ecef[:3, :3]
    return placed


def _following(ring_offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    """The next corner of each corner, round its ring."""
    following = np.arange(1, ring_offsets[-1] + 1)
    following[ring_offsets[1:] - 1] = ring_offsets[:-1]
    return following


def roof_triangles(footprints: Footprints) -> NDArray[np.int64]:
    """Triangles (t, 3) over the corners of all rings, counter-clockwise from above, holes left open."""
    vertices, offsets = footprints.vertices_m, footprints.ring_offsets
    outer = _ring_areas(vertices, offsets) > 0
    outer[np.searchsorted(footprints.ring_building, np.arange(len(footprints)))] = True
    polygon = np.append(np.flatnonzero(outer), len(outer))
    quads = _convex_quads(vertices, offsets, polygon)
    corner = offsets[polygon[:-1][quads]][:, None]
    triangles = [(corner + np.array([0, 1, 2, 0, 2, 3])).ravel()]
    for first, last in np.column_stack([polygon[:-1], polygon[1:]])[~quads].tolist():
        cuts = offsets[first : last + 1]
        corners = vertices[cuts[0] : cuts[-1]]
        found = triangulate_float64(corners - corners[0], (cuts[1:] - cuts[0]).astype(np.uint32))
        triangles.append(found.astype(np.int64) + cuts[0])
    return _upward(vertices, np.concatenate(triangles).reshape(-1, 3))


def _convex_quads(
    vertices: NDArray[np.float64], offsets: NDArray[np.int64], polygon: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Which polygons are one ring of four corners that turn one way: most roofs, and cut without search."""
    first = offsets[polygon[:-1]]
    quads: NDArray[np.bool_] = (np.diff(polygon) == 1) & (offsets[polygon[:-1] + 1] - first == 4)
    corners = vertices[first[quads][:, None] + np.arange(4)]
    edges = np.roll(corners, -1, axis=1) - corners
    following = np.roll(edges, -1, axis=1)
    turns = edges[..., 0] * following[..., 1] - edges[..., 1] * following[..., 0]
    quads[quads] = (turns > 0).all(axis=1) | (turns < 0).all(axis=1)
    return quads


def _ring_areas(vertices: NDArray[np.float64], offsets: NDArray[np.int64]) -> NDArray[np.float64]:
    """Signed areas of the rings; holes are negative."""
    start = np.repeat(vertices[offsets[:-1]], np.diff(offsets), axis=0)
    here = vertices - start
    there = (vertices - start)[_following(offsets)]
    areas: NDArray[np.float64] = np.add.reduceat(here[:, 0] * there[:, 1] - here[:, 1] * there[:, 0], offsets[:-1])
    return areas / 2


def _upward(vertices: NDArray[np.float64], triangles: NDArray[np.int64]) -> NDArray[np.int64]:
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    area = (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]
    made = triangles.copy()
    made[area < 0] = made[area < 0][:, ::-1]
    return made


def glb_of(footprints: Footprints, frame: CityFrame, to_ecef: NDArray[np.float64]) -> bytes:
    """Binary glTF of the buildings, in the tile's frame (y up), a feature each."""
    mesh = make_mesh(footprints, frame, to_ecef)
    binary = Binary()
    columns = _columns(footprints)
    colours = corner_colours(footprints, columns["height"], mesh.feature, mesh.roof, mesh.high)
    attributes = {
        "POSITION": binary.vertices(_y_up(mesh.positions_m).astype(np.float32), bounds=True),
        "NORMAL": binary.vertices(np.rint(_y_up(mesh.normals) * 127).astype(np.int8), normalized=True),
        "COLOR_0": binary.vertices(colours, normalized=True),
        "_FEATURE_ID_0": binary.vertices(mesh.feature.astype(_feature_type(len(footprints)))),
    }
    indices = binary.indices(mesh.indices, len(mesh.positions_m))
    features = {"featureCount": len(footprints), "attribute": 0, "propertyTable": 0}
    primitive = {
        "attributes": attributes,
        "indices": indices,
        "material": 0,
        "mode": 4,
        "extensions": {"EXT_mesh_features": {"featureIds": [features]}},
    }
    surface = {"baseColorFactor": [*BASE_COLOUR, 1.0], "metallicFactor": 0.0, "roughnessFactor": 0.9}
    schema = {"id": "buildings", "classes": {CLASS: metadata_class(columns)}}
    tables = [binary.property_table(CLASS, columns)]
    extensions = ["EXT_mesh_features", "EXT_structural_metadata", "KHR_mesh_quantization"]
    return binary.pack(
        {
            "asset": {"version": "2.0"},
            "extensionsUsed": extensions,
            "extensionsRequired": extensions[2:],
            "extensions": {"EXT_structural_metadata": {"schema": schema, "propertyTables": tables}},
            "scene": 0,
            "scenes": [{"nodes": [0]}],
            "nodes": [{"mesh": 0}],
            "meshes": [{"primitives": [primitive]}],
            "materials": [{"pbrMetallicRoughness": surface}],
        }
    )


def _feature_type(count: int) -> Any:
    return np.uint16 if count <= 65536 else np.float32


def _y_up(enu: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack([enu[:, 0], enu[:, 2], -enu[:, 1]])


def _columns(footprints: Footprints) -> dict[str, Any]:
    """What a click on a building tells, beside its shape."""
    words = footprints.attributes
    made: dict[str, Any] = {"id": footprints.ids}
    made |= {name: words[name] for name in ("name", "name_en", "use", "address", "area")}
    made["height"] = footprints.heights_m.astype(np.float32)
    made["storeys"] = np.asarray(words["storeys"], dtype=np.uint16)
    return made
