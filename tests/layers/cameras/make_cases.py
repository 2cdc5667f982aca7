"""Writes tests/fixtures/camera_cases.json: poses, lenses, places and where the places must appear.

Derived without our own code: PROJ's topocentric conversion gives east, north, up of a place at the lens;
CesiumJS's definition of an orientation (a quaternion turned by heading, then pitch, then roll) gives the
picture's axes; angles off the axis give the pixel. Run as `python -m tests.layers.cameras.make_cases`.
"""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
from pyproj import Transformer
from scipy.spatial.transform import Rotation

FILE = Path(__file__).resolve().parents[2] / "fixtures" / "camera_cases.json"
WUHAI = (106.8214, 39.6553, 1080.0)
ABOUT = (
    "Signs as CesiumJS Camera.setView orientation: heading clockwise from true north, pitch negative down, roll "
    "positive leans the camera to its right. Degrees, ellipsoidal metres, pixels from the top left corner, u right, "
    "v down, square pixels, principal point in the middle. pixel is null behind the lens."
)


def east_north_up(lens: tuple[float, float, float], place: tuple[float, float, float]) -> np.ndarray:
    lon, lat, h = lens
    to_local = Transformer.from_pipeline(
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad "
        "+step +proj=cart +ellps=WGS84 "
        f"+step +proj=topocentric +ellps=WGS84 +lon_0={lon!r} +lat_0={lat!r} +h_0={h!r}"
    )
    return np.array(to_local.transform(*place))


