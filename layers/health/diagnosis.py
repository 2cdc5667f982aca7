"""The image diagnosis: from frames of a few seconds, and the picture when it was good, to a verdict on every fault."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from layers.health import corners, light
from layers.health.cover import covered_share
from layers.health.movement import Shift, agreed, shift
from layers.health.noise import noise_sigma
from layers.health.sample import COMPARED_PX, JUDGED_PX, Sample, grey, shrunk
from layers.health.sharpness import blur_px
from layers.health.stillness import still_s
from layers.health.thresholds import FAULTS, HIDES, ImageFault, Thresholds

LEAST_FRAMES = 4
LONG_S = 5.0
"""Frames over a shorter time say nothing about a freeze."""
SOME_FRAMES, SHIFTED_FRAMES = 4, 5
"""How many frames, about, the blur is measured in, and the shift."""

Why: TypeAlias = Literal["found", "good", "no-reference", "too-plain", "too-short", "hidden", "colourless", "moved"]
"""Key of the explanation; all but the first two say why a fault could not be judged."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """On one fault.

    ``measured`` in the unit of ``threshold``, None when it could not be; ``hidden_by`` the fault that hides it.
    """

    fault: ImageFault
    why: Why
    measured: float | None
    threshold: float
    hidden_by: ImageFault | None = None

    @property
    def found(self) -> bool:
        """Whether the fault is there."""
        return self.why == "found"

    @property
    def judged(self) -> bool:
        """Whether it could be told at all."""
        return self.why in ("found", "good")


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One verdict for every fault, in the order of ``FAULTS``."""

    verdicts: tuple[Verdict, ...]

    @property
    def found(self) -> tuple[ImageFault, ...]:
        """The faults that are there."""
        return tuple(one.fault for one in self.verdicts if one.found)

    @property
    def good(self) -> bool:
        """Whether no fault was found."""
        return not self.found

    def of(self, fault: ImageFault) -> Verdict:
        """The verdict on one fault."""
        return self.verdicts[FAULTS.index(fault)]


def diagnose(
    sample: Sample, reference: NDArray[np.uint8] | None, limits: Thresholds, *, asked_frames: int | None = None
) -> Diagnosis:
    """All verdicts on a sample.

    Parameters
    ----------
    sample : 2 s of frames at about 5 a second; 6 s when a freeze is to be told too
    reference : (rows, cols, 3) uint8, of any size, the camera when it was good; without it some faults are not judged
    asked_frames : how many frames the stream should have given; None = as many as there are
    """
    measures = _Measures(sample, reference, limits, asked_frames or max(len(sample), 1))
    verdicts: list[Verdict] = []
    hidden: dict[ImageFault, ImageFault] = {}
    for fault in FAULTS:
        if fault in hidden:
            verdicts.append(Verdict(fault, "hidden", None, measures.threshold(fault), hidden[fault]))
            continue
        one = measures.verdict(fault)
        verdicts.append(one)
        if one.found:
            hidden = dict.fromkeys(HIDES.get(fault, ()), fault) | hidden
    return Diagnosis(tuple(verdicts))


