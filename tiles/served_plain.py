"""Triangles of a scene that has no files: its ground grid and its buildings, as the builders would make them."""

import numpy as np
from numpy.typing import NDArray

from tiles.building_mesh import make_mesh, tile_to_ecef
from tiles.geodesy import geodetic_to_ecef
from tiles.scene import Scene


def plain_mesh(scene: Scene) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int32]]:
    """Corners (n, 3; earth-centred metres), triangles (t, 3) and building (t,; −1 for the ground)."""
    grid = scene.ground
    rows, cols = np.mgrid[0 : grid.rows, 0 : grid.cols]
    lon, lat = scene.frame.to_lonlat(*grid.xy(rows.ravel(), cols.ravel()))
    ground = geodetic_to_ecef(lon, lat, np.asarray(grid.heights_m, np.float64).ravel())
    node = np.arange(grid.rows * grid.cols).reshape(grid.rows, grid.cols)
    a, b, c, d = node[:-1, :-1].ravel(), node[1:, :-1].ravel(), node[1:, 1:].ravel(), node[:-1, 1:].ravel()
    faces = np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)])
    if not len(scene.footprints):
        return ground, faces, np.full(len(faces), -1, np.int32)
    to_ecef = tile_to_ecef(scene.frame.lon0, scene.frame.lat0, 0.0)
    mesh = make_mesh(scene.footprints, scene.frame, to_ecef)
    walls = mesh.indices.reshape(-1, 3)
    owner = np.concatenate([np.full(len(faces), -1), mesh.feature[walls[:, 0]]]).astype(np.int32)
    buildings = mesh.positions_m @ to_ecef[:3, :3].T + to_ecef[:3, 3]
    return np.concatenate([ground, buildings]), np.concatenate([faces, walls + len(ground)]), owner
