"""Camera calibrations of the Coastal Imaging Research Network (CIRN), as Argus stations publish them.

Theirs: x, y on a map grid and z above a vertical datum, metres; azimuth clockwise from grid north, tilt from
straight down, swing counter-clockwise seen from behind, all in radians; distortion as in OpenCV. Ours:
heading from true north, so the grid's convergence at the lens goes between. The vertical of the grid is
taken as the ellipsoid's.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from pyproj import CRS, Proj, Transformer

from layers.cameras.optics import Optics
from layers.cameras.pose import Pose, wrap_deg
from tiles.datum import Datum, to_ellipsoidal


@dataclass(frozen=True)
class CirnFrame:
    """The map grid and vertical datum that a station's extrinsics are in."""

    crs: str
    datum: Datum

    @cached_property
    def _to_lonlat(self) -> Transformer:
        return Transformer.from_crs(self.crs, "EPSG:4326", always_xy=True, allow_ballpark=False)

    @cached_property
    def _grid(self) -> Proj:
        return Proj(CRS.from_user_input(self.crs))

    def convergence_deg(self, lon: float, lat: float) -> float:
        """True bearing minus grid bearing, degrees clockwise."""
        return float(self._grid.get_factors(lon, lat).meridian_convergence)

    def pose(self, extrinsics: Mapping[str, float]) -> Pose:
        """Our pose of x, y, z, azimuth_rad, tilt_rad, roll_rad."""
        lon, lat = (float(v) for v in self._to_lonlat.transform(extrinsics["x"], extrinsics["y"]))
        return Pose(
            lon=lon,
            lat=lat,
            height_m=float(to_ellipsoidal(lon, lat, extrinsics["z"], self.datum)),
            heading_deg=(math.degrees(extrinsics["azimuth_rad"]) + self.convergence_deg(lon, lat)) % 360.0,
            pitch_deg=math.degrees(extrinsics["tilt_rad"]) - 90.0,
            roll_deg=-math.degrees(extrinsics["roll_rad"]),
        )

    def extrinsics(self, pose: Pose) -> dict[str, float]:
        """Theirs of our pose; the azimuth lies between −π and π."""
        x, y = (float(v) for v in self._to_lonlat.transform(pose.lon, pose.lat, direction="INVERSE"))
        azimuth = float(wrap_deg(pose.heading_deg - self.convergence_deg(pose.lon, pose.lat)))
        return {
            "x": x,
            "y": y,
            "z": pose.height_m - float(to_ellipsoidal(pose.lon, pose.lat, 0.0, self.datum)),
            "azimuth_rad": math.radians(azimuth),
            "tilt_rad": math.radians(pose.pitch_deg + 90.0),
            "roll_rad": -math.radians(pose.roll_deg),
        }


def optics(intrinsics: Mapping[str, float]) -> Optics:
    """Our lens of NU NV c0U c0V fx fy d1 d2 d3 t1 t2; pixels as they count them."""
    return Optics(
        width_px=round(intrinsics["NU"]),
        height_px=round(intrinsics["NV"]),
        focal_px=intrinsics["fx"],
        distortion=tuple(intrinsics[name] for name in ("d1", "d2", "t1", "t2", "d3")),
        principal_px=(intrinsics["c0U"], intrinsics["c0V"]),
        focal_y_px=intrinsics["fy"],
    )


def intrinsics(lens: Optics) -> dict[str, float]:
    """Theirs of our lens."""
    k1, k2, p1, p2, k3 = (float(k) for k in lens.coefficients[:5])
    (fx, fy), (cx, cy) = lens.focals_px, lens.centre_px
    names = ("NU", "NV", "c0U", "c0V", "fx", "fy", "d1", "d2", "d3", "t1", "t2")
    values = (float(lens.width_px), float(lens.height_px), cx, cy, fx, fy, k1, k2, k3, p1, p2)
    return dict(zip(names, values, strict=True))
