"""A few vehicles on the streets that a camera sees, coming round again after so many seconds.

A lane is driven along by trains: vehicles of one look, one period behind the other. When the period is over each is
where the one before it was, so a clip of that length can be played for ever. A vehicle comes and goes where the
camera does not see it. The same camera has the same traffic, however large its picture.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation

from layers.cameras.pictures.sighting import Sighting
from layers.cameras.pictures.still import Survey
from layers.cameras.pictures.still_light import TERRAIN
from layers.cameras.pictures.streets import Lane, Roads, lanes_in
from layers.cameras.pictures.vehicles import Kind, kinds
from tiles.geodesy import Floats
from tiles.served import Eye

NOMINAL_PX = 1280
SMALLEST_PX = 1.0
"""A vehicle whose length shows in fewer pixels is not drawn."""
FARTHEST_M, NEAREST_M = 12_000.0, 40.0
MOST_VEHICLES = 40
MARGIN_M = 16.0
"""Ways are followed so far beyond what is seen of them."""
ABOVE_M = 0.8
"""A lane is looked for so high over the ground."""
HEADWAY_S = MappingProxyType(
    {"motorway": 7.0, "trunk": 7.0, "primary": 8.0, "secondary": 9.0, "tertiary": 13.0, "residential": 22.0,
     "service": 40.0}
)  # fmt: skip
"""Time between two vehicles of a lane, on average."""
SHARES = MappingProxyType({"wide": (0.56, 0.24, 0.11, 0.09), "narrow": (0.62, 0.26, 0.12, 0.0)})
"""Of saloons, off-roaders, vans and buses."""
APART_M = 2.4
"""Between the middles of discs that fill vehicles, at least."""
LOOK_DOWN_M = 40_000.0
MOST_OFF_M = 2.0
BEYOND = 8
"""The served ground is asked for so many points of a lane beyond those that are seen."""
WEDGE_SLACK_DEG = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Vehicle:
    """One vehicle through a clip.

    Attributes
    ----------
    places_m : (frames, 3), the point on the ground under its middle, seen from the camera's eye; local frame
    axes : (frames, 3, 3), unit: ahead, to its left, up
    there : (frames,), whether it is
    """

    kind: Kind
    paint: tuple[float, float, float]
    places_m: Floats
    axes: Floats
    there: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class _Track:
    """A lane, or the seen part of it, on the served ground. ``points_m`` (n, 3) from the eye, ``up`` (3,) at it."""

    lane: Lane
    points_m: Floats
    seen: NDArray[np.bool_]
    nearest_m: float
    up: Floats


def traffic(seen: Survey, roads: Roads, seconds: float, frames: int) -> tuple[Vehicle, ...]:
    """The vehicles of a clip."""
    found: list[Vehicle] = []
    taken: list[Floats] = []
    rng = np.random.default_rng(zlib.crc32(seen.sighting.camera.id.encode()))
    for number, track in enumerate(_tracks(seen, roads)):
        # The nearest lanes that are seen are never empty.
        wanted = max(int(rng.poisson(seconds / HEADWAY_S[track.lane.class_])), 1 if number < 2 else 0)
        for _ in range(wanted):
            if len(found) >= MOST_VEHICLES:
                return tuple(found)
            train = _train(track, rng, seconds, frames)
            if not train or len(found) + len(train) > MOST_VEHICLES:
                continue
            discs = _discs(train)
            if all(_clear(discs, other) for other in taken):
                taken.append(discs)
                found += train
    return tuple(found)


def _tracks(seen: Survey, roads: Roads) -> list[_Track]:
    """What is seen of lanes, nearest first."""
    reach = _reach_m(seen)
    if reach <= 0.0:
        return []

    def away(places: Floats) -> Floats:
        _, points, looked = _looked_at(seen, places, reach)
        return np.where(looked, np.linalg.norm(points, axis=1), np.inf)

    lanes = lanes_in(roads, _area(seen, reach), away, MOST_VEHICLES)
    rough = [run for lane in lanes if (run := _run(seen, lane, reach)) is not None]
    if not rough:
        return []
    sighting = seen.sighting
    eye, up = sighting.served.start(sighting.eye), _up(sighting)
    exact = _on_served(sighting, rough)
    tracks = []
    for run, places in zip(rough, exact, strict=True):
        points = places - eye
        nearest = float(np.linalg.norm(points[run.seen], axis=1).min())
        tracks.append(_Track(run.lane, points, run.seen, nearest, up))
    return sorted(tracks, key=lambda track: track.nearest_m)


def _reach_m(seen: Survey) -> float:
    """How far ground is seen on which a vehicle would be drawn."""
    optics = seen.sighting.view.optics
    ground = seen.cast.distance_m[(seen.cast.kind == TERRAIN) & seen.shown]
    if not ground.size:
        return 0.0
    drawn = optics.focal_px * NOMINAL_PX / optics.width_px * kinds()[0].size_m[0] / SMALLEST_PX
    return float(max(min(drawn, FARTHEST_M, float(ground.max()) + MARGIN_M), NEAREST_M))


def _area(seen: Survey, reach_m: float) -> Any:
    """The wedge that is seen, and the nearest around the camera; a polygon of the metric frame."""
    sighting = seen.sighting
    x, y = (float(value) for value in sighting.scene.to_metric(sighting.camera.lon, sighting.camera.lat))
    middle, width = sighting.view.bearings()
    around = shapely.Point(x, y).buffer(min(reach_m, NEAREST_M))
    half = width / 2 + WEDGE_SLACK_DEG
    if half >= 150.0:
        return shapely.Point(x, y).buffer(reach_m)
    bearings = np.radians(np.linspace(middle - half, middle + half, 40))
    rim = np.stack([x + reach_m * np.sin(bearings), y + reach_m * np.cos(bearings)], axis=1)
    return shapely.union(shapely.Polygon([(x, y), *rim]).buffer(0), around)


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    """A lane, or the seen part of it, on the ground of the model: lon, lat, ellipsoidal height (n, 3)."""

    lane: Lane
    places: Floats
    seen: NDArray[np.bool_]


def _run(seen: Survey, lane: Lane, reach_m: float) -> _Run | None:
    places, _, looked = _looked_at(seen, lane.points_m, reach_m)
    if not looked.any():
        return None
    # Over a hole in the ground the road is as high as at its rims.
    known = np.isfinite(places[:, 2])
    places[:, 2] = np.interp(lane.along_m, lane.along_m[known], places[known, 2])
    kept = slice(None) if lane.closed else _around(lane, looked)
    lane = Lane(lane.points_m[kept], lane.along_m[kept], lane.after_s[kept], lane.class_, lane.closed)
    return _Run(lane, places[kept], looked[kept])


def _looked_at(seen: Survey, points_m: Floats, reach_m: float) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Points (n, 2; metric frame) on the ground as lon, lat, height (n, 3); somewhat above it, from the eye (n, 3);
    and whether they are seen. Where there is no ground the height is NaN."""
    sighting = seen.sighting
    lon, lat = sighting.scene.to_lonlat(*points_m.T)
    ground = np.asarray(sighting.scene.ground.sample(*points_m.T), float)
    served = sighting.served
    known = np.isfinite(ground)
    above = served.frame.place(lon, lat, np.where(known, ground, 0.0) + ABOVE_M) - served.start(sighting.eye)
    return np.column_stack([lon, lat, ground]), above, known & _looked(seen, above, reach_m)


