"""The streams of one server: readers, who watches them, and the check that they still may."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from typing import Self

import anyio.to_thread

from geoserver.accounts.caller import Caller
from geoserver.doorway import city_of
from geoserver.faults import NoPictureYet, NotSignedIn
from geoserver.services import Services
from geoserver.settings import Settings
from geoserver.streams.gateway import Gateway
from geoserver.streams.heads import Asking
from geoserver.streams.made import Makers
from geoserver.streams.media_server import Entry, MediaServer
from geoserver.streams.model import Picture, Piece, Stills, StreamKey, Unplayable, Waiting
from geoserver.streams.offered import streams_of
from geoserver.streams.private import Volumes, is_masked_for
from geoserver.streams.reencoders import Reencoders
from geoserver.streams.sources import Source
from geoserver.streams.viewings import Ended, Viewing, Viewings, Why, Wish
from layers.cameras.model import Camera
from layers.cameras.pictures.masking import Mask
from layers.health.orders import Trouble

log = logging.getLogger("geoserver")
CHECKED_EVERY_S = 0.8
"""How often it is asked whether those who watch still may."""
FIRST_S = 6.0
"""How long the first picture of a stream is waited for."""


class Streams:
    """Moving pictures of one server process. Used from its event loop.

    Attributes
    ----------
    gateway : readers and what comes of them
    viewings : who watches
    simulated : whether pictures are rendered from the model
    """

    def __init__(self, services: Services, settings: Settings, volumes: Volumes, name: str = "") -> None:
        self._services = services
        self._volumes = volumes
        self.simulated = settings.simulated
        self._makers = Makers(services, settings, volumes)
        self._asking = Asking(self._makers.heads, self._makers.described)
        self.gateway = Gateway(self._makers.source_of)
        self._media = None if settings.simulated else MediaServer.of(settings.media_url)
        self.viewings = Viewings(self._ended, name=name)

    @classmethod
    @contextlib.asynccontextmanager
    async def over(
        cls, services: Services, settings: Settings, volumes: Volumes, name: str = ""
    ) -> AsyncIterator[Self]:
        """The streams of a city, until left; in a process of that name, where there are several."""
        streams = cls(services, settings, volumes, name)
        await streams.gateway.start()
        checking = asyncio.create_task(streams._check())
        try:
            yield streams
        finally:
            checking.cancel()
            for viewing in streams.viewings:
                streams.viewings.end(viewing.id, "closed")
            streams._asking.close()
            await streams.gateway.close()

    @property
    def reencoders(self) -> Reencoders:
        """The places of streams that are encoded anew."""
        return self._makers.reencoders

    def key_of(self, wish: Wish) -> StreamKey:
        """What is read for somebody. What is covered is H.264 in any case, and one for all who want motion."""
        form = "h264" if wish.masked and wish.form == "original" else wish.form
        return StreamKey(wish.camera, wish.stream, wish.masked, form)

    async def is_masked(self, caller: Caller, camera: Camera) -> bool:
        """Whether somebody is sent a camera's picture with private pixels covered: there are some, and no right."""
        if not is_masked_for(caller, camera):
            return False
        return await anyio.to_thread.run_sync(self._makers.shows_private, camera)

    def known(self, camera: Camera, stream: str, *, masked: bool) -> dict[str, object]:
        """What is known of a stream: codec, size, whether browsers play it as it is sent to somebody."""
        head = self._makers.heads.get((camera.id, stream))
        if head is None:
            return {"codec": None, "width": None, "height": None, "playable": None}
        playable = head.playable or (masked and head.decodable)
        return {"codec": head.codec, "width": head.width, "height": head.height, "playable": playable}

    async def ask(self, camera: Camera) -> None:
        """Have a camera say what its streams are, where that is not known; for a second at most."""
        if not self.simulated:
            await self._asking.settle([(camera.id, one.id) for one in streams_of(camera, simulated=False)])

    def instead(self, wish: Wish, of: Unplayable) -> dict[str, object]:
        """What can be had in the place of a stream that browsers do not play."""
        camera = self._services.now.fleet.cameras.get(wish.camera)
        others = streams_of(camera, simulated=self.simulated) if camera is not None else ()
        heads = {one.id: self._makers.heads.get((wish.camera, one.id)) for one in others if one.id != wish.stream}
        return {
            "streams": [id_ for id_, head in heads.items() if head is not None and head.playable],
            "h264": self.reencoders.room if of.decodable else "off",
            "pictures": of.decodable,
        }

    def elsewhere(self, viewing: Viewing) -> str | None:
        """Where a media server sends somebody what they watch; None where this server does.

        Raises
        ------
        NoViewing
        """
        wish = viewing.wish
        if self._media is None or wish.direct or wish.masked or wish.form != "original":
            return None
        return self._media.address(self.key_of(wish), self.viewings.new_pass(viewing))

    def admits(self, entry: Entry) -> bool:
        """Whether who showed a token to the media server may have what they asked of it."""
        viewing = self.viewings.passed(entry.token)
        return (
            self._media is not None
            and viewing is not None
            and self._media.is_part(entry.path, self.key_of(viewing.wish))
        )

    async def picture(self, wish: Wish) -> Picture:
        """The last picture of a stream as it is sent to somebody.

        Raises
        ------
        NoPictureYet
        """
        found = await self.gateway.picture(self.key_of(wish), wait_s=FIRST_S)
        if found is None:
            raise self.missing(wish)
        return found

    async def still(self, wish: Wish) -> Picture:
        """The newest picture of a stream that is had as pictures instead of motion.

        Raises
        ------
        NoPictureYet
            There is none, or there has been motion for a while.
        """
        found = await self.gateway.still(self.key_of(wish), wait_s=FIRST_S)
        # What has become private since then is not covered in it.
        if found is None or (wish.masked and found.at_s < self._volumes.changed_s):
            raise self.missing(wish)
        return found

    async def last(self, wish: Wish) -> Picture | None:
        """The newest picture that is there already, were it of a while ago; None where none is, or it could mislead."""
        camera = self._services.now.fleet.cameras.get(wish.camera)
        if camera is None or camera.is_ptz:
            return None  # it may look elsewhere by now
        found = await self.gateway.last(self.key_of(wish))
        return None if found is None or (wish.masked and found.at_s < self._volumes.changed_s) else found

    def pieces(self, wish: Wish, seconds: float) -> Sequence[Piece]:
        """The last so many seconds of a stream as it is sent to somebody.

        Raises
        ------
        NoPictureYet
            There is no motion.
        """
        key = self.key_of(wish)
        found = () if isinstance(self.gateway.state(key), Stills) else self.gateway.kept(key, seconds)
        if not found:
            raise self.missing(wish)
        return found

    def missing(self, wish: Wish) -> NoPictureYet:
        """Why a stream has no picture, or no motion."""
        match self.gateway.state(self.key_of(wish)):
            case Waiting(why=why):
                return NoPictureYet(state=why)
            case Stills():
                return NoPictureYet(state="pictures")
            case _:
                return NoPictureYet(state="opening")

    def mask_of(self, camera: Camera, width_px: int, height_px: int, elsewhere: bool) -> Mask | None:
        """Private pixels of a kept picture; all of them where it may look ``elsewhere`` than is known."""
        return self._makers.masks.of_kept(camera, width_px, height_px, elsewhere)

    def source_of(self, key: StreamKey) -> Source:
        """What a stream is read from, for who reads it once.

        Raises
        ------
        SourceLost
        """
        return self._makers.source_of(key)

    def fault_of(self, camera: str) -> Trouble | None:
        """What is wrong with a simulated camera."""
        return self._makers.faults.of(camera)

    def as_it_stands(self, camera: Camera) -> Camera:
        """A camera as it is turned now."""
        return self._makers.as_it_stands(camera)

    def turned(self, camera: str) -> None:
        """A camera has been turned: its rendered picture, and what is covered in it, are made anew."""
        if self.simulated:
            self.gateway.drop(camera)

    def _may_watch(self, caller: Caller, wish: Wish) -> Why | None:
        """Why a viewing has to end; None where it may go on. Casts rays where volumes have changed."""
        camera = self._services.now.fleet.cameras.get(wish.camera)
        if camera is None or not caller.sees("camera").covers_record(camera):
            return "revoked"
        if not caller.permissions.allows("watch", "camera", area=camera.area, tier=camera.tier):
            return "revoked"
        bare = not wish.masked and is_masked_for(caller, camera)
        return "revoked" if bare and self._makers.shows_private(camera) else None

    def mark(self, wish: Wish, at: datetime | None = None) -> str:
        """Who watches and when, by the city's clock: what lies over the picture."""
        zone = city_of(self._services).tz
        return f"{wish.title or wish.name} {(at or datetime.now(zone)).astimezone(zone):%Y-%m-%d %H:%M}"

    def note(self, wish: Wish, deed: str, **more: object) -> None:
        """Have the journal told what somebody did with a picture."""
        camera = self._services.now.fleet.cameras.get(wish.camera)
        where = {"lon": camera.lon, "lat": camera.lat, "area": camera.area} if camera is not None else {}
        detail = {"deed": deed, "stream": wish.stream, **more, **where}
        self._services.looks.note(wish.name, "camera", wish.camera, detail, wish.purpose)

    def _ended(self, one: Ended) -> None:
        self.note(one.viewing.wish, "watched", why=one.why, seconds=round(one.seconds))

    async def _check(self) -> None:
        """End what is idle, and what its watcher may not see any more."""
        while True:
            await asyncio.sleep(CHECKED_EVERY_S)
            try:
                self.viewings.end_idle()
                if viewings := tuple(self.viewings):
                    for id_, why in await anyio.to_thread.run_sync(self._refused, viewings):
                        self.viewings.end(id_, why)
            except Exception:
                # The database may be away for a while. Nobody can be asked then, and pictures go on.
                log.exception("viewing sessions could not be checked")

    def _refused(self, viewings: Sequence[Viewing]) -> list[tuple[str, Why]]:
        """Those that have to end, and why. Looks into the database."""
        callers = _asked_again({viewing.wish.holder: viewing.again for viewing in viewings})
        found: list[tuple[str, Why]] = []
        for viewing in viewings:
            caller = callers[viewing.wish.holder]
            why = "signed-out" if caller is None else self._may_watch(caller, viewing.wish)
            if why is not None:
                found.append((viewing.id, why))
        return found


def _asked_again(again: Mapping[str, Callable[[], Caller]]) -> dict[str, Caller | None]:
    """Who each log-in belongs to now; None where it has ended."""
    found: dict[str, Caller | None] = {}
    for holder, ask in again.items():
        try:
            found[holder] = ask()
        except NotSignedIn:
            found[holder] = None
    return found
