"""A PTZ head in memory that takes its time to turn: what demo cameras are steered with."""

import math
import time
from collections.abc import Callable, Sequence

from geoserver.ptz.head import HeadLost, Source
from layers.cameras.model import Camera, PtzAim
from layers.cameras.steering import moves
from layers.cameras.steering.spaces import Mount, OwnAngles, own_angles, true_aim

PAN_DEG_S, TILT_DEG_S, DOUBLINGS_S = 90.0, 60.0, 2.0
"""As quick domes are; the zoom doubles so often in a second."""
CONTINUOUS_S = 5.0
Place = tuple[float, float, float]
"""Pan and tilt in the mount's own degrees, and how often the zoom has doubled."""


class SimulatedHead:
    """One head. Where it is follows from where it was, where it goes and the clock: nothing runs."""

    source: Source = "simulated"

    def __init__(
        self, camera: Camera, start: PtzAim | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._camera = camera
        known = camera.model_copy(update={"heading_deg": camera.heading_deg or 0.0})
        self._mount = Mount.of(known)
        self._tied = camera.heading_deg is not None
        self._clock = clock
        self._from = self._place(start or camera.aim or moves.home(known) or PtzAim(pan=0, tilt=0))
        self._since = clock()
        self._goal: Place = self._from
        self._speed: Place | None = None

    async def position(self) -> PtzAim | None:
        """Where it looks now; None where its pan is tied to no bearing."""
        return self._aim(self._now()) if self._tied else None

    async def go(self, move: moves.Move, aim: PtzAim | None, priority: int) -> None:  # noqa: ARG002
        """Begin a move.

        Raises
        ------
        HeadLost
            A preset that it does not have.
        """
        self._from = self._now()
        self._since = self._clock()
        self._speed = None
        if isinstance(move, moves.Continuous):
            self._speed = (move.pan * PAN_DEG_S, move.tilt * TILT_DEG_S, move.zoom * DOUBLINGS_S)
        elif isinstance(move, moves.Stop):
            self._goal = self._from
        elif aim is not None:
            self._goal = self._place(aim)
        elif isinstance(move, moves.Relative):
            pan, tilt, doubled = self._from
            self._goal = self._within((pan + move.pan, tilt + move.tilt, doubled + math.log2(move.zoom)))
        elif isinstance(move, moves.Home):
            self._goal = self._within((0.0, self._camera.pitch_deg, 0.0))
        else:
            raise HeadLost("no-preset" if isinstance(move, moves.Preset) else "unsupported")

    async def presets(self) -> Sequence[str]:
        """It knows none beside those of the record."""
        return ()

    async def close(self) -> None:
        """Nothing is held."""

    def _now(self) -> Place:
        passed = self._clock() - self._since
        if self._speed is not None:
            passed = min(passed, CONTINUOUS_S)
            moved = tuple(a + v * passed for a, v in zip(self._from, self._speed, strict=True))
            return self._within((moved[0], moved[1], moved[2]))
        most = (PAN_DEG_S * passed, TILT_DEG_S * passed, DOUBLINGS_S * passed)
        ways = [b - a for a, b in zip(self._from, self._goal, strict=True)]
        if self._mount.is_full_circle:
            ways[0] = (ways[0] + 180.0) % 360.0 - 180.0  # the short way round
        now = [a + math.copysign(min(abs(way), far), way) for a, way, far in zip(self._from, ways, most, strict=True)]
        return now[0], now[1], now[2]

    def _within(self, place: Place) -> Place:
        pan, tilt, doubled = place
        mount = self._mount
        pan = pan if mount.is_full_circle else min(max(pan, -mount.half_deg), mount.half_deg)
        tilt = min(max(tilt, mount.tilt_min_deg), mount.tilt_max_deg)
        return pan, tilt, min(max(doubled, 0.0), math.log2(max(mount.zoom_max, 1.0)))

    def _place(self, aim: PtzAim) -> Place:
        own = own_angles(self._mount, aim)
        return self._within((own.pan, own.tilt, math.log2(aim.zoom)))

    def _aim(self, place: Place) -> PtzAim:
        return true_aim(self._mount, OwnAngles(place[0], place[1]), 2.0 ** place[2])