def _around(lane: Lane, looked: NDArray[np.bool_]) -> slice:
    """The part of a lane from before where it is first seen until after where it is last."""
    first, last = np.flatnonzero(looked)[[0, -1]]
    low, high = lane.along_m[first] - MARGIN_M, lane.along_m[last] + MARGIN_M
    return slice(int(np.searchsorted(lane.along_m, low)), int(np.searchsorted(lane.along_m, high, "right")))


def _up(sighting: Sighting) -> Floats:
    """Up at the camera, local frame."""
    pair = sighting.served.frame.place(sighting.camera.lon, sighting.camera.lat, np.array([0.0, 1.0]))
    return np.asarray(pair[1] - pair[0])


def _looked(seen: Survey, points_m: Floats, reach_m: float) -> NDArray[np.bool_]:
    """Whether places (n, 3; from the eye) are in the picture and nothing stands before them there."""
    view = seen.sighting.view
    turn = seen.sighting.served.frame.axes @ view.pose.rotation.T
    u, v, shown = view.optics.pixels(points_m @ turn)
    away = np.linalg.norm(points_m, axis=1)
    inside = shown & (u >= 0) & (u < view.optics.width_px) & (v >= 0) & (v < view.optics.height_px)
    inside &= away <= reach_m + MARGIN_M
    col = (np.where(inside, u, 0) * seen.cols / view.optics.width_px).astype(np.int64)
    row = (np.where(inside, v, 0) * seen.rows / view.optics.height_px).astype(np.int64)
    behind = seen.grid(seen.cast.distance_m)[row, col]
    return np.asarray(inside & (away <= behind * 1.01 + 1.0), bool)


