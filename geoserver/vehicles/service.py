"""Vehicles of one server: opened with it, the series forgotten by the day."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

import anyio.to_thread

from geoserver.crossings import Warden
from geoserver.series.opening import open_fixes
from geoserver.services import Services
from geoserver.settings import Settings
from geoserver.vehicles.garage import Garage
from geoserver.vehicles.taking import Taking

log = logging.getLogger("geoserver")
FORGET_S = 3_600.0
"""How often it is looked for days to forget."""


@contextlib.asynccontextmanager
async def open_vehicles(services: Services, settings: Settings, warden: Warden) -> AsyncIterator[Taking]:
    """Vehicles and their fixes, until left."""
    series = await anyio.to_thread.run_sync(open_fixes, settings)
    try:
        with Garage.over(services) as garage:
            taking = Taking(series, garage, services.positions, warden, keep_days=settings.fix_days)
            await anyio.to_thread.run_sync(taking.begin)
            forgetting = asyncio.create_task(_forget(taking))
            try:
                yield taking
            finally:
                forgetting.cancel()
    finally:
        series.close()


async def _forget(taking: Taking) -> None:
    while True:
        try:
            gone = await anyio.to_thread.run_sync(taking.forget)
            if gone:
                log.info("%d days of vehicles' fixes were forgotten, as is set", len(gone))
        except Exception:
            # The disk or the database may be away for a while.
            log.exception("old fixes could not be forgotten")
        await asyncio.sleep(FORGET_S)
