"""The vehicles that there are, at hand in every process: asked for with every fix and every live position."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from geoserver.services import Services
from geoserver.storage.store import LOOK, Change, Query
from layers.vehicles import Vehicle

VEHICLE = "vehicle"


class Garage:
    """Vehicles by id, as the journal has them. Safe to use from many threads."""

    def __init__(self, vehicles: Mapping[str, Vehicle]) -> None:
        self._vehicles = dict(vehicles)

    @classmethod
    @contextlib.contextmanager
    def over(cls, services: Services) -> Iterator["Garage"]:
        """The vehicles of a store, kept up to date until left."""
        garage = cls({})
        with services.following(garage.note):
            for one in services.store.find(Query(VEHICLE)):
                # What was told meanwhile is newer than what was read.
                if isinstance(one, Vehicle) and one.version > garage._version(one.id):
                    garage._vehicles[one.id] = one
            yield garage

    @property
    def vehicles(self) -> Mapping[str, Vehicle]:
        """All of them, by id."""
        return MappingProxyType(self._vehicles)

    def get(self, id_: str) -> Vehicle | None:
        """One of them."""
        return self._vehicles.get(id_)

    def record(self, kind: str, id_: str) -> Vehicle | None:
        """The record of a thing that moves, where it is one of them."""
        return self.get(id_) if kind == VEHICLE else None

    def note(self, rows: Sequence[Change]) -> None:
        """Take note of rows of the journal."""
        for row in rows:
            if row.kind != VEHICLE or row.action == LOOK:
                continue
            if row.after is None:
                self._vehicles.pop(row.id, None)
            else:
                self._vehicles[row.id] = Vehicle.model_validate(row.after)

    def _version(self, id_: str) -> int:
        known = self._vehicles.get(id_)
        return known.version if known is not None else 0
