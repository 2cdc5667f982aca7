"""Which cameras are to be tried or judged next, and how long a round over all of them takes."""

import math
import time
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from layers.cameras.model import Camera
from layers.health.plan import HealthPlan, Schedule
from layers.health.state import Known

TICK_S, BATCH_S = 0.1, 5.0
"""Cameras are tried in batches, so often."""
OFTEN = 20
"""A picture that is known to be bad is looked at so many times as often as a good one."""


@dataclass
class Rounds:
    """How checking goes in this process, for whoever measures it.

    Attributes
    ----------
    tried, judged : checks since the process began: of whether a camera answers, and of its picture
    round_s : how long the last whole round over all cameras took; None before its end
    """

    tried: int = 0
    judged: int = 0
    round_s: float | None = None
    _began: float = math.inf

    def note(self, known: Mapping[str, Known], cameras: Sequence[Camera], now: float) -> None:
        """Take note of when each camera was last tried, s since 1970."""
        if self._began == math.inf:
            self._began = now
        elif cameras and min(_tried_at(known.get(one.id)) for one in cameras) >= self._began:
            self.round_s, self._began = now - self._began, now


def batch_s(schedule: Schedule) -> float:
    """How often a batch of cameras is tried, s."""
    return min(BATCH_S, max(TICK_S, min(schedule.again_s, schedule.reach_round_s) / 10))


def to_try(known: Mapping[str, Known], cameras: Sequence[Camera], schedule: Schedule, now: float) -> list[Camera]:
    """The next batch, evenly over the round; those that have waited longest."""
    due = [one for one in cameras if now >= _due(known.get(one.id), schedule)]
    due.sort(key=lambda one: _tried_at(known.get(one.id)))
    return due[: max(1, math.ceil(len(cameras) * batch_s(schedule) / schedule.reach_round_s))]


def to_judge(
    known: Mapping[str, Known],
    cameras: Sequence[Camera],
    plan: HealthPlan,
    looked_at: Mapping[str, float],
    *,
    faulty_first: bool,
) -> Camera | None:
    """Whose picture is to be judged now.

    First what is doubtful, then what was not looked at for longest; of those that never were, what people have
    reported as broken, then by lot, so that what is known early is of the whole city.

    Parameters
    ----------
    looked_at : when it was last tried to judge a camera, s since 1970, whatever came of it
    faulty_first : whether it is the turn of pictures that are known to be bad, to see whether they are good again
    """
    now = time.time()
    due = []
    for camera in cameras:
        one = known.get(camera.id, Known(camera.id))
        last = max(one.judged_at or 0.0, looked_at.get(camera.id, 0.0))
        if one.online and now >= last + _gap_s(one, plan):
            rank = 0 if _doubtful(one) else 1 if bool(one.faults) == faulty_first else 2
            due.append((rank, last, camera.status != "fault", _lot(camera.id), camera))
    return min(due, key=lambda one: one[:4])[-1] if due else None


def _due(known: Known | None, schedule: Schedule) -> float:
    if known is None or known.reached_at is None:
        return 0.0
    doubtful = known.missed and known.online is not False
    return known.reached_at + (schedule.again_s if doubtful else schedule.reach_round_s)


def _tried_at(known: Known | None) -> float:
    return (known.reached_at or 0.0) if known else 0.0


def _doubtful(known: Known) -> bool:
    return bool(known.found or known.gone)


def _gap_s(known: Known, plan: HealthPlan) -> float:
    schedule = plan.schedule
    if _doubtful(known):
        return schedule.again_s
    usual = schedule.picture_round_s
    return max(schedule.again_s, usual / OFTEN) if known.faults else usual


def _lot(camera: str) -> int:
    return zlib.crc32(camera.encode())
