"""Which pixels of a camera's picture are private: asked for with every frame, made anew when something has changed."""

import numpy as np

from geoserver.services import Services
from geoserver.streams.covered import MaskOf
from geoserver.streams.private import Volumes
from layers.cameras.model import Camera
from layers.cameras.pictures.masking import Mask, privacy_mask
from layers.cameras.pictures.sighting import Sighting

JUDGED_PX = 640, 360
MOST_JUDGED = 10_000
"""A picture in which no private pixel is found at this size has none worth covering: masks are grown."""


class Masks:
    """Private pixels of cameras' pictures. Safe to use from many threads.

    ``simulated`` : whether pictures are rendered, so that it is known for sure where a camera looks
    """

    def __init__(self, services: Services, volumes: Volumes, *, simulated: bool) -> None:
        self._services, self._volumes, self._simulated = services, volumes, simulated
        self._judged: dict[tuple[Camera, int, str], bool] = {}

    def any_in(self, camera: Camera) -> bool:
        """Whether any volume is, or may be, in a picture of a camera as it stands. Casts rays: not for event loops."""
        if camera.is_ptz:
            return bool(self._volumes.all())
        key = camera, *self._version()
        found = self._judged.get(key)
        if found is None:
            if len(self._judged) >= MOST_JUDGED:
                self._judged.clear()
            found = self._judged[key] = self._mask(camera, *JUDGED_PX) is not None
        return found

    def of_kept(self, camera: Camera, width_px: int, height_px: int, elsewhere: bool) -> Mask | None:
        """Private pixels of a kept picture. One that may look elsewhere is private as a whole where any volume is."""
        if elsewhere or camera.is_ptz:
            return np.ones((height_px, width_px), bool) if self._volumes.all() else None
        return self._mask(camera, width_px, height_px)

    def of_stream(self, camera: Camera) -> MaskOf:
        """Private pixels of the frames of a camera as it stands, to be asked for with each."""
        made: tuple[tuple[object, ...], Mask | None] | None = None

        def mask(width_px: int, height_px: int) -> Mask | None:
            nonlocal made
            asked = width_px, height_px, *self._version()
            if made is None or made[0] != asked:
                made = asked, self._mask(camera, width_px, height_px)
            return made[1]

        return mask

    def _version(self) -> tuple[int, str]:
        """Changes with what is private and how the city stands."""
        return self._volumes.changes, self._services.now.town.scene.version

    def _mask(self, camera: Camera, width_px: int, height_px: int) -> Mask | None:
        volumes = self._volumes.all()
        if not volumes:
            return None
        # Where a camera looks that turns, or whose heading nobody knows, is not known for sure: nothing is shown.
        if not camera.can_be_aimed or (camera.is_ptz and not self._simulated):
            return np.ones((height_px, width_px), bool)
        return privacy_mask(Sighting.of(camera, self._services.now.town.scene), volumes, width_px, height_px)
