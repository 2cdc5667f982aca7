"""Keeps what checks have come to: all that comes within a moment in one transaction, and the orders that follow."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from geoserver.health import orders
from geoserver.health.kept import Outcome
from geoserver.health.service import Health
from geoserver.services import Services
from layers.cameras.model import Camera
from layers.health.state import Known

MOMENT_S = 0.25
Change = Callable[[Known], Outcome]
"""From what is known of a camera to what is known after a check."""


@dataclass(frozen=True, eq=False)
class _Waiting:
    camera: Camera
    change: Change
    done: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Keeping:
    """Used from the event loop; ``thread`` runs what blocks."""

    def __init__(self, services: Services, health: Health, thread: Callable[..., Awaitable[Any]]) -> None:
        self._services, self._health, self._thread = services, health, thread
        self._waiting: list[_Waiting] = []
        self._running: asyncio.Task[None] | None = None

    async def keep(self, camera: Camera, change: Change) -> None:
        """Have a change kept; returns when it is."""
        one = _Waiting(camera, change)
        self._waiting.append(one)
        if self._running is None:
            self._running = asyncio.create_task(self._keep())
        await one.done

    async def end(self) -> None:
        """Keep what still waits."""
        if self._running is not None:
            await asyncio.gather(self._running, return_exceptions=True)

    async def _keep(self) -> None:
        try:
            while self._waiting:
                await asyncio.sleep(MOMENT_S)
                some, self._waiting = self._waiting, []
                try:
                    await self._thread(self._write, some)
                except Exception as error:  # whoever waits is told
                    _end(some, error)
                else:
                    _end(some, None)
        finally:
            self._running = None

    def _write(self, some: Sequence[_Waiting]) -> None:
        kept = self._health.kept
        known = kept.some({one.camera.id for one in some})
        outcomes = []
        for one in some:
            outcome = one.change(known.get(one.camera.id, Known(one.camera.id)))
            known[one.camera.id] = outcome.after
            outcomes.append(outcome)
        kept.put(outcomes)
        self._health.take_up()
        cameras = {one.camera.id: one.camera for one in some}
        followed = [(camera, known[id_]) for id_, camera in cameras.items()]
        orders.follow(self._services, followed, self._health.plan()[1].orders)


def _end(some: Sequence[_Waiting], error: Exception | None) -> None:
    for one in some:
        if one.done.done():
            continue
        if error is None:
            one.done.set_result(None)
        else:
            one.done.set_exception(error)
