"""Azimuths 20 km off the city's centre, over 10 km, against the geodesic: rays, projection, and the metric frame."""

import math

import numpy as np
import pytest
from pyproj import Geod

from layers.cameras.optics import Optics
from layers.cameras.pose import Pose
from layers.cameras.view import View
from tiles.geodesy import CityFrame, ecef_to_geodetic, enu_rotation

FRAME = CityFrame(106.8, 39.6)
WGS84 = Geod(ellps="WGS84")
ALLOWED_DEG = 0.02


@pytest.mark.parametrize("out", [0.0, 60.0, 135.0, 250.0, 315.0])
@pytest.mark.parametrize("azimuth", [0.0, 33.0, 90.0, 171.0, 260.0])
def test_azimuths_far_from_the_centre(out: float, azimuth: float) -> None:
    lon, lat, _ = WGS84.fwd(106.8, 39.6, out, 20_000)
    far_lon, far_lat, _ = WGS84.fwd(lon, lat, azimuth, 10_000)
    # A camera turned to the azimuth has the place in the middle column of its picture.
    view = View(Pose(lon, lat, 1200.0, azimuth), Optics.from_hfov(1920, 1080, 60.0))
    u, v, _ = view.project(far_lon, far_lat, 1200.0)
    bearing, _ = view.rays(u, v)
    assert abs((float(bearing) - azimuth + 180) % 360 - 180) < ALLOWED_DEG
    assert abs(math.degrees(math.atan((float(u) - 960) / view.optics.focal_px))) < ALLOWED_DEG
    # The same ray followed outward comes to the place.
    b, e = np.radians([azimuth, float(view.rays(960.0, v)[1])])
    way = np.array([np.sin(b) * np.cos(e), np.cos(b) * np.cos(e), np.sin(e)])
    met = ecef_to_geodetic(view.pose.ecef_m + 10_000 * way @ enu_rotation(lon, lat))
    assert abs((WGS84.inv(lon, lat, met[0], met[1])[0] - azimuth + 180) % 360 - 180) < ALLOWED_DEG
    # And in the metric frame, where sight lines and coverage march: grid bearing plus convergence.
    (x0, y0), (x1, y1) = FRAME.to_metric(lon, lat), FRAME.to_metric(far_lon, far_lat)
    grid = math.degrees(math.atan2(x1 - x0, y1 - y0))
    true = grid + float(FRAME.convergence_deg(lon, lat))
    assert abs((true - azimuth + 180) % 360 - 180) < ALLOWED_DEG
