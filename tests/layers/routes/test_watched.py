"""Cameras along a route: against the slow link at every step, in the order in which they see it best."""

from functools import cache

import numpy as np
import pytest
import shapely

from layers.cameras.linking.link import CameraIndex
from layers.cameras.model import Camera, PtzAim
from layers.cameras.view import View
from layers.grants.permissions import everywhere, nobody
from layers.lines import along_m, places_at
from layers.place import Target
from layers.routes.road import chained
from layers.routes.route import Route, runs
from layers.routes.watched import Watched, Wish, watched
from tests.layers.cameras import link_twin
from tests.layers.scenes import a_camera, box, boxes_city, cameras_of
from tiles.errors import OutsideCity
from tiles.scene import Scene

LINE = np.array([(-560.0, -480.0), (-100.0, -450.0), (120.0, 80.0), (500.0, 420.0)])
ALL = everywhere("camera")


@cache
def hilly() -> tuple[Scene, list[Camera], CameraIndex]:
    scene = boxes_city(120, 700.0, seed=11, hills_m=9.0)
    cameras = cameras_of(scene, (4, 30, 160), seed=2)
    return scene, cameras, CameraIndex.build(cameras, scene)


def asked(index: CameraIndex, route: Route, wish: Wish, **over: object) -> Watched:
    given = {"seen": ALL, "looking": lambda camera: camera, "online": {}}
    return watched(index, route, wish, **{**given, **over})


def place(scene: Scene, at: np.ndarray) -> Target:
    lon, lat = (float(v) for v in scene.to_lonlat(*at))
    return Target(lon, lat, float(scene.ground.sample(*at)), "ground", -1, float(at[0]), float(at[1]))


def shows(camera: Camera, target: Target, density_px_m: float) -> bool:
    """Whether a camera has a place in its picture as it looks."""
    if camera.heading_deg is None and camera.aim is None:
        return False
    view, at = View.of(camera), (target.lon, target.lat, target.aim_height_m)
    return bool(view.framed(*at)) and float(view.density_px_m(*at)) >= density_px_m


@pytest.mark.parametrize("turning", [True, False])
@pytest.mark.parametrize("tiers", [(1, 2, 3), (3,)])
def test_the_same_as_the_slow_twin_at_every_step(turning: bool, tiers: tuple[int, ...]) -> None:
    scene, cameras, index = hilly()
    route = Route.of([LINE])
    found = asked(index, route, Wish(25.0, tiers, turning))
    told = {one.camera.id: one.steps for one in found.watchers}
    for step in range(0, len(route), 9):
        target = place(scene, route.places_m[step])
        roofed = scene.prisms.building_at(*route.places_m[step]) >= 0
        expected = {
            camera.id
            for camera in cameras
            if not roofed
            and camera.tier in tiers
            and link_twin.sees(scene, camera, target, 25.0)
            and (turning or camera.type != "ptz" or shows(camera, target, 25.0))
        }
        assert {id_ for id_, steps in told.items() if steps[step]} == expected
        assert bool(found.seen[step]) == bool(expected)
    assert len(told) > 3


def test_they_come_in_the_order_of_their_best_looks() -> None:
    _, _, index = hilly()
    route = Route.of([LINE])
    found = asked(index, route, Wish(12.5, (1, 2, 3), True))
    bests = [one.best for one in found.watchers]
    assert bests == sorted(bests)
    for one in found.watchers:
        longest = max(last - first for first, last in runs(one.steps))
        first, last = (int(np.abs(edges - at).argmin()) for edges, at in
                       ((route.begins_m, one.stretch[0]), (route.ends_m, one.stretch[1])))  # fmt: skip
        assert (last - first, one.steps[first : last + 1].all()) == (longest, True)
        assert first <= one.best <= last
        if not one.camera.is_ptz:
            density = [View.of(one.camera).density_px_m(t.lon, t.lat, t.aim_height_m) for t in found.targets]
            assert one.density_px_m == pytest.approx(max(density[first : last + 1]), rel=1e-6)


def test_the_few_see_all_that_anybody_sees() -> None:
    _, _, index = hilly()
    found = asked(index, Route.of([LINE]), Wish(12.5, (1, 2, 3), True))
    few = [one.steps for one in found.watchers if one.chosen]
    assert (np.any(few, axis=0) == found.seen).all()
    assert 0 < len(few) < len(found.watchers) / 2


