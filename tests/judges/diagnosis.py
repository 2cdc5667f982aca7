"""How well the image diagnosis finds faults, and how often it cries out over good pictures.

    python -m tests.judges.diagnosis ../shared/data --city DIR [--cameras 40] [--half judging] [--misses] [--keep DIR]

Faults are put onto the clips of the shared data and onto views of a demo city; every window goes through H.264 at the
rate of a sub-stream and is judged decoded. `found` counts windows with the fault; `false` counts good windows; `beside`
windows with another fault over which this one was told too. Plain walls are good windows only: what needs structure
can't be seen on them. With `--keep` the coded windows are kept on disk and not made again.
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from layers.health.diagnosis import Verdict, diagnose
from layers.health.faulty import ON_FRAMES, Frames
from layers.health.sample import Sample
from layers.health.thresholds import FAULTS, Thresholds
from tests.judges.diagnosis_city import simulated
from tests.judges.diagnosis_faults import KBIT_S, decoded, frozen, h264
from tests.judges.diagnosis_views import WINDOW_S, Kind, Subject, clips, plain

LIMITS = Thresholds()


@dataclass(frozen=True, eq=False)
class Window:
    """A few seconds as a camera sends them, with the fault that is in them ("good": none), and its good picture."""

    put_on: str
    video: bytes
    reference: NDArray[np.uint8]

    def verdicts(self, limits: Thresholds) -> tuple[Verdict, ...]:
        """What the diagnosis says of it."""
        if self.put_on == "signal-lost":
            sample, asked = Sample(np.empty((0, 64, 64, 3), np.uint8), np.empty(0)), 10
        else:
            sample, asked = Sample(*decoded(self.video)), None
        return diagnose(sample, self.reference, limits, asked_frames=asked).verdicts


@dataclass
class Score:
    """Counts by kind of view and fault, and what went wrong by name."""

    views: Counter[Kind] = field(default_factory=Counter)
    windows: Counter[tuple[Kind, str]] = field(default_factory=Counter)
    found: Counter[tuple[Kind, str]] = field(default_factory=Counter)
    good: Counter[tuple[Kind, str]] = field(default_factory=Counter)
    false: Counter[tuple[Kind, str]] = field(default_factory=Counter)
    others: Counter[tuple[Kind, str]] = field(default_factory=Counter)
    beside: Counter[tuple[Kind, str]] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)

    def add(self, subject: Subject, put_on: str, verdicts: tuple[Verdict, ...]) -> None:
        """Count one window; ``put_on`` is the fault in it, or "good"."""
        for one in verdicts:
            if one.fault == "frozen" and one.why == "too-short":
                continue
            counts = {put_on == one.fault: (self.windows, self.found), put_on == "good": (self.good, self.false)}
            total, hits = counts.get(True, (self.others, self.beside))
            key = (subject.kind, one.fault)
            total[key] += 1
            hits[key] += one.found
            if one.found != (put_on == one.fault) and total is not self.others:
                said = f"{one.fault} {one.why} {one.measured} ({one.threshold})"
                self.misses.append(f"{subject.name} {subject.kind} with {put_on}: {said}")

    def of(self, counts: Counter[tuple[Kind, str]], fault: str) -> int:
        """A count over all kinds of views."""
        return sum(count for (_, one), count in counts.items() if one == fault)

    def rows(self) -> Iterator[str]:
        """A line for each fault, and one for each kind of view in it that fell short."""
        for fault in FAULTS:
            found, of = self.of(self.found, fault), self.of(self.windows, fault)
            false, good = self.of(self.false, fault), self.of(self.good, fault)
            parts = ", ".join(
                f"{kind} {self.found[kind, fault]}/{self.windows[kind, fault]} {self.false[kind, fault]}"
                f"/{self.good[kind, fault]}"
                for kind in self.views
            )
            yield (
                f"{fault:12} found {found:4} of {of:4} ({found / max(of, 1):6.1%})  false {false:3} of {good:4} "
                f"({false / max(good, 1):5.1%})  beside another {self.of(self.beside, fault):3} of "
                f"{self.of(self.others, fault):4}  [{parts}]"
            )

    def passes(self) -> bool:
        """Whether every fault is found in 95 % and told falsely in at most 2 %."""
        return all(
            self.of(self.found, fault) >= 0.95 * self.of(self.windows, fault)
            and self.of(self.false, fault) <= 0.02 * self.of(self.good, fault)
            for fault in FAULTS
        )


def windows_of(subject: Subject) -> Iterator[Window]:
    """All windows of one view: good, good for 6 s, and (but on plain walls) with every fault."""
    rng = subject.rng
    view = subject.make(rng)
    kbit_s, short = int(rng.choice(KBIT_S)), view.frames[: round(WINDOW_S * view.fps)]
    shown: list[tuple[str, Frames, NDArray[np.uint8]]] = [
        ("good", short, view.reference),
        ("good", view.frames, view.reference),
    ]
    if subject.kind != "plain":
        shown.append(("frozen", frozen(view.frames, rng, view.fps), view.reference))
        shown += [(fault, put_on(short, rng), view.reference) for fault, put_on in ON_FRAMES.items()]
        if len(view.elsewhere):
            shown.append(("moved", view.elsewhere, view.before))
    for put_on, frames, reference in shown:
        yield Window(put_on, h264(frames, view.fps, kbit_s), reference)
    yield Window("signal-lost", b"", view.reference)


def kept(subject: Subject, folder: Path | None) -> list[Window]:
    """The windows of a view, from the disk if they were made before."""
    if folder is None:
        return list(windows_of(subject))
    own = folder / subject.name.replace(" ", "-")
    if not (own / "all").exists():
        own.mkdir(parents=True, exist_ok=True)
        for k, one in enumerate(windows_of(subject)):
            (own / f"{k:02} {one.put_on}.mp4").write_bytes(one.video)
            cv2.imwrite(str(own / f"{k:02} {one.put_on}.png"), one.reference[..., ::-1])
        (own / "all").touch()
    return [
        Window(file.stem[3:], file.read_bytes(), cv2.imread(str(file.with_suffix(".png")))[..., ::-1])
        for file in sorted(own.glob("*.mp4"))
    ]


def scored(subjects: Iterable[Subject], folder: Path | None = None) -> Score:
    """What the diagnosis says of views, counted; they are made as they are needed."""
    score = Score()
    cv2.setNumThreads(1)
    for subject in subjects:
        score.views[subject.kind] += 1
        for window in kept(subject, folder):
            score.add(subject, window.put_on, window.verdicts(LIMITS))
    return score


def subjects_of(data: Path, city: Path | None, cameras: int, half: str) -> Iterator[Subject]:
    """One half of all views."""
    every = chain(clips(data / "video"), plain(), simulated(city, cameras) if city else ())
    return (one for one in every if one.judging == (half == "judging"))


def main() -> None:
    """The command."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("data", type=Path)
    asked.add_argument("--city", type=Path, default=None, help="folder of a built demo city")
    asked.add_argument("--cameras", type=int, default=40, help="how many of its cameras, in both halves")
    asked.add_argument("--half", choices=("setting", "judging"), default="judging")
    asked.add_argument("--misses", action="store_true", help="name every wrong verdict")
    asked.add_argument("--keep", type=Path, default=None, help="folder that coded windows are kept in")
    given = asked.parse_args()
    score = scored(subjects_of(given.data, given.city, given.cameras, given.half), given.keep)
    print(f"{score.views.total()} views of the {given.half} half: {dict(score.views)}")
    print("\n".join(score.rows()))
    if given.misses:
        print("\n".join(score.misses))
    print("passes" if score.passes() else "DOES NOT PASS")


if __name__ == "__main__":
    main()