def cesium_axes(heading: float, pitch: float, roll: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """direction, up, right of a CesiumJS camera in the local east-north-up frame."""
    turn = (
        Rotation.from_rotvec([0, 0, -math.radians(heading - 90)])
        * Rotation.from_rotvec([0, -math.radians(pitch), 0])
        * Rotation.from_rotvec([math.radians(roll), 0, 0])
    )
    matrix = turn.as_matrix()
    direction, up = matrix[:, 0], matrix[:, 2]
    return direction, up, np.cross(direction, up)


def place_at(
    lens: tuple[float, float, float], bearing: float, far_m: float, rise_m: float
) -> tuple[float, float, float]:
    """A place that lies so, near enough: only its own coordinates enter the case."""
    north = far_m * math.cos(math.radians(bearing)) / 111_050
    east = far_m * math.sin(math.radians(bearing)) / (111_320 * math.cos(math.radians(lens[1])))
    return round(lens[0] + east, 8), round(lens[1] + north, 8), round(lens[2] + rise_m, 3)


def expected(case: dict[str, Any]) -> dict[str, Any]:
    pose, optics, place = case["pose"], case["optics"], case["place"]
    lens = (pose["lon"], pose["lat"], pose["height"])
    local = east_north_up(lens, (place["lon"], place["lat"], place["height"]))
    direction, up, right = cesium_axes(pose["heading"], pose["pitch"], pose["roll"])
    ahead = float(local @ direction)
    result: dict[str, Any] = {
        "bearing": math.degrees(math.atan2(local[0], local[1])) % 360,
        "elevation": math.degrees(math.asin(local[2] / np.linalg.norm(local))),
        "distance": float(np.linalg.norm(local)),
        "pixel": None,
        "in_picture": False,
    }
    if ahead > 0:
        # Equal angles off the axis are equal tangents on the picture.
        per_tangent = optics["width"] / (2 * math.tan(math.radians(optics["hfov"]) / 2))
        u = optics["width"] / 2 + per_tangent * float(local @ right) / ahead
        v = optics["height"] / 2 - per_tangent * float(local @ up) / ahead
        result["pixel"] = [u, v]
        result["in_picture"] = 0 <= u <= optics["width"] and 0 <= v <= optics["height"]
    return result


def cases() -> list[dict[str, Any]]:
    hd, uhd, old = (1920, 1080, 90.0), (3840, 2160, 57.3), (704, 576, 40.0)
    lookout = (WUHAI[0], WUHAI[1], 1380.0)
    rows = [
        # name, lens, heading, pitch, roll, optics, bearing, far, rise
        ("north, on the axis", WUHAI, 0, 0, 0, hd, 0, 100, 0),
        ("north, place to the east is right of the middle", WUHAI, 0, 0, 0, hd, 20, 100, 0),
        ("north, place to the west is left of the middle", WUHAI, 0, 0, 0, hd, 340, 100, 0),
        ("place above is above the middle", WUHAI, 0, 0, 0, hd, 0, 100, 20),
        ("place below is below the middle", WUHAI, 0, 0, 0, hd, 0, 100, -20),
        ("behind the lens", WUHAI, 0, 0, 0, hd, 180, 100, 0),
        ("east", WUHAI, 90, 0, 0, hd, 97, 250, -3),
        ("south", WUHAI, 180, 0, 0, hd, 171, 250, -3),
        ("west", WUHAI, 270, 0, 0, hd, 275, 250, -3),
        ("across north, heading 359", WUHAI, 359, -2, 0, hd, 3, 60, -4),
        ("across north, heading 1", WUHAI, 1, -2, 0, hd, 357, 60, -4),
        ("looking down ten degrees", WUHAI, 35, -10, 0, hd, 35, 28, -5),
        ("looking down, place above the axis", WUHAI, 35, -30, 0, hd, 40, 50, -5),
        ("looking up", WUHAI, 210, 12, 0, hd, 205, 80, 25),
        ("steep, eighty degrees down", WUHAI, 120, -80, 0, hd, 140, 6, -25),
        ("straight down, top of the picture is the heading", WUHAI, 120, -90, 0, hd, 120, 5, -25),
        ("rolled right, place to the right rises", WUHAI, 0, 0, 15, hd, 20, 100, 0),
        ("rolled left", WUHAI, 0, 0, -15, hd, 20, 100, 0),
        ("upside down", WUHAI, 0, 0, 180, hd, 20, 100, 5),
        ("pitch and roll together", WUHAI, 305, -25, 8, uhd, 300, 40, -15),
        ("all three, odd lens", WUHAI, 77.7, -12.3, -4.5, old, 81, 66, -12),
        ("narrow lens, outside the picture", WUHAI, 77.7, -12.3, -4.5, old, 120, 66, -12),
        ("four thirds of a second lens", WUHAI, 12, -5, 0, (2592, 1944, 28.0), 10, 300, -22),
        ("very wide", WUHAI, 200, -20, 3, (1920, 1080, 150.0), 255, 30, -7),
        ("tele", lookout, 250, -3.4, 0, (2560, 1440, 2.1), 250.3, 5_000, -302),
        ("tele at ten kilometres: the earth falls away", lookout, 250, -1.5, 0, (2560, 1440, 2.1), 250.0, 10_000, -250),
        ("lookout, wide, far", lookout, 100, -6, 0, uhd, 120, 8_000, -300),
        ("west of Greenwich, south of the equator", (-58.38, -34.6, 30.0), 45, -8, 2, hd, 50, 70, -9),
        ("across the date line", (179.9999, 52.0, 10.0), 88, -3, 0, hd, 90, 40, -2),
        ("far north", (25.7, 66.5, 120.0), 15, -4, 0, uhd, 20, 400, -20),
        ("on the equator", (0.0, 0.0, 0.0), 310, 5, 0, hd, 315, 90, 10),
        ("a metre from the lens", WUHAI, 60, -30, 0, hd, 70, 0.9, -0.4),
    ]
    made = []
    for name, lens, heading, pitch, roll, (width, height, hfov), bearing, far, rise in rows:
        lon, lat, h = place_at(lens, bearing, far, rise)
        lon = (lon + 180) % 360 - 180 if abs(lon) > 180 else lon
        made.append(
            {
                "name": name,
                "pose": {
                    "lon": lens[0],
                    "lat": lens[1],
                    "height": lens[2],
                    "heading": heading,
                    "pitch": pitch,
                    "roll": roll,
                },
                "optics": {"width": width, "height": height, "hfov": hfov},
                "place": {"lon": lon, "lat": lat, "height": h},
            }
        )
    return [{**case, "expected": expected(case)} for case in made]


def write() -> None:
    FILE.write_text(json.dumps({"about": ABOUT, "cases": cases()}, indent=1) + "\n")


if __name__ == "__main__":
    write()
