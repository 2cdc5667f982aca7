"""Link: from a place to the cameras that see it, best first, and why the others do not.

Seeing means: in service, its direction known, the place in the picture (PTZ: within pan and tilt), the
density asked for reached (PTZ: at full zoom), within the stated range, and the exact sight line clear.
Candidates are those within whose unoccluded reach the place lies, so a facade is found where the ground
below it is hidden; the exact line decides.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.cameras.ladder import MIN_DENSITY_PX_M, class_of
from layers.cameras.linking.index import CameraIndex as CameraIndex
from layers.cameras.linking.index import Judged
from layers.cameras.linking.kernels import BEYOND_RANGE, BLOCKED, NOT_IN_SERVICE, OUTSIDE, SEES, TOO_FAR, UNKNOWN
from layers.cameras.linking.linked import Aim, Recommended
from layers.cameras.linking.linked import LinkAnswer as LinkAnswer
from layers.cameras.linking.linked import Linked as Linked
from layers.cameras.linking.ranking import Merits, Trio, recommend, scores
from layers.cameras.linking.reasons import Reason
from layers.cameras.linking.wards import ALL
from layers.cameras.look import BEARING, DENSITY, DISTANCE, FRAMED
from layers.cameras.model import Camera
from layers.errors import BadInput
from layers.grants.permissions import Reach
from layers.place import Target
from tiles.geodesy import Floats
from tiles.scene import Scene

ZOOM_MARGIN = 1.05
"""A PTZ camera zooms to the density asked for and this much more."""
MAX_DENSITY_PX_M = 100_000.0
NEARBY = 16
"""So many of the nearest cameras are always looked at, so that what stands next to a place has its reason."""
_BLOCKED = {1: "blocked-by-terrain", 2: "blocked-by-surface", 3: "blocked-by-building"}
_AGAINST = {
    BEYOND_RANGE: "beyond-range",
    TOO_FAR: "too-far",
    UNKNOWN: "direction-unknown",
    NOT_IN_SERVICE: "not-in-service",
}
Positions = NDArray[np.intp]


def link(
    index: CameraIndex,
    place: Target,
    *,
    density_px_m: float = MIN_DENSITY_PX_M,
    tier: int | None = None,
    limit: int = 20,
    seen: Reach = ALL,
    online: Mapping[str, bool] | None = None,
) -> LinkAnswer:
    """The cameras that see a place at a density, ranked, with reasons; see the head of this file.

    Parameters
    ----------
    density_px_m : pixels on a horizontal metre square to the sight line, at least 12.5
    tier : only cameras of this tier
    limit : how many to describe
    seen : which cameras may be looked at; all others might as well not be there
    online : by camera id, where it is known

    Raises
    ------
    BadInput
    """
    _check(density_px_m, tier, limit)
    known = online or {}
    found = index.judged(place, density_px_m, seen=seen, also=min(limit, NEARBY), tier=tier)
    seeing = np.flatnonzero(found.verdicts == SEES)
    merits, zoom, wide_m = _merits(found, seeing, density_px_m, known)
    score = scores(merits, density_px_m)
    trio = recommend(found.tiers[seeing], score, merits, wide_m)
    best = _shown(np.lexsort((merits.distance_m, -score)), trio, limit)
    described = [_seeing(found, int(seeing[k]), (float(score[k]), float(zoom[k])), known) for k in best]
    against = _nearest_to_seeing(found, max(limit - len(described), 0))
    described += _against(index, place, found, against, density_px_m, known)
    return LinkAnswer(
        place=place,
        density_px_m=density_px_m,
        recommended=_named(found.cameras[seeing], trio),
        cameras=tuple(described),
        visible_count=len(seeing),
        considered=len(found.rows),
    )


def _check(density_px_m: float, tier: int | None, limit: int) -> None:
    if not (math.isfinite(density_px_m) and MIN_DENSITY_PX_M <= density_px_m <= MAX_DENSITY_PX_M):
        raise BadInput(
            field="density",
            value=density_px_m,
            detail="is no density that a camera is looked at with.",
            remedy=f"Give px/m between {MIN_DENSITY_PX_M:g} and {MAX_DENSITY_PX_M:g}.",
        )
    if tier not in (None, 1, 2, 3):
        raise BadInput(field="tier", value=tier, detail="is no tier.", remedy="Give 1, 2 or 3, or none.")
    if limit < 1:
        raise BadInput(field="limit", value=limit, detail="is no number of cameras.", remedy="Give at least 1.")


def _merits(
    found: Judged, seeing: Positions, asked_px_m: float, online: Mapping[str, bool]
) -> tuple[Merits, Floats, Floats]:
    """What counts for the cameras that see, their zoom, and the metres across their picture at the place."""
    focal, full, width, _ = found.lens[seeing].T
    cameras = found.cameras[seeing].tolist()
    ptz = found.ptz[seeing]
    distance, density = found.columns[DISTANCE, seeing], found.columns[DENSITY, seeing]
    wide = focal / np.maximum(distance, 1e-3)
    zoom = np.where(ptz, np.clip(asked_px_m * ZOOM_MARGIN / wide, 1.0, full / focal), 1.0)
    shown = np.where(ptz, wide * zoom, density)
    turn = np.abs((found.columns[BEARING, seeing] - found.turn[seeing, 0] + 180.0) % 360.0 - 180.0)
    headed = np.array([camera.heading_deg is not None for camera in cameras], bool)
    ready = np.where(ptz, np.where(headed, 1.0 - 0.8 * turn / 180.0, 0.2), 1.0)
    health = np.array([_health(camera, online) for camera in cameras], float)
    return Merits(shown, density, distance, health, ready), zoom, width / shown


def _health(camera: Camera, online: Mapping[str, bool]) -> float:
    known = online.get(camera.id)
    if known is None:
        return 0.2 if camera.status == "fault" else 0.7
    return 1.0 if known else 0.0


def _shown(best: Positions, trio: Trio, limit: int) -> list[int]:
    """The first of the ranking, in its order, and among them always the recommended ones."""
    wanted = {int(k) for k in (trio.overview, trio.context, trio.close) if k is not None}
    others = [int(k) for k in best[:limit] if int(k) not in wanted][: max(limit - len(wanted), 0)]
    shown = wanted | set(others)
    return [int(k) for k in best if int(k) in shown]


def _named(seeing: NDArray[np.object_], trio: Trio) -> Recommended:
    return Recommended(*(None if k is None else seeing[k].id for k in (trio.overview, trio.context, trio.close)))


def _nearest_to_seeing(found: Judged, count: int) -> Positions:
    """Positions of the cameras that do not see, those first that come nearest to it."""
    rest = np.flatnonzero(found.verdicts != SEES)
    rank = found.verdicts[rest].astype(np.int64) * 2
    # A camera that could not be turned there is farther from seeing than one that looks elsewhere.
    rank += (found.verdicts[rest] == OUTSIDE) & found.ptz[rest]
    return np.asarray(rest[np.lexsort((found.columns[DISTANCE, rest], rank))[:count]], np.intp)


def _seeing(found: Judged, k: int, rated: tuple[float, float], online: Mapping[str, bool]) -> Linked:
    camera: Camera = found.cameras[k]
    score, zoom = rated
    distance, bearing, tilt, u, v, density = found.columns[:FRAMED, k].tolist()
    rung = class_of(density)
    code = "sees"
    if camera.is_ptz:
        code = "sees-after-turning" if camera.heading_deg is not None else "sees-pan-zero-unknown"
    return Linked(
        camera=camera,
        visible=True,
        distance_m=distance,
        bearing_deg=bearing,
        density_px_m=density,
        class_id=rung.id if rung else None,
        pixel=(u, v),
        aim=Aim(bearing, tilt, zoom) if camera.is_ptz else None,
        online=online.get(camera.id),
        score=round(score, 4),
        reason=Reason(code, {"density_px_m": density, "distance_m": distance, "bearing_deg": bearing}),
    )


@dataclass(frozen=True, slots=True)
class _Blocker:
    """What stands nearest in the way of a line."""

    code: str
    building: int
    at_m: float


def _against(
    index: CameraIndex, place: Target, found: Judged, some: Positions, asked_px_m: float, online: Mapping[str, bool]
) -> list[Linked]:
    """Cameras that do not see, each with its reason; what blocks is looked for only here."""
    blocked = some[found.verdicts[some] == BLOCKED]
    blockers: dict[int, _Blocker] = {}
    if blocked.size:
        # A facade point stands before its wall and a roof point at exactly the roof's height, so nothing of
        # the place's own building needs to be excused: it blocks what looks from behind or below.
        lines = index.obstacles.met(found.eyes_m[blocked], place.aim_m, found.carrier[blocked], found.mount_m[blocked])
        columns = zip(blocked.tolist(), *(column.tolist() for column in lines), strict=True)
        blockers = {k: _Blocker(_BLOCKED[kind], building, at_m) for k, kind, building, at_m in columns}
    return [_one_against(index.scene, found, k, blockers.get(k), asked_px_m, online) for k in some.tolist()]


def _one_against(
    scene: Scene, found: Judged, k: int, blocker: _Blocker | None, asked_px_m: float, online: Mapping[str, bool]
) -> Linked:
    camera: Camera = found.cameras[k]
    distance, bearing, tilt, _, _, density, framed = found.columns[:, k].tolist()
    if blocker is not None:
        code, values = blocker.code, {"distance_m": blocker.at_m}
        if blocker.building >= 0:
            values |= _building(scene, blocker.building)
    else:
        verdict = int(found.verdicts[k])
        outside = "outside-ptz-reach" if camera.is_ptz else "outside-picture"
        code = outside if verdict == OUTSIDE else _AGAINST[verdict]
        known: dict[str, Any] = {
            "distance_m": distance,
            "density_px_m": density,
            "needed_px_m": asked_px_m,
            "bearing_deg": bearing,
            "tilt_deg": tilt,
            "heading_deg": camera.heading_deg,
            "pitch_deg": camera.pitch_deg,
            "range_m": camera.range_m,
            "status": camera.status,
        }
        values = {name: known[name] for name in _VALUES[code]}
    return Linked(
        camera=camera,
        visible=False,
        distance_m=distance,
        bearing_deg=bearing,
        density_px_m=density if framed else 0.0,
        class_id=None,
        pixel=None,
        aim=None,
        online=online.get(camera.id),
        score=0.0,
        reason=Reason(code, values),
    )


_VALUES: Mapping[str, tuple[str, ...]] = {
    "beyond-range": ("distance_m", "range_m"),
    "too-far": ("density_px_m", "needed_px_m", "distance_m"),
    "outside-picture": ("bearing_deg", "heading_deg", "tilt_deg", "pitch_deg"),
    "outside-ptz-reach": ("bearing_deg", "tilt_deg"),
    "direction-unknown": (),
    "not-in-service": ("status",),
}


def _building(scene: Scene, building: int) -> dict[str, Any]:
    """Id of a building and what to call it in both languages: its name, else its address, else nothing."""
    held, words = scene.footprints, scene.footprints.attributes
    name = words["name"][building] or words["address"][building]
    return {"building": held.ids[building], "name": name, "name_en": words["name_en"][building] or name}
