"""Has simulated vehicles driven in the background: by one process of those over a database."""

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from geoserver.health.kept import KeptHealth
from geoserver.services import Services
from geoserver.settings import Settings
from geoserver.vehicles.simulated import Simulated, is_driven
from geoserver.vehicles.taking import Taking

log = logging.getLogger("geoserver")
TURN: Final = "driver"
STEP_S: Final = 2.0
LOST_S: Final = 12.0
"""Who has not said for so long that it drives has lost its turn."""


@contextlib.asynccontextmanager
async def driving(services: Services, settings: Settings, taking: Taking, turns: KeptHealth) -> AsyncIterator[None]:
    """Drive the simulated vehicles, where the city is simulated, until left."""
    if not settings.simulated:
        yield
        return
    me = secrets.token_hex(8)
    # One thread of its own: what it computes keeps no request waiting for a thread.
    with ThreadPoolExecutor(1, thread_name_prefix="driving") as worker:
        running = asyncio.create_task(_run(_Driver(services, taking, turns, me), worker))
        try:
            yield
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await asyncio.get_running_loop().run_in_executor(worker, turns.end_turn, TURN, me)


async def _run(driver: "_Driver", worker: ThreadPoolExecutor) -> None:
    loop = asyncio.get_running_loop()
    while True:
        began = time.monotonic()
        try:
            await loop.run_in_executor(worker, driver.step)
        except Exception:
            # The disk or the database may be away for a while.
            log.exception("simulated vehicles could not be driven")
        await asyncio.sleep(max(STEP_S - (time.monotonic() - began), 0.1))


class _Driver:
    """Steps of one process, which drives while it has the turn."""

    def __init__(self, services: Services, taking: Taking, turns: KeptHealth, me: str) -> None:
        self._services, self._taking, self._turns, self._me = services, taking, turns, me
        self._driven: Simulated | None = None
        self._seen: tuple[tuple[str, int] | None, float] = (None, -LOST_S)

    def step(self) -> None:
        """Drive on, if it is this process's turn."""
        if not is_driven(self._taking.garage.vehicles):
            return
        if not self._has_turn():
            self._driven = None
            return
        now_s = time.time()
        if self._driven is None:
            self._driven = Simulated(self._services, self._taking)
            began = time.monotonic()
            made = self._driven.begin(now_s)
            log.info("simulated vehicles are on the road; %d fixes looked back, %.1f s", made, time.monotonic() - began)
        self._driven.step(now_s)

    def _has_turn(self) -> bool:
        held = self._turns.turn(TURN)
        if held is not None and held[0] != self._me:
            known, since = self._seen
            if known != held:
                self._seen = (held, time.monotonic())
                return False
            if time.monotonic() - since < LOST_S:
                return False
        return self._turns.take_turn(TURN, self._me, held)
