"""Who steers what, and where cameras look, between the processes of one database.

Said on a channel of its own (see docs/decisions/0019-positions-between-processes.md): every 50 ms the latest of each
camera. Two people of one priority who take one within that time, in two processes, are told apart by name.
"""

import asyncio
import contextlib
import logging
import secrets
import threading
from collections.abc import AsyncIterator, Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from geoserver.ptz.steering import Steering
from geoserver.services import Services
from layers.cameras.model import Camera, PtzAim
from layers.cameras.steering.hold import Hold, Steerer

log = logging.getLogger("geoserver")
CHANNEL = "geoserver_steering"


class _Row(BaseModel):
    """What is said of one camera; ``left_s``: how long its hold still counts."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    camera: Annotated[str, Field(max_length=200)]
    name: str = ""
    title: str = ""
    priority: int = 0
    left_s: Annotated[float, Field(ge=0, le=3_600, allow_inf_nan=False)] = 0.0
    aim: PtzAim | None = None


class _Message(BaseModel):
    """One process to the others."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    origin: str
    row: _Row


class Relay:
    """What one process says and hears of steering. ``tell`` in the event loop; ``say`` and ``hear`` in one thread."""

    def __init__(self, services: Services, steering: Steering, most_bytes: int) -> None:
        self._services = services
        self._steering = steering
        self._most_bytes = most_bytes
        self._loop = asyncio.get_running_loop()
        self._origin = secrets.token_hex(8)
        self._holds: dict[str, _Row] = {}
        self._aims: dict[str, _Row] = {}
        self._guard = threading.Lock()

    def tell(self, camera: Camera, hold: Hold | None, aim: PtzAim | None) -> None:
        """Have the others told of a move (with its hold), or of where a camera was seen to look."""
        with self._guard:
            if hold is not None:
                who = hold.who
                self._holds[camera.id] = _Row(
                    camera=camera.id,
                    name=who.name,
                    title=who.title,
                    priority=who.priority,
                    left_s=max(0.0, self._steering.left_s(hold)),
                )
            if aim is not None:
                self._aims[camera.id] = _Row(camera=camera.id, aim=aim)

    def say(self) -> Sequence[bytes]:
        """What the others are to hear now."""
        with self._guard:
            rows = [*self._holds.values(), *self._aims.values()]
            self._holds, self._aims = {}, {}
        told = [_Message(origin=self._origin, row=row).model_dump_json(exclude_defaults=True).encode() for row in rows]
        return [one for one in told if len(one) <= self._most_bytes]

    def hear(self, message: bytes) -> None:
        """Take up what a process has said; what cannot be read is passed over."""
        try:
            said = _Message.model_validate_json(message)
        except ValidationError:
            log.warning("what another process has said of steering could not be read")
            return
        if said.origin != self._origin:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._take, said.row)

    def _take(self, row: _Row) -> None:
        camera = self._services.now.fleet.cameras.get(row.camera)
        if camera is None:
            return
        if row.name:
            self._steering.hear(camera, Steerer(row.name, row.title, row.priority), row.left_s)
        if row.aim is not None:
            self._services.aims.note(camera, row.aim)


@contextlib.asynccontextmanager
async def relaying(services: Services, steering: Steering) -> AsyncIterator[None]:
    """Have a process share its steering with others, until left; over a store without a line nothing is done."""
    line = services.store.line(CHANNEL)
    if line is None:
        yield
        return
    relay, stop = Relay(services, steering, line.most_bytes), threading.Event()
    steering.tell = relay.tell
    thread = threading.Thread(target=line.talk, args=(relay.say, relay.hear, stop), name="steering", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        await asyncio.to_thread(thread.join, 10)
