"""Cameras changed and made by hand: what follows from a field that a person sets. Values only."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from layers.areas import AreaIndex, smallest
from layers.cameras.assumptions import Site, complete
from layers.cameras.model import Camera
from tiles.errors import OutsideCity
from tiles.scene import Scene

POSE = frozenset(
    {"lon", "lat", "height_m", "mount_height_m", "heading_deg", "pitch_deg", "roll_deg"}
    | {"image_width_px", "image_height_px", "hfov_deg", "lens", "distortion", "principal_px"}
)  # fmt: skip
"""Fields that a calibration was solved for: it no longer holds when one is set otherwise."""
_PLACE = frozenset({"lon", "lat", "height_m", "mount_height_m"})


def site_of(scene: Scene, lon: float, lat: float) -> Site:
    """What the city says of a place.

    Raises
    ------
    OutsideCity
    """
    ground_m = float(scene.ground_m(lon, lat)) if bool(scene.inside(lon, lat)) else np.nan
    if not np.isfinite(ground_m):
        raise OutsideCity(lon=lon, lat=lat)
    x, y = (float(value) for value in scene.to_metric(lon, lat))
    standing = int(np.asarray(scene.prisms.building_at(x, y)).reshape(-1)[0])
    roof_m = float(scene.prisms.roof_m[standing]) if standing >= 0 else None
    return Site(x, y, ground_m, roof_m)


def changed(camera: Camera, given: Mapping[str, Any], scene: Scene, areas: AreaIndex) -> Camera:
    """A camera with fields set by hand; the record's own names.

    A moved camera keeps its height above the ground unless a height is given too. What is set is no longer
    assumed. A calibration goes with the pose it was solved for.

    Raises
    ------
    OutsideCity
    pydantic.ValidationError
        A value is out of range, or contradicts another.
    """
    fields = {**camera.model_dump(), **given}
    if _PLACE & given.keys():
        fields |= _placed(camera.mount_height_m, given, (fields["lon"], fields["lat"]), scene, areas)
    fields["assumed"] = _still_assumed(camera.assumed, given)
    fields["tier_assumed"] = "tier" in fields["assumed"]
    if "calibration" not in given and any(fields[name] != getattr(camera, name) for name in POSE & given.keys()):
        fields["calibration"] = None
    return Camera(**fields)


def created(given: Mapping[str, Any], scene: Scene, areas: AreaIndex) -> Camera:
    """A camera made by hand: id, lon and lat are given, the rest is assumed as for one of a list.

    Raises
    ------
    OutsideCity
    pydantic.ValidationError
    """
    fields = {name: value for name, value in given.items() if value is not None}
    lon, lat = float(fields["lon"]), float(fields["lat"])
    site = site_of(scene, lon, lat)
    if "mount_height_m" in fields:
        fields["height_m"] = round(site.ground_m + fields["mount_height_m"], 3)
    elif "height_m" in fields:
        fields["mount_height_m"] = round(fields["height_m"] - site.ground_m, 3)
    full = complete({"name": fields["id"], **fields}, site, scene)
    return Camera(**full | _located(lon, lat, areas))


def _placed(
    mount_m: float, given: Mapping[str, Any], lonlat: tuple[float, float], scene: Scene, areas: AreaIndex
) -> dict[str, Any]:
    lon, lat = (float(value) for value in lonlat)
    ground_m = site_of(scene, lon, lat).ground_m
    found: dict[str, Any] = {}
    if given.get("mount_height_m") is not None:
        found["height_m"] = round(ground_m + float(given["mount_height_m"]), 3)
    elif given.get("height_m") is not None:
        found["mount_height_m"] = round(float(given["height_m"]) - ground_m, 3)
    else:
        found |= {"height_m": round(ground_m + mount_m, 3), "mount_height_m": mount_m}
    if {"lon", "lat"} & given.keys():
        found |= _located(lon, lat, areas)
    return found


def _located(lon: float, lat: float, areas: AreaIndex) -> dict[str, Any]:
    codes = areas.codes_of([lon], [lat])[0]
    return {level: codes.get(level, "") for level in ("district", "street", "community")} | {"area": smallest(codes)}


def _still_assumed(assumed: Iterable[str], given: Mapping[str, Any]) -> tuple[str, ...]:
    known = set(given)
    if {"height_m", "mount_height_m"} & known:
        known |= {"height_m", "mount_height_m"}
    return tuple(name for name in assumed if name not in known)
