"""Two processes share who steers and where cameras look; the line between them is one of memory."""

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from geoserver.faults import SteeringHeld
from geoserver.ptz import steering as service
from geoserver.ptz.relay import relaying
from layers.cameras.model import PtzAim
from layers.cameras.steering import moves
from layers.cameras.steering.verdict import off_deg
from tests.geoserver.ptz.test_steering import ANNE, BO, CHIEF, Bench, a_ptz

AIM = PtzAim(pan=40.0, tilt=-30.0, zoom=4.0)


@dataclass
class Wire:
    """Carries what any process says to all of them, its own words too, as NOTIFY does."""

    ends: list["queue.Queue[bytes]"] = field(default_factory=list)

    def line(self) -> "End":
        self.ends.append(queue.Queue())
        return End(self, self.ends[-1])


@dataclass
class End:
    """One process's end."""

    wire: Wire
    heard: "queue.Queue[bytes]"
    most_bytes: int = 5_900

    def talk(self, say: Callable[[], Sequence[bytes]], hear: Callable[[bytes], None], stop: threading.Event) -> None:
        while not stop.wait(0.01):
            for message in say():
                for end in self.wire.ends:
                    end.put(message)
            with contextlib.suppress(queue.Empty):
                while True:
                    hear(self.heard.get_nowait())


def a_process(wire: Wire) -> tuple[Bench, Any]:
    bench = Bench(simulated=True)
    fleet = SimpleNamespace(cameras={"c1": a_ptz()})
    end = wire.line()
    store = SimpleNamespace(line=lambda _channel: end)
    return bench, SimpleNamespace(store=store, aims=bench.aims, now=SimpleNamespace(fleet=fleet))


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "READ_S", 0.02)


async def soon(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.01)


def test_a_camera_held_in_one_process_is_held_in_the_other() -> None:
    async def work() -> None:
        wire, camera = Wire(), a_ptz()
        (here, mine), (there, theirs) = a_process(wire), a_process(wire)
        async with relaying(mine, here.steering), relaying(theirs, there.steering):
            assert (await here.move(camera, moves.Absolute(AIM), ANNE)).reached
            await soon(lambda: there.steering.held(camera) is not None)
            with pytest.raises(SteeringHeld) as held:
                await there.move(camera, moves.Home(), BO)
            assert held.value.values["by"] == "Anne"
            await soon(lambda: off_deg(there.aims.of(camera) or PtzAim(pan=0, tilt=0), AIM) < 0.1)
            # Who is above them takes it over from the other process, and ends a move that is under way there.
            older = asyncio.create_task(here.move(camera, moves.Absolute(PtzAim(pan=300, tilt=0)), ANNE))
            await asyncio.sleep(0.1)
            await there.move(camera, moves.Home(), CHIEF)
            assert (await older).reached is None
            with pytest.raises(SteeringHeld):
                await here.move(camera, moves.Home(), ANNE)
            await here.steering.close()
            await there.steering.close()

    asyncio.run(work())


def test_two_at_once_are_told_apart_alike() -> None:
    async def work() -> None:
        wire, camera = Wire(), a_ptz()
        (here, mine), (there, theirs) = a_process(wire), a_process(wire)
        async with relaying(mine, here.steering), relaying(theirs, there.steering):
            far = moves.Absolute(AIM)
            await asyncio.gather(here.move(camera, far, BO), there.move(camera, far, ANNE))
            for bench in (here, there):
                await soon(lambda bench=bench: bench.steering.held(camera).who == ANNE)

    asyncio.run(work())


def test_what_cannot_be_read_is_passed_over() -> None:
    async def work() -> None:
        wire, camera = Wire(), a_ptz()
        here, mine = a_process(wire)
        async with relaying(mine, here.steering):
            for message in (b"", b"{}", b'{"origin":"x","row":{"camera":"c1","name":"eve","left_s":1e9}}'):
                wire.ends[0].put(message)
            wire.ends[0].put(b'{"origin":"x","row":{"camera":"none","name":"eve","priority":9,"left_s":9}}')
            wire.ends[0].put(b'{"origin":"x","row":{"camera":"c1","name":"bo","title":"Bo","priority":5,"left_s":9}}')
            await soon(lambda: here.steering.held(camera) is not None)
            assert here.steering.held(camera).who == BO

    asyncio.run(work())
