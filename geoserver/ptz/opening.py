"""Steering as a server has it: opened with the city, closed with it."""

import contextlib
from collections.abc import AsyncIterator

from geoserver.ptz.head import Allowed, nobody
from geoserver.ptz.heads import Heads
from geoserver.ptz.relay import relaying
from geoserver.ptz.steering import Steering
from geoserver.services import Services


@contextlib.asynccontextmanager
async def steering_over(
    services: Services, *, simulated: bool = False, allowed: Allowed = nobody, any_certificate: bool = False
) -> AsyncIterator[Steering]:
    """Steering of a city's cameras; see `geoserver.ptz.heads.Heads` for the rest."""
    heads = Heads(services.store, services.aims, allowed, simulated=simulated, any_certificate=any_certificate)
    steering = Steering(heads, services.aims, services.looks.note)
    async with relaying(services, steering):
        try:
            yield steering
        finally:
            await steering.close()
