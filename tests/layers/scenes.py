"""Small cities in memory for the tests of layers: boxes on a plain or on hills, and cameras among them."""

from typing import Any

import numpy as np

from layers.cameras.model import Camera
from tiles.geodesy import CityFrame
from tiles.grid import HeightGrid
from tiles.scene import Scene

PLAIN_M = 1040.0


def box(x: float, y: float, wide: float, deep: float, turn_deg: float = 0.0) -> list[tuple[float, float]]:
    """Corners of a rectangle around x, y, counter-clockwise."""
    t = np.radians(turn_deg)
    corners = np.array([[-wide, -deep], [wide, -deep], [wide, deep], [-wide, deep]]) / 2
    turned = corners @ np.array([[np.cos(t), np.sin(t)], [-np.sin(t), np.cos(t)]]) + [x, y]
    return [(float(a), float(b)) for a, b in turned]


def boxes_city(count: int = 120, half_m: float = 1000.0, seed: int = 3, hills_m: float = 0.0) -> Scene:
    """Turned boxes of 6 to 60 m on a jittered lattice, none touching another, on a plain or on waves."""
    rng = np.random.default_rng(seed)
    side = int(np.ceil(np.sqrt(count)))
    pitch = 1.6 * half_m / side
    frame = CityFrame(106.8, 39.6)
    ground = waves(half_m, hills_m)
    buildings = []
    for k in range(count):
        x = (k % side - (side - 1) / 2) * pitch + rng.uniform(-0.1, 0.1) * pitch
        y = (k // side - (side - 1) / 2) * pitch + rng.uniform(-0.1, 0.1) * pitch
        wide, deep = rng.uniform(0.2, 0.5, 2) * pitch
        foot = float(ground.sample(x, y))
        roof = foot + float(rng.choice([6, 12, 18, 30, 60], p=[0.3, 0.3, 0.2, 0.15, 0.05]))
        buildings.append((box(x, y, wide, deep, float(rng.uniform(0, 90))), foot - 3.0, roof))
    return Scene.of(frame, ground, buildings)


def waves(half_m: float, hills_m: float, cell_m: float = 10.0) -> HeightGrid:
    """A ground of gentle waves, or none."""
    n = round(half_m / cell_m)
    x = np.arange(-n, n + 1) * cell_m
    heights = PLAIN_M + hills_m * np.sin(x / 311.0)[None, :] * np.cos(x / 223.0)[:, None]
    return HeightGrid(heights.astype(np.float32), -n * cell_m, n * cell_m, cell_m)


def a_camera(scene: Scene, x: float, y: float, above_m: float = 6.0, **over: Any) -> Camera:
    """A camera at x, y of the metric frame, so high above the ground."""
    lon, lat = (float(v) for v in scene.to_lonlat(x, y))
    given: dict[str, Any] = {
        "id": "c",
        "lon": lon,
        "lat": lat,
        "height_m": float(scene.ground.sample(x, y)) + above_m,
        "mount_height_m": above_m,
        "tier": 3,
        "heading_deg": 0.0,
        "hfov_deg": 80.0,
    }
    return Camera(**{**given, **over})


def cameras_of(scene: Scene, tiers: tuple[int, int, int] = (10, 60, 600), seed: int = 5) -> list[Camera]:
    """Lookouts, cameras on roofs and in streets, as a city has them: some PTZ, some without heading."""
    rng = np.random.default_rng(seed)
    half = scene.ground.cols // 2 * scene.ground.cell_m * 0.95
    made: list[Camera] = []
    for k in range(tiers[0]):
        x, y = rng.uniform(-half, half, 2)
        made.append(
            a_camera(
                scene, x, y, 120.0, id=f"t1-{k}", tier=1, type="ptz", heading_deg=float(rng.uniform(0, 360)),
                pitch_deg=-5.0, hfov_deg=60.0, hfov_tele_deg=1.2, image_width_px=2560, image_height_px=1440,
                tilt_min_deg=-60.0, tilt_max_deg=10.0,
            )
        )  # fmt: skip
    for k in range(tiers[1]):
        b = int(rng.integers(len(scene.footprints)))
        ring = scene.footprints.rings(b)[0]
        x, y = ring.mean(axis=0) * 0.1 + ring[k % 4] * 0.9
        roof = float(scene.prisms.roof_m[b])
        made.append(
            a_camera(
                scene, x, y, 0.0, id=f"t2-{k}", tier=2, type="ptz" if k % 2 else "fixed", height_m=roof + 2.5,
                heading_deg=float(rng.uniform(0, 360)), pitch_deg=-12.0, hfov_deg=58.0,
                hfov_tele_deg=4.0 if k % 2 else None, mount_height_m=roof + 2.5 - float(scene.ground.sample(x, y)),
                pan_range_deg=200.0 if k % 6 == 1 else None, image_width_px=2560, image_height_px=1440,
            )
        )  # fmt: skip
    for k in range(tiers[2]):
        if k % 5 == 0 and len(scene.footprints):
            b = int(rng.integers(len(scene.footprints)))
            ring = scene.footprints.rings(b)[0]
            x, y = ring[0] * 0.5 + ring[1] * 0.5 + rng.normal(0, 0.4, 2)  # on a wall, badly surveyed
        else:
            x, y = rng.uniform(-half, half, 2)
            while scene.prisms.building_at(x, y) >= 0:
                x, y = rng.uniform(-half, half, 2)
        ptz = k % 7 == 0
        made.append(
            a_camera(
                scene, x, y, float(rng.uniform(3.5, 9)), id=f"t3-{k}", type="ptz" if ptz else "fixed",
                heading_deg=None if k % 11 == 0 else float(rng.uniform(0, 360)), pitch_deg=float(rng.uniform(-25, -2)),
                hfov_deg=float(rng.uniform(30, 105)), hfov_tele_deg=12.0 if ptz else None,
                range_m=80.0 if k % 13 == 0 else None, status="retired" if k % 97 == 0 else "in-service",
            )
        )  # fmt: skip
    return made
