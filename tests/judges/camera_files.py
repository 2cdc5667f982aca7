"""A table: every camera, calibration and GB/T 28181 file of the shared data, and what becomes of it.

``python -m tests.judges.camera_files ../shared/data`` prints one row a file: read, repaired (what) or refused
(the message), with what the data's README says of it checked. Exit code 1 where a file goes otherwise.
"""

import csv
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from pyproj import Transformer
from scipy.io import loadmat

from geoserver.fault_words import fault_words
from layers.cameras.calibration.calibrate import Pair, calibrate
from layers.cameras.calibration.cirn import CirnFrame, intrinsics, optics
from layers.cameras.lists.grid import NotACatalogue, UnreadableList
from layers.cameras.lists.load import load_cameras
from layers.cameras.lists.report import LoadReport
from layers.cameras.model import Camera
from tiles.datum import Datum
from tiles.errors import Fault
from tiles.scene import Scene

FOLDERS = ("cameras", "calibration", "interop/gb28181")
DUCK = CirnFrame("EPSG:32119", Datum("EPSG:5703", stand_in="EGM96"))
PLACES = {"helsinki": (24.94, 60.17, 8_000.0), "singapore": (103.82, 1.35, 30_000.0)}
SHANGHAI = (121.47, 31.23, 5_000.0)


@dataclass(frozen=True)
class Outcome:
    """What became of a file: read, repaired or refused; in words; and whether the README says so too."""

    file: str
    what: str
    words: str
    as_said: bool


def judge(folder: Path) -> Iterator[Outcome]:
    """One outcome a file, in the order of the folders."""
    for part in FOLDERS:
        for file in sorted(path for path in (folder / part).rglob("*") if path.is_file()):
            name = file.relative_to(folder).as_posix()
            yield _list(file, name) if part != "calibration" else _calibration(file, name)


# Camera lists -------------------------------------------------------------------------------------------------


def _list(file: Path, name: str) -> Outcome:
    lon, lat, half = next((at for word, at in PLACES.items() if word in file.name), SHANGHAI)
    scene = Scene.flat(lon0=lon, lat0=lat, height_m=20.0, half_m=half)
    check = EXPECTED.get(file.name)
    try:
        report = load_cameras(file.read_bytes(), file=file.name, scene=scene)
    except Fault as fault:
        return Outcome(name, "refused", fault_words(fault, "en")[1], isinstance(check, type) and type(fault) is check)
    rows = {p.code: p for p in report.problems if p.severity == "refused" or p.code in REPAIRS}
    mended = any(note.code not in PLAIN for note in report.notes) or any(code in REPAIRS for code in rows)
    words = [f"{report.counts['read']} rows, {len(report.records)} cameras.", *(note.text for note in report.notes)]
    words += [f"row {p.row}, {p.column}: {p.detail}" for p in rows.values()]
    good = callable(check) and not isinstance(check, type) and bool(check(report))
    return Outcome(name, "repaired" if mended else "read", " ".join(words), good)


REPAIRS = frozenset({"network-address", "hidden-address", "camera-by-type", "id-changed", "unknown-code"})
PLAIN = frozenset({"encoding", "list-inside", "osm-tags", "sheet", "layer", "crs", "no-items"})
"""Notes that say how a file was read; the others say what was mended."""


def _helsinki(report: LoadReport) -> bool:
    """223 points, 2 of them speed cameras, 34 that turn, 7 with a height, none with a direction."""
    cameras = report.records
    own_height = [camera for camera in cameras if "mount_height_m" not in camera.assumed]
    speed = [camera for camera in cameras if camera.purpose == "speed_camera"]
    unaimed = all(camera.heading_deg is None for camera in cameras)
    return (len(cameras), sum(c.is_ptz for c in cameras), len(own_height), unaimed, len(speed)) == (223, 34, 7, True, 2)


def _singapore(report: LoadReport) -> bool:
    """87 cameras with place and picture size, no direction; addresses of pictures kept apart."""
    sized = all("image_width_px" not in camera.assumed for camera in report.records)
    unaimed = all(camera.heading_deg is None for camera in report.records)
    apart = len(report.credentials) == 87 and "data.gov" not in repr(report.records) + repr(report.problems)
    return len(report.records) == 87 and sized and unaimed and apart


def _gb2312(report: LoadReport) -> bool:
    """One camera with all fields, Chinese text right, its network and password apart."""
    (camera,), (secret,) = report.records, report.credentials
    public = camera.model_dump_json() + repr(report.problems)
    text = (camera.address, camera.is_ptz, camera.status) == ("上海市五角场合生汇", True, "in-service")
    apart = secret.password == "Password1" and "Password1" not in public and "172.19" not in public
    return text and apart and (camera.lon, camera.lat) == (121.472644, 31.231706)


def _one(report: LoadReport) -> bool:
    """One item; it has no place, so that it is refused by name; the address of its device is kept apart."""
    refused = [p.code for p in report.problems if p.severity == "refused"]
    return report.counts["read"] == 1 and refused == ["no-place"] and "127.0.0.1" not in repr(report.problems)


EXPECTED: dict[str, Callable[[LoadReport], bool] | type[Fault]] = {
    "helsinki_osm_surveillance.geojson": _helsinki,
    "singapore_traffic_images_response.json": _singapore,
    "catalog_full_item_gb2312.xml": _gb2312,
    "catalog_one.xml": _one,
    "catalog_empty.xml": lambda report: report.counts["read"] == 0 and not report.records,
    **dict.fromkeys(
        (
            "alarm-notify.xml", "deviceinfo-response.xml", "home-position-response.xml", "keepalive.xml",
            "ptz-control.xml", "recordinfo-response.xml", "subscribe.xml",
        ),
        NotACatalogue,
    ),
}  # fmt: skip