def test_who_is_off_and_who_may_not_be_seen() -> None:
    scene = Scene.flat(half_m=600)
    cameras = [a_camera(scene, 0.0, -y, 8.0, id=f"c{y}", pitch_deg=-10.0, area="150302001") for y in (40, 50)]
    index = CameraIndex.build(cameras, scene)
    route = Route.of([np.array([(-10.0, 0.0), (10.0, 0.0)])])
    wish = Wish(12.5, (3,), False)
    for off, on in (("c40", "c50"), ("c50", "c40")):
        found = asked(index, route, wish, online={off: False, on: True})
        assert {one.camera.id: one.chosen for one in found.watchers} == {off: False, on: True}
    hidden = asked(index, route, wish, seen=nobody().sees("camera"))
    assert (list(hidden.watchers), hidden.seen.any()) == ([], False)


def test_a_turned_camera_counts_where_it_looks() -> None:
    scene = Scene.flat(half_m=600)
    camera = a_camera(scene, 0.0, -40.0, 8.0, type="ptz", hfov_tele_deg=3.0, pitch_deg=-10.0, heading_deg=180.0)
    index = CameraIndex.build([camera], scene)
    route = Route.of([np.array([(-10.0, 0.0), (10.0, 0.0)])])
    assert [one.turns for one in asked(index, route, Wish(12.5, (3,), True)).watchers] == [True]
    assert asked(index, route, Wish(12.5, (3,), False)).watchers == []
    looking = camera.model_copy(update={"aim": PtzAim(pan=0.0, tilt=-10.0, zoom=1.0)})
    now = asked(index, route, Wish(12.5, (3,), False), looking=lambda _: looking)
    assert [(one.turns, one.steps.all()) for one in now.watchers] == [(False, True)]


def test_a_route_is_cut_into_steps_without_a_rest() -> None:
    two = [np.array([(0.0, 0.0), (30.0, 40.0)]), np.array([(100.0, 0.0), (100.0, 125.0)]), np.array([(5.0, 5.0)] * 2)]
    route = Route.of(two)
    assert route.length_m == pytest.approx(175.0)
    assert route.begins_m[0] == 0.0
    assert np.allclose(route.begins_m[1:], route.ends_m[:-1])
    assert route.ends_m[-1] == pytest.approx(175.0)
    assert len(route) == 17
    assert len(Route.of([np.array([(0.0, 0.0), (0.0, 40_000.0)])])) == 2000
    assert route.metres(np.ones(17, bool)) == pytest.approx(175.0)
    assert route.spans(np.arange(17) < 5) == [(0.0, pytest.approx(50.0))]
    with pytest.raises(OutsideCity):
        list(Route.of([np.array([(0.0, 0.0), (0.0, 5_000.0)])]).targets(Scene.flat(half_m=600)))


def test_places_along_a_line() -> None:
    line = np.array([(0.0, 0.0), (3.0, 4.0), (3.0, 10.0)])
    assert along_m(line).tolist() == [0.0, 5.0, 11.0]
    assert places_at(line, np.array([2.5, 8.0])).tolist() == [[1.5, 2.0], [3.0, 7.0]]


def test_a_road_in_pieces_runs_on_from_end_to_end() -> None:
    xs = [(100.0, 0.0), (200.0, 100.0), (420.0, 220.0), (5000.0, 5100.0)]
    pieces = [shapely.LineString([(a, 0.0), (b, 0.0)]) for a, b in xs]
    for asked_for in range(3):
        chain = chained(pieces, asked_for)
        # The first two meet and are one; the third follows after a gap; the fourth is another road of that name.
        assert [line[[0, -1], 0].tolist() for line in chain] == [[0.0, 200.0], [220.0, 420.0]]
    assert [line[[0, -1], 0].tolist() for line in chained(pieces, 3)] == [[5000.0, 5100.0]]


def test_buildings_on_the_line_are_seen_by_nobody() -> None:
    scene = Scene.flat(buildings=[(box(0, 0, 40, 40), 1039.0, 1050.0)], half_m=600)
    index = CameraIndex.build([a_camera(scene, 0.0, -150.0, 60.0, pitch_deg=-22.0, hfov_deg=45.0)], scene)
    route = Route.of([np.array([(-60.0, 0.0), (60.0, 0.0)])])
    found = asked(index, route, Wish(12.5, (3,), False))
    inside = np.abs(route.places_m[:, 0]) < 20.0
    assert not found.seen[inside].any()
    assert found.seen[~inside].all()
