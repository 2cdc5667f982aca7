"""Prisms against shapely."""

import numpy as np
import pytest
import shapely

from tests.tiles.sight_twin import small_world
from tiles.prisms import Prisms


@pytest.fixture(scope="module")
def world():
    return small_world(3)


@pytest.fixture(scope="module")
def places(world):
    west, south, east, north = world.ground.bounds_m
    rng = np.random.default_rng(5)
    return rng.uniform(west - 50, east + 50, 4000), rng.uniform(south - 50, north + 50, 4000)


def test_building_at_is_the_highest_that_contains_the_place(world, places):
    x, y = places
    holds = np.array([shapely.contains_xy(shape, x, y) for shape in world.shapes])
    highest = np.where(holds, world.prisms.roof_m[:, None], -np.inf).argmax(axis=0)
    expected = np.where(holds.any(axis=0), highest, -1)
    assert (holds.sum(axis=0) > 1).any()
    assert (expected >= 0).sum() > 150
    np.testing.assert_array_equal(world.prisms.building_at(x, y), expected)
    assert world.prisms.building_at(x[0], y[0]) == expected[0]
    some = zip(x[:900].tolist(), y[:900].tolist(), strict=True)
    assert [world.prisms.standing_at(*place) for place in some] == expected[:900].tolist()


def test_nearest_edge_agrees_with_shapely(world, places):
    x, y = places
    building = np.arange(x.size) % len(world.shapes)
    distance, fx, fy, nx, ny = world.prisms.nearest_edge(x, y, building)
    walls = np.array([shape.boundary for shape in world.shapes])[building]
    np.testing.assert_allclose(distance, shapely.distance(walls, shapely.points(x, y)), atol=1e-9)
    np.testing.assert_allclose(np.hypot(x - fx, y - fy), distance, atol=1e-9)
    np.testing.assert_allclose(shapely.distance(walls, shapely.points(fx, fy)), 0, atol=1e-9)
    np.testing.assert_allclose(np.hypot(nx, ny), 1)


def test_normals_point_out_of_the_building(world):
    """Also in courts, and whichever way a ring runs."""
    rng = np.random.default_rng(8)
    for ring_order in (1, -1):
        for number, shape in enumerate(world.shapes):
            rings = [np.array(r.coords[:-1])[::ring_order] for r in (shape.exterior, *shape.interiors)]
            offsets = np.cumsum([0, *map(len, rings)])
            prisms = Prisms.build(np.vstack(rings), offsets, [0] * len(rings), [0.0], [9.0])
            line = shape.boundary
            on = shapely.line_interpolate_point(line, rng.uniform(0, line.length)) if not shape.interiors else None
            on = on or shape.interiors[0].interpolate(rng.uniform(0, shape.interiors[0].length))
            _, fx, fy, nx, ny = prisms.nearest_edge(on.x, on.y, 0)
            assert not shape.contains(shapely.Point(fx + 0.01 * nx, fy + 0.01 * ny)), number
            assert shape.contains(shapely.Point(fx - 0.01 * nx, fy - 0.01 * ny)), number


def test_no_building_is_a_world_too():
    none = Prisms.none()
    assert none.count == 0
    assert none.building_at(3.0, 4.0) == -1
    assert np.isnan(none.nearest_edge(3.0, 4.0, -1)[0])


def test_places_that_are_not_numbers_stand_on_no_building(world):
    assert (world.prisms.building_at([np.nan, np.inf, -np.inf], 0.0) == -1).all()
