"""Checks cameras: one process of those over a database does it, a few cameras at a time, evenly over the round."""

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self

import anyio.to_thread

from geoserver.faults import BeingChecked
from geoserver.health import orders
from geoserver.health.kept import Outcome, Reference
from geoserver.health.reach import reach
from geoserver.health.sampling import Taken, of_pieces, of_source
from geoserver.health.service import Health
from geoserver.services import Services
from geoserver.settings import Settings
from geoserver.streams.addresses import Address, AddressRules
from geoserver.streams.model import Piece, SourceLost, StreamKey
from geoserver.streams.offered import streams_of
from geoserver.streams.service import Streams
from layers.cameras.model import Camera
from layers.cameras.view import NoDirection
from layers.health.diagnosis import diagnose
from layers.health.plan import HealthPlan
from layers.health.rates import expected
from layers.health.state import UNCONNECTED, Known, judged, missed, reached, untried

log = logging.getLogger("geoserver")
TURN = "checker"
BEAT_S, LOST_S = 2.0, 12.0
"""Who has the turn says so; who has not said so for long has lost it."""
TICK_S = 0.1
NOW_S = 60.0
AIM_DEG = 0.5


class Checker:
    """Checks in rounds, and at once where somebody asks. Used from the event loop."""

    def __init__(self, services: Services, settings: Settings, health: Health, streams: Streams) -> None:
        self._services, self._health, self._streams = services, health, streams
        self._rules = AddressRules.of(settings.stream_networks)
        self._busy: set[str] = set()
        self._me = secrets.token_hex(8)
        self._workers = ThreadPoolExecutor(10, thread_name_prefix="health")

    @classmethod
    @contextlib.asynccontextmanager
    async def over(
        cls, services: Services, settings: Settings, health: Health, streams: Streams
    ) -> AsyncIterator[Self]:
        """Checking, until left; in rounds where it is enabled."""
        checker = cls(services, settings, health, streams)
        running = asyncio.create_task(checker._run()) if health.enabled else None
        try:
            yield checker
        finally:
            if running is not None:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
                await anyio.to_thread.run_sync(health.kept.end_turn, TURN, checker._me)
            checker._workers.shutdown(wait=True, cancel_futures=True)

    async def check_now(self, camera: Camera) -> None:
        """Try a camera, and judge its picture where it can be.

        Raises
        ------
        BeingChecked, SourceLost
        """
        async with self._alone(camera), _in_time():
            plan = (await self._thread(self._health.plan))[1]
            await self._try(camera, plan)
            await self._judge(camera, plan)

    async def take_reference(self, camera: Camera) -> None:
        """Take the picture of now as the good one.

        Raises
        ------
        BeingChecked, SourceLost
        """
        async with self._alone(camera), _in_time():
            taken = await self._thread(self._take, camera, 2.0)
            await self._thread(self._keep_reference, camera, taken)

    @contextlib.asynccontextmanager
    async def _alone(self, camera: Camera) -> AsyncIterator[None]:
        if camera.id in self._busy:
            raise BeingChecked(camera=camera.id)
        self._busy.add(camera.id)
        try:
            yield
        finally:
            self._busy.discard(camera.id)

    async def _run(self) -> None:
        """Rounds, while it is this process's turn."""
        while True:
            try:
                if await self._has_turn():
                    await self._rounds()
            except Exception:
                # The database may be away for a while; cameras are checked when it is back.
                log.exception("cameras could not be checked")
            await asyncio.sleep(BEAT_S)

    async def _has_turn(self) -> bool:
        seen = await self._thread(self._health.kept.turn, TURN)
        if seen is not None:
            await asyncio.sleep(LOST_S)
            if await self._thread(self._health.kept.turn, TURN) != seen:
                return False
        return bool(await self._thread(self._health.kept.take_turn, TURN, self._me, seen))

    async def _rounds(self) -> None:
        works = [asyncio.create_task(work) for work in (self._beat(), self._reach_on(), self._judge_on())]
        try:
            done, _ = await asyncio.wait(works, return_when=asyncio.FIRST_COMPLETED)
            for one in done:
                one.result()
        finally:
            for one in works:
                one.cancel()
            await asyncio.gather(*works, return_exceptions=True)

    async def _beat(self) -> None:
        """Say that the turn is still held, until it is not."""
        while True:
            await asyncio.sleep(BEAT_S)
            seen = await self._thread(self._health.kept.turn, TURN)
            if seen is None or seen[0] != self._me:
                return
            await self._thread(self._health.kept.take_turn, TURN, self._me, seen)

    async def _reach_on(self) -> None:
        while True:
            plan, known, cameras = await self._thread(self._read)
            schedule, now = plan.schedule, time.time()
            due = [one for one in cameras if now >= _due(known.get(one.id), schedule.reach_round_s, schedule.again_s)]
            due.sort(key=lambda one: known[one.id].reached_at or 0.0 if one.id in known else 0.0)
            pace_s = min(schedule.reach_round_s / max(len(cameras), 1), 5.0)
            some = due[: max(1, round(1.0 / max(pace_s, 1e-3)))][: schedule.reach_at_once]
            await asyncio.gather(*(self._turned(self._try, one, plan) for one in some))
            await asyncio.sleep(max(pace_s * max(len(some), 1), TICK_S))

    async def _judge_on(self) -> None:
        while True:
            plan, known, cameras = await self._thread(self._read)
            schedule, now = plan.schedule, time.time()
            waits = {one.id: known.get(one.id, Known(one.id)) for one in cameras}
            online = [one for one in cameras if waits[one.id].online]
            due = [one for one in online if now >= _judge_due(waits[one.id], plan)]
            due.sort(key=lambda one: (not waits[one.id].found and not waits[one.id].gone, waits[one.id].judged_at or 0))
            if due and self._streams.gateway.stats().viewers <= schedule.most_viewers:
                await self._turned(self._judge, due[0], plan)
            await asyncio.sleep(schedule.picture_gap_s if due else max(TICK_S, min(schedule.again_s, 1.0)))

    async def _turned(self, work: object, camera: Camera, plan: HealthPlan) -> None:
        try:
            async with self._alone(camera), asyncio.timeout(NOW_S):
                await work(camera, plan)  # type: ignore[operator]
        except (BeingChecked, TimeoutError):
            return

    async def _try(self, camera: Camera, plan: HealthPlan) -> None:
        watched = any(self._pieces(camera))
        why = None if watched else await self._thread(self._reach, camera)
        await self._thread(self._note, camera, why, plan)

    async def _judge(self, camera: Camera, plan: HealthPlan) -> None:
        pieces = next(self._pieces(camera, plan.schedule.window_s), ())
        try:
            if pieces:
                taken = await self._thread(of_pieces, pieces, plan.schedule.window_s)
            else:
                taken = await self._thread(self._take, camera, plan.schedule.window_s)
        except (SourceLost, NoDirection):
            return  # whether it is reached is told by other means
        await self._thread(self._diagnose, camera, taken, plan)

    def _pieces(self, camera: Camera, seconds: float = 1.0) -> Iterator[Sequence[Piece]]:
        """What is at hand of a camera's open streams that are not covered, the sub-stream first."""
        offered = streams_of(camera, simulated=self._streams.simulated)[::-1]
        kept = (self._streams.gateway.kept(StreamKey(camera.id, one.id), seconds) for one in offered)
        for pieces in kept:
            if pieces and time.time() - pieces[-1].fragments[-1].at_s < 5:
                yield pieces

    def _reach(self, camera: Camera) -> str | None:
        if self._streams.simulated:
            return None
        why: str | None = "no-address"
        for one in streams_of(camera, simulated=False):
            found = self._services.store.credential(camera.id, one.id)
            why = reach(Address(found.url), self._rules) if found else "no-address"
            if why is None:
                return None
        return why

    def _take(self, camera: Camera, window_s: float) -> Taken:
        offered = streams_of(camera, simulated=self._streams.simulated)
        if not offered:
            raise SourceLost("no-address")
        return of_source(self._streams.source_of(StreamKey(camera.id, offered[-1].id)), window_s)

    def _note(self, camera: Camera, why: str | None, plan: HealthPlan) -> None:
        before, at = self._health.kept.one(camera.id), time.time()
        if why is None:
            after = reached(before, at)
        elif why in UNCONNECTED:
            after = untried(before, at, why)
        else:
            after = missed(before, at, why, plan.orders)
        self._keep(camera, Outcome(before, after), plan)

    def _diagnose(self, camera: Camera, taken: Taken, plan: HealthPlan) -> None:
        health, aim = self._health, self._aim(camera)
        reference = health.kept.reference(camera.id)
        if reference is not None and not _same_aim(reference.aim, aim):
            return  # a PTZ camera that looks elsewhere than when it was good
        picture = health.pictures.read(camera.id, reference.name) if reference else None
        found = diagnose(taken.sample, picture, plan.thresholds, asked_frames=taken.asked)
        before, at = health.kept.one(camera.id), time.time()
        after = judged(before, found, at, plan.orders)
        name = None
        if found.found and set(after.faults) != set(before.faults):
            name = health.pictures.put(camera.id, at, taken.sample.colour[-1], found.found)
        elif found.good and picture is None:
            self._keep_reference(camera, taken)
        self._keep(camera, Outcome(before, after, found.verdicts, found.found, name), plan)

    def _keep(self, camera: Camera, outcome: Outcome, plan: HealthPlan) -> None:
        self._health.kept.put([outcome])
        self._health.take_up()
        orders.follow(self._services, [(camera, outcome.after)], plan.orders)

    def _keep_reference(self, camera: Camera, taken: Taken) -> None:
        at = time.time()
        name = self._health.pictures.put(camera.id, at, taken.sample.colour[-1])
        self._health.kept.set_reference(camera.id, Reference(at, name, self._aim(camera)))

    def _aim(self, camera: Camera) -> tuple[float, float, float] | None:
        aim = self._services.aims.of(camera) if camera.is_ptz else None
        return None if aim is None else (aim.pan, aim.tilt, aim.zoom)

    def _read(self) -> tuple[HealthPlan, dict[str, Known], list[Camera]]:
        cameras = [one for one in self._services.now.fleet.cameras.values() if expected(one)]
        return self._health.plan()[1], self._health.kept.all(), cameras

    async def _thread(self, work: Callable[..., Any], *given: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._workers, work, *given)


def _due(known: Known | None, round_s: float, again_s: float) -> float:
    if known is None or known.reached_at is None:
        return 0.0
    return known.reached_at + (again_s if known.missed and known.online is not False else round_s)


def _judge_due(known: Known, plan: HealthPlan) -> float:
    doubtful = known.found or known.gone or (known.faults and known.good == 0)
    return (known.judged_at or 0.0) + (plan.schedule.again_s if doubtful else plan.schedule.picture_round_s)


def _same_aim(one: tuple[float, float, float] | None, other: tuple[float, float, float] | None) -> bool:
    if one is None or other is None:
        return one is other
    turned = abs((one[0] - other[0] + 180) % 360 - 180)
    return turned < AIM_DEG and abs(one[1] - other[1]) < AIM_DEG and abs(one[2] / other[2] - 1) < 0.02


@contextlib.asynccontextmanager
async def _in_time() -> AsyncIterator[None]:
    """What somebody waits for takes a minute at most; after that the camera counts as silent."""
    try:
        async with asyncio.timeout(NOW_S):
            yield
    except TimeoutError:
        raise SourceLost("silent") from None