# Calibrations -------------------------------------------------------------------------------------------------


def _calibration(file: Path, name: str) -> Outcome:
    """Read by what it is; and sent as a camera list, which it is not, it is refused without a fall."""
    as_list = _as_list(file)
    reader = next(read for fits, read in READERS if fits(file))
    words, good = reader(file)
    return Outcome(name, "read", f"{words} As a camera list: {as_list or 'taken'}.", good and bool(as_list))


def _as_list(file: Path) -> str:
    try:
        load_cameras(file.read_bytes(), file=file.name, scene=Scene.flat(half_m=500.0))
    except UnreadableList as fault:
        return f"refused ({fault.values['reason']})"
    return ""


def _duck(file: Path) -> tuple[str, bool]:
    """Six poses and lenses, to ours and back within a millionth of a radian."""
    stations: dict[str, Any] = json.loads(file.read_text("utf-8"))
    worst = 0.0
    for station in stations.values():
        back = DUCK.extrinsics(DUCK.pose(station["extrinsics"]))
        angles = ("azimuth_rad", "tilt_rad", "roll_rad")
        worst = max(worst, *(abs(back[one] - station["extrinsics"][one]) for one in angles))
        lens = intrinsics(optics(station["intrinsics"]))
        worst = max(worst, *(abs(lens[one] - station["intrinsics"][one]) for one in lens))
    return f"{len(stations)} poses and lenses, there and back within {worst:.0e}.", len(stations) == 6 and worst < 1e-6


def _mat(file: Path) -> tuple[str, bool]:
    """The same as cameras.json says."""
    number = file.name[1]
    stated = json.loads((file.parent / "cameras.json").read_text("utf-8"))[f"c{number}"]
    held = loadmat(file)
    inner, outer = (np.asarray(held[name], float).reshape(-1) for name in ("intrinsics", "extrinsics"))
    same = np.allclose(inner, [*stated["intrinsics"].values()]) and np.allclose(outer, [*stated["extrinsics"].values()])
    return f"camera {number}: lens ({inner.size} numbers) and pose ({outer.size}) as in cameras.json.", bool(same)


def _picture(file: Path) -> tuple[str, bool]:
    with Image.open(file) as picture:
        width, height = picture.size
    good = (width, height) == ((1920, 1080) if file.name == "frame.png" else (2448, 2048))
    return f"a picture of {width} x {height}.", good


def _numbers(file: Path) -> np.ndarray:
    with file.open(encoding="utf-8") as lines:
        return np.array([[float(cell) for cell in line] for line in csv.reader(lines)])


def _aalborg(file: Path) -> tuple[str, bool]:
    """Eleven pairs of pixel and place: solved, with leave-one-out errors."""
    pixels, grid = _numbers(file.parent / "pix.csv"), _numbers(file.parent / "utm.csv")
    lon, lat = Transformer.from_crs("EPSG:25832", "EPSG:4326", always_xy=True).transform(*grid.T)
    pairs = [Pair(u, v, x, y, 0.0) for (u, v), x, y in zip(pixels.tolist(), lon.tolist(), lat.tolist(), strict=True)]
    camera = Camera(
        id="aalborg", lon=float(lon.mean()), lat=float(lat.mean()), height_m=8.0, mount_height_m=8.0, tier=3,
        heading_deg=0.0, pitch_deg=-20.0, hfov_deg=60.0,
    )  # fmt: skip
    try:
        solved = calibrate(camera, pairs)
    except Fault as fault:
        return f"{len(pairs)} pairs; no pose: {fault}", len(pairs) == 11
    left = sorted(one.loo_m for one in solved.residuals if one.loo_m is not None)
    rms_px = solved.uncertainty.rms_px
    words = f"{len(pairs)} pairs; {solved.verdict}, rms {rms_px:.1f} px, left out {left[0]:.1f} to {left[-1]:.1f} m."
    return words, len(pairs) == 11


def _extents(file: Path) -> tuple[str, bool]:
    box = json.loads(file.read_text("utf-8"))
    x, y = _numbers(file.parent / "utm.csv").T
    inside = ((x > box["xmin"]) & (x < box["xmax"]) & (y > box["ymin"]) & (y < box["ymax"])).all()
    return "the extent of the picture from above; all points lie in it.", bool(inside)


def _licence(file: Path) -> tuple[str, bool]:
    return "a licence.", "MIT" in file.read_text("utf-8")


READERS: tuple[tuple[Callable[[Path], bool], Callable[[Path], tuple[str, bool]]], ...] = (
    (lambda file: file.name == "cameras.json", _duck),
    (lambda file: file.suffix == ".mat", _mat),
    (lambda file: file.suffix in (".png", ".jpg"), _picture),
    (lambda file: file.name in ("pix.csv", "utm.csv"), _aalborg),
    (lambda file: file.name == "orto_extents.json", _extents),
    (lambda _: True, _licence),
)


def main() -> int:
    """Print the table."""
    outcomes = list(judge(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data")))
    wide = max(len(one.file) for one in outcomes)
    for one in outcomes:
        print(f"{'ok ' if one.as_said else 'NOT'}  {one.file:<{wide}}  {one.what:<8}  {one.words}")
    wrong = sum(not one.as_said for one in outcomes)
    print(f"{len(outcomes)} files, {len(outcomes) - wrong} as the README says, {wrong} otherwise")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
