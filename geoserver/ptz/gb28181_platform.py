"""A head behind a platform that speaks GB/T 28181: control messages, sent to an HTTP address of the platform.

The address is a template, ``gb28181://host:port/path`` (``gb28181s`` for TLS): ``{device}`` stands for the channel's
code and ``{ptzcmd}`` for the sixteen digits of a move. The message itself is the body. The credential's user is the
channel's code, its password the platform's token.
"""

import asyncio
import itertools
from collections.abc import Sequence
from urllib.parse import quote

import aiohttp

from geoserver.ptz.guarded_http import TIMEOUT_S, post, session
from geoserver.ptz.head import Allowed, HeadLost, Source, parts_of
from layers.cameras.model import Camera, Credential, PtzAim
from layers.cameras.steering import moves
from layers.cameras.steering.control_xml import (
    Message,
    Precise,
    home_control,
    position_query,
    precise_control,
    ptz_control,
    read_message,
)
from layers.cameras.steering.ptz_cmd import STOP, Command, Order, PresetOrder, Turn, encode
from layers.cameras.steering.spaces import Mount, OwnAngles, own_angles, true_aim
from layers.errors import BadInput

PORTS = {"gb28181": 80, "gb28181s": 443}
MEDIA_TYPE = "Application/MANSCDP+xml"
MOST_PRESETS = 255


class Gb28181Platform:
    """One channel of a platform. Aims need the 2022 edition, which tells a position and takes one; else only moves."""

    source: Source = "gb28181"

    def __init__(
        self,
        camera: Camera,
        credential: Credential,
        allowed: Allowed,
        *,
        any_certificate: bool = False,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._camera = camera
        self._mount = Mount.of(camera) if camera.heading_deg is not None else None
        self._credential = credential
        self._allowed = allowed
        self._any_certificate = any_certificate
        self._timeout_s = timeout_s
        self._web: aiohttp.ClientSession | None = None
        self._opening = asyncio.Lock()
        self._numbers = itertools.count(1)
        self._tells_position: bool | None = None

    async def position(self) -> PtzAim | None:
        """Where it looks now; None where the platform does not tell, or its pan is tied to no bearing.

        Raises
        ------
        HeadLost
        """
        if self._mount is None or self._tells_position is False:
            return None
        told = await self._sent(position_query(self._device(), next(self._numbers)), "")
        place = told.precise if told is not None and told.result != "ERROR" else None
        self._tells_position = place is not None and place.pan is not None and place.tilt is not None
        if place is None or place.pan is None or place.tilt is None:
            return None
        return true_aim(self._mount, OwnAngles(place.pan, -place.tilt), place.zoom or 1.0)

    async def go(self, move: moves.Move, aim: PtzAim | None, priority: int) -> None:
        """Begin a move.

        Raises
        ------
        HeadLost
        """
        if isinstance(move, moves.Stop):
            return await self._order(STOP, priority)
        if isinstance(move, moves.Continuous):
            turn = Turn(_speed(move.pan, 255), _speed(move.tilt, 255), _speed(move.zoom, 15))
            return await self._order(turn, priority)
        if isinstance(move, moves.Preset):
            names = [one.name for one in self._camera.presets[:MOST_PRESETS]]
            if move.name not in names:
                raise HeadLost("no-preset")
            return await self._order(PresetOrder("call", names.index(move.name) + 1), priority)
        return await self._aimed(move, aim, priority)

    async def presets(self) -> Sequence[str]:
        """It is asked for none: they are numbered as the record lists them."""
        return ()

    async def close(self) -> None:
        """Let go of the connections."""
        if self._web is not None:
            web, self._web = self._web, None
            await web.close()

    async def _aimed(self, move: moves.Move, aim: PtzAim | None, priority: int) -> None:
        if self._tells_position is None:
            await self.position()
        number = next(self._numbers)
        if self._mount is not None and aim is not None and self._tells_position:
            own = own_angles(self._mount, aim)
            told = await self._sent(
                precise_control(self._device(), number, Precise(own.pan % 360.0, -own.tilt, aim.zoom), priority), ""
            )
        elif isinstance(move, moves.Home):
            told = await self._sent(home_control(self._device(), number, priority), "")
        else:
            raise HeadLost("unsupported")
        _accepted(told)

    async def _order(self, order: Order, priority: int) -> None:
        message = ptz_control(self._device(), next(self._numbers), order, priority)
        _accepted(await self._sent(message, encode(Command(order))))

    def _device(self) -> str:
        """The channel's code."""
        code = self._credential.user
        if not (code.isascii() and code.isalnum() and len(code) <= 40):
            raise HeadLost("not-allowed")
        return code

    async def _sent(self, message: bytes, ptzcmd: str) -> Message | None:
        """What the platform answers; None where it only says that it took the message.

        Raises
        ------
        HeadLost
        """
        parts, host, port = parts_of(self._credential.url)
        if parts.scheme not in PORTS:
            raise HeadLost("not-allowed")
        port = port or PORTS[parts.scheme]
        web = await self._session(host, port)
        name = f"[{host}]" if ":" in host else host
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        path = path.replace("{device}", quote(self._device())).replace("{ptzcmd}", ptzcmd)
        headers = {"Content-Type": MEDIA_TYPE}
        if self._credential.password:
            headers["Authorization"] = f"Bearer {self._credential.password}"
        scheme = "https" if parts.scheme == "gb28181s" else "http"
        told = await post(web, f"{scheme}://{name}:{port}{path}", message, headers)
        if told.status in (401, 403):
            raise HeadLost("refused")
        if told.status >= 400:
            raise HeadLost("declined")
        if not told.body.strip():
            return None
        try:
            return read_message(told.body)
        except BadInput:
            raise HeadLost("malformed") from None

    async def _session(self, host: str, port: int) -> aiohttp.ClientSession:
        async with self._opening:
            if self._web is None:
                ip = await asyncio.to_thread(self._allowed, host, port)
                self._web = session(ip, any_certificate=self._any_certificate, timeout_s=self._timeout_s)
            return self._web


def _accepted(told: Message | None) -> None:
    if told is not None and told.result == "ERROR":
        raise HeadLost("declined")


def _speed(part: float, most: int) -> int:
    """A part of the highest speed in whole steps; never 0 where something is asked for."""
    steps = round(min(max(part, -1.0), 1.0) * most)
    return steps or (0 if part == 0 else 1 if part > 0 else -1)
