"""Privacy volumes made, changed and removed by hand, through the same journal as everything else."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from pydantic import ValidationError

from geoserver.accounts.seen import Seen
from geoserver.editing import Ask, bad_field, made_up_id, write
from geoserver.faults import BadParameter, UnknownId
from geoserver.services import Services
from geoserver.storage.store import Write
from layers.areas import smallest
from layers.privacy import PrivacyVolume
from tiles.errors import OutsideCity

KIND = "privacy-volume"
STOREY_M = 3.0
"""Height of a volume over open ground whose top is not given."""
Rings = Sequence[Sequence[Sequence[float]]]


def kept_volume(store: Seen, id_: str) -> PrivacyVolume:
    """A volume as it is kept."""
    found = store.get(KIND, id_)
    if not isinstance(found, PrivacyVolume):
        raise UnknownId(kind=KIND, id=id_)
    return found


def create_volume(services: Services, id_: str | None, rings: Rings, given: Mapping[str, Any], ask: Ask) -> str:
    """Make a volume; its id."""
    fields = {name: value for name, value in given.items() if value is not None}
    if len({"base_m", "top_m"} & fields.keys()) < 2:
        fields = _heights(services, rings) | fields
    made = _volume(services, {**fields, "id": id_ or made_up_id("privacy", ask.key), "rings": _flat(rings)})
    write(services, [Write.put(made, 0)], ask)
    return made.id


def change_volume(
    services: Services, id_: str, rings: Rings | None, given: Mapping[str, Any], seen: int, ask: Ask
) -> None:
    """Set fields of a volume, or its outline."""
    kept = kept_volume(ask.seen(services), id_)
    fields = {**kept.model_dump(), **given} | ({"rings": _flat(rings)} if rings else {})
    write(services, [Write.put(_volume(services, fields), seen)], ask)


def remove_volume(services: Services, id_: str, seen: int, ask: Ask) -> int:
    """Remove a volume; the row of the journal by which it can be brought back."""
    kept = kept_volume(ask.seen(services), id_)
    rows = write(services, [Write(kept.kind, id_, seen, None)], ask)
    return rows[-1].seq if rows else 0


def _volume(services: Services, fields: Mapping[str, Any]) -> PrivacyVolume:
    try:
        made = PrivacyVolume(**fields)
    except ValidationError as bad:
        raise _renamed(bad_field(bad, fields)) from None
    town = services.now.town
    if not bool(town.scene.inside(made.lon, made.lat)):
        raise OutsideCity(lon=made.lon, lat=made.lat)
    return made.model_copy(update={"area": smallest(town.areas.codes(made.lon, made.lat))})


def _renamed(fault: BadParameter) -> BadParameter:
    values = dict(fault.values)
    first, _, rest = str(values["parameter"]).partition(".")
    names = {"base_m": "base", "top_m": "top", "rings": "geometry.coordinates", "body": "geometry"}
    names |= dict.fromkeys(("lon", "lat"), "geometry.coordinates")
    values["parameter"] = ".".join(part for part in (names.get(first, first), rest) if part)
    if first in ("rings", "body", "lon", "lat"):
        values["value"] = None
    return BadParameter(**values)


def _flat(rings: Rings) -> tuple[tuple[tuple[float, float], ...], ...]:
    return tuple(tuple((float(corner[0]), float(corner[1])) for corner in ring) for ring in rings)


def _heights(services: Services, rings: Rings) -> dict[str, float]:
    """From the lowest ground under the outline to the highest roof over it, or a storey over the ground."""
    scene = services.now.town.scene
    lon, lat = np.array([corner[:2] for corner in rings[0]], float).T
    if not bool(np.all(scene.inside(lon, lat))):
        raise OutsideCity(lon=float(lon[0]), lat=float(lat[0]))
    places = np.append(lon, lon[:-1].mean()), np.append(lat, lat[:-1].mean())
    ground, top = np.asarray(scene.ground_m(*places), float), np.asarray(scene.top_m(*places), float)
    standing = np.asarray(scene.building_at(*places)).reshape(-1) >= 0
    base = float(np.nanmin(ground))
    ceiling = float(np.nanmax(top[standing])) if standing.any() else float(np.nanmax(ground)) + STOREY_M
    return {"base_m": round(base, 2), "top_m": round(ceiling, 2)}
