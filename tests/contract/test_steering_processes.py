"""Two processes over one PostgreSQL share who steers."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from geoserver.faults import SteeringHeld
from geoserver.ptz import steering as service
from geoserver.ptz.relay import relaying
from geoserver.storage.postgres_line import PostgresLine
from layers.cameras.steering import moves
from tests.contract.get_postgres import Cluster
from tests.geoserver.ptz.test_steering import ANNE, BO, Bench, a_ptz
from tests.geoserver.ptz.test_steering_relay import AIM, soon


def a_process(address: str) -> tuple[Bench, Any]:
    bench = Bench(simulated=True)
    store = SimpleNamespace(line=lambda channel: PostgresLine(address, channel))
    now = SimpleNamespace(fleet=SimpleNamespace(cameras={"c1": a_ptz()}))
    return bench, SimpleNamespace(store=store, aims=bench.aims, now=now)


def test_a_camera_held_in_one_process_is_held_in_the_other(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "READ_S", 0.05)

    async def work(address: str) -> None:
        camera = a_ptz()
        (here, mine), (there, theirs) = a_process(address), a_process(address)
        async with relaying(mine, here.steering), relaying(theirs, there.steering):
            # What is said before the other listens is lost: said until it is heard.
            async with asyncio.timeout(30):
                while there.steering.held(camera) is None:
                    await here.move(camera, moves.Absolute(AIM), ANNE)
            with pytest.raises(SteeringHeld):
                await there.move(camera, moves.Home(), BO)
            await soon(lambda: there.aims.of(camera) is not None)

    asyncio.run(work(cluster.database("steering")))
    cluster.drop("steering")
