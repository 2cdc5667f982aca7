"""What cannot well be about a fleet: cameras in walls, in the air, under the ground, in the wrong tier, twice.

Each conflict comes with changes that would settle it, so that a person only has to choose.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from layers.cameras.assumptions import MOUNT_M, ON_ROOF_M, median_ground_m, tier_by_height
from layers.cameras.model import Camera
from layers.outlines import outlines_of
from tiles.geodesy import Floats
from tiles.scene import Scene

Severity = Literal["error", "warning", "notice"]
ORDER: Mapping[Severity, int] = {"error": 0, "warning": 1, "notice": 2}
UNDER_M = 0.5
"""A lens this far below the ground is not a matter of rounding."""
WALL_MOUNT_M = 1.0
"""A camera on a wall may lie so far inside its outline: outlines are no better."""
OFF_THE_WALL_M = 0.3
"""How far in front of its wall a camera is put."""
MAST_M = {1: 70.0, 2: 20.0, 3: 15.0}
"""The highest mast on open ground, by tier."""
ROOF_MAST_M = 15.0
"""The highest mast on a roof."""
BESIDE_M = 3.0
"""A building this near may carry a camera on its wall."""
ROOF_WITHIN_M = 60.0
"""A roof this near may be where a camera in the air stands."""
STREET_AT_MOST_M = 15.0
TOP_AT_LEAST_M = 10.0
TOP_AT_MOST_M = 130.0
LOOKOUT_AT_LEAST_M = 15.0
SAME_SPOT_M = 0.5
SAME_WAY_DEG = 5.0


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that would settle a conflict: fields by the record's names."""

    code: str
    fields: Mapping[str, Any]
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something about a camera that cannot well be."""

    camera: Camera
    code: str
    severity: Severity
    values: Mapping[str, Any]
    proposals: tuple[Proposal, ...] = ()


@dataclass(frozen=True, slots=True)
class _Stands:
    """Where n cameras stand: metric frame, ellipsoidal heights; building −1 = none, its roof NaN."""

    cameras: Sequence[Camera]
    scene: Scene
    x_m: Floats
    y_m: Floats
    lens_m: Floats
    ground_m: Floats
    building: NDArray[np.int32]
    roof_m: Floats
    tier: NDArray[np.int_]


def conflicts(cameras: Sequence[Camera], scene: Scene) -> tuple[Conflict, ...]:
    """All conflicts of the cameras that are not retired, the worst first, then by id."""
    serving = [camera for camera in cameras if camera.status != "retired"]
    if not serving:
        return ()
    stands = _stands(serving, scene)
    found = [
        *_below(stands),
        *_inside(stands),
        *_in_the_air(stands),
        *_wrong_tier(stands),
        *_twice(stands),
        *_unaimed(stands),
    ]
    return tuple(sorted(found, key=lambda one: (ORDER[one.severity], one.camera.id, one.code)))


def _stands(cameras: Sequence[Camera], scene: Scene) -> _Stands:
    lon, lat, lens = (np.array([getattr(c, name) for c in cameras], float) for name in ("lon", "lat", "height_m"))
    x, y = (np.asarray(value, float) for value in scene.to_metric(lon, lat))
    building = np.asarray(scene.prisms.building_at(x, y), np.int32).reshape(-1)
    roofs = np.asarray(scene.prisms.roof_m, float)
    roof = np.full(len(cameras), np.nan)
    roof[building >= 0] = roofs[building[building >= 0]]
    ground = np.asarray(scene.ground_m(lon, lat), float).reshape(-1)
    return _Stands(cameras, scene, x, y, lens, ground, building, roof, np.array([c.tier for c in cameras]))


def _below(s: _Stands) -> list[Conflict]:
    found = []
    for k in np.flatnonzero(s.lens_m < s.ground_m - UNDER_M):
        mast = MOUNT_M[int(s.tier[k])] if s.building[k] < 0 else float(s.roof_m[k] + ON_ROOF_M - s.ground_m[k])
        proposal = Proposal("mast", {"mount_height_m": round(mast, 2)}, {"mount_m": mast})
        values = {"below_m": float(s.ground_m[k] - s.lens_m[k])}
        found.append(Conflict(s.cameras[k], "below-ground", "error", values, (proposal,)))
    return found


def _inside(s: _Stands) -> list[Conflict]:
    """In a building, under its roof, deeper than something that hangs on its wall."""
    rows = np.flatnonzero(
        (s.building >= 0) & (s.lens_m < s.roof_m - OFF_THE_WALL_M) & (s.lens_m >= s.ground_m - UNDER_M)
    )
    if not rows.size:
        return []
    edges = np.stack(
        [np.asarray(v, float) for v in s.scene.prisms.nearest_edge(s.x_m[rows], s.y_m[rows], s.building[rows])]
    )
    found = []
    for k, (depth, foot_x, foot_y, normal_x, normal_y) in zip(rows.tolist(), edges.T.tolist(), strict=True):
        if depth <= WALL_MOUNT_M:
            continue
        before = foot_x + OFF_THE_WALL_M * normal_x, foot_y + OFF_THE_WALL_M * normal_y
        on_roof = {"height_m": round(float(s.roof_m[k]) + ON_ROOF_M, 2)}
        proposals = (*_on_wall(s, k, before), Proposal("roof", on_roof, {"height_m": on_roof["height_m"]}))
        values = {
            "depth_m": depth,
            "under_m": float(s.roof_m[k] - s.lens_m[k]),
            "building": _name(s, int(s.building[k])),
        }
        found.append(Conflict(s.cameras[k], "inside-building", "error", values, proposals))
    return found


def _on_wall(s: _Stands, k: int, place: tuple[float, float]) -> tuple[Proposal, ...]:
    """In front of the nearest wall, at the same height; nothing where another building stands there."""
    there = int(np.asarray(s.scene.prisms.building_at(*place)).reshape(-1)[0])
    if there >= 0 and float(s.scene.prisms.roof_m[there]) > s.lens_m[k]:
        return ()
    lon, lat = (float(value) for value in s.scene.to_lonlat(*place))
    fields = {"lon": round(lon, 8), "lat": round(lat, 8), "height_m": round(float(s.lens_m[k]), 2)}
    moved = math.hypot(place[0] - float(s.x_m[k]), place[1] - float(s.y_m[k]))
    return (Proposal("wall", fields, {"moved_m": moved}),)


def _in_the_air(s: _Stands) -> list[Conflict]:
    """Higher over ground or roof than any mast, with no wall beside it."""
    over_roof = (s.building >= 0) & (s.lens_m > s.roof_m + ROOF_MAST_M)
    masts = np.array([MAST_M[int(tier)] for tier in s.tier])
    over_ground = (s.building < 0) & (s.lens_m > s.ground_m + masts)
    found = []
    for k in np.flatnonzero(over_roof):
        on_roof = round(float(s.roof_m[k]) + ON_ROOF_M, 2)
        proposal = Proposal("roof", {"height_m": on_roof}, {"height_m": on_roof})
        values = {"over_m": float(s.lens_m[k] - s.roof_m[k]), "building": _name(s, int(s.building[k]))}
        found.append(Conflict(s.cameras[k], "over-roof", "warning", values, (proposal,)))
    for k in np.flatnonzero(over_ground):
        near = _near(s, k, ROOF_WITHIN_M)
        if any(away <= BESIDE_M and s.scene.prisms.roof_m[b] >= s.lens_m[k] - ROOF_MAST_M for b, away in near):
            continue
        mast = MOUNT_M[int(s.tier[k])] if s.tier[k] == 3 else MAST_M[int(s.tier[k])]
        proposals = (
            *_on_nearest_roof(s, k, near),
            Proposal("mast", {"mount_height_m": mast}, {"mount_m": mast}),
        )
        values = {"over_m": float(s.lens_m[k] - s.ground_m[k]), "mast_m": MAST_M[int(s.tier[k])]}
        found.append(Conflict(s.cameras[k], "in-the-air", "warning", values, proposals))
    return found


def _near(s: _Stands, k: int, within_m: float) -> list[tuple[int, float]]:
    """Buildings near a camera and how far away, the nearest first."""
    outlines = outlines_of(s.scene)
    near = outlines.near(float(s.x_m[k]), float(s.y_m[k]), within_m)
    place = np.tile([[s.x_m[k], s.y_m[k]]], (len(near), 1))
    away = outlines.outside_m(place, near) if len(near) else np.empty(0)
    return sorted(zip(near.tolist(), away.tolist(), strict=True), key=lambda one: one[1])


def _on_nearest_roof(s: _Stands, k: int, near: Sequence[tuple[int, float]]) -> tuple[Proposal, ...]:
    """On the rim of the nearest roof about as high as the lens."""
    fits = [b for b, _ in near if abs(float(s.scene.prisms.roof_m[b]) - s.lens_m[k]) <= ROOF_MAST_M]
    if not fits:
        return ()
    edge = s.scene.prisms.nearest_edge(float(s.x_m[k]), float(s.y_m[k]), fits[0])
    _, foot_x, foot_y, normal_x, normal_y = (float(np.asarray(value).reshape(-1)[0]) for value in edge)
    place = foot_x - OFF_THE_WALL_M * normal_x, foot_y - OFF_THE_WALL_M * normal_y
    lon, lat = (float(value) for value in s.scene.to_lonlat(*place))
    height = round(float(s.scene.prisms.roof_m[fits[0]]) + ON_ROOF_M, 2)
    moved = math.hypot(place[0] - float(s.x_m[k]), place[1] - float(s.y_m[k]))
    fields = {"lon": round(lon, 8), "lat": round(lat, 8), "height_m": height}
    return (Proposal("nearest-roof", fields, {"moved_m": moved, "building": _name(s, fits[0])}),)


def _wrong_tier(s: _Stands) -> list[Conflict]:
    """A stated tier that the height above the ground speaks against; ground near around decides doubtful ones."""
    mount = s.lens_m - s.ground_m
    doubtful = (
        ((s.tier == 3) & (mount > STREET_AT_MOST_M))
        | ((s.tier == 2) & ((mount < TOP_AT_LEAST_M) | (mount > TOP_AT_MOST_M)))
        | ((s.tier == 1) & (mount < LOOKOUT_AT_LEAST_M))
    )
    found = []
    for k in np.flatnonzero(doubtful & (mount >= -UNDER_M)):
        over = float(s.lens_m[k]) - median_ground_m(s.scene, float(s.x_m[k]), float(s.y_m[k]))
        tier = 1 if s.tier[k] == 2 and mount[k] > TOP_AT_MOST_M else tier_by_height(float(mount[k]), over)
        if tier != s.tier[k]:
            values = {"tier": int(s.tier[k]), "mount_m": float(mount[k]), "by_height": tier}
            proposal = Proposal("tier", {"tier": tier}, {"tier": tier})
            found.append(Conflict(s.cameras[k], "tier-height", "notice", values, (proposal,)))
    return found


def _twice(s: _Stands) -> list[Conflict]:
    """Two of one type at one spot that look the same way."""
    places = np.column_stack([s.x_m, s.y_m, s.lens_m])
    pairs = cKDTree(places).query_pairs(SAME_SPOT_M, output_type="ndarray")
    first: dict[int, Camera] = {}
    for i, j in pairs.tolist():
        one, other = sorted((i, j), key=lambda k: s.cameras[k].id)
        if _same_way(s.cameras[one], s.cameras[other]):
            first.setdefault(other, s.cameras[one])
    return [
        Conflict(
            s.cameras[k],
            "same-spot",
            "notice",
            {"other": other.id, "name": other.name},
            (Proposal("retire", {"status": "retired"}),),
        )
        for k, other in first.items()
    ]


def _same_way(one: Camera, other: Camera) -> bool:
    if one.type != other.type or abs(one.hfov_deg - other.hfov_deg) > SAME_WAY_DEG:
        return False
    if one.heading_deg is None or other.heading_deg is None:
        return one.heading_deg is other.heading_deg
    turned = abs((one.heading_deg - other.heading_deg + 180.0) % 360.0 - 180.0)
    return turned <= SAME_WAY_DEG and abs(one.pitch_deg - other.pitch_deg) <= SAME_WAY_DEG


def _unaimed(s: _Stands) -> list[Conflict]:
    """Of which nobody can say what it sees; one on a wall is proposed to look away from it."""
    found = []
    for k, camera in enumerate(s.cameras):
        if not camera.can_be_aimed:
            found.append(Conflict(camera, "no-heading", "warning", {}, _away_from_wall(s, k)))
    return found


def _away_from_wall(s: _Stands, k: int) -> tuple[Proposal, ...]:
    near = [b for b, _ in _near(s, k, BESIDE_M) if float(s.scene.prisms.roof_m[b]) > s.lens_m[k]]
    if not near:
        return ()
    edge = s.scene.prisms.nearest_edge(float(s.x_m[k]), float(s.y_m[k]), near[0])
    _, _, _, normal_x, normal_y = (float(np.asarray(value).reshape(-1)[0]) for value in edge)
    x, y = float(s.x_m[k]), float(s.y_m[k])
    lon, lat = (
        np.asarray(v, float)
        for v in s.scene.to_lonlat(np.array([x, x + 20 * normal_x]), np.array([y, y + 20 * normal_y]))
    )
    east = (lon[1] - lon[0]) * math.cos(math.radians(lat[0]))
    heading = round(math.degrees(math.atan2(east, lat[1] - lat[0])) % 360.0) % 360
    return (Proposal("away-from-wall", {"heading_deg": float(heading)}, {"heading_deg": heading}),)


def _name(s: _Stands, building: int) -> str:
    facts = s.scene.building(building)
    return facts.name or facts.id
