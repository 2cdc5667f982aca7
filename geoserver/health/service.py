"""Health of the cameras of one server: what is kept, what is known now, what is set."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, Self

import anyio.to_thread
from pydantic import BaseModel

from geoserver.faults import Stale
from geoserver.health.files import HealthPictures
from geoserver.health.kept import KeptHealth
from geoserver.services import Services
from geoserver.settings import Settings
from layers.health.plan import PARTS, HealthPlan

log = logging.getLogger("geoserver")
NEWS_S = 1.0
"""How often it is looked what the process that checks has found."""
DAY_S = 86_400.0
LEAST_STATES_DAYS = 400
"""How long a camera was online and without fault is known so long at least: each month of a year can be assessed."""


class Health:
    """What all parts of health share.

    Attributes
    ----------
    kept, pictures : in the database, and as files
    present : what is known now, kept up to date
    """

    def __init__(self, services: Services, settings: Settings, kept: KeptHealth) -> None:
        self.services = services
        self.enabled = settings.health == "on"
        self.simulated = settings.simulated
        self.kept = kept
        self.pictures = HealthPictures(settings.folder / "health")
        self.present = services.health
        self.usual = HealthPlan.usual(simulated=settings.simulated)

    @classmethod
    @contextlib.asynccontextmanager
    async def over(cls, services: Services, settings: Settings) -> AsyncIterator[Self]:
        """Health of a city, until left."""
        kept = KeptHealth.open(settings.database)
        health = cls(services, settings, kept)
        await anyio.to_thread.run_sync(health.take_up)
        hearing = asyncio.create_task(health._hear())
        try:
            yield health
        finally:
            hearing.cancel()
            kept.close()

    def take_up(self) -> None:
        """Know what was found since it was last looked."""
        seq, changed = self.kept.since(self.present.seq)
        if changed:
            self.present.take(seq, changed)

    def plan(self) -> tuple[int, HealthPlan]:
        """What is set now, and its version."""
        return self.kept.plan(self.usual)

    def set_plan(self, given: dict[str, BaseModel], seen: int, actor: str) -> tuple[int, HealthPlan]:
        """Set parts of it; the journal tells who changed what.

        Raises
        ------
        Stale
        """
        version, before = self.plan()
        after = before.model_copy(update=given)
        made = self.kept.set_plan(after, seen, actor, datetime.now(UTC).timestamp())
        if made is None:
            raise Stale(kind="health-settings", id="-", seen=seen, current=version)
        changes = _differences(before, after)
        if changes:
            self.services.looks.note(actor, "camera", "*", {"deed": "health-settings", "changes": changes})
        return made, after

    def forget(self, now_s: float) -> None:
        """Forget what has been kept for as long as is set: judgements, their pictures, states; ``now_s`` since 1970."""
        days = self.plan()[1].schedule.keep_days
        for camera, picture in self.kept.forget(now_s - days * DAY_S):
            self.pictures.forget(camera, picture)
        self.kept.forget_spans(now_s - max(days, LEAST_STATES_DAYS) * DAY_S)

    async def _hear(self) -> None:
        while True:
            await asyncio.sleep(NEWS_S)
            try:
                await anyio.to_thread.run_sync(self.take_up)
            except Exception:
                # The database may be away for a while; what was known is told on.
                log.exception("news of the cameras' health could not be read")


def _differences(before: HealthPlan, after: HealthPlan) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in PARTS:
        old, new = getattr(before, part).model_dump(), getattr(after, part).model_dump()
        found |= {f"{part}.{name}": [old[name], new[name]] for name in new if old[name] != new[name]}
    return found
