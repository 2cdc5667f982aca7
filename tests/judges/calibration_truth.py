"""How far a calibration can be trusted: Duck's six cameras, lenses of every kind, and Aalborg's eleven points.

Run as `python -m tests.judges.calibration_truth ../shared/data [--seeds 40]`.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pyproj import Transformer

from layers.cameras.calibration.calibrate import Calibration, Pair, calibrate
from layers.cameras.calibration.cirn import CirnFrame
from layers.cameras.calibration.cirn import optics as cirn_optics
from layers.cameras.calibration.pair_faults import BadPairs
from layers.cameras.model import Camera
from layers.cameras.optics import Optics
from tests.layers.cameras.pairs import off_by, shares, synthetic
from tests.layers.cameras.test_calibrate import CAMERAS, record_of
from tiles.datum import Datum

DUCK = CirnFrame("EPSG:32119", Datum("EPSG:5703", stand_in="EGM96"))
PAIRS = (6, 10, 16)


@dataclass(frozen=True)
class Trial:
    """A camera that is known, its record as someone misread it, and how to click on it."""

    name: str
    truth: Camera
    hfov_deg: float
    solve: Callable[[int, np.random.Generator], Calibration]


def duck_trials(folder: Path, level: bool = False) -> list[Trial]:
    """Duck's cameras, 43 m up, with their own lenses (focal length to be found)."""
    published = json.loads((folder / "calibration/duck_multicam/cameras.json").read_text())
    made = []
    for name, one in published.items():
        lens, pose = cirn_optics(one["intrinsics"]), DUCK.pose(one["extrinsics"])
        truth = Camera(
            id=name, lon=pose.lon, lat=pose.lat, height_m=pose.height_m, tier=3, mount_height_m=43.0,
            heading_deg=pose.heading_deg, pitch_deg=pose.pitch_deg, roll_deg=pose.roll_deg,
            hfov_deg=lens.hfov_deg, image_width_px=lens.width_px, image_height_px=lens.height_px,
        )  # fmt: skip
        turned = {"heading_deg": (pose.heading_deg + 5) % 360, "pitch_deg": pose.pitch_deg + 3, "roll_deg": 0.0}
        record = truth.model_copy(update={**turned, "height_m": pose.height_m + 3})

        def solve(
            count: int, rng: np.random.Generator, truth: Camera = truth, record: Camera = record, lens: Optics = lens
        ) -> Calibration:
            pairs = synthetic(truth, count, rng, near_far_m=(60, 600), optics=lens, level=level)
            return calibrate(record, pairs, optics=lens.zoomed(1.1))

        made.append(Trial(f"Duck {name}", truth, lens.hfov_deg, solve))
    return made


def lens_trials() -> list[Trial]:
    """One camera of each lens model."""
    made = []
    for name, (truth, _) in CAMERAS.items():

        def solve(count: int, rng: np.random.Generator, truth: Camera = truth, name: str = name) -> Calibration:
            return calibrate(record_of(name, truth), synthetic(truth, count, rng))

        made.append(Trial(name, truth, truth.hfov_deg, solve))
    return made


def there_and_back(folder: Path) -> float:
    """Largest angle (radians) by which Duck's published poses differ after conversion to ours and back."""
    published = json.loads((folder / "calibration/duck_multicam/cameras.json").read_text())
    worst = 0.0
    for one in published.values():
        back = DUCK.extrinsics(DUCK.pose(one["extrinsics"]))
        worst = max(worst, *(abs(back[a] - one["extrinsics"][a]) for a in ("azimuth_rad", "tilt_rad", "roll_rad")))
    return worst


def aalborg(folder: Path) -> Calibration:
    """Eleven points of a road, without heights: all taken to lie on one level, which the road does not."""
    here = folder / "calibration/aalborg_gcp"
    pixels, places = (
        [[float(cell) for cell in line.split(",")] for line in (here / name).read_text().split()]
        for name in ("pix.csv", "utm.csv")
    )
    to_lonlat = Transformer.from_crs("EPSG:25832", "EPSG:4326", always_xy=True, allow_ballpark=False)
    pairs = [Pair(u, v, *to_lonlat.transform(x, y), 0.0) for (u, v), (x, y) in zip(pixels, places, strict=True)]
    lon, lat = to_lonlat.transform(*np.mean(places, axis=0))
    camera = Camera(
        id="aalborg", lon=lon, lat=lat, height_m=6.0, mount_height_m=6.0, tier=3, heading_deg=None, hfov_deg=60.0
    )
    return calibrate(camera, pairs)


def table(trials: list[Trial], seeds: int) -> None:
    """Print, for each camera and number of pairs, how often the truth lay within the stated sigmas."""
    print(f"{'camera':26} pairs solved  within 1σ  2σ    3σ    median σ: heading°  place m  hfov°   s   refused")
    for trial in trials:
        for count in PAIRS:
            rng, errors, sigmas, refused = np.random.default_rng(count), [], [], Counter[str]()
            begun = time.process_time()
            for _ in range(seeds):
                try:
                    solved = trial.solve(count, rng)
                except BadPairs as bad:
                    refused[bad.code] += 1
                    continue
                errors.append(off_by(trial.truth, solved, trial.hfov_deg))
                known = solved.uncertainty
                sigmas.append((known.heading_deg, known.place_m, known.hfov_deg))
            took = (time.process_time() - begun) / seeds
            row = f"{trial.name:26} {count:5} {len(errors):6}"
            if errors:
                one, two, three = shares(errors)
                heading, place, hfov = np.median(sigmas, axis=0)
                row += f"  {one:9.3f} {two:5.3f} {three:5.3f} {heading:19.4f} {place:8.3f} {hfov:6.3f} {took:5.2f}"
            print(row, dict(refused) or "", flush=True)


def show_aalborg(solved: Calibration) -> None:
    """Print Aalborg's residuals and leave-one-out errors."""
    known = solved.uncertainty
    print(f"\nAalborg, 11 points on a level that is assumed; verdict {solved.verdict}, unknowns {solved.terms}")
    print("point  residual px  left out px  left out m")
    for one in solved.residuals:
        metres = "grazing" if one.loo_m is None else f"{one.loo_m:.2f}"
        pixels = "-" if one.loo_px is None else f"{one.loo_px:.1f}"
        print(f"{one.number:5} {one.error_px:12.1f} {pixels:>12} {metres:>11}")
    print(f"rms {known.rms_px:.1f} px; left out: median {known.loo_m:.2f} m")
    print(f"heading {solved.pose.heading_deg:.2f} ± {known.heading_deg:.2f}°, hfov {solved.optics.hfov_deg:.2f} ± "
          f"{known.hfov_deg:.2f}°, place ± {known.place_m:.2f} m, {solved.pose.height_m:.2f} ± {known.height_m:.2f} m "
          "above the road (one sigma)")  # fmt: skip


def main() -> int:
    """Print everything; 1 when a figure is not as it must be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--seeds", type=int, default=40)
    wanted = parser.parse_args()
    angle = there_and_back(wanted.data)
    print(f"Duck's poses to ours and back: {angle:.1e} rad at most (allowed 1e-6)\n")
    table(duck_trials(wanted.data) + lens_trials(), wanted.seeds)
    print("\nThe same at Duck with all places on the level of the beach:")
    table(duck_trials(wanted.data, level=True), wanted.seeds)
    show_aalborg(aalborg(wanted.data))
    return 0 if angle < 1e-6 else 1


if __name__ == "__main__":
    sys.exit(main())
