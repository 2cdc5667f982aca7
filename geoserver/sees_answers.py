"""What one camera sees by name, and who else sees the same ground, in the caller's words."""

import math
from typing import Any

import numpy as np

from geoserver.coverage_service import CityCoverage, Known
from geoserver.coverage_tasks import Ground
from geoserver.seen_fleet import SeenFleet
from geoserver.services import Now
from geoserver.town import Town
from layers.cameras.aiming import aimed_as
from layers.cameras.covering.footprint import footprint
from layers.cameras.covering.steps import STEPS_PX_M, classes_of_steps, first_step
from layers.cameras.ladder import rungs
from layers.cameras.model import Camera
from layers.coverage.lattice import Laid, lay
from layers.coverage.runs import SIDE, STEP_BIT, shared
from layers.coverage.sees import Seen, areas, buildings, nearest_first, points, streets
from tiles.vectors import read_layer

MOST_NEIGHBOURS = 400
"""So many of the nearest cameras are compared with."""
Row = tuple[str, str, str, str]
"""id, kind, name, English name."""


def sees_answer(
    now: Now, coverage: CityCoverage, camera: Camera, asked: tuple[str, str, int], seen: SeenFleet
) -> dict[str, Any]:
    """Streets, buildings, places, areas and neighbours; ``asked`` is ladder, aim and how many of each."""
    ladder, aim, limit = asked
    town = now.town
    shown = aimed_as(camera, aim)
    found = footprint(shown, town.scene)
    ground = Ground.of(town)
    plan, first = ground.plan, first_step(ladder)
    eye = tuple(float(v) for v in town.scene.to_metric(camera.lon, camera.lat))
    say = _Teller(town, camera, ladder, (eye[0], eye[1]))
    roads = [
        say(one, (plan.roads[one.number].id, "road", plan.roads[one.number].name, plan.roads[one.number].name_en))
        for one in nearest_first(streets(found, plan), (eye[0], eye[1]))
        if one.step >= first
    ]
    roads.sort(key=lambda one: (not one["name"], -one["length_m"]))
    walls = [] if found.facades is None else [one for one in buildings(found.facades, town.scene) if one.step >= first]
    named = [say(one, _building(town, one.number)) for one in nearest_first(walls, (eye[0], eye[1]))]
    named.sort(key=lambda one: not one["name"])
    rows, places_m = _points(town)
    spots = [say(one, rows[one.number]) for one in points(found, places_m) if one.step >= first]
    spots.sort(key=lambda one: one["distance_m"])
    wide = [
        say(one, (code, "area", town.area_shapes[code][0]["name"], town.area_shapes[code][0]["name_en"]))
        for code, one in areas(found, town.areas, town.scene)
    ]
    wide.sort(key=lambda one: -one["area_m2"])
    laid = lay(found, ground.lattice).ground(ground.lattice)
    others = None
    if coverage.is_known and coverage.known.ground.town.scene.version == town.scene.version:
        others = _neighbours(seen, coverage.known, camera, laid, ladder)[:limit]
    return {
        "camera": camera.id,
        "ladder": ladder,
        "city_version": town.scene.version,
        "area_m2": round(float((found.steps >= first).sum()) * found.window.cell_m**2, 1),
        "streets": roads[:limit],
        "buildings": named[:limit],
        "places": spots[:limit],
        "areas": wide[:limit],
        "neighbours": others,
    }


class _Teller:
    """Puts what is seen into the answer's words."""

    def __init__(self, town: Town, camera: Camera, ladder: str, eye_m: tuple[float, float]) -> None:
        self._scene, self._camera, self._eye = town.scene, camera, eye_m
        self._names: list[str | None] = [None, *(rung.id for rung in rungs(ladder))]
        self._classes = classes_of_steps(ladder)

    def __call__(self, one: Seen, row: Row) -> dict[str, Any]:
        id_, kind, name, name_en = row
        lon, lat = (round(float(v), 7) for v in self._scene.to_lonlat(*one.place_m))
        flat = math.hypot(one.place_m[0] - self._eye[0], one.place_m[1] - self._eye[1])
        up = one.height_m - self._camera.height_m
        return {
            "id": id_,
            "kind": kind,
            "name": name,
            "name_en": name_en or name,
            "lon": lon,
            "lat": lat,
            "height": round(one.height_m, 2) if math.isfinite(one.height_m) else None,
            "distance_m": round(math.hypot(flat, up) if math.isfinite(up) else flat, 1),
            "density_px_m": STEPS_PX_M[one.step - 1],
            "class": self._names[int(self._classes[one.step])],
            "length_m": None if one.length_m is None else round(one.length_m, 1),
            "area_m2": None if one.area_m2 is None else round(one.area_m2, 1),
        }


