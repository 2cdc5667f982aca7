"""Buildings in a picture: of each that has a name, a point of its wall or roof that is seen."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from layers.cameras.naming.gazetteer import Gazetteer
from layers.cameras.naming.onlooker import Onlooker
from layers.cameras.naming.sighted import Point, Sighted
from tiles.facades import Facades, facades_of
from tiles.geodesy import Floats

LEAST = 0.012
"""A building that takes less of the picture's width, in height or in breadth, has no name."""
MOST = 160
"""So many buildings, the largest, are looked at."""
COLUMNS = 6
"""So many places along the walls of a building, evenly spread, are looked at; each at these parts of its height:"""
HEIGHTS = (0.5, 0.85)


def buildings(look: Onlooker, names: Gazetteer) -> Iterator[Sighted]:
    """The named buildings that are seen, each at the point that lies most in the middle of what is seen of it."""
    held = facades_of(look.scene)
    sizes = _sizes(look, held, np.fromiter(names.buildings, np.int64, len(names.buildings)))
    if not sizes:
        return
    places, owner = _points(look, held, np.fromiter(sizes, np.int64, len(sizes)))
    at = look.pixels(places)
    shown = np.flatnonzero(np.isfinite(at[:, 0]))
    shown = shown[look.sees(places[shown])]
    for building in np.unique(owner[shown]).tolist():
        own = shown[owner[shown] == building]
        middle = own[np.hypot(*(at[own] - at[own].mean(axis=0)).T).argmin()]
        found = Point(places[middle], at[middle], sizes[building])
        yield Sighted.at(look, names.buildings[building], found, owner=building)


def _sizes(look: Onlooker, held: Facades, wanted: NDArray[np.int64]) -> dict[int, float]:
    """About the parts of the picture's width that buildings take, of the largest that may be in it."""
    near = wanted[look.near(held.centre_m[wanted], held.half_m[wanted])]
    prisms = look.scene.footprints
    away = np.maximum(look.away_m(held.centre_m[near]), 5.0)
    extent = np.maximum(prisms.heights_m[near], held.half_m[near])
    share = extent / away * look.view.optics.focal_px / look.view.optics.width_px
    order = np.argsort(-share, kind="stable")[:MOST]
    order = order[share[order] >= LEAST]
    return dict(zip(near[order].tolist(), np.minimum(share[order], 1.0).tolist(), strict=True))


def _points(look: Onlooker, held: Facades, chosen: NDArray[np.int64]) -> tuple[Floats, NDArray[np.int64]]:
    """Points (n, 3) of the walls that face the lens, and of the roofs under it, with the building of each."""
    columns = np.concatenate([_spread(look, held, int(one)) for one in chosen])
    foot, roof = held.foot_m[columns], held.roof_m[columns]
    walls = [np.column_stack([held.place_m[columns], foot + part * (roof - foot)]) for part in HEIGHTS]
    top = look.scene.prisms.roof_m[chosen]
    middle = held.centre_m[chosen]
    # The middle of a bent building may lie beside it.
    under = np.asarray(look.scene.prisms.building_at(middle[:, 0], middle[:, 1])).reshape(len(chosen)) == chosen
    below = under & (look.eye_m[2] > top)
    roofs = np.column_stack([middle[below], top[below]])
    owner = held.building[columns].astype(np.int64)
    return np.concatenate([*walls, roofs]), np.concatenate([*[owner] * len(HEIGHTS), chosen[below]])


def _spread(look: Onlooker, held: Facades, building: int) -> NDArray[np.int64]:
    """Some columns of a building's walls that face the lens, evenly spread."""
    own = np.arange(held.first[building], held.first[building + 1])
    toward = look.eye_m[:2] - held.place_m[own]
    own = own[(held.normal[own] * toward).sum(axis=1) > 0]
    if len(own) <= COLUMNS:
        return np.asarray(own, np.int64)
    return np.asarray(own[np.linspace(0, len(own) - 1, COLUMNS).round().astype(int)], np.int64)
