"""Where the cameras of a list stand: places in WGS 84, the ground below them, and the height of each lens."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from layers.cameras.assumptions import Site
from layers.cameras.lists.drafts import Draft
from layers.cameras.lists.report import Remarks
from layers.cameras.model import Camera
from layers.errors import BadInput
from tiles.geodesy import Floats
from tiles.scene import Scene

GENERIC = {"above ground": "above_ground", "above sea": "above_sea", "ellipsoidal": "ellipsoidal"}
"""What a height is measured from → the column that says so."""
_DEGREES = ("EPSG:4326", "WGS84", "OGC:CRS84")
_FOUND_OUT = frozenset(
    {"id", "kind", "version", "valid_from", "valid_to", "lon", "lat", "height_m", "mount_height_m", "area", "assumed",
     "district", "street", "community", "streams", "tier_assumed"}
)  # fmt: skip
"""Fields that a load finds out anew for a camera that stays where it is."""


def placed(
    drafts: list[Draft], scene: Scene, crs: str, file: str, known: Mapping[str, Camera], report: Remarks
) -> list[Draft]:
    """Those that stand in the city, with their place in WGS 84 and the ground below.

    One without a place that is known already stays where it is, with what the list does not say.
    """
    given = np.array([(d.heights.get("lon", np.nan), d.heights.get("lat", np.nan)) for d in drafts], float)
    given = given.reshape(-1, 2)
    nowhere = _unknown(given, scene, crs, file)
    lonlat = _to_lonlat(np.where(nowhere[:, None], np.nan, given), scene, crs, file)
    swapped = scene.inside(*_to_lonlat(given[:, ::-1], scene, crs, file).T)
    for k, draft in enumerate(drafts):
        if np.isnan(lonlat[k]).any() and draft.id in known and (nowhere[k] or np.isnan(given[k]).all()):
            lonlat[k] = _stay(draft, known[draft.id], report)
    inside = scene.inside(lonlat[:, 0], lonlat[:, 1])
    ground = np.asarray(scene.ground_m(lonlat[:, 0], lonlat[:, 1]), float)
    x, y = scene.to_metric(lonlat[:, 0], lonlat[:, 1])
    standing = np.asarray(scene.prisms.building_at(x, y)).reshape(-1)
    stands = []
    for k, draft in enumerate(drafts):
        if nowhere[k] and np.isnan(lonlat[k]).any():
            report.add(draft.row, "lon", "zero-place", "refused")
        elif swapped[k] and not inside[k]:
            report.add(draft.row, "lon", "swapped", "refused")
        elif np.isnan(lonlat[k]).any():
            report.add(draft.row, "lat" if np.isfinite(given[k, 0]) else "lon", "no-place", "refused")
        elif not inside[k] or not np.isfinite(ground[k]):
            report.add(draft.row, "lon", "outside-city", "refused")
        else:
            roof = float(scene.prisms.roof_m[standing[k]]) if standing[k] >= 0 else None
            draft.lon, draft.lat = float(lonlat[k, 0]), float(lonlat[k, 1])
            draft.site = Site(float(x[k]), float(y[k]), float(ground[k]), roof)
            stands.append(draft)
    return stands


def _unknown(given: Floats, scene: Scene, crs: str, file: str) -> Any:
    """Where a coordinate of 0 says that nobody knew: both are 0, or one is and the place is not in the city."""
    zero = given == 0.0
    inside = scene.inside(*_to_lonlat(given, scene, crs, file).T)
    return zero.any(axis=1) & ~np.asarray(inside)


def _stay(draft: Draft, kept: Camera, report: Remarks) -> tuple[float, float]:
    before = {name: value for name, value in kept.model_dump().items() if name not in _FOUND_OUT and value is not None}
    draft.fields = {**before, **draft.fields}
    draft.fields.setdefault("assumed", tuple(name for name in kept.assumed if name != "streams"))
    if not set(GENERIC.values()) & draft.heights.keys() and "height" not in draft.heights:
        draft.heights |= {"ellipsoidal": kept.height_m, "above_ground": kept.mount_height_m}
    report.add(draft.row, "lon", "kept-place", "assumed")
    return kept.lon, kept.lat


def _to_lonlat(given: Floats, scene: Scene, crs: str, file: str) -> Floats:
    if crs.upper().replace(" ", "") in _DEGREES:
        fits = (np.abs(given[:, 0]) <= 180) & (np.abs(given[:, 1]) < 90)
        return np.where(fits[:, None], given, np.nan)
    return scene.lonlat_of(given, crs, file)


def raised(drafts: list[Draft], scene: Scene, height_reference: str, vertical_datum: Any, file: str) -> list[Draft]:
    """With the height of the lens, where one is given: ellipsoidal, and above the ground.

    Raises
    ------
    BadInput
        Heights above the sea come without a vertical datum.
    """
    for draft in drafts:
        if "height" in draft.heights:
            draft.heights.setdefault(GENERIC[height_reference], draft.heights["height"])
    from_sea = [
        d for d in drafts if "above_sea" in d.heights and not {"ellipsoidal", "above_ground"} & d.heights.keys()
    ]
    if from_sea:
        if vertical_datum is None:
            raise BadInput(
                field="vertical_datum",
                value="",
                detail=f"{file} has heights above the sea without a vertical datum.",
                remedy='Name it: "EGM96", "EPSG:5737" or another.',
            )
        lon, lat, sea = np.array([(d.lon, d.lat, d.heights["above_sea"]) for d in from_sea]).T
        for draft, lens in zip(from_sea, scene.to_ellipsoidal(lon, lat, sea, vertical_datum), strict=True):
            draft.heights["ellipsoidal"] = round(float(lens), 3)
    for draft in drafts:
        _set_lens(draft)
    return drafts


def _set_lens(draft: Draft) -> None:
    heights, site = draft.heights, draft.site
    if site is None:
        return
    if "ellipsoidal" in heights:
        lens = heights["ellipsoidal"]
        draft.fields["height_m"] = lens
        draft.fields["mount_height_m"] = heights.get("above_ground", round(lens - site.ground_m, 3))
    elif "above_ground" in heights:
        draft.fields["mount_height_m"] = heights["above_ground"]
        draft.fields["height_m"] = round(site.ground_m + heights["above_ground"], 3)
