"""The ground that a camera sees, by class: against the link and against geometry."""

from typing import Any

import numpy as np
import pytest
import shapely

from layers.cameras.covering.coverage import Coverage, cell_for, coverage
from layers.cameras.ladder import LADDERS, class_of
from layers.cameras.linking.link import CameraIndex, link
from layers.cameras.model import Camera
from layers.cameras.view import NoDirection
from layers.errors import BadInput
from layers.place import resolve_place
from tests.layers.scenes import PLAIN_M, a_camera, box, boxes_city, cameras_of
from tiles.scene import Scene

EMPTY = Scene.flat(height_m=PLAIN_M, half_m=600)
WALLED = Scene.flat(height_m=PLAIN_M, half_m=600, buildings=[(box(0, 40, 30, 10), PLAIN_M - 0.5, PLAIN_M + 15)])


def class_at(found: Coverage, scene: Scene, x: float, y: float) -> str | None:
    lon, lat = scene.to_lonlat(x, y)
    here = [area.rung.id for area in found.areas if shapely.contains_xy(area.geometry, lon, lat)]
    assert len(here) <= 1
    return here[0] if here else None


@pytest.mark.parametrize("which", ["t1-1", "t2-2", "t2-3", "t3-1", "t3-2", "t3-7", "t3-15"])
def test_the_same_ground_as_the_exact_lines(which: str) -> None:
    scene = boxes_city(120, 700.0, seed=11, hills_m=9.0)
    camera = next(c for c in cameras_of(scene, (8, 40, 500), seed=2) if c.id == which)
    camera = camera.model_copy(update={"heading_deg": camera.heading_deg or 0.0, "status": "in-service"})
    found, index = coverage(camera, scene), CameraIndex.build([camera], scene)
    rng = np.random.default_rng(1)
    x0, y0 = scene.to_metric(camera.lon, camera.lat)
    near = min(found.radius_m, 400.0)
    same = total = positive = 0
    while total < 400:
        x, y = np.array([x0, y0]) + rng.uniform(-near, near, 2)
        if abs(x) > 690 or abs(y) > 690 or scene.prisms.building_at(x, y) >= 0:
            continue
        lon, lat = (float(v) for v in scene.to_lonlat(x, y))
        linked = link(index, resolve_place(scene, lon, lat)).cameras[0]
        exact = linked.class_id if linked.visible else None
        total += 1
        positive += exact is not None
        same += class_at(found, scene, x, y) == exact
    assert positive > 5
    # Cells against points: they differ along edges only, the more the coarser the cells.
    assert same / total > (0.94 if found.cell_m <= 2.0 else 0.88)


def test_a_building_throws_a_shadow_and_is_no_ground() -> None:
    found = coverage(a_camera(WALLED, 0, 0, 6.0, pitch_deg=-5.0), WALLED)
    assert class_at(found, WALLED, 0.0, 25.0) == "detect"
    assert class_at(found, WALLED, 0.0, 40.0) is None
    assert class_at(found, WALLED, 0.0, 60.0) is None
    assert class_at(found, WALLED, 35.0, 60.0) == "monitor"


def test_the_blind_area_below_a_camera_is_that_of_its_lower_edge() -> None:
    camera = a_camera(EMPTY, 0, 0, 10.0, pitch_deg=0.0, hfov_deg=60.0)
    half_vertical = np.degrees(np.arctan(540 / (960 / np.tan(np.radians(30)))))
    first_m = (10.0 - 1.5) / np.tan(np.radians(half_vertical))
    found = coverage(camera, EMPTY)
    assert class_at(found, EMPTY, 0.0, first_m - 2.0) is None
    rung = class_of(960 / np.tan(np.radians(30)) / (first_m + 4.0))
    assert rung is not None
    assert class_at(found, EMPTY, 0.0, first_m + 4.0) == rung.id


def test_looking_straight_down_covers_every_bearing() -> None:
    found = coverage(a_camera(EMPTY, 0, 0, 30.0, pitch_deg=-85.0), EMPTY)
    assert all(class_at(found, EMPTY, 8 * np.sin(a), 8 * np.cos(a)) for a in np.radians([45, 135, 225, 315]))


def test_area_is_that_of_the_sector() -> None:
    camera = a_camera(EMPTY, 0, 0, 100.0, type="ptz", hfov_tele_deg=10.0, range_m=300.0, tilt_max_deg=90.0)
    found = coverage(camera, EMPTY)
    assert found.area_m2 == pytest.approx(np.pi * (300.0**2 - 98.5**2), rel=0.01)
    half = coverage(camera.model_copy(update={"pan_range_deg": 180.0}), EMPTY)
    assert half.area_m2 == pytest.approx(found.area_m2 / 2, rel=0.02)
    shapes = sum(shapely.area(shapely.transform(a.geometry, lambda p: _metric(EMPTY, p))) for a in found.areas)
    assert shapes == pytest.approx(found.area_m2, rel=0.01)


def _metric(scene: Scene, places: Any) -> Any:
    return np.stack(scene.to_metric(places[:, 0], places[:, 1]), axis=1)


@pytest.mark.parametrize("ladder", ["2014", "2025"])
def test_classes_follow_the_ladder_and_do_not_overlap(ladder: str) -> None:
    found = coverage(a_camera(WALLED, 0, 0, 6.0, pitch_deg=-20.0), WALLED, ladder)
    names = [rung.id for rung in LADDERS[ladder]]
    assert [area.rung.id for area in found.areas] == [n for n in names if n in {a.rung.id for a in found.areas}]
    assert len(found.areas) >= 4
    for i, one in enumerate(found.areas):
        assert one.geometry.is_valid
        for other in found.areas[i + 1 :]:
            assert one.geometry.intersection(other.geometry).area < 1e-12
    for lower, higher in zip(found.areas, found.areas[1:], strict=False):
        assert lower.max_px_m == higher.rung.px_m
    with pytest.raises(BadInput):
        coverage(a_camera(WALLED, 0, 0), WALLED, "1999")


