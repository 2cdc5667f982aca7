"""What clients are told of how cameras are: which are online, and what is wrong with their pictures.

A check is no change of a record and stands in no journal, so these news have numbers of their own; they are the same in
all processes over one database.
"""

from collections.abc import Callable

import orjson

from geoserver.health.present import PresentHealth
from geoserver.live.audience import Audience
from layers.cameras.model import Camera
from layers.health.state import Known

CONDITIONS = "conditions"
"""The topic."""


class CameraNews:
    """What one process knows, and of which cameras."""

    def __init__(self, health: PresentHealth, camera: Callable[[str], Camera | None]) -> None:
        self.health, self.camera = health, camera


class Hearing:
    """One client's place in the news; ``since`` is the number up to which it knows all."""

    def __init__(self, news: CameraNews, audience: Audience, since: int | None) -> None:
        self._news, self._audience = news, audience
        # Who knows more than there ever was knows of another database.
        self.seq = since if since is not None and since <= news.health.seq else None

    @property
    def is_due(self) -> bool:
        """Whether there is anything to tell; costs nothing."""
        return self.seq is None or self._news.health.seq > self.seq

    def anew(self) -> None:
        """Tell all there is once more, in the place of all that was told."""
        self.seq = None

    def message(self) -> str:
        """What is new to the client, of the cameras that they may see. Takes a while where that is all of them."""
        whole = self.seq is None
        self.seq, changed = self._news.health.since(self.seq or 0)
        told = [(one.camera, one.online, one.faults) for one in changed if self._may_see(one)]
        message = {"type": "conditions", "topic": CONDITIONS, "seq": self.seq, "whole": whole, "cameras": told}
        return orjson.dumps(message).decode()

    def _may_see(self, one: Known) -> bool:
        camera = self._news.camera(one.camera)
        return camera is not None and self._audience.may_see(camera)
