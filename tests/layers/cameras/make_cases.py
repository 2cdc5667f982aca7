"""Writes tests/fixtures/camera_cases.json: poses, lenses, places and where the places must appear.

Derived without our own code: PROJ's topocentric conversion gives east, north, up of a place at the lens;
CesiumJS's definition of an orientation (a quaternion turned by heading, then pitch, then roll) gives the
picture's axes; angles off the axis give the pixel, OpenCV bends it (a fisheye's behind its mount, which
OpenCV does not know, by the formula that its documentation gives). Run as `python -m tests.layers.cameras.make_cases`.
"""

import json
import math
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from pyproj import Transformer
from scipy.spatial.transform import Rotation

FILE = Path(__file__).resolve().parents[2] / "fixtures" / "camera_cases.json"
WUHAI = (106.8214, 39.6553, 1080.0)
ABOUT = (
    "Signs as CesiumJS Camera.setView orientation: heading clockwise from true north, pitch negative down, roll "
    "positive leans the camera to its right. Degrees, ellipsoidal metres, pixels from the top left corner, u right, "
    "v down, square pixels, principal point in the middle unless given. lens is rectilinear unless given: with "
    "Brown-Conrady's distortion k1 k2 p1 p2 k3 k4 k5 k6; fisheye: equidistant with k1..k4, hfov without them; "
    "panorama: even steps of bearing and elevation. pixel is null where the lens shows nothing: behind a flat "
    "one, beyond where its distortion folds over, outside a fisheye's circle (half its hfov, at least 90 degrees)."
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
    result: dict[str, Any] = {
        "bearing": math.degrees(math.atan2(local[0], local[1])) % 360,
        "elevation": math.degrees(math.asin(local[2] / np.linalg.norm(local))),
        "distance": float(np.linalg.norm(local)),
        "pixel": None,
        "in_picture": False,
    }
    seen = pixel(optics, np.array([local @ right, -(local @ up), local @ direction]))
    if seen is not None:
        u, v = (float(at) for at in seen)
        result["pixel"] = [u, v]
        result["in_picture"] = 0 <= u <= optics["width"] and 0 <= v <= optics["height"]
    return result


def pixel(optics: dict[str, Any], xyz: np.ndarray) -> tuple[float, float] | None:
    """Of a direction right, down, forward."""
    width, half = optics["width"], math.radians(optics["hfov"]) / 2
    cx, cy = optics.get("principal", (width / 2, optics["height"] / 2))
    model, bend = optics.get("lens", "rectilinear"), np.array(optics.get("distortion", ()), float)
    x, y, z = (float(v) for v in xyz)
    if model == "panorama":
        per_radian = width / 2 / half
        around = 2 * math.pi * per_radian
        u = cx + per_radian * math.atan2(x, z)
        # Of the two places of a whole circle the one in the picture.
        u = next((at for at in (u, u + around, u - around) if 0 <= at <= width), u)
        return u, cy + per_radian * math.asin(y / math.sqrt(x * x + y * y + z * z))
    if model == "fisheye":
        per_radian = width / 2 / half
        off = math.acos(z / math.sqrt(x * x + y * y + z * z))
        k1, k2, k3, k4 = bend if len(bend) else np.zeros(4)
        radius = off * (1 + k1 * off**2 + k2 * off**4 + k3 * off**6 + k4 * off**8)
        if radius > max(half, math.pi / 2) or off > math.radians(115):
            return None
        if z > 1e-6:
            matrix = np.array([[per_radian, 0, cx], [0, per_radian, cy], [0, 0, 1.0]])
            given = np.array([k1, k2, k3, k4])
            u, v = cv2.fisheye.projectPoints(xyz.reshape(1, 1, 3), np.zeros(3), np.zeros(3), matrix, given)[0].ravel()
            return float(u), float(v)
        flat = math.hypot(x, y)
        return cx + per_radian * radius * x / flat, cy + per_radian * radius * y / flat
    if z <= 0 or (len(bend) and math.hypot(x, y) / z > fold(bend)):
        return None
    # Equal angles off the axis are equal tangents on the picture.
    per_tangent = width / (2 * math.tan(half))
    matrix = np.array([[per_tangent, 0, cx], [0, per_tangent, cy], [0, 0, 1.0]])
    u, v = cv2.projectPoints((xyz / z).reshape(1, 1, 3), np.zeros(3), np.zeros(3), matrix, bend)[0].ravel()
    return float(u), float(v)


def fold(bend: np.ndarray) -> float:
    """Tangent of the angle where the bent radius stops growing; infinite where it does not."""
    r = np.linspace(0.001, 20.0, 200_000)
    flat = np.stack([r, np.zeros_like(r), np.ones_like(r)], axis=1).reshape(-1, 1, 3)
    radial = np.where(np.isin(np.arange(len(bend)), (2, 3)), 0.0, bend)
    bent = cv2.projectPoints(flat, np.zeros(3), np.zeros(3), np.eye(3), radial)[0][:, 0, 0]
    falls = np.flatnonzero(np.diff(bent) <= 0)
    return float(r[falls[0]]) if len(falls) else math.inf


def bent_rows() -> list[tuple[Any, ...]]:
    """Cases of lenses that bend the picture, and of principal points off its middle."""
    barrel = (1920, 1080, 90.0, {"distortion": [-0.3, 0.09, 0.001, -0.0005], "principal": [941.5, 552.25]})
    folds = (1920, 1080, 100.0, {"distortion": [-0.35, 0.02, 0.0, 0.0]})
    cushion = (2560, 1440, 45.0, {"distortion": [0.11, 0.2, -0.002, 0.001, 0.04]})
    rational = (1920, 1080, 95.0, {"distortion": [0.35, 0.05, 0.0003, 0.0002, 0.002, 0.62, 0.14, 0.01]})
    round_ = (2048, 2048, 180.0, {"lens": "fisheye"})
    wide = (2048, 2048, 220.0, {"lens": "fisheye", "distortion": [-0.02, 0.003, -0.0004, 0.00002]})
    framed = (1920, 1080, 150.0, {"lens": "fisheye", "distortion": [0.03, -0.01, 0.0, 0.0], "principal": [970, 530]})
    whole = (4096, 1024, 360.0, {"lens": "panorama"})
    shifted = (4096, 1024, 360.0, {"lens": "panorama", "principal": [1024, 500]})
    half = (4096, 1800, 180.0, {"lens": "panorama"})
    aside = (1920, 1080, 60.0, {"principal": [901.0, 575.5]})
    return [
        ("principal point aside", WUHAI, 30, -5, 2, aside, 45, 60, -4),
        ("barrel, near the middle", WUHAI, 0, -5, 0, barrel, 4, 60, -6),
        ("barrel, near the edge", WUHAI, 0, -5, 0, barrel, 38, 60, -6),
        ("barrel, rolled", WUHAI, 200, -20, 25, barrel, 170, 30, -8),
        ("barrel, beyond its fold", WUHAI, 0, 0, 0, folds, 52, 60, 0),
        ("barrel, just inside its fold", WUHAI, 0, 0, 0, folds, 44, 60, 0),
        ("pincushion", WUHAI, 77, -6, 1, cushion, 93, 80, -12),
        ("rational", WUHAI, 10, -15, 0, rational, 50, 25, -4),
        ("rational, behind the lens", WUHAI, 10, -15, 0, rational, 190, 25, -4),
        ("fisheye, ahead", WUHAI, 90, -20, 0, round_, 80, 20, -4),
        ("fisheye, nearly a right angle off", WUHAI, 90, 0, 0, round_, 178, 20, -1),
        ("fisheye, outside its circle", WUHAI, 90, 0, 0, round_, 195, 20, -1),
        ("fisheye under a ceiling", WUHAI, 120, -90, 0, wide, 200, 9, -3.5),
        ("fisheye under a ceiling, above the horizon", WUHAI, 120, -90, 0, wide, 300, 9, 1.5),
        ("fisheye under a ceiling, plumb below but a hand", WUHAI, 120, -90, 0, wide, 300, 0.1, -3.5),
        ("fisheye, tilted, behind its mount", WUHAI, 45, -60, 10, wide, 230, 9, -1.0),
        ("full-frame fisheye", WUHAI, 310, -25, -8, framed, 265, 40, -9),
        ("panorama, ahead", WUHAI, 30, 0, 0, whole, 42, 50, -3),
        ("panorama, behind, right of the seam", WUHAI, 30, 0, 0, whole, 205, 50, -3),
        ("panorama, behind, left of the seam", WUHAI, 30, 0, 0, whole, 215, 50, -3),
        ("panorama, tilted and rolled", WUHAI, 30, -7, 4, whole, 100, 50, -3),
        ("panorama, middle aside", WUHAI, 30, 0, 0, shifted, 250, 50, -3),
        ("half a panorama, outside", WUHAI, 30, 0, 0, half, 150, 50, -3),
        ("half a panorama, high up", WUHAI, 30, 10, 0, half, 100, 20, 14),
    ]


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
        *bent_rows(),
    ]
    made = []
    for name, lens, heading, pitch, roll, (width, height, hfov, *more), bearing, far, rise in rows:
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
                "optics": {"width": width, "height": height, "hfov": hfov, **(more[0] if more else {})},
                "place": {"lon": lon, "lat": lat, "height": h},
            }
        )
    return [{**case, "expected": expected(case)} for case in made]


def write() -> None:
    FILE.write_text(json.dumps({"about": ABOUT, "cases": cases()}, indent=1) + "\n")


if __name__ == "__main__":
    write()
