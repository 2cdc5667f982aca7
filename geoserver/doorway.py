"""The doors of a server: accounts beside the records, grants read by the city as it is now, deeds in the journal."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from zoneinfo import ZoneInfo

import anyio.to_thread

from geoserver.accounts.journal import into
from geoserver.accounts.kept import KeptAccounts
from geoserver.accounts.passwords import Passwords
from geoserver.accounts.service import City, SignIn
from geoserver.openid.opening import Doors, opened
from geoserver.services import Services
from geoserver.settings import Settings

log = logging.getLogger("geoserver")
SWEPT_EVERY_S = 3_600.0
RECHECKED_EVERY_S = 1.0
"""So often it is looked whether there are sessions that the provider is to be asked about."""


@contextlib.asynccontextmanager
async def open_doors(settings: Settings, services: Services) -> AsyncIterator[Doors]:
    """The doors, until left; what has ended is forgotten every hour.

    Raises
    ------
    BadDatabase
    BadFile, BadParameter
        What is said of a sign-in provider cannot be used.
    """
    accounts = KeptAccounts.open(settings.database)
    door = SignIn(accounts, Passwords(), lambda: city_of(services, settings.network), told=into(services.store))
    works: list[asyncio.Task[None]] = []
    try:
        with opened(settings, door, services.now.town.areas.areas) as doors:
            works.append(asyncio.create_task(_again(doors.local.sweep, SWEPT_EVERY_S)))
            if doors.openid is not None:
                works.append(asyncio.create_task(_again(doors.openid.recheck, RECHECKED_EVERY_S)))
            yield doors
    finally:
        for work in works:
            work.cancel()
        accounts.close()


def city_of(services: Services, network: str | None = None) -> City:
    """What grants are read by now, for callers from a network zone (None: not known)."""
    town = services.now.town
    return City(town.area_tree, ZoneInfo(town.build["city"]["time_zone"]), network)


async def _again(work: Callable[[], None], every_s: float) -> None:
    while True:
        try:
            await anyio.to_thread.run_sync(work)
        except Exception:
            # The database may be away for a while; what has ended opens nothing meanwhile.
            log.exception("sessions could not be looked through")
        await asyncio.sleep(every_s)
