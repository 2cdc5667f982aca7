"""Steering: who may, the move, its position read back until the head stands still, the verdict, and the journal."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from geoserver.faults import CannotSteer, SteeringFailed, SteeringHeld
from geoserver.ptz.head import Head, HeadLost
from geoserver.ptz.heads import Heads
from geoserver.ptz.present import PresentAims
from layers.cameras.model import Camera, PtzAim
from layers.cameras.steering import moves
from layers.cameras.steering.hold import Hold, Steerer, ask
from layers.cameras.steering.spaces import Mount, clamped
from layers.cameras.steering.verdict import is_reached, is_still, off_deg

log = logging.getLogger("geoserver")
READ_S = 0.15
"""So often a position is read back while a head turns."""
STARTS_S = 1.0
"""So long a head may take to begin."""
MOST_S = 15.0
"""So long it may take to arrive."""
STILL_READS = 3
CONTINUOUS_S = 5.0
"""A head that nobody stops is stopped after this: a client may go away with a key held down."""
LOOK_S = 2.0
NO_PICTURE = ("planned", "retired")
Note = Callable[[str, str, str, Mapping[str, Any]], None]
"""Actor, kind, id and detail, for the journal."""
Tell = Callable[[Camera, Hold | None, PtzAim | None], None]
"""Of a move, with its hold, or of where a camera was seen to look: for the other processes."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a move.

    Attributes
    ----------
    aim : where the camera looks; None = not known
    wanted : where it was to look; None = nobody can know
    reached : None = it cannot be told, or another move came before the end
    off_deg : angle between both
    limited : what lies beyond the head's reach and was held back: pan, tilt, zoom
    """

    aim: PtzAim | None
    wanted: PtzAim | None
    reached: bool | None
    off_deg: float | None
    limited: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Looked:
    """What is known of a camera's head."""

    aim: PtzAim | None
    presets: tuple[str, ...]
    held: Hold | None
    source: str


@dataclass(slots=True)
class _Wheel:
    """One camera's state: in whose hands, and how many moves there were."""

    hold: Hold | None = None
    moves: int = 0
    sending: asyncio.Lock = field(default_factory=asyncio.Lock)


