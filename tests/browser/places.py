"""Places of a built city that tests click: found in the served geometry, not written down."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.judges.link_truth import open_city


@dataclass(frozen=True)
class Places:
    """A tall building near the first view, a point of its facade and the ground before it."""

    building: str
    roof: tuple[float, float, float]
    facade: tuple[float, float, float]
    facade_heading: float
    ground: tuple[float, float, float]


def find_places(city: Path) -> Places:
    """The tallest building near the first view with a roof of some size, open ground before it, and no camera by."""
    scene, cameras = open_city(city)
    eyes = np.array(scene.to_metric([c.lon for c in cameras], [c.lat for c in cameras])).T
    home = scene.facts["city"]["home"]
    x0, y0 = scene.to_metric(home["lon"], home["lat"]) if isinstance(home, dict) else scene.to_metric(*home[:2])
    prints = scene.footprints
    for index in np.argsort(-(prints.roof_m - prints.base_m)):
        rings = np.flatnonzero(prints.ring_building == index)
        ring = prints.vertices_m[prints.ring_offsets[rings[0]] : prints.ring_offsets[rings[0] + 1]]
        centre = ring.mean(axis=0)
        size = ring.max(axis=0) - ring.min(axis=0)
        if len(rings) != 1 or size.min() < 12 or np.hypot(centre[0] - x0, centre[1] - y0) > 4000:
            continue
        if np.hypot(*(eyes - centre).T).min() < 70:
            continue
        if scene.prisms.building_at(centre[:1], centre[1:])[0] != index:
            continue
        # the wall that looks most to the south, so that a view from the south sees it
        steps = np.roll(ring, -1, axis=0) - ring
        middles = ring + steps / 2
        wall = int(np.argmin(middles[:, 1] - 10 * (np.abs(steps[:, 0]) > 10)))
        normal = np.array([steps[wall, 1], -steps[wall, 0]]) / np.hypot(*steps[wall])
        if np.dot(normal, middles[wall] - centre) < 0:
            normal = -normal
        before = middles[wall] + normal * 25
        if scene.prisms.building_at(before[:1], before[1:])[0] >= 0:
            continue
        to = scene.frame.to_lonlat
        roof_m, base = float(prints.roof_m[index]), float(prints.base_m[index])
        ground = to(*before)
        facade = to(*middles[wall])
        return Places(
            building=prints.ids[index],
            roof=(*map(float, to(*centre)), roof_m),
            facade=(*map(float, facade), base + 0.6 * (roof_m - base)),
            facade_heading=float(np.degrees(np.arctan2(-normal[0], -normal[1])) % 360),
            ground=(*map(float, ground), float(np.asarray(scene.ground_m(*ground)))),
        )
    raise AssertionError("no building to click near the first view")
