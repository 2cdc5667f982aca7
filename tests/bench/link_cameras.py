"""Cameras for timing the link: as many as wanted, of the kinds that the published figures were taken with.

Positions uniform over the city's extent (or its built-up middle), field of view U(40, 110) degrees, range
U(60, 300) m, mast U(4, 15) m; one in a hundred is a lookout that turns all round and reaches 5 km, on a mast
of U(30, 60) m. Pictures are as wide as the lowest class needs at the end of the range.
"""

import math
from collections.abc import Iterator

import numpy as np

from layers.cameras.ladder import MIN_DENSITY_PX_M
from layers.cameras.model import Camera
from layers.place import Target
from tiles.scene import Scene

SEED = 20
LOOKOUT_M = 5000.0
BUILT_M = (20_000.0, 16_000.0)
"""Width and depth of the built-up middle."""
Bounds = tuple[float, float, float, float]


def bounds(scene: Scene, built_only: bool) -> Bounds:
    """West, south, east and north in the metric frame; the built-up middle lies around the median building."""
    if not built_only:
        west, south, east, north = scene.extent
        (x0, x1), (y0, y1) = scene.to_metric([west, east], [south, north])
        return float(x0), float(y0), float(x1), float(y1)
    x, y = np.median(scene.centres_m, axis=0)
    return x - BUILT_M[0] / 2, y - BUILT_M[1] / 2, x + BUILT_M[0] / 2, y + BUILT_M[1] / 2


def generated(scene: Scene, count: int, within: Bounds, seed: int = SEED) -> Iterator[Camera]:
    """That many cameras within bounds."""
    draw = np.random.default_rng(seed)
    x, y = draw.uniform(within[0], within[2], count), draw.uniform(within[1], within[3], count)
    foot = np.asarray(scene.ground.clamped(x, y))
    lon, lat = scene.to_lonlat(x, y)
    field, reach = draw.uniform(40, 110, count), draw.uniform(60, 300, count)
    mast, high, heading = draw.uniform(4, 15, count), draw.uniform(30, 60, count), draw.uniform(0, 360, count)
    for k in range(count):
        lookout = k % 100 == 0
        above = float(high[k] if lookout else mast[k])
        common = {
            "id": f"bench-{k:06d}",
            "lon": float(lon[k]),
            "lat": float(lat[k]),
            "height_m": float(foot[k]) + above,
            "mount_height_m": above,
            "heading_deg": float(heading[k]),
        }
        if lookout:
            yield Camera(
                **common, tier=1, type="ptz", hfov_deg=60.0, hfov_tele_deg=1.7, range_m=LOOKOUT_M, pitch_deg=-5.0
            )
        else:
            wide = 16 + math.ceil(2.1 * float(reach[k]) * MIN_DENSITY_PX_M * math.tan(math.radians(field[k] / 2)))
            yield Camera(
                **common,
                tier=3,
                hfov_deg=float(field[k]),
                range_m=float(reach[k]),
                pitch_deg=-8.0,
                image_width_px=wide,
                image_height_px=max(16, wide * 9 // 16),
            )


def within(place: Target, bounds_m: Bounds) -> bool:
    """Whether a place lies in bounds."""
    return bounds_m[0] <= place.x_m <= bounds_m[2] and bounds_m[1] <= place.y_m <= bounds_m[3]