@pytest.mark.parametrize(
    "camera",
    [
        a_camera(EMPTY, 0, 0, heading_deg=None),
        a_camera(EMPTY, 0, 0, type="ptz", heading_deg=None, pan_range_deg=170.0),
    ],
)
def test_without_direction_there_is_no_coverage(camera: Camera) -> None:
    with pytest.raises(NoDirection):
        coverage(camera, EMPTY)


def test_a_ptz_camera_that_turns_all_round_needs_none() -> None:
    found = coverage(a_camera(EMPTY, 0, 0, type="ptz", heading_deg=None, hfov_deg=60.0), EMPTY)
    assert class_at(found, EMPTY, -20.0, -20.0)


def test_what_carries_a_camera_does_not_blind_it() -> None:
    for y in (34.6, 35.4):
        camera = a_camera(WALLED, 0, y, 6.0, heading_deg=180.0, pitch_deg=-10.0)
        assert class_at(coverage(camera, WALLED), WALLED, 0.0, 10.0)
        through = camera.model_copy(update={"heading_deg": 0.0})
        assert class_at(coverage(through, WALLED), WALLED, 0.0, 60.0) is None


def test_beyond_the_city_nothing_is_covered() -> None:
    camera = a_camera(EMPTY, 0, 590.0, 20.0, type="ptz", hfov_deg=60.0)
    found = coverage(camera, EMPTY)
    assert class_at(found, EMPTY, 0.0, 560.0)
    assert class_at(found, EMPTY, 0.0, 620.0) is None


def test_cells_grow_with_the_radius_but_not_beyond_the_grounds() -> None:
    assert cell_for(EMPTY, 200.0) == 2.0
    assert cell_for(EMPTY, 600.0) == 2.0
    assert cell_for(EMPTY, 2000.0) == 5.0
    assert cell_for(EMPTY, 9000.0) == 10.0


def test_the_wall_that_faces_a_camera_is_seen_and_those_behind_are_not() -> None:
    found = coverage(a_camera(WALLED, 0, 0, 6.0, pitch_deg=2.0), WALLED)
    seen = [one for walls in found.walls for one in walls.stretches]
    assert seen
    for one in seen:
        # The house is 30 m wide, its front 35 m north of the camera; only the front faces it.
        x, y = WALLED.to_metric([end[0] for end in one.ends], [end[1] for end in one.ends])
        assert np.allclose(y, 35.0, atol=0.1)
        assert x[0] < x[1], "left to right, seen from outside"
        assert one.building == 0
        assert one.low_m >= PLAIN_M - 1e-6
        assert PLAIN_M < one.high_m <= PLAIN_M + 15
    assert sum(walls.length_m for walls in found.walls) == pytest.approx(30.0, abs=0.1)
    assert sum(walls.area_m2 for walls in found.walls) == pytest.approx(30.0 * 15.0, rel=0.1)


def test_a_low_house_hides_the_foot_of_the_high_one_behind_it() -> None:
    low, high = box(0, 30, 60, 10), box(0, 80, 40, 20)
    scene = Scene.flat(
        height_m=PLAIN_M, half_m=600, buildings=[(low, PLAIN_M - 0.5, PLAIN_M + 9), (high, PLAIN_M - 0.5, PLAIN_M + 40)]
    )
    camera = a_camera(scene, 0, 0, 6.0, pitch_deg=15.0, hfov_deg=90.0, image_height_px=1920)
    found = coverage(camera, scene)
    behind = [one for walls in found.walls for one in walls.stretches if one.building == 1]
    # Over the low roof, whose near edge rises steepest: 6 + (9 − 6) · 70 / 25.
    assert behind
    for one in behind:
        assert one.low_m == pytest.approx(PLAIN_M + 6 + 3 * 70 / 25, abs=0.6)


def test_trees_hide_ground_and_say_so() -> None:
    ground = EMPTY.ground
    heights = ground.heights_m.copy()
    row, col = (int(v) for v in ground.rowcol(0.0, 60.0))
    heights[row - 1 : row + 2, col - 3 : col + 4] += 8.0
    wood = Scene.of(EMPTY.frame, ground, obstacle=type(ground)(heights, ground.x0_m, ground.y0_m, ground.cell_m))
    camera = a_camera(wood, 0, 0, 6.0, pitch_deg=-8.0)
    hidden, bare = coverage(camera, wood), coverage(camera, EMPTY)
    assert class_at(bare, EMPTY, 0.0, 75.0)
    assert class_at(hidden, wood, 0.0, 75.0) is None
    assert bare.blocked_by_surface_m2 is None
    assert hidden.blocked_by_surface_m2 == pytest.approx(bare.area_m2 - hidden.area_m2)
    assert hidden.blocked_by_surface_m2 > 500


def test_a_preview_is_the_same_coverage_on_coarser_cells() -> None:
    scene = boxes_city(120, 700.0, seed=11)
    for camera in cameras_of(scene, (0, 5, 12), seed=2):
        if camera.can_be_aimed:
            whole, quick = coverage(camera, scene), coverage(camera, scene, preview=True)
            assert quick.cell_m >= whole.cell_m
            # A coarser cell is as high as the highest building in it, so more is hidden, not less.
            assert 0.7 * whole.area_m2 - 400 <= quick.area_m2 <= 1.1 * whole.area_m2 + 400
