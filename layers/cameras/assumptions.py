"""What is taken for granted about a camera where its list says nothing; each is named in the record.

A heading is never assumed. Zoom that is not stated is not counted on.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from tiles.scene import Scene

MOUNT_M = {1: 50.0, 2: 30.0, 3: 5.0}
"""Height of the lens above the ground, by tier."""
ON_ROOF_M = 2.0
"""A tier 1 or 2 camera over a building stands this far above its roof."""
HFOV_DEG = {"fixed": 80.0, "ptz": 60.0}
IMAGE_PX = (1920, 1080)
AXIS_MEETS_GROUND_M = {1: 2000.0, 2: 250.0, 3: 40.0}
"""Where a camera of each tier is taken to look: its pitch is that of the line there."""
TILT_DEG = (-90.0, 30.0)

STREET_MOUNT_M = 12.0
STREET_OVER_MEDIAN_M = 30.0
ROOF_OVER_MEDIAN_M = 100.0
MEDIAN_WITHIN_M = 1000.0


@dataclass(frozen=True, slots=True)
class Site:
    """What the city says of a camera's place: ground below, roof over it or None, both ellipsoidal."""

    x_m: float
    y_m: float
    ground_m: float
    roof_m: float | None


def median_ground_m(scene: Scene, x_m: float, y_m: float) -> float:
    """Median height of the ground within 1 km."""
    ground = scene.ground
    row, col = ground.rowcol(x_m, y_m)
    reach = MEDIAN_WITHIN_M / ground.cell_m
    rows = np.arange(max(0, math.ceil(row - reach)), min(ground.rows, math.floor(row + reach) + 1))
    cols = np.arange(max(0, math.ceil(col - reach)), min(ground.cols, math.floor(col + reach) + 1))
    heights = np.asarray(ground.heights_m[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1])
    near = np.hypot((rows - row)[:, None], cols - col) <= reach
    return float(np.median(heights[near & np.isfinite(heights)]))


def tier_by_height(mount_m: float, lens_over_median_m: float) -> int:
    """The tier of a camera whose list names none."""
    if mount_m <= STREET_MOUNT_M and lens_over_median_m <= STREET_OVER_MEDIAN_M:
        return 3
    return 2 if lens_over_median_m <= ROOF_OVER_MEDIAN_M else 1


def complete(given: dict[str, Any], site: Site, scene: Scene) -> dict[str, Any]:
    """The fields of a camera from those that were given; ``assumed`` names what was added.

    ``given`` has the record's own names, blanks left out; ``height_m`` and ``mount_height_m`` are both
    there or both not.
    """
    fields, assumed = dict(given), list(given.get("assumed", ()))

    def assume(name: str, value: Any) -> None:
        if name not in fields:
            fields[name] = value
            if name not in assumed:
                assumed.append(name)

    turns = any(name in fields for name in ("hfov_tele_deg", "pan_range_deg", "tilt_min_deg", "tilt_max_deg"))
    assume("type", "ptz" if turns else "fixed")
    _assume_height(fields, assumed, site)
    if "tier" not in fields:
        over = fields["height_m"] - median_ground_m(scene, site.x_m, site.y_m)
        assume("tier", tier_by_height(fields["mount_height_m"], over))
    fields["tier_assumed"] = "tier" in assumed
    width, height = fields.get("image_width_px"), fields.get("image_height_px")
    assume("image_width_px", round(height * 16 / 9) if height else IMAGE_PX[0])
    assume("image_height_px", round(width * 9 / 16) if width else IMAGE_PX[1])
    assume("hfov_deg", HFOV_DEG[fields["type"]])
    down = math.degrees(math.atan2(max(fields["mount_height_m"], 0.0), AXIS_MEETS_GROUND_M[fields["tier"]]))
    assume("pitch_deg", -round(min(max(down, 1.0), 45.0), 1))
    if fields["type"] == "ptz":
        assume("hfov_tele_deg", None)
        assume("pan_range_deg", 360.0)
        assume("tilt_min_deg", TILT_DEG[0])
        assume("tilt_max_deg", max(TILT_DEG[1], fields["tilt_min_deg"]))
    return {**fields, "assumed": tuple(assumed)}


def _assume_height(fields: dict[str, Any], assumed: list[str], site: Site) -> None:
    if "height_m" in fields:
        return
    tier = fields.get("tier", 3)
    mount = MOUNT_M[tier]
    if tier < 3 and site.roof_m is not None:
        mount = site.roof_m + ON_ROOF_M - site.ground_m
    fields |= {"mount_height_m": round(mount, 2), "height_m": round(site.ground_m + mount, 3)}
    if "mount_height_m" not in assumed:
        assumed.append("mount_height_m")
