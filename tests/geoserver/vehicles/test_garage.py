"""The vehicles at hand: what is read stays as it is while others come and go."""

from datetime import UTC, datetime

from geoserver.storage.store import Change
from geoserver.vehicles.garage import Garage
from layers.vehicles import Vehicle


def row(id_: str, *, gone: bool = False) -> Change:
    document = Vehicle(id=id_, name=id_, lon=106.8, lat=39.6).model_dump(mode="json")
    before, after = (document, None) if gone else (None, document)
    return Change(1, datetime.now(UTC), "x", "vehicle", id_, "remove" if gone else "create", before, after)


def test_who_reads_is_not_disturbed_by_what_is_told() -> None:
    garage = Garage({})
    garage.note([row("a"), row("b")])
    seen = garage.vehicles
    reading = iter(seen)
    assert next(reading) == "a"
    garage.note([row("c"), row("b", gone=True)])
    assert list(reading) == ["b"]
    assert list(seen) == ["a", "b"]
    assert list(garage.vehicles) == ["a", "c"]
    assert garage.get("b") is None
