"""Which privacy volumes a camera's picture must not show, and to whom."""

import threading
import time
from collections.abc import Sequence
from typing import cast

from geoserver.accounts.caller import Caller
from geoserver.services import Services
from geoserver.storage.store import Change, Query
from layers.cameras.model import Camera
from layers.privacy import PrivacyVolume

KIND = "privacy-volume"


def is_masked_for(caller: Caller, camera: Camera) -> bool:
    """Whether private pixels of a camera are blank for somebody: unless a grant says otherwise, with its agreement."""
    return not caller.permissions.allows("unmask", "camera", area=camera.area, tier=camera.tier)


def asks_purpose(caller: Caller, camera: Camera) -> bool:
    """Whether somebody may watch a camera, but only with a purpose told."""
    return caller.permissions.asks_purpose("watch", "camera", area=camera.area, tier=camera.tier)


class Volumes:
    """All privacy volumes as they are now, whoever may see them as records. Safe to use from many threads."""

    def __init__(self, services: Services) -> None:
        self._store = services.store
        self._held: tuple[PrivacyVolume, ...] | None = None
        self._guard = threading.Lock()
        self.changes = 0
        """Grows with every change of a volume."""
        self.changed_s = 0.0
        """When one was last heard to have changed (Unix time)."""

    def take(self, rows: Sequence[Change]) -> None:
        """Rows of the journal have come."""
        if any(row.kind == KIND for row in rows):
            with self._guard:
                self._held = None
                self.changes += 1
                self.changed_s = time.time()

    def all(self) -> tuple[PrivacyVolume, ...]:
        """Every volume of the city."""
        with self._guard:
            if self._held is None:
                self._held = cast("tuple[PrivacyVolume, ...]", tuple(self._store.find(Query(KIND))))
            return self._held

    def hidden(self, caller: Caller, camera: Camera) -> tuple[PrivacyVolume, ...]:
        """The volumes that are blank in a camera's pictures for somebody."""
        return self.all() if is_masked_for(caller, camera) else ()
