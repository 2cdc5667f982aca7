"""The vehicles that there are, at hand in every process: asked for with every fix and every live position."""

import contextlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from geoserver.services import Services
from geoserver.storage.store import LOOK, Change, Query
from layers.vehicles import Vehicle

VEHICLE = "vehicle"


class Garage:
    """Vehicles by id, as the journal has them. Safe to use from many threads: what was handed out never changes."""

    def __init__(self, vehicles: Mapping[str, Vehicle]) -> None:
        self._vehicles = dict(vehicles)
        self._changing = threading.Lock()

    @classmethod
    @contextlib.contextmanager
    def over(cls, services: Services) -> Iterator["Garage"]:
        """The vehicles of a store, kept up to date until left."""
        garage = cls({})
        with services.following(garage.note):
            garage._read([one for one in services.store.find(Query(VEHICLE)) if isinstance(one, Vehicle)])
            yield garage

    @property
    def vehicles(self) -> Mapping[str, Vehicle]:
        """All of them, by id, as they are now."""
        return MappingProxyType(self._vehicles)

    def get(self, id_: str) -> Vehicle | None:
        """One of them."""
        return self._vehicles.get(id_)

    def record(self, kind: str, id_: str) -> Vehicle | None:
        """The record of a thing that moves, where it is one of them."""
        return self.get(id_) if kind == VEHICLE else None

    def note(self, rows: Sequence[Change]) -> None:
        """Take note of rows of the journal."""
        told = [row for row in rows if row.kind == VEHICLE and row.action != LOOK]
        if not told:
            return
        with self._changing:
            vehicles = dict(self._vehicles)
            for row in told:
                if row.after is None:
                    vehicles.pop(row.id, None)
                else:
                    vehicles[row.id] = Vehicle.model_validate(row.after)
            self._vehicles = vehicles

    def _read(self, kept: Sequence[Vehicle]) -> None:
        """Take up what was read. What was told meanwhile is newer."""
        with self._changing:
            vehicles = {one.id: one for one in kept}
            newer = {id_: one for id_, one in self._vehicles.items() if id_ not in vehicles or _is_newer(one, vehicles)}
            self._vehicles = vehicles | newer


def _is_newer(one: Vehicle, than: Mapping[str, Vehicle]) -> bool:
    return one.version >= than[one.id].version