def _on_served(sighting: Sighting, runs: Sequence[_Run]) -> list[Floats]:
    """The places of runs on the served ground, a little off the one that it is made from; (n, 3), local frame.

    Looked at from far above. Under a roof it is as far off as at the nearest places that are under none.
    """
    served = sighting.served
    places = np.concatenate([run.places for run in runs])
    asked = np.concatenate([binary_dilation(run.seen, iterations=BEYOND) for run in runs])
    guess = served.frame.place(*places.T)
    above = Eye(float(places[:, 0].mean()), float(places[:, 1].mean()), LOOK_DOWN_M)
    rays = guess - served.start(above)
    away = np.linalg.norm(rays, axis=1)
    rays /= away[:, None]
    cast = served.cast(above, rays[asked])
    off = np.full(len(places), np.inf)
    off[asked] = np.where(cast.kind == TERRAIN, cast.distance_m - away[asked], np.inf)
    exact, first = [], 0
    for run in runs:
        own = slice(first, first + len(run.places))
        first = own.stop
        bare = np.abs(off[own]) < MOST_OFF_M
        along = run.lane.along_m
        moved = np.interp(along, along[bare], off[own][bare]) if bare.any() else np.zeros(len(along))
        exact.append(np.asarray(guess[own] + rays[own] * moved[:, None]))
    return exact


def _train(track: _Track, rng: np.random.Generator, seconds: float, frames: int) -> list[Vehicle]:
    """Vehicles of one look on a lane, a period apart, that are seen at some time."""
    lane = track.lane
    share = SHARES["narrow" if lane.class_ in ("residential", "service") else "wide"]
    kind = kinds()[int(rng.choice(len(share), p=share))]
    paint = kind.paints[int(rng.integers(len(kind.paints)))]
    phase = float(rng.uniform(0, seconds))
    begin, total = float(lane.after_s[0]), float(lane.after_s[-1] - lane.after_s[0])
    # A way that comes back to where it was is driven in a whole number of periods.
    count = max(round(total / seconds), 1) if lane.closed else int(total / seconds) + 2
    pace = total / (count * seconds) if lane.closed else 1.0
    made = []
    for place in range(count):
        clock = (np.arange(frames) / frames * seconds + phase + (place if lane.closed else place - 1) * seconds) * pace
        if lane.closed:
            clock %= total
        vehicle = _driving(track, kind, paint, clock + begin)
        if vehicle is not None:
            made.append(vehicle)
    return made


def _driving(track: _Track, kind: Kind, paint: tuple[float, float, float], clock: Floats) -> Vehicle | None:
    lane = track.lane
    there = (clock >= lane.after_s[0]) & (clock <= lane.after_s[-1])
    along = np.interp(clock, lane.after_s, lane.along_m)
    near = np.interp(along, lane.along_m, track.seen.astype(float)) > 0
    if not (near & there).any():
        return None
    front, rear = (_at(track, along + side * kind.axles_m / 2) for side in (1, -1))
    ahead = front - rear
    ahead /= np.maximum(np.linalg.norm(ahead, axis=1, keepdims=True), 1e-9)
    left = np.cross(track.up, ahead)
    left /= np.maximum(np.linalg.norm(left, axis=1, keepdims=True), 1e-9)
    return Vehicle(kind, paint, (front + rear) / 2, np.stack([ahead, left, np.cross(ahead, left)], axis=1), there)


def _at(track: _Track, along_m: Floats) -> Floats:
    """Places (n, 3) so far along a lane."""
    own = track.lane.along_m
    if track.lane.closed:
        along_m = own[0] + (along_m - own[0]) % (own[-1] - own[0])
    before = own[0] - along_m
    beyond = along_m - own[-1]
    found = np.stack([np.interp(along_m, own, axis) for axis in track.points_m.T], axis=1)
    # A long vehicle sticks out over the end of what is followed.
    first, last = (track.points_m[pair[1]] - track.points_m[pair[0]] for pair in ((0, 1), (-2, -1)))
    found -= np.maximum(before, 0.0)[:, None] * first / max(float(np.linalg.norm(first)), 1e-9)
    found += np.maximum(beyond, 0.0)[:, None] * last / max(float(np.linalg.norm(last)), 1e-9)
    return np.asarray(found)


def _discs(train: Sequence[Vehicle]) -> Floats:
    """Middles (frames, n, 2) of discs that fill vehicles; NaN when they are not there."""
    found = []
    for vehicle in train:
        reach = vehicle.kind.size_m[0] / 2 - 0.8
        for share in np.linspace(-1, 1, 3 if reach < 3 else 6):
            place = vehicle.places_m[:, :2] + share * reach * vehicle.axes[:, 0, :2]
            found.append(np.where(vehicle.there[:, None], place, np.nan))
    return np.stack(found, axis=1)


def _clear(one: Floats, other: Floats) -> bool:
    """Whether no two discs ever come too near."""
    apart = np.linalg.norm(one[:, :, None] - other[:, None], axis=-1)
    return not bool((apart < APART_M).any())
