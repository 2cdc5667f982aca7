"""CIRN's calibrations against their own published matrix, and Duck's six cameras there and back."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pyproj import Geod, Transformer

from layers.cameras.calibration.cirn import CirnFrame, intrinsics, optics
from layers.cameras.pose import angles_of, picture_axes
from layers.cameras.view import View
from tiles.datum import Datum, to_ellipsoidal

# NAVD88 has no grid here; the geoid of EGM96 stands in, some decimetres off on this coast.
DUCK = CirnFrame("EPSG:32119", Datum("EPSG:5703", stand_in="EGM96"))
NAMES = [f"c{k}" for k in range(1, 7)]


def cirn_matrix(azimuth: float, tilt: float, swing: float) -> np.ndarray:
    """Rows of their camera axes (left, up, forward) in east-north-up, as CIRN's documentation spells them out."""
    sa, ca, st, ct, ss, cs = (f(a) for a in (azimuth, tilt, swing) for f in (math.sin, math.cos))
    return np.array(
        [
            [-ca * cs - sa * ct * ss, cs * sa - ss * ct * ca, -ss * st],
            [-ss * ca + cs * ct * sa, ss * sa + cs * ct * ca, cs * st],
            [st * sa, st * ca, -ct],
        ]
    )


@pytest.fixture
def duck(shared_data: Path) -> dict[str, Any]:
    return json.loads((shared_data / "calibration/duck_multicam/cameras.json").read_text())


@pytest.mark.shared
@pytest.mark.parametrize("name", NAMES)
def test_duck_there_and_back(duck: dict[str, Any], name: str) -> None:
    theirs = duck[name]["extrinsics"]
    back = DUCK.extrinsics(DUCK.pose(theirs))
    for angle in ("azimuth_rad", "tilt_rad", "roll_rad"):
        assert back[angle] == pytest.approx(theirs[angle], abs=1e-12)
    for metre in ("x", "y", "z"):
        assert back[metre] == pytest.approx(theirs[metre], abs=1e-4)
    assert intrinsics(optics(duck[name]["intrinsics"])) == pytest.approx(duck[name]["intrinsics"])
    # Once more through the axes, which is what a picture is made with.
    pose = DUCK.pose(theirs)
    again = angles_of(picture_axes(pose.heading_deg, pose.pitch_deg, pose.roll_deg))
    assert again == pytest.approx((pose.heading_deg, pose.pitch_deg, pose.roll_deg), abs=math.degrees(1e-9))


@pytest.mark.parametrize(("azimuth", "tilt", "swing"), [(-0.23, 1.44, -0.01), (2.6, 1.2, 0.3), (4.0, 0.4, -1.0)])
def test_axes_are_theirs(azimuth: float, tilt: float, swing: float) -> None:
    ours = picture_axes(math.degrees(azimuth), math.degrees(tilt) - 90.0, -math.degrees(swing))
    assert ours == pytest.approx(np.diag([-1, -1, 1]) @ cirn_matrix(azimuth, tilt, swing), abs=1e-12)


@pytest.mark.shared
@pytest.mark.parametrize("name", NAMES)
def test_places_fall_where_their_formulas_put_them(duck: dict[str, Any], name: str) -> None:
    """Their whole chain, on their grid; ours through the ellipsoid. A flat grid is right only close by."""
    inner, outer = duck[name]["intrinsics"], duck[name]["extrinsics"]
    axes = cirn_matrix(outer["azimuth_rad"], outer["tilt_rad"], outer["roll_rad"])
    view = View(DUCK.pose(outer), optics(inner))
    to_lonlat = Transformer.from_crs("EPSG:32119", "EPSG:4326", always_xy=True)
    for left, up in ((0.0, 0.0), (0.1, 0.05), (-0.12, -0.06), (0.05, -0.1)):
        way = (axes[2] + left * axes[0] + up * axes[1]) * 150.0
        e, n, h = way + np.array([outer["x"], outer["y"], outer["z"]])
        lon, lat = to_lonlat.transform(e, n)
        x, y = -left, -up
        s = x * x + y * y
        bent = 1 + inner["d1"] * s + inner["d2"] * s * s + inner["d3"] * s**3
        theirs = (inner["c0U"] + inner["fx"] * x * bent, inner["c0V"] + inner["fy"] * y * bent)
        u, v, _ = view.project(lon, lat, to_ellipsoidal(lon, lat, h, DUCK.datum))
        # 150 m away the earth falls 1.8 mm, the geoid leans by some 1e-5, and the grid's scale is 1 to 1e-4.
        assert (float(u), float(v)) == pytest.approx(theirs, abs=0.15 * inner["fx"] / 2300)


def test_convergence_is_the_grids() -> None:
    lon, lat = -75.7497, 36.1818
    to_grid = Transformer.from_crs("EPSG:4326", "EPSG:32119", always_xy=True)
    (e0, n0), (e1, n1) = to_grid.transform(lon, lat), to_grid.transform(lon, lat + 0.001)
    grid_bearing = math.degrees(math.atan2(e1 - e0, n1 - n0))
    true_bearing = Geod(ellps="GRS80").inv(lon, lat, lon, lat + 0.001)[0]
    assert DUCK.convergence_deg(lon, lat) == pytest.approx(true_bearing - grid_bearing, abs=1e-4)
    assert abs(DUCK.convergence_deg(lon, lat)) > 1.0
