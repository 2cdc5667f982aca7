"""Where a stream's packets come from: a camera's own address, or its picture rendered from the model."""

from functools import partial
from pathlib import Path

from geoserver.services import Now, Services
from geoserver.settings import Settings
from geoserver.streams.addresses import Address, AddressRules
from geoserver.streams.heads import Head, Heads, Name, Noted, described
from geoserver.streams.masks import Masks
from geoserver.streams.model import SourceLost, StreamKey
from geoserver.streams.offered import Role, stream_of
from geoserver.streams.pretended import PretendedFaults, seed_of
from geoserver.streams.private import Volumes
from geoserver.streams.reencoded import Reencoded
from geoserver.streams.reencoders import Reencoders
from geoserver.streams.simulated import simulated_clip
from geoserver.streams.sources import Source, clip_source, network_source
from layers.cameras.model import Camera
from layers.health.faulty import seen_with
from layers.health.orders import Trouble

SIZES = {"main": 1280, "sub": 640}
"""Widths of rendered pictures."""
FPS, CLIP_S = 15, 12


def rendered(now: Now, camera: Camera, role: Role, settings: Settings, fault: Trouble | None = None) -> Path:
    """The clip that stands for a camera's stream, with what is wrong with its picture.

    Raises
    ------
    NoDirection
    """
    folder = settings.cache / "video"
    size = {"width_px": SIZES[role], "fps": FPS, "seconds": CLIP_S}
    return simulated_clip(now, camera, None, **size, folder=folder, fault=fault)


class Makers:
    """Makes sources of streams. Safe to use from many threads.

    Attributes
    ----------
    heads : what streams are, as far as known
    masks : what is private in pictures
    reencoders : how many may be encoded anew
    faults : of simulated cameras
    """

    def __init__(self, services: Services, settings: Settings, volumes: Volumes) -> None:
        self._services = services
        self._simulated = settings.simulated
        self._settings = settings
        self._rules = AddressRules.of(settings.stream_networks)
        self.masks = Masks(services, volumes, simulated=settings.simulated)
        self.heads, self.reencoders = Heads(), Reencoders(settings.reencodes)
        self.faults = PretendedFaults(settings.simulated_faults if settings.simulated else None)

    def source_of(self, key: StreamKey) -> Source:
        """What a stream is read from.

        Raises
        ------
        SourceLost
            The camera is gone, or nothing is known of where its stream is.
        """
        camera = self._services.now.fleet.cameras.get(key.camera)
        if camera is None:
            raise SourceLost("not-found")
        # Looked up once: the picture and its mask are of the same aim. Whoever turns the camera has it opened anew.
        camera = self.as_it_stands(camera)
        source = self._rendered(camera, key.stream) if self._simulated else self._fetched(key)
        source = Noted(source, partial(self.heads.learn, (key.camera, key.stream)))
        if key.form == "original" and not key.masked:
            return source
        mask_of = self.masks.of_stream(camera) if key.masked else None
        return Reencoded(source, self.reencoders, mask_of, motion=key.form != "pictures")

    def described(self, name: Name) -> Head | None:
        """What a camera says of one of its streams; None where it cannot be asked. Blocks."""
        found = self._services.store.credential(*name)
        if self._simulated or found is None or not found.url:
            return None
        return described(Address(found.url, found.user, found.password), self._rules)

    def as_it_stands(self, camera: Camera) -> Camera:
        """A camera as it is turned now; a simulated one that is turned away by a fault too."""
        fault = self.faults.of(camera.id)
        return seen_with(self._services.aims.looking(camera), fault, seed_of(camera.id))

    def shows_private(self, camera: Camera) -> bool:
        """Whether any privacy volume is in a camera's picture, or may be. Casts rays: not for an event loop."""
        return self.masks.any_in(self.as_it_stands(camera))

    def _rendered(self, camera: Camera, stream: str) -> Source:
        role, fault = stream_of(camera, stream, simulated=True).role, self.faults.of(camera.id)
        if fault == "offline":
            raise SourceLost("silent")
        return clip_source(lambda: rendered(self._services.now, camera, role, self._settings, fault))

    def _fetched(self, key: StreamKey) -> Source:
        found = self._services.store.credential(key.camera, key.stream)
        if found is None or not found.url:
            raise SourceLost("no-address")
        return network_source(Address(found.url, found.user, found.password), self._rules)