def _building(town: Town, number: int) -> Row:
    """A building by its name, else its address, else nothing."""
    held = town.scene.footprints
    name = str(held.attributes["name"][number] or held.attributes["address"][number] or "")
    return held.ids[number], "building", name, str(held.attributes["name_en"][number] or name)


def _points(town: Town) -> tuple[list[Row], Any]:
    """Named places and junctions, and where they are in the metric frame (n, 2)."""
    found: tuple[list[Row], Any] = town.derived.get("named-points", lambda: _read_points(town))
    return found


def _read_points(town: Town) -> tuple[list[Row], Any]:
    rows: list[Row] = []
    places: list[tuple[float, float]] = []
    for layer, kind in (("places", ""), ("junctions", "junction")) if town.vectors else ():
        table = read_layer(town.vectors, layer) if town.vectors else None
        for row in table.to_dict("records") if table is not None else ():
            if row["name"]:
                rows.append((str(row["id"]), kind or str(row["kind"]), str(row["name"]), str(row["name_en"])))
                places.append((row["geometry"].x, row["geometry"].y))
    lonlat = np.array(places, float).reshape(-1, 2)
    x, y = town.scene.to_metric(lonlat[:, 0], lonlat[:, 1])
    return rows, np.stack([x, y], axis=1)


def _neighbours(seen: SeenFleet, known: Known, camera: Camera, laid: Laid, ladder: str) -> list[dict[str, Any]]:
    """Cameras that see some of the same ground, those with most of it first; only such as are seen themselves."""
    first, m2 = first_step(ladder), known.ground.lattice.cell_m2
    own = _cells(laid, first)
    names: list[str | None] = [None, *(rung.id for rung in rungs(ladder))]
    classes = classes_of_steps(ladder)
    found = []
    for id_, away in _near(seen, known, camera) if own else ():
        kept = known.store.footprint(known.keys[id_])
        if kept is None:
            continue
        other = kept.laid.ground(known.ground.lattice)
        common, best = shared(laid.arrays, other.arrays, (first, first))
        if common:
            held = seen.fleet.cameras[id_]
            found.append(
                {
                    "camera": id_,
                    "name": held.name,
                    "name_en": held.name_en,
                    "tier": held.tier,
                    "shared_m2": common * m2,
                    "share": round(common / own, 6),
                    "distance_m": round(away, 1),
                    "class": names[int(classes[best])],
                }
            )
    return sorted(found, key=lambda one: (-one["shared_m2"], one["distance_m"]))


def _cells(laid: Laid, step: int) -> int:
    runs = laid.runs.astype(np.int64)
    runs = runs[(runs >> STEP_BIT) >= step]
    return int(((runs >> 12 & (SIDE - 1)) + 1).sum())


def _near(seen: SeenFleet, known: Known, camera: Camera) -> list[tuple[str, float]]:
    """The nearest of the counted cameras whose reach meets this one's, and how far away they stand."""
    ids = [id_ for id_ in known.keys if seen.has(id_) and id_ != camera.id]
    if not ids:
        return []
    rows = [seen.fleet.summaries[id_] for id_ in ids]
    places = np.array([(row["lon"], row["lat"], row["reach_m"]) for row in rows])
    x, y = known.ground.town.scene.to_metric(places[:, 0], places[:, 1])
    x0, y0 = known.ground.town.scene.to_metric(camera.lon, camera.lat)
    away = np.hypot(x - x0, y - y0)
    own = float(seen.fleet.summaries[camera.id]["reach_m"])
    near = np.flatnonzero(away <= places[:, 2] + own)
    near = near[np.argsort(away[near], kind="stable")][:MOST_NEIGHBOURS]
    return [(ids[k], float(away[k])) for k in near.tolist()]