@dataclass(frozen=True, eq=False)
class _Measures:
    """One method for every fault."""

    sample: Sample
    reference: NDArray[np.uint8] | None
    limits: Thresholds
    asked: int

    @cached_property
    def shift(self) -> Shift | None:
        """What has moved since the reference: by points, else by edges."""
        if self.reference is None:
            return None
        return self.gone or agreed([shift(shrunk(frame, COMPARED_PX), self.reference) for frame in self._some])

    @cached_property
    def gone(self) -> Shift | None:
        """Where points of the reference are found again."""
        return corners.moved(self._some, self.reference) if self.reference is not None else None

    @property
    def _some(self) -> list[NDArray[np.uint8]]:
        """A few frames, from the first to the last."""
        at = np.unique(np.linspace(0, len(self.sample) - 1, SHIFTED_FRAMES).astype(int))
        return list(self.sample.colour[at])

    def threshold(self, fault: ImageFault) -> float:
        """The limit of a fault."""
        return float(getattr(self.limits, _LIMITS[fault]))

    def verdict(self, fault: ImageFault) -> Verdict:
        """On one fault that nothing hides."""
        return getattr(self, "_" + fault.replace("-", "_"))()  # type: ignore[no-any-return]

    def _says(self, fault: ImageFault, measured: float, found: bool) -> Verdict:
        return Verdict(fault, "found" if found else "good", measured, self.threshold(fault))

    def _cannot(self, fault: ImageFault, why: Why) -> Verdict:
        return Verdict(fault, why, None, self.threshold(fault))

    def _signal_lost(self) -> Verdict:
        came = len(self.sample) / self.asked
        lost = came <= self.limits.lost_share or len(self.sample) < min(LEAST_FRAMES, self.asked)
        return self._says("signal-lost", came, lost or len(self.sample) == 0)

    def _black(self) -> Verdict:
        mean = light.mean_luma(self.sample.luma)
        dark = mean <= self.limits.black_luma and light.lit_share(self.sample.luma) <= self.limits.lit_share
        return self._says("black", mean, dark)

    def _over_exposed(self) -> Verdict:
        share = light.bright_share(self.sample.luma, self.limits.bright_level)
        return self._says("over-exposed", share, share >= self.limits.bright_share)

    def _frozen(self) -> Verdict:
        times = self.sample.times_s
        if len(times) < 2 or times[-1] - times[0] < LONG_S:
            return self._cannot("frozen", "too-short")
        still = still_s(self.sample.luma, times, self.limits.quiet_share)
        return self._says("frozen", still, still >= self.limits.frozen_s)

    def _snow(self) -> Verdict:
        if len(self.sample) < 2:
            return self._cannot("snow", "too-short")
        sigma = noise_sigma(self.sample.luma)
        return self._says("snow", sigma, sigma >= self.limits.snow_sigma)

    def _covered(self) -> Verdict:
        if self.reference is None:
            return self._cannot("covered", "no-reference")
        if self.gone is not None and self._has_moved(self.gone):
            return self._cannot("covered", "moved")
        share = covered_share(self.sample.steady, self.reference)
        return self._says("covered", share, share >= self.limits.covered_share)

    def _blurred(self) -> Verdict:
        some = self.sample.luma[:: max(1, len(self.sample) // SOME_FRAMES)]
        each = [value for value in map(blur_px, some) if value is not None]
        if len(each) * 2 < len(some):
            return self._cannot("blurred", "too-plain")
        now = float(np.median(each))
        before = blur_px(grey(shrunk(self.reference, JUDGED_PX))) if self.reference is not None else None
        against = before is None or now >= self.limits.blur_against * before
        return self._says("blurred", now, now >= self.limits.blur_px and against)

    def _moved(self) -> Verdict:
        if self.reference is None:
            return self._cannot("moved", "no-reference")
        if self.shift is None:
            return self._cannot("moved", "too-plain")
        return self._says("moved", self.shift.share, self._has_moved(self.shift))

    def _has_moved(self, found: Shift) -> bool:
        believed = found.alike_with >= self.limits.moved_alike and found.alike_with > found.alike_without
        return believed and found.share >= self.limits.moved_share + self.limits.moved_spread * found.spread

    def _colour_cast(self) -> Verdict:
        if self.reference is None:
            return self._cannot("colour-cast", "no-reference")
        gain = light.cast(self.sample.steady, self.reference)
        if gain is None:
            return self._cannot("colour-cast", "colourless")
        return self._says("colour-cast", gain, gain >= self.limits.cast_gain)


_LIMITS: Mapping[ImageFault, str] = {
    "signal-lost": "lost_share",
    "black": "black_luma",
    "over-exposed": "bright_share",
    "frozen": "frozen_s",
    "snow": "snow_sigma",
    "covered": "covered_share",
    "blurred": "blur_px",
    "moved": "moved_share",
    "colour-cast": "cast_gain",
}
