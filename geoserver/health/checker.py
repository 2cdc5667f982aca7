"""Checks cameras: one process of those over a database does it, a few cameras at a time, evenly over the round."""

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Self

import anyio.to_thread

from geoserver.faults import BeingChecked
from geoserver.health.judging import Judging
from geoserver.health.keeping import Change, Keeping
from geoserver.health.kept import Outcome
from geoserver.health.looking import Looking
from geoserver.health.rounds import TICK_S, Rounds, batch_s, to_judge, to_try
from geoserver.health.service import Health
from geoserver.services import Services
from geoserver.settings import Settings
from geoserver.streams.addresses import AddressRules
from geoserver.streams.model import SourceLost
from geoserver.streams.service import Streams
from layers.cameras.model import Camera
from layers.cameras.view import NoDirection
from layers.health.plan import HealthPlan
from layers.health.rates import expected
from layers.health.state import UNCONNECTED, Known, missed, reached, untried

log = logging.getLogger("geoserver")
TURN = "checker"
BEAT_S, LOST_S = 2.0, 12.0
"""Who has the turn says so; who has not said so for long has lost it."""
NOW_S = 60.0
DAY_S = 86_400.0


class Checker:
    """Checks in rounds, and at once where somebody asks. Used from the event loop.

    Attributes
    ----------
    rounds : how checking goes in this process
    """

    def __init__(self, services: Services, settings: Settings, health: Health, streams: Streams) -> None:
        self._services, self._health, self._streams = services, health, streams
        self._looking = Looking(services, streams, AddressRules.of(settings.stream_networks))
        self._judging = Judging(services, health, self._looking)
        self._keeping = Keeping(services, health, self._thread)
        self._busy: set[str] = set()
        self._looked_at: dict[str, float] = {}
        self._me = secrets.token_hex(8)
        self._workers = ThreadPoolExecutor(10, thread_name_prefix="health")
        self.rounds = Rounds()

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
            await checker._keeping.end()
            if running is not None:
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
            await self._keep_tried(camera, await self._reach(camera), plan)
            await self._judge(camera, plan)

    async def take_reference(self, camera: Camera) -> None:
        """Take the picture of now as the good one.

        Raises
        ------
        BeingChecked, SourceLost, NoDirection
        """
        async with self._alone(camera), _in_time():
            await self._thread(self._judging.take_reference, camera)

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
        works = (self._beat(), self._reach_on(), self._judge_on(), self._forget_on())
        tasks = [asyncio.create_task(work) for work in works]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for one in done:
                one.result()
        finally:
            for one in tasks:
                one.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _beat(self) -> None:
        """Say that the turn is still held, until it is not."""
        while True:
            await asyncio.sleep(BEAT_S)
            seen = await self._thread(self._health.kept.turn, TURN)
            if seen is None or seen[0] != self._me:
                return
            await self._thread(self._health.kept.take_turn, TURN, self._me, seen)

    async def _forget_on(self) -> None:
        while True:
            await self._thread(self._health.forget, time.time())
            await asyncio.sleep(DAY_S)

    async def _reach_on(self) -> None:
        while True:
            began = time.monotonic()
            plan, known, cameras = await self._thread(self._read)
            self.rounds.note(known, cameras, time.time())
            gate = asyncio.Semaphore(plan.schedule.reach_at_once)
            some = to_try(known, cameras, plan.schedule, time.time())
            await asyncio.gather(*(self._try_in_turn(one, plan, gate) for one in some))
            took_s = time.monotonic() - began
            await asyncio.sleep(max(batch_s(plan.schedule) - took_s, TICK_S))

    async def _try_in_turn(self, camera: Camera, plan: HealthPlan, gate: asyncio.Semaphore) -> None:
        with contextlib.suppress(BeingChecked):
            # A camera that waits for its turn is free: somebody may check it at once.
            async with gate, self._alone(camera):
                why = await self._reach(camera)
            await self._keep_tried(camera, why, plan)

    async def _judge_on(self) -> None:
        while True:
            plan, known, cameras = await self._thread(self._read)
            schedule = plan.schedule
            next_ = partial(to_judge, faulty_first=self.rounds.judged % 2 == 0)
            due = await self._thread(next_, known, cameras, plan, self._looked_at)
            if due is not None and self._streams.gateway.stats().viewers <= schedule.most_viewers:
                self._looked_at[due.id] = time.time()
                with contextlib.suppress(BeingChecked, TimeoutError):
                    async with self._alone(due), asyncio.timeout(NOW_S):
                        await self._judge(due, plan)
            await asyncio.sleep(schedule.picture_gap_s if due else max(TICK_S, min(schedule.again_s, 1.0)))

    async def _reach(self, camera: Camera) -> str | None:
        return None if self._looking.watched(camera) else await self._thread(self._looking.reach, camera)

    async def _keep_tried(self, camera: Camera, why: str | None, plan: HealthPlan) -> None:
        self.rounds.tried += 1
        await self._keeping.keep(camera, _reach_change(why, plan))

    async def _judge(self, camera: Camera, plan: HealthPlan) -> None:
        try:
            change: Change | None = await self._thread(self._judging.judge, camera, plan)
        except (SourceLost, NoDirection):
            return  # whether it is reached is told by other means
        if change is not None:
            self.rounds.judged += 1
            await self._keeping.keep(camera, change)

    def _read(self) -> tuple[HealthPlan, dict[str, Known], list[Camera]]:
        cameras = [one for one in self._services.now.fleet.cameras.values() if expected(one)]
        return self._health.plan()[1], self._health.kept.all(), cameras

    async def _thread(self, work: Callable[..., Any], *given: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._workers, partial(work, *given))


def _reach_change(why: str | None, plan: HealthPlan) -> Change:
    at = time.time()

    def change(before: Known) -> Outcome:
        if why is None:
            return Outcome(before, reached(before, at))
        if why in UNCONNECTED:
            return Outcome(before, untried(before, at, why))
        return Outcome(before, missed(before, at, why, plan.orders))

    return change


@contextlib.asynccontextmanager
async def _in_time() -> AsyncIterator[None]:
    """What somebody waits for takes a minute at most; after that the camera counts as silent."""
    try:
        async with asyncio.timeout(NOW_S):
            yield
    except TimeoutError:
        raise SourceLost("silent") from None
