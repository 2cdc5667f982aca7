"""The door of a server: accounts beside the records, grants read by the city as it is now, deeds in the journal."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from zoneinfo import ZoneInfo

import anyio.to_thread

from geoserver.accounts.journal import into
from geoserver.accounts.kept import KeptAccounts
from geoserver.accounts.passwords import Passwords
from geoserver.accounts.service import City, SignIn
from geoserver.services import Services
from geoserver.settings import Settings

log = logging.getLogger("geoserver")
SWEPT_EVERY_S = 3_600.0


@contextlib.asynccontextmanager
async def open_door(settings: Settings, services: Services) -> AsyncIterator[SignIn]:
    """The door, until left; what has ended is forgotten every hour.

    Raises
    ------
    BadDatabase
    """
    accounts = KeptAccounts.open(settings.database)
    door = SignIn(accounts, Passwords(), lambda: city_of(services, settings.network), told=into(services.store))
    sweeping = asyncio.create_task(_sweep(door))
    try:
        yield door
    finally:
        sweeping.cancel()
        accounts.close()


def city_of(services: Services, network: str | None = None) -> City:
    """What grants are read by now, for callers from a network zone (None: not known)."""
    town = services.now.town
    return City(town.area_tree, ZoneInfo(town.build["city"]["time_zone"]), network)


async def _sweep(door: SignIn) -> None:
    while True:
        try:
            await anyio.to_thread.run_sync(door.sweep)
        except Exception:
            # The database may be away for a while; what has ended opens nothing meanwhile.
            log.exception("ended sessions could not be forgotten")
        await asyncio.sleep(SWEPT_EVERY_S)
