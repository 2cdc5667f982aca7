"""Where PTZ cameras look now, as far as this server knows: kept in memory, not in their records.

A camera turns all day; a write for each move would fill the journal with what is no change of the camera. The moves
themselves are noted there.
"""

import threading

from layers.cameras.model import Camera, PtzAim


class PresentAims:
    """By camera. Safe to use from many threads."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[PtzAim, PtzAim | None]] = {}
        self._guard = threading.Lock()

    def note(self, camera: Camera, aim: PtzAim) -> None:
        """A camera was seen to look there."""
        with self._guard:
            self._known[camera.id] = aim, camera.aim

    def of(self, camera: Camera) -> PtzAim | None:
        """Where a camera looks; what its record says where nothing newer is known, None where it says nothing.

        Whoever sets the aim of a record by hand knows better than what was seen before.
        """
        with self._guard:
            seen, told = self._known.get(camera.id, (None, camera.aim))
        return seen if seen is not None and told == camera.aim else camera.aim

    def looking(self, camera: Camera) -> Camera:
        """The camera with where it looks now; the same object where nothing newer is known."""
        aim = self.of(camera) if camera.is_ptz else camera.aim
        return camera if aim == camera.aim else camera.model_copy(update={"aim": aim})
