"""Link: from a place to the cameras that see it, best first, and why the others do not.

Seeing means: in service, its direction known, the place in the picture (PTZ: within pan and tilt), the
density asked for reached (PTZ: at full zoom), within the stated range, and the exact sight line clear.
Candidates come from a tree over the unoccluded reach, so a facade is found where the ground below it
is hidden; the exact line decides.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import KDTree

from layers.cameras.ladder import MIN_DENSITY_PX_M, class_of
from layers.cameras.model import Camera
from layers.cameras.mounts import Mounts, mounts_of
from layers.cameras.ranking import Merits, Trio, recommend, scores
from layers.cameras.reasons import NEARNESS, Reason
from layers.cameras.view import Looks, Views
from layers.errors import BadInput
from layers.place import Target
from tiles.geodesy import Floats
from tiles.scene import Scene

ZOOM_MARGIN = 1.05
"""A PTZ camera zooms to the density asked for and this much more."""
MAX_DENSITY_PX_M = 100_000.0
NEARBY = 16
"""So many of the nearest cameras are always looked at, so that what stands next to a place has its reason."""
_BLOCKED = {1: "blocked-by-terrain", 2: "blocked-by-surface", 3: "blocked-by-building"}
_RANK = {code: max(rank, 2) for rank, code in enumerate(NEARNESS)}
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Aim:
    """The move that centres a place: true bearing, tilt (negative down), zoom over the wide end."""

    pan: float
    tilt: float
    zoom: float


@dataclass(frozen=True, slots=True)
class Linked:
    """What one camera answers.

    Attributes
    ----------
    density_px_m : at the place; PTZ at full zoom; 0 where nothing is known
    class_id : rung of the 2014 ladder, None below it or when not visible
    pixel : where the place appears (u, v); PTZ: the middle, after the move
    aim : the move that centres it, PTZ only
    score : 0 for those that do not see it
    """

    camera: Camera
    visible: bool
    distance_m: float
    bearing_deg: float
    density_px_m: float
    class_id: str | None
    pixel: tuple[float, float] | None
    aim: Aim | None
    online: bool | None
    score: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class Recommended:
    """Ids of the three cameras to open; None where there is none."""

    overview: str | None
    context: str | None
    close: str | None


@dataclass(frozen=True, slots=True)
class LinkAnswer:
    """A place, the cameras that see it (best first), then those that do not (nearest to seeing first).

    ``visible_count`` counts all that see it, ``considered`` all that were looked at; ``cameras`` holds no
    more than the limit, but always the recommended ones.
    """

    place: Target
    density_px_m: float
    recommended: Recommended
    cameras: tuple[Linked, ...]
    visible_count: int
    considered: int


@dataclass(frozen=True, slots=True, eq=False)
class CameraIndex:
    """All cameras of a city, ready for many links: views, mounts and a tree over their reach."""

    cameras: tuple[Camera, ...]
    scene: Scene
    views: Views
    mounts: Mounts
    eyes_m: Floats
    reach_m: Floats
    search_m: Floats
    usable: NDArray[np.bool_]
    tiers: NDArray[np.int_]
    tree: shapely.STRtree
    places: KDTree | None

    @classmethod
    def build(cls, cameras: Sequence[Camera], scene: Scene) -> Self:
        """Index cameras over a scene; made anew when either changes."""
        views = Views.build(cameras)
        eyes = _eyes(cameras, scene)
        # The metric frame and a slant distance differ by less than this; candidates must not be lost.
        search = views.reach_m() * 1.0005 + 1.0
        low, high = eyes[:, :2] - search[:, None], eyes[:, :2] + search[:, None]
        boxes: Any = shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1])
        return cls(
            cameras=tuple(cameras),
            scene=scene,
            views=views,
            mounts=mounts_of(scene, eyes),
            eyes_m=eyes,
            reach_m=views.reach_m(),
            search_m=search,
            usable=np.array([camera.status in ("in-service", "fault") for camera in cameras], bool),
            tiers=np.array([camera.tier for camera in cameras], int),
            tree=shapely.STRtree(boxes),
            places=KDTree(eyes[:, :2]) if len(cameras) else None,
        )

    def candidates(self, x_m: float, y_m: float) -> Rows:
        """Cameras that could show a place there if nothing stood in the way; ascending."""
        rows = np.asarray(self.tree.query(shapely.Point(x_m, y_m)), np.intp)
        away = self.eyes_m[rows, :2] - (x_m, y_m)
        return np.sort(rows[np.hypot(away[:, 0], away[:, 1]) <= self.search_m[rows]])

    def nearest(self, x_m: float, y_m: float, count: int) -> Rows:
        """The cameras that stand nearest."""
        if self.places is None:
            return np.empty(0, np.intp)
        found = self.places.query((x_m, y_m), k=range(1, min(count, len(self.cameras)) + 1))[1]
        return np.asarray(found, np.intp)


def _eyes(cameras: Sequence[Camera], scene: Scene) -> Floats:
    places = np.array([(c.lon, c.lat, c.height_m) for c in cameras], float).reshape(-1, 3)
    x, y = scene.to_metric(places[:, 0], places[:, 1])
    return np.ascontiguousarray(np.stack([x, y, places[:, 2]], axis=1))


@dataclass(frozen=True, slots=True)
class _Verdicts:
    """Of k cameras, in the order of ``rows``: how the place lies to them and why each does or does not see it.

    ``code`` holds the first reason against, "" for those that see it; ``kind``, ``building`` and ``at_m``
    what blocks.
    """

    rows: Rows
    looks: Looks
    code: NDArray[np.str_]
    building: NDArray[np.int32]
    at_m: Floats


def link(
    index: CameraIndex,
    place: Target,
    *,
    density_px_m: float = MIN_DENSITY_PX_M,
    tier: int | None = None,
    limit: int = 20,
    online: Mapping[str, bool] | None = None,
) -> LinkAnswer:
    """The cameras that see a place at a density, ranked, with reasons; see the head of this file.

    Parameters
    ----------
    density_px_m : pixels on a horizontal metre square to the sight line, at least 12.5
    tier : only cameras of this tier
    limit : how many to describe
    online : by camera id, where it is known

    Raises
    ------
    BadInput
    """
    _check(density_px_m, tier, limit)
    rows = np.union1d(index.candidates(place.x_m, place.y_m), index.nearest(place.x_m, place.y_m, min(limit, NEARBY)))
    if tier is not None:
        rows = rows[index.tiers[rows] == tier]
    verdicts = _judge(index, place, rows, density_px_m)
    seeing = np.flatnonzero(verdicts.code == "")
    merits, zoom, wide_m = _merits(index, verdicts, seeing, density_px_m, online or {})
    score = scores(merits, density_px_m)
    trio = recommend(index.tiers[rows[seeing]], score, merits, wide_m)
    best = _shown(np.lexsort((merits.distance_m, -score)), trio, limit)
    described = [
        _seeing(index, verdicts, int(seeing[k]), (float(score[k]), float(zoom[k])), online or {}) for k in best
    ]
    against = _nearest_to_seeing(verdicts)[: max(limit - len(described), 0)]
    described += [_against(index, verdicts, int(k), density_px_m, online or {}) for k in against]
    return LinkAnswer(
        place=place,
        density_px_m=density_px_m,
        recommended=_named(index, rows[seeing], trio),
        cameras=tuple(described),
        visible_count=len(seeing),
        considered=len(rows),
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


def _judge(index: CameraIndex, place: Target, rows: Rows, density_px_m: float) -> _Verdicts:
    """Put the place to the cameras: cheap questions first, the sight line for those that are left."""
    views = index.views
    looks = views.look(place.lon, place.lat, place.aim_height_m, rows)
    code = np.select(
        [
            ~index.usable[rows],
            ~looks.known,
            ~looks.framed & views.ptz[rows],
            ~looks.framed,
            looks.density_px_m < density_px_m,
            looks.distance_m > views.range_m[rows],
        ],
        ["not-in-service", "direction-unknown", "outside-ptz-reach", "outside-picture", "too-far", "beyond-range"],
        default="",
    ).astype("U24")
    left = np.flatnonzero(code == "")
    building, at_m = np.full(len(rows), -1, np.int32), np.full(len(rows), np.inf)
    if left.size:
        who = rows[left]
        # A facade point stands before its wall and a roof point at exactly the roof's height, so nothing of
        # the place's own building needs to be excused: it blocks what looks from behind or below.
        lines = index.scene.sight_lines(
            index.eyes_m[who],
            np.array([place.aim_m]),
            carrier=index.mounts.carrier[who],
            mount_m=index.mounts.mount_m[who],
        )
        building[left], at_m[left] = lines.building, lines.distance_m
        for kind, name in _BLOCKED.items():
            code[left[lines.kind == kind]] = name
    return _Verdicts(rows, looks, code, building, at_m)


def _merits(
    index: CameraIndex, verdicts: _Verdicts, seeing: Rows, asked_px_m: float, online: Mapping[str, bool]
) -> tuple[Merits, Floats, Floats]:
    """What counts for the cameras that see, their zoom, and the metres across their picture at the place."""
    rows, looks, views = verdicts.rows[seeing], verdicts.looks, index.views
    focal, full, width, _ = views.lens[rows].T
    ptz = views.ptz[rows]
    distance, density = looks.distance_m[seeing], looks.density_px_m[seeing]
    wide = focal / np.maximum(distance, 1e-3)
    zoom = np.where(ptz, np.clip(asked_px_m * ZOOM_MARGIN / wide, 1.0, full / focal), 1.0)
    shown = np.where(ptz, wide * zoom, density)
    turn = np.abs((looks.bearing_deg[seeing] - views.turn[rows, 0] + 180.0) % 360.0 - 180.0)
    headed = np.array([index.cameras[i].heading_deg is not None for i in rows], bool)
    ready = np.where(ptz, np.where(headed, 1.0 - 0.8 * turn / 180.0, 0.2), 1.0)
    health = np.array([_health(index.cameras[i], online) for i in rows], float)
    return Merits(shown, density, distance, health, ready), zoom, width / shown


def _health(camera: Camera, online: Mapping[str, bool]) -> float:
    known = online.get(camera.id)
    if known is None:
        return 0.2 if camera.status == "fault" else 0.7
    return 1.0 if known else 0.0


def _shown(best: Rows, trio: Trio, limit: int) -> list[int]:
    """The first of the ranking, in its order, and among them always the recommended ones."""
    wanted = {int(k) for k in (trio.overview, trio.context, trio.close) if k is not None}
    others = [int(k) for k in best if int(k) not in wanted][: max(limit - len(wanted), 0)]
    shown = wanted | set(others)
    return [int(k) for k in best if int(k) in shown]


def _named(index: CameraIndex, rows: Rows, trio: Trio) -> Recommended:
    ids = [None if k is None else index.cameras[rows[k]].id for k in (trio.overview, trio.context, trio.close)]
    return Recommended(*ids)


def _nearest_to_seeing(verdicts: _Verdicts) -> Rows:
    """Positions of the cameras that do not see, those first that come nearest to it."""
    rest = np.flatnonzero(verdicts.code != "")
    rank = np.array([_RANK[str(code)] for code in verdicts.code[rest]], int)
    return np.asarray(rest[np.lexsort((verdicts.looks.distance_m[rest], rank))], np.intp)


def _seeing(
    index: CameraIndex, verdicts: _Verdicts, k: int, rated: tuple[float, float], online: Mapping[str, bool]
) -> Linked:
    camera, looks = index.cameras[verdicts.rows[k]], verdicts.looks
    score, zoom = rated
    distance, bearing = float(looks.distance_m[k]), float(looks.bearing_deg[k])
    density = float(looks.density_px_m[k])
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
        pixel=(float(looks.u_px[k]), float(looks.v_px[k])),
        aim=Aim(bearing, float(looks.tilt_deg[k]), zoom) if camera.is_ptz else None,
        online=online.get(camera.id),
        score=round(score, 4),
        reason=Reason(code, {"density_px_m": density, "distance_m": distance, "bearing_deg": bearing}),
    )


def _against(index: CameraIndex, verdicts: _Verdicts, k: int, asked_px_m: float, online: Mapping[str, bool]) -> Linked:
    camera, looks, code = index.cameras[verdicts.rows[k]], verdicts.looks, str(verdicts.code[k])
    distance, density = float(looks.distance_m[k]), float(looks.density_px_m[k])
    values: dict[str, Any] = {
        "distance_m": distance,
        "density_px_m": density,
        "needed_px_m": asked_px_m,
        "bearing_deg": float(looks.bearing_deg[k]),
        "tilt_deg": float(looks.tilt_deg[k]),
        "heading_deg": camera.heading_deg,
        "pitch_deg": camera.pitch_deg,
        "range_m": camera.range_m,
        "status": camera.status,
    }
    if code.startswith("blocked"):
        values["distance_m"] = float(verdicts.at_m[k])
    if code == "blocked-by-building":
        values |= _blocker(index.scene, int(verdicts.building[k]))
    named = {name: values[name] for name in _VALUES[code]}
    return Linked(
        camera=camera,
        visible=False,
        distance_m=distance,
        bearing_deg=float(looks.bearing_deg[k]),
        density_px_m=density if looks.framed[k] else 0.0,
        class_id=None,
        pixel=None,
        aim=None,
        online=online.get(camera.id),
        score=0.0,
        reason=Reason(code, named),
    )


_VALUES: Mapping[str, tuple[str, ...]] = {
    "blocked-by-building": ("building", "name", "name_en", "distance_m"),
    "blocked-by-terrain": ("distance_m",),
    "blocked-by-surface": ("distance_m",),
    "beyond-range": ("distance_m", "range_m"),
    "too-far": ("density_px_m", "needed_px_m", "distance_m"),
    "outside-picture": ("bearing_deg", "heading_deg", "tilt_deg", "pitch_deg"),
    "outside-ptz-reach": ("bearing_deg", "tilt_deg"),
    "direction-unknown": (),
    "not-in-service": ("status",),
}


def _blocker(scene: Scene, building: int) -> dict[str, str]:
    """Id of a building and what to call it in both languages: its name, else its address, else nothing."""
    held, words = scene.footprints, scene.footprints.attributes
    name = words["name"][building] or words["address"][building]
    return {"building": held.ids[building], "name": name, "name_en": words["name_en"][building] or name}
