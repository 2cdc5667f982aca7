"""The cameras along the way of a vehicle: those that saw it on its track, and those that will on the way ahead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np

from geoserver.faults import BadParameter
from geoserver.route_answers import route_answer, route_checked
from geoserver.services import Now, Services
from geoserver.town import Town
from geoserver.town_network import metric
from layers.grants.permissions import Reach
from layers.lines import along_m
from layers.routes.watched import Wish
from layers.routing.ways import Path
from layers.tracks.track import GAP_S, Track
from layers.tracks.written.times import iso
from tiles.geodesy import Floats

STILL_M: Final = 5.0
"""A fix that is not farther from the last one that counts is taken for standing still: receivers wander."""


@dataclass(frozen=True, eq=False)
class Timed:
    """A line and when each of its points is come to: ``line_m`` (n, 2) metric, ``times_ms`` (n,) since 1970."""

    line_m: Floats
    times_ms: Floats


def driven(town: Town, track: Track) -> list[Timed]:
    """The stretches of a track between its gaps, without what it stood still."""
    made = []
    for piece in track.pieces(GAP_S):
        points = metric(town, piece.fixes["lon"], piece.fixes["lat"])
        kept = [0]
        for k in range(1, len(points)):
            if np.hypot(*(points[k] - points[kept[-1]])) > STILL_M:
                kept.append(k)
        if len(kept) > 1:
            made.append(Timed(points[kept], piece.fixes["time_ms"][kept].astype(float)))
    return made


def ahead(path: Path, now_ms: float) -> list[Timed]:
    """A way that begins now."""
    return [Timed(path.line_m, now_ms + path.times_s * 1e3)]


def along_answer(services: Services, now: Now, lines: Sequence[Timed], wish: Wish, seen: Reach) -> dict[str, Any]:
    """The cameras that see a way, in the order along it, each with the times at which it does.

    Raises
    ------
    BadParameter, OutsideCity
    """
    if not lines:
        detail = "did not go anywhere in this time."
        raise BadParameter(parameter="begin", value=None, reason="stood-still", detail=detail)
    route = route_checked([one.line_m for one in lines], "begin", "")
    found = route_answer(services, now, route, wish, seen)
    clock = _Clock.of(lines)
    cameras = [one | clock.told(one) for one in found["cameras"]]
    return found | {"cameras": cameras, "begin": iso(round(lines[0].times_ms[0])), "end": _last(lines)}


def now_ms() -> float:
    """The time, milliseconds since 1970-01-01 UTC."""
    return datetime.now(UTC).timestamp() * 1e3


def _last(lines: Sequence[Timed]) -> str:
    return iso(round(lines[-1].times_ms[-1]))


@dataclass(frozen=True, eq=False)
class _Clock:
    """When one is how far along lines that follow each other: ``far_m`` (n,) rising, ``times_ms`` (n,)."""

    far_m: Floats
    times_ms: Floats

    @classmethod
    def of(cls, lines: Sequence[Timed]) -> "_Clock":
        far, done = [], 0.0
        for one in lines:
            own = along_m(one.line_m) + done
            far.append(own)
            done = float(own[-1])
        return cls(np.concatenate(far), np.concatenate([one.times_ms for one in lines]))

    def at(self, metres: float) -> str:
        return iso(round(float(np.interp(metres, self.far_m, self.times_ms))))

    def told(self, camera: dict[str, Any]) -> dict[str, str]:
        best = camera["best"]["at_m"]
        return {"from_at": self.at(camera["from_m"]), "to_at": self.at(camera["to_m"]), "best_at": self.at(best)}
