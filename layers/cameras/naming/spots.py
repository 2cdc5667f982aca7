"""Places and areas in a picture: points with a name, and ground of which it is known in which area it lies."""

from collections.abc import Iterator

import numpy as np

from layers.areas import smallest
from layers.cameras.naming.gazetteer import Gazetteer
from layers.cameras.naming.onlooker import GLANCE_M, Onlooker
from layers.cameras.naming.sighted import Point, Sighted
from tiles.geodesy import Floats

PLACE_M = 40.0
"""A place is taken to be so large."""
RAYS, RINGS = 25, 16
"""Ground is looked at in so many directions and distances."""
NEAREST_M = 15.0
LEAST_SPOTS = 3
"""An area of which fewer points are seen has no name."""


def places(look: Onlooker, names: Gazetteer) -> Iterator[Sighted]:
    """Named points that are seen on the ground; what stands in a building is named at its walls."""
    near = look.near(names.spots_m)
    near = near[names.spot_building[near] < 0]
    at = look.pixels(names.spots_m[near])
    shown = np.isfinite(at[:, 0])
    near, at = near[shown], at[shown]
    for k in np.flatnonzero(look.sees(names.spots_m[near], GLANCE_M)).tolist():
        place = names.spots_m[near[k]]
        share = PLACE_M / max(look.distance_m(place), PLACE_M) * look.view.optics.focal_px / look.view.optics.width_px
        yield Sighted.at(look, names.places[near[k]], Point(place, at[k], min(share, 1.0)))


def areas(look: Onlooker, names: Gazetteer) -> Iterator[Sighted]:
    """The smallest areas of which ground is seen, each at the point nearest to the middle of what is seen of it."""
    ground = _ground(look)
    at = look.pixels(ground)
    shown = np.isfinite(at[:, 0])
    ground, at = ground[shown], at[shown]
    seen = look.sees(ground, GLANCE_M)
    ground, at = ground[seen], at[seen]
    codes = np.array([smallest(one) for one in names.area_index.codes_of(*look.lonlat(ground))], object)
    for code in sorted(set(codes.tolist()) & names.areas.keys()):
        own = np.flatnonzero(codes == code)
        if len(own) < LEAST_SPOTS:
            continue
        middle = own[np.hypot(*(at[own] - at[own].mean(axis=0)).T).argmin()]
        yield Sighted.at(look, names.areas[code], Point(ground[middle], at[middle], len(own) / (RAYS * RINGS) / 4))


def _ground(look: Onlooker) -> Floats:
    """Places (n, 3) on the ground before the lens, denser where it is near; none in a building."""
    turn = np.radians(look.middle_deg + (np.arange(RAYS) + 0.5) / RAYS * look.width_deg - look.width_deg / 2)
    away = np.geomspace(NEAREST_M, max(look.reach_m, 2 * NEAREST_M), RINGS)
    x = (look.eye_m[0] + away[:, None] * np.sin(turn)).ravel()
    y = (look.eye_m[1] + away[:, None] * np.cos(turn)).ravel()
    height = look.scene.ground.sample(x, y)
    free = np.isfinite(height) & (np.asarray(look.scene.prisms.building_at(x, y)) < 0)
    return np.asarray(np.column_stack([x, y, height])[free], float)