class Steering:
    """Of all cameras of a server. Used in its event loop.

    Attributes
    ----------
    tell : is told what other processes are to know; nobody where there are none
    """

    def __init__(
        self, heads: Heads, aims: PresentAims, note: Note, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._heads = heads
        self._aims = aims
        self._note = note
        self._clock = clock
        self.tell: Tell = lambda _camera, _hold, _aim: None
        self._wheels: dict[str, _Wheel] = {}
        self._turning: dict[asyncio.Task[None], tuple[Camera, Head, Steerer, int]] = {}

    async def look(self, camera: Camera) -> Looked:
        """Where a camera looks, its presets and who steers it; what is not told in time is what was known before."""
        named = tuple(one.name for one in camera.presets)
        head = await self._heads.of(camera) if camera.is_ptz else None
        if head is None:
            return Looked(self._aims.of(camera), named, self.held(camera), "none")
        more: tuple[str, ...] = ()
        # A device that does not answer is no reason to say nothing.
        with contextlib.suppress(HeadLost, TimeoutError):
            async with asyncio.timeout(LOOK_S):
                await self._seen(camera, head)
                more = tuple(name for name in await head.presets() if name not in named)
        return Looked(self._aims.of(camera), named + more, self.held(camera), head.source)

    def held(self, camera: Camera) -> Hold | None:
        """In whose hands a camera is now."""
        wheel = self._wheels.get(camera.id)
        hold = wheel.hold if wheel is not None else None
        return hold if hold is not None and hold.holds(self._clock()) else None

    def until(self, hold: Hold) -> datetime:
        """When a hold ends, by the calendar."""
        return datetime.now(UTC) + timedelta(seconds=self.left_s(hold))

    def left_s(self, hold: Hold) -> float:
        """How long a hold still counts."""
        return hold.until_s - self._clock()

    def hear(self, camera: Camera, who: Steerer, left_s: float) -> None:
        """Somebody moves a camera through another process: theirs now, unless somebody here is to keep it.

        Two who took it at once are in both processes told apart alike: by priority, then by name.
        """
        wheel, now_s = self._wheels.setdefault(camera.id, _Wheel()), self._clock()
        mine = wheel.hold.who if wheel.hold is not None and wheel.hold.holds(now_s) else None
        if mine is None or mine.name == who.name or (-who.priority, who.name) < (-mine.priority, mine.name):
            wheel.hold, wheel.moves = Hold(who, now_s + left_s), wheel.moves + 1

    async def move(self, camera: Camera, move: moves.Move, who: Steerer, told: Mapping[str, Any]) -> Outcome:
        """Take the camera, move it, and see what comes of it. The move goes into the journal however it ends.

        Parameters
        ----------
        told : what was asked for, as the journal is to have it

        Raises
        ------
        CannotSteer
            Nothing is there that could be steered, or not that way.
        SteeringHeld
        SteeringFailed
        """
        head = await self._head(camera)
        wheel = self._wheels.setdefault(camera.id, _Wheel())
        taken = ask(wheel.hold, who, self._clock())
        if not taken.granted:
            held = taken.hold
            raise SteeringHeld(
                by=held.who.title, until=self.until(held).isoformat("T", "seconds"), priority=held.who.priority
            )
        wheel.hold, wheel.moves = taken.hold, wheel.moves + 1
        self.tell(camera, taken.hold, None)
        row = {"deed": "aim", **told, "at": datetime.now(UTC).isoformat(), "area": camera.area}
        if taken.from_whom is not None:
            row["took_over"] = taken.from_whom.name
        try:
            outcome = await self._steered(camera, head, move, who)
            row |= _described(outcome)
            return outcome
        except HeadLost as lost:
            row["failed"] = lost.reason
            raise SteeringFailed(camera=camera.id, reason=lost.reason, why=lost.reason) from None
        except CannotSteer as refused:
            row["failed"] = refused.values["reason"]
            raise
        except asyncio.CancelledError:
            row["reached"] = None  # who asked has gone, and the head may still be turning
            raise
        finally:
            self._note(who.name, "camera", camera.id, row)

    async def close(self) -> None:
        """Stop watching; heads that turn on are stopped, connections let go of."""
        turning, self._turning = self._turning, {}
        for task in turning:
            task.cancel()
        await asyncio.gather(*turning, return_exceptions=True)
        for camera, head, who, turn in turning.values():
            if self._wheels[camera.id].moves == turn:
                await self._stop(camera, head, who)
        await self._heads.close()

    async def _head(self, camera: Camera) -> Head:
        if not camera.is_ptz:
            raise CannotSteer(camera=camera.id, reason="fixed", why="fixed")
        if camera.status in NO_PICTURE:
            raise CannotSteer(camera=camera.id, reason="not-in-service", why="not-in-service")
        head = await self._heads.of(camera)
        if head is None:
            raise CannotSteer(camera=camera.id, reason="no-address", why="no-address")
        return head

    async def _steered(self, camera: Camera, head: Head, move: moves.Move, who: Steerer) -> Outcome:
        wheel = self._wheels[camera.id]
        turn = wheel.moves
        before = await self._seen(camera, head) if isinstance(move, moves.Relative) else None
        wanted = moves.goal(camera, move, before)
        aim, limited = _within_reach(camera, move, wanted)
        async with wheel.sending:
            if wheel.moves != turn:  # another move has come meanwhile, and counts
                return Outcome(self._aims.of(camera), wanted, None, None, limited)
            await head.go(move, aim, who.priority)
        if isinstance(move, moves.Continuous):
            self._watch(camera, head, who, turn)
            return Outcome(self._aims.of(camera), None, None, None)
        seen, still = await self._settled(camera, head, wanted, turn)
        if isinstance(move, moves.Stop):
            return Outcome(seen, None, still, None)
        if seen is None or wanted is None or still is None:
            return Outcome(seen, wanted, None, off_deg(seen, wanted) if seen and wanted else None, limited)
        return Outcome(seen, wanted, is_reached(camera, wanted, seen), off_deg(seen, wanted), limited)

    async def _settled(
        self, camera: Camera, head: Head, wanted: PtzAim | None, turn: int
    ) -> tuple[PtzAim | None, bool | None]:
        """Where the head ends, and whether it stands still there; None: it cannot be told, or is not ours any more."""
        wheel, began = self._wheels[camera.id], self._clock()
        before: PtzAim | None = None
        same = 0
        while (passed := self._clock() - began) < MOST_S:
            await asyncio.sleep(READ_S)
            try:
                seen = await self._seen(camera, head)
            except HeadLost:
                return None, None
            if seen is None or wheel.moves != turn:
                return seen, None
            same = same + 1 if before is not None and is_still(before, seen) else 0
            arrived = wanted is not None and is_reached(camera, wanted, seen)
            if same >= (1 if arrived else STILL_READS) and (arrived or passed >= STARTS_S):
                return seen, True
            before = seen
        return before, False

    async def _seen(self, camera: Camera, head: Head) -> PtzAim | None:
        """Where the head is; noted."""
        aim = await head.position()
        if aim is not None:
            self._aims.note(camera, aim)
            self.tell(camera, None, aim)
        return aim

    def _watch(self, camera: Camera, head: Head, who: Steerer, turn: int) -> None:
        """Follow a head that turns on, and stop it when nobody has told it anything for a while."""

        async def follow() -> None:
            wheel, ends = self._wheels[camera.id], self._clock() + CONTINUOUS_S
            while wheel.moves == turn and self._clock() < ends:
                await asyncio.sleep(READ_S * 2)
                with contextlib.suppress(HeadLost):
                    await self._seen(camera, head)
            if wheel.moves == turn:
                await self._stop(camera, head, who)

        task = asyncio.create_task(follow())
        self._turning[task] = camera, head, who, turn
        task.add_done_callback(lambda done: self._turning.pop(done, None))

    async def _stop(self, camera: Camera, head: Head, who: Steerer) -> None:
        try:
            await head.go(moves.Stop(), None, who.priority)
            await self._seen(camera, head)
        except HeadLost as lost:
            log.warning("camera %s was left turning and could not be stopped: %s", camera.id, lost.reason)


def _within_reach(camera: Camera, move: moves.Move, wanted: PtzAim | None) -> tuple[PtzAim | None, tuple[str, ...]]:
    """What a head is told, and what was held back.

    Raises
    ------
    CannotSteer
        A bearing is asked of a head whose pan is tied to none.
    """
    if camera.heading_deg is not None:
        return clamped(Mount.of(camera), wanted) if wanted is not None else (None, ())
    if isinstance(move, moves.Absolute):
        raise CannotSteer(camera=camera.id, reason="direction-unknown", why="direction-unknown")
    return None, ()


def _described(outcome: Outcome) -> dict[str, Any]:
    found: dict[str, Any] = {"reached": outcome.reached}
    if outcome.wanted is not None:
        found["wanted"] = rounded(outcome.wanted)
    if outcome.aim is not None:
        found["aim"] = rounded(outcome.aim)
    if outcome.off_deg is not None:
        found["off_deg"] = round(outcome.off_deg, 3)
    if outcome.limited:
        found["limited"] = list(outcome.limited)
    return found


def rounded(aim: PtzAim) -> dict[str, float]:
    """An aim as it is told."""
    return {"pan": round(aim.pan, 3), "tilt": round(aim.tilt, 3), "zoom": round(aim.zoom, 3)}
