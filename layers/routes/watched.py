"""The cameras that see a route: each with the stretches that it sees, where best, and whether it must turn for that."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from layers.cameras.linking.index import CameraIndex
from layers.cameras.linking.kernels import SEES
from layers.cameras.look import DENSITY, DISTANCE
from layers.cameras.model import Camera
from layers.cameras.view import NoDirection, View
from layers.grants.permissions import Reach
from layers.place import Target
from layers.routes.cover import few
from layers.routes.route import Route, Span, runs
from tiles.geodesy import Floats

Looking = Callable[[Camera], Camera]
"""A camera as it looks now."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What counts: how well the ground is to be seen, by which tiers, and whether PTZ cameras may turn for it."""

    density_px_m: float
    tiers: Collection[int]
    turning: bool


@dataclass(frozen=True, slots=True, eq=False)
class Watcher:
    """A camera and the steps of the route that it sees.

    Attributes
    ----------
    steps : bool (k,)
    stretch : the longest that it sees without a break
    best : the step, within that stretch, that it sees best
    turns : a PTZ camera that does not show that step as it looks now
    chosen : one of the few that are enough
    """

    camera: Camera
    steps: NDArray[np.bool_] = field(repr=False)
    stretch: Span
    best: int
    distance_m: float
    density_px_m: float
    turns: bool
    chosen: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Watched:
    """A route, the places of its steps, and its watchers in the order in which they are best along it."""

    route: Route
    targets: Sequence[Target] = field(repr=False)
    watchers: Sequence[Watcher]
    seen: NDArray[np.bool_] = field(repr=False)


@dataclass(slots=True, eq=False)
class _Noted:
    """What is gathered of one camera."""

    camera: Camera
    step: list[int]
    density: list[float]
    distance: list[float]


def watched(
    index: CameraIndex, route: Route, wish: Wish, *, seen: Reach, looking: Looking, online: Mapping[str, bool]
) -> Watched:
    """The cameras that see a route, of those that may be ``seen``; what is known to be off is chosen last.

    Raises
    ------
    OutsideCity
    """
    targets = list(route.targets(index.scene))
    noted: dict[str, _Noted] = {}
    # Under a roof nobody sees the ground, whatever lies open above it.
    for step in np.flatnonzero(np.asarray(index.scene.prisms.building_at(*route.places_m.T)) < 0).tolist():
        _note(noted, step, index, targets[step], wish, seen)
    found = [one for one in (_watcher(route, targets, own, wish, looking) for own in noted.values()) if one is not None]
    found.sort(key=lambda one: (one.best, one.stretch, one.camera.id))
    has = np.array([one.steps for one in found], bool).reshape(len(found), len(route))
    off = np.array([online.get(one.camera.id) is False for one in found], bool)
    worth = np.array([one.density_px_m for one in found], float)
    chosen = set(few(has, worth, (np.flatnonzero(~off), np.flatnonzero(off))))
    told = [replace(one, chosen=k in chosen) for k, one in enumerate(found)]
    return Watched(route, targets, told, np.asarray(has.any(axis=0)))


def _note(noted: dict[str, _Noted], step: int, index: CameraIndex, target: Target, wish: Wish, seen: Reach) -> None:
    judged = index.judged(target, wish.density_px_m, seen=seen)
    for k in np.flatnonzero(judged.verdicts == SEES).tolist():
        if int(judged.tiers[k]) in wish.tiers:
            camera: Camera = judged.cameras[k]
            own = noted.setdefault(camera.id, _Noted(camera, [], [], []))
            own.step.append(step)
            own.density.append(float(judged.columns[DENSITY, k]))
            own.distance.append(float(judged.columns[DISTANCE, k]))


def _watcher(route: Route, targets: Sequence[Target], own: _Noted, wish: Wish, looking: Looking) -> Watcher | None:
    step, density = np.array(own.step), np.array(own.density)
    now = _shown_now(looking(own.camera), [targets[k] for k in own.step], wish.density_px_m)
    kept = now if not wish.turning else np.ones(len(step), bool)
    if not kept.any():
        return None
    steps = np.zeros(len(route), bool)
    steps[step[kept]] = True
    first, last = max(runs(steps), key=lambda run: (route.ends_m[run[1]] - route.begins_m[run[0]], -run[0]))
    within = np.flatnonzero(kept & (step >= first) & (step <= last))
    best = int(within[density[within].argmax()])
    stretch = float(route.begins_m[first]), float(route.ends_m[last])
    return Watcher(
        own.camera, steps, stretch, int(step[best]), own.distance[best], float(density[best]), not bool(now[best])
    )


def _shown_now(camera: Camera, targets: Sequence[Target], density_px_m: float) -> NDArray[np.bool_]:
    """Which of the places that a camera can show are in its picture as it looks, closely enough; fixed: all."""
    if not camera.is_ptz:
        return np.ones(len(targets), bool)
    try:
        view = View.of(camera)
    except NoDirection:
        return np.zeros(len(targets), bool)
    lon, lat, height = np.array([(one.lon, one.lat, one.aim_height_m) for one in targets]).T
    close: Floats = view.density_px_m(lon, lat, height)
    return np.asarray(view.framed(lon, lat, height) & (close >= density_px_m))
