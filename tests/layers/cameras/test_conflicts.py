"""Conflicts of cameras with the city: each found, each settled by what is proposed, and none where there is none."""

from typing import Any

import numpy as np
import pytest

from layers.areas import AreaIndex
from layers.cameras.conflicts import WALL_MOUNT_M, Conflict, conflicts
from layers.cameras.edit import changed
from layers.cameras.model import Camera
from tests.geoserver.builders import a_camera
from tests.layers.scenes import PLAIN_M, box
from tiles.scene import Scene

NO_AREAS = AreaIndex.build([])
SCENE = Scene.flat(height_m=PLAIN_M, half_m=3000, buildings=[(box(0, 0, 40, 40), PLAIN_M - 0.5, PLAIN_M + 60)])


def at(x: float, y: float, above: float, id_: str = "c", **over: Any) -> Camera:
    lon, lat = SCENE.to_lonlat(x, y)
    return a_camera(id_, lon=float(lon), lat=float(lat), height_m=PLAIN_M + above, mount_height_m=above, **over)


def found(*cameras: Camera) -> list[Conflict]:
    return list(conflicts(cameras, SCENE))


def codes(*cameras: Camera) -> list[tuple[str, str]]:
    return [(one.camera.id, one.code) for one in found(*cameras)]


@pytest.mark.parametrize(
    ("camera", "expected"),
    [
        (at(100, 0, 5), []),
        (at(100, 0, -2), ["below-ground"]),
        (at(0, 0, 5), ["inside-building"]),
        (at(19.5, 0, 5), []),  # half a metre inside the wall: it hangs on it
        (at(0, 0, 62, tier=2), []),
        (at(0, 0, 90, tier=2), ["over-roof"]),
        (at(100, 0, 14, tier=3), []),
        (at(100, 0, 25, tier=3), ["in-the-air", "tier-height"]),
        (at(22, 0, 25, tier=3), ["tier-height"]),  # on the wall of the tower
        (at(100, 0, 40, tier=2), ["in-the-air"]),
        (at(100, 0, 60, tier=1), []),
        (at(100, 0, 5, tier=2), ["tier-height"]),
        (at(0, 0, 62, tier=1), []),
        (at(100, 0, 4, tier=1), ["tier-height"]),
        (at(100, 0, 5, heading_deg=None), ["no-heading"]),
        (at(100, 0, 5, heading_deg=None, type="ptz"), []),
        (at(0, 0, 5, status="retired"), []),
    ],
)  # fmt: skip
def test_what_is_a_conflict(camera: Camera, expected: list[str]) -> None:
    assert [code for _, code in sorted(codes(camera))] == expected


def test_every_proposal_settles_its_conflict() -> None:
    troubled = [
        at(100, 0, -2, "below"),
        at(3, 15, 5, "inside"),
        at(0, 0, 90, "over", tier=2),
        at(30, 0, 55, "air", tier=2),
        at(100, 0, 25, "street", tier=3),
        at(100, 50, 4, "lookout", tier=1),
        at(22, 5, 5, "blind", heading_deg=None),
    ]
    seen = found(*troubled)
    assert {one.camera.id for one in seen} == {camera.id for camera in troubled}
    for one in seen:
        assert one.proposals, one.code
        for proposal in one.proposals:
            settled = changed(one.camera, proposal.fields, SCENE, NO_AREAS)
            assert one.code not in [code for _, code in codes(settled)], (one.code, proposal.code)


def test_the_wall_is_the_nearest_and_the_camera_stands_before_it() -> None:
    (one,) = found(at(15, 2, 5))
    wall = next(p for p in one.proposals if p.code == "wall")
    x, y = (float(v) for v in SCENE.to_metric(wall.fields["lon"], wall.fields["lat"]))
    assert (x, y) == pytest.approx((20.3, 2.0), abs=0.02)
    assert one.values["depth_m"] == pytest.approx(5.0, abs=0.01)
    assert wall.fields["height_m"] == PLAIN_M + 5


def test_away_from_the_wall_is_the_way_out() -> None:
    for x, y, heading in ((21, 0, 90), (-21, 0, 270), (0, 21, 0), (0, -21, 180)):
        (one,) = found(at(x, y, 5, heading_deg=None))
        turned = one.proposals[0].fields["heading_deg"]
        assert abs((turned - heading + 180) % 360 - 180) <= 1.0


def test_two_at_one_spot() -> None:
    one, same, turned = at(100, 0, 5, "a"), at(100.2, 0, 5, "b"), at(100, 0, 5, "c", heading_deg=90.0)
    assert codes(one, same, turned) == [("b", "same-spot")]
    assert codes(one, at(100, 0, 5, "b", type="ptz")) == []
    assert codes(one, at(100.8, 0, 5, "b")) == []
    assert codes(one, same.model_copy(update={"status": "retired"})) == []


def test_no_cameras_no_conflicts() -> None:
    assert conflicts([], SCENE) == ()


def test_against_a_plain_reading_of_the_rules() -> None:
    """Random places: inside is what a point-in-box and a distance to its edges say."""
    random = np.random.default_rng(5)
    places = random.uniform(-30, 30, (300, 2))
    cameras = [at(x, y, 5, f"c{k:03}", heading_deg=float(k % 360)) for k, (x, y) in enumerate(places)]
    inside = {one.camera.id for one in found(*cameras) if one.code == "inside-building"}
    for (x, y), camera in zip(places, cameras, strict=True):
        depth = 20 - max(abs(x), abs(y))
        if abs(depth - WALL_MOUNT_M) > 0.02:
            assert (camera.id in inside) == (depth > WALL_MOUNT_M), (x, y)
