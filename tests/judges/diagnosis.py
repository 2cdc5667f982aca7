"""How well the image diagnosis finds faults, and how often it cries out over good pictures.

    python -m tests.judges.diagnosis ../shared/data --city DIR [--cameras 40] [--half judging] [--misses]

Faults are put onto the clips of the shared data and onto views of a demo city; every window goes through H.264 at the
rate of a sub-stream and is judged decoded. `found` counts windows with the fault; `false` counts good windows; `beside`
windows with another fault over which this one was told too.
"""

import argparse
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from geoserver.ground_look import GroundLook
from geoserver.town import Town
from layers.cameras.pictures.sighting import Sighting
from layers.cameras.pictures.still import still
from layers.health.diagnosis import Verdict, diagnose
from layers.health.sample import Sample
from layers.health.thresholds import FAULTS, Thresholds
from tests.judges.diagnosis_faults import KBIT_S, ON_FRAMES, Frames, frozen, through_h264
from tests.judges.diagnosis_views import WINDOW_S, View, clips, plain, simulated
from tests.judges.link_truth import open_city

LIMITS = Thresholds()


@dataclass
class Score:
    """Counts by fault, and what went wrong by name."""

    views: int = 0
    windows: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    good: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)
    beside: Counter[str] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)

    def add(self, name: str, put_on: str, verdicts: tuple[Verdict, ...]) -> None:
        """Count one window; ``put_on`` is the fault in it, or "good"."""
        for one in verdicts:
            counts = {put_on == one.fault: (self.windows, self.found), put_on == "good": (self.good, self.false)}
            total, hits = counts.get(True, (self.others, self.beside))
            if one.fault == "frozen" and one.why == "too-short":
                continue
            total[one.fault] += 1
            hits[one.fault] += one.found
            if one.found != (put_on == one.fault) and total is not self.others:
                self.misses.append(f"{name} with {put_on}: {one.fault} {one.why} {one.measured} ({one.threshold})")

    def rows(self) -> Iterator[str]:
        """A line for each fault."""
        for fault in FAULTS:
            found, of, false, good = self.found[fault], self.windows[fault], self.false[fault], self.good[fault]
            beside, others = self.beside[fault], self.others[fault]
            if of:
                yield (
                    f"{fault:13} found {found:4} of {of:4} ({found / of:6.1%})   false {false:3} of {good:4} "
                    f"({false / max(good, 1):5.1%})   beside another {beside:3} of {others:4}"
                )

    def passes(self) -> bool:
        """Whether every fault is found in 95 % and told falsely in at most 2 %."""
        told = [fault for fault in FAULTS if self.windows[fault]]
        found = all(self.found[fault] >= 0.95 * self.windows[fault] for fault in told)
        return found and all(self.false[fault] <= 0.02 * self.good[fault] for fault in told)


def judge(view: View) -> list[tuple[str, str, tuple[Verdict, ...]]]:
    """All windows of one view: good, good for 6 s, and with every fault."""
    rng = np.random.default_rng(zlib.crc32(view.name.encode()))
    kbit_s, count = int(rng.choice(KBIT_S)), round(WINDOW_S * view.fps)
    short = view.frames[:count]
    windows: list[tuple[str, Frames, NDArray[np.uint8]]] = [
        ("good", short, view.reference),
        ("good", view.frames, view.reference),
        ("frozen", frozen(view.frames, rng, view.fps), view.reference),
    ]
    windows += [(fault, put_on(short, rng), view.reference) for fault, put_on in ON_FRAMES.items()]
    if len(view.elsewhere):
        windows.append(("moved", view.elsewhere, view.before))
    told = []
    for fault, frames, reference in windows:
        sample = Sample(*through_h264(frames, view.fps, kbit_s))
        told.append((view.name, fault, diagnose(sample, reference, LIMITS).verdicts))
    lost = Sample(np.empty((0, 64, 64, 3), np.uint8), np.empty(0))
    told.append((view.name, "signal-lost", diagnose(lost, view.reference, LIMITS, asked_frames=10).verdicts))
    return told


def stills_of(city: Path, count: int, width_px: int = 640) -> list[tuple[str, NDArray[np.uint8], NDArray[np.uint8]]]:
    """Views of some cameras of a demo city as they are, and turned by 5.5 to 20 % of their width."""
    town = Town.open(city, Path(tempfile.mkdtemp()))
    ground = GroundLook(town.basemap.drawer) if town.basemap.drawer else None
    rng = np.random.default_rng(1)
    cameras = [camera for camera in open_city(city)[1] if camera.heading_deg is not None and camera.hfov_deg]
    made = []
    for tier, share in ((3, 0.6), (2, 0.2), (1, 0.2)):
        some = [camera for camera in cameras if camera.tier == tier]
        for at in rng.permutation(len(some))[: round(count * share)]:
            camera = some[at]
            turn = (camera.hfov_deg or 60) * rng.uniform(0.055, 0.2) * rng.choice([-1, 1])
            turned = camera.model_copy(update={"heading_deg": ((camera.heading_deg or 0) + turn) % 360})
            pictures = [still(Sighting.of(one, town.scene), width_px, ground) for one in (camera, turned)]
            made.append((f"{camera.id} tier {tier}", pictures[0], pictures[1]))
    return made


def scored(views: Iterable[View]) -> Score:
    """What the diagnosis says of views, counted; they are made as they are needed."""
    score = Score()
    cv2.setNumThreads(1)
    for view in views:
        score.views += 1
        for one in judge(view):
            score.add(*one)
    return score


def views_of(data: Path, city: Path | None, count: int, half: str) -> Iterator[View]:
    """One half of all views."""
    rng = np.random.default_rng(0)
    made = chain(clips(data / "video", rng), plain(rng), simulated(stills_of(city, count), rng) if city else ())
    return (view for view in made if view.judging == (half == "judging"))


def main() -> None:
    """The command."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("data", type=Path)
    asked.add_argument("--city", type=Path, default=None, help="folder of a built demo city")
    asked.add_argument("--cameras", type=int, default=40, help="how many of its cameras")
    asked.add_argument("--half", choices=("setting", "judging"), default="judging")
    asked.add_argument("--misses", action="store_true", help="name every wrong verdict")
    given = asked.parse_args()
    views = views_of(given.data, given.city, given.cameras, given.half)
    score = scored(views)
    print(f"{score.views} views of the {given.half} half")
    print("\n".join(score.rows()))
    if given.misses:
        print("\n".join(score.misses))
    print("passes" if score.passes() else "DOES NOT PASS")


if __name__ == "__main__":
    main()
