"""From a place to the cameras that see it: against the slow twin, and case by case."""

import time
from functools import cache

import numpy as np
import pytest

from layers.cameras.linking.link import ZOOM_MARGIN, CameraIndex, LinkAnswer, Linked, link
from layers.cameras.linking.reasons import NEARNESS, TEXTS
from layers.cameras.model import Camera
from layers.cameras.view import View
from layers.errors import BadInput
from layers.place import Target, resolve_place
from tests.layers.cameras import link_twin
from tests.layers.scenes import PLAIN_M, a_camera, box, boxes_city, cameras_of
from tiles.scene import Scene

ALL = 100_000


@cache
def hilly() -> tuple[Scene, list[Camera], CameraIndex]:
    scene = boxes_city(120, 700.0, seed=11, hills_m=9.0)
    cameras = cameras_of(scene, (8, 40, 500), seed=2)
    return scene, cameras, CameraIndex.build(cameras, scene)


def random_place(scene: Scene, rng: np.random.Generator) -> Target:
    """Ground, a roof or a facade, each as often."""
    what = rng.integers(3)
    half = 600.0
    if what == 0:
        x, y = rng.uniform(-half, half, 2)
        height = None
    else:
        b = int(rng.integers(len(scene.footprints)))
        ring = scene.footprints.rings(b)[0]
        k, share = int(rng.integers(len(ring))), rng.uniform(0.1, 0.9)
        edge = ring[k] * share + ring[(k + 1) % len(ring)] * (1 - share)
        middle = ring.mean(axis=0)
        foot, roof = scene.ground.sample(*edge), scene.prisms.roof_m[b]
        x, y = edge if what == 1 else edge + rng.uniform(0.1, 0.9) * (middle - edge)
        height = float(rng.uniform(foot + 1.5, roof - 1.0)) if what == 1 else float(roof)
    lon, lat = scene.to_lonlat(x, y)
    return resolve_place(scene, float(lon), float(lat), height)


def seen(answer: LinkAnswer) -> set[str]:
    return {one.camera.id for one in answer.cameras if one.visible}


@pytest.mark.parametrize("seed", range(4))
def test_the_same_cameras_as_the_slow_twin(seed: int) -> None:
    scene, cameras, index = hilly()
    rng = np.random.default_rng(seed)
    kinds, found = set(), 0
    for _ in range(12):
        place = random_place(scene, rng)
        density = float(rng.choice([12.5, 25.0, 62.5, 125.0]))
        answer = link(index, place, density_px_m=density, limit=ALL)
        wanted = link_twin.visible(scene, cameras, place, density)
        assert seen(answer) == wanted, place
        assert answer.visible_count == len(wanted)
        kinds.add(place.kind)
        found += len(wanted)
    assert found > 20
    assert len(kinds) == 3


def one(scene: Scene, cameras: list[Camera], place: tuple[float, float, float | None], **asked: float) -> LinkAnswer:
    x, y, above_m = place
    lon, lat = scene.to_lonlat(x, y)
    target = resolve_place(scene, float(lon), float(lat), None if above_m is None else PLAIN_M + above_m)
    return link(CameraIndex.build(cameras, scene), target, **asked)  # type: ignore[arg-type]


def answer_of(answer: LinkAnswer, name: str = "c") -> Linked:
    return next(linked for linked in answer.cameras if linked.camera.id == name)


EMPTY = Scene.flat(height_m=PLAIN_M, half_m=600)
WALLED = Scene.flat(height_m=PLAIN_M, half_m=600, buildings=[(box(0, 40, 30, 10), PLAIN_M - 0.5, PLAIN_M + 15)])


def test_a_fixed_camera_says_where_the_place_appears() -> None:
    camera = a_camera(EMPTY, 0, 0, 6.0, pitch_deg=-5.0)
    found = answer_of(one(EMPTY, [camera], (8.0, 50.0, None)))
    lon, lat = EMPTY.to_lonlat(8.0, 50.0)
    u, v, _ = View.of(camera).project(float(lon), float(lat), PLAIN_M + 1.5)
    assert found.visible
    assert found.pixel == pytest.approx((float(u), float(v)), abs=1e-6)
    assert found.aim is None
    assert found.online is None
    assert found.class_id == "monitor"
    assert str(found.reason) == "sees it at 23 px/m from 51 m"


def test_a_ptz_camera_says_the_move_that_centres_the_place() -> None:
    camera = a_camera(EMPTY, 0, 0, 6.0, type="ptz", heading_deg=200.0, hfov_deg=60.0, hfov_tele_deg=2.0)
    found = answer_of(one(EMPTY, [camera], (30.0, 400.0, None), density_px_m=62.5))
    assert found.aim is not None
    assert found.pixel == (960.0, 540.0)
    lon, lat = EMPTY.to_lonlat(30.0, 400.0)
    view = View.aimed(camera, found.aim.pan, found.aim.tilt, found.aim.zoom)
    u, v, _ = view.project(float(lon), float(lat), PLAIN_M + 1.5)
    assert (float(u), float(v)) == pytest.approx((960, 540), abs=1e-6)
    assert view.density_px_m(float(lon), float(lat), PLAIN_M + 1.5) == pytest.approx(62.5 * ZOOM_MARGIN, rel=1e-6)
    assert found.reason.code == "sees-after-turning"


def test_zoom_ends_at_the_lens() -> None:
    camera = a_camera(EMPTY, 0, 0, 6.0, type="ptz", heading_deg=0.0, hfov_deg=60.0, hfov_tele_deg=30.0)
    near = answer_of(one(EMPTY, [camera], (0.0, 20.0, None)))
    assert near.aim is not None
    assert near.aim.zoom == 1.0
    full = near.density_px_m
    far = answer_of(one(EMPTY, [camera], (0.0, 20.0, None), density_px_m=full * 0.99))
    assert far.aim is not None
    assert far.aim.zoom == pytest.approx(np.tan(np.radians(30)) / np.tan(np.radians(15)))


def test_a_ptz_camera_without_heading_sees_all_round_and_says_so() -> None:
    camera = a_camera(EMPTY, 0, 0, 6.0, type="ptz", heading_deg=None)
    assert answer_of(one(EMPTY, [camera], (-20.0, -20.0, None))).reason.code == "sees-pan-zero-unknown"
    narrow = a_camera(EMPTY, 0, 0, 6.0, type="ptz", heading_deg=None, pan_range_deg=170.0)
    assert answer_of(one(EMPTY, [narrow], (-20.0, -20.0, None))).reason.code == "direction-unknown"


@pytest.mark.parametrize(
    ("over", "place", "asked", "code"),
    [
        ({"heading_deg": 180.0}, (0, 50, None), {}, "outside-picture"),
        ({"heading_deg": None}, (0, 50, None), {}, "direction-unknown"),
        ({}, (0, 80, None), {"density_px_m": 25.0}, "too-far"),
        ({"range_m": 40.0}, (0, 50, None), {}, "beyond-range"),
        ({"status": "retired"}, (0, 50, None), {}, "not-in-service"),
        ({"type": "ptz", "tilt_min_deg": -2.0}, (0, 50, None), {}, "outside-ptz-reach"),
        ({"type": "ptz", "pan_range_deg": 90.0}, (-50, 0, None), {}, "outside-ptz-reach"),
        ({"status": "fault"}, (0, 50, None), {}, "sees"),
    ],
)
def test_reasons(over: dict[str, object], place: tuple[float, float, None], asked: dict[str, float], code: str) -> None:
    found = answer_of(one(EMPTY, [a_camera(EMPTY, 0, 0, 6.0, **over)], place, **asked))
    assert found.reason.code == code
    assert found.visible is (code == "sees")
    assert (found.pixel is None) is not found.visible
    assert str(found.reason)


def test_every_reason_against_has_a_rank_and_a_text() -> None:
    assert set(NEARNESS) == {code for code in TEXTS if not code.startswith("sees")}


def test_the_building_in_the_way_is_named_with_its_distance() -> None:
    found = answer_of(one(WALLED, [a_camera(WALLED, 0, 0)], (0.0, 60.0, None)))
    assert found.reason.code == "blocked-by-building"
    assert found.reason.values["building"] == "b0"
    assert found.reason.values["distance_m"] == pytest.approx(35.0, abs=0.1)
    assert str(found.reason) == "blocked by building b0 at 35 m"


def test_a_facade_is_seen_where_the_ground_below_it_is_not() -> None:
    scene = Scene.flat(
        height_m=PLAIN_M,
        half_m=600,
        buildings=[(box(0, 40, 30, 4), PLAIN_M - 0.5, PLAIN_M + 5), (box(0, 80, 30, 20), PLAIN_M - 0.5, PLAIN_M + 30)],
    )
    camera = a_camera(scene, 0, 0, 6.0, pitch_deg=5.0)
    assert not answer_of(one(scene, [camera], (0.0, 69.0, None))).visible
    assert answer_of(one(scene, [camera], (0.0, 70.0, 20.0))).visible


def test_what_carries_a_camera_does_not_blind_it_and_only_that() -> None:
    on_wall = {"heading_deg": 180.0, "pitch_deg": -10.0}
    for y in (34.4, 34.9, 35.3):  # before the wall, in it, and inside: badly surveyed
        camera = a_camera(WALLED, 0, y, 6.0, **on_wall)
        assert answer_of(one(WALLED, [camera], (0.0, 0.0, None))).visible
        through = a_camera(WALLED, 0, y, 6.0, **{**on_wall, "heading_deg": 0.0})
        assert answer_of(one(WALLED, [through], (0.0, 60.0, None))).reason.code == "blocked-by-building"


def test_a_camera_on_a_roof_sees_past_its_own_edge() -> None:
    camera = a_camera(WALLED, 0, 38.0, 17.0, heading_deg=180.0, pitch_deg=-25.0)
    assert answer_of(one(WALLED, [camera], (0.0, 15.0, None))).visible
    backwards = a_camera(WALLED, 0, 38.0, 17.0, heading_deg=0.0, pitch_deg=-40.0)
    assert answer_of(one(WALLED, [backwards], (0.0, 47.0, None))).reason.code == "blocked-by-building"


def test_the_back_of_a_building_is_not_seen_through_it() -> None:
    camera = a_camera(WALLED, 0, 0)
    assert answer_of(one(WALLED, [camera], (0.0, 35.0, 6.0))).visible
    assert answer_of(one(WALLED, [camera], (0.0, 45.0, 6.0))).reason.code == "blocked-by-building"
    assert answer_of(one(WALLED, [camera], (0.0, 40.0, 15.0))).reason.code == "blocked-by-building"  # its roof


def test_an_overview_a_context_and_a_close_answer() -> None:
    lookout = {"type": "ptz", "tier": 1, "hfov_tele_deg": 1.5}
    cameras = [
        a_camera(EMPTY, -500, 0, 100.0, id="mast", **lookout),
        a_camera(EMPTY, -100, 0, 40.0, id="roof", tier=2, type="ptz", hfov_tele_deg=5.0),
        a_camera(EMPTY, 0, -30, 5.0, id="street", pitch_deg=-5.0),
        a_camera(EMPTY, 0, -15, 5.0, id="gate", pitch_deg=-10.0),
    ]
    answer = one(EMPTY, cameras, (0.0, 0.0, None))
    assert (answer.recommended.overview, answer.recommended.context, answer.recommended.close) == (
        "mast",
        "roof",
        "gate",
    )
    scores = [linked.score for linked in answer.cameras]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)
    without = one(EMPTY, cameras[2:], (0.0, 0.0, None)).recommended
    assert (without.overview, without.context, without.close) == ("street", None, "gate")
    nothing = one(EMPTY, [], (0.0, 0.0, None))
    assert nothing.recommended.overview is nothing.recommended.close is None
    assert nothing.cameras == ()


def test_those_that_see_come_before_those_that_do_not() -> None:
    scene, _, index = hilly()
    rng = np.random.default_rng(0)
    for _ in range(5):
        flags = [linked.visible for linked in link(index, random_place(scene, rng), limit=200).cameras]
        assert flags == sorted(flags, reverse=True)
    few = link(index, random_place(scene, rng), limit=3)
    assert len(few.cameras) == 3
    only = link(index, random_place(scene, rng), tier=2, limit=ALL)
    assert {linked.camera.tier for linked in only.cameras} == {2}


def test_the_recommended_are_listed_whatever_the_limit() -> None:
    scene, _, index = hilly()
    rng = np.random.default_rng(21)
    for _ in range(30):
        answer = link(index, random_place(scene, rng), limit=1)
        named = {answer.recommended.overview, answer.recommended.context, answer.recommended.close} - {None}
        assert named <= {linked.camera.id for linked in answer.cameras}


def test_a_camera_next_to_the_place_always_has_its_reason() -> None:
    short = a_camera(EMPTY, 0, 0, 6.0, image_width_px=64, image_height_px=48)
    found = answer_of(one(EMPTY, [short], (0.0, 300.0, None)))
    assert found.reason.code == "too-far"


def test_online_counts_when_it_is_known() -> None:
    pair = [a_camera(EMPTY, 0, 0, 6.0, id="a"), a_camera(EMPTY, 0, 0, 6.0, id="b")]
    index = CameraIndex.build(pair, EMPTY)
    lon, lat = EMPTY.to_lonlat(0.0, 40.0)
    place = resolve_place(EMPTY, float(lon), float(lat))
    assert [x.camera.id for x in link(index, place, online={"a": False, "b": True}).cameras] == ["b", "a"]
    assert [x.online for x in link(index, place, online={"a": True}).cameras] == [True, None]


@pytest.mark.parametrize(
    "asked", [{"density_px_m": 12.0}, {"density_px_m": float("nan")}, {"tier": 4}, {"limit": 0}, {"density_px_m": 1e9}]
)
def test_bad_questions_are_refused(asked: dict[str, float]) -> None:
    with pytest.raises(BadInput):
        one(EMPTY, [], (0.0, 0.0, None), **asked)


def test_link_is_quick() -> None:
    scene, _, index = hilly()
    rng = np.random.default_rng(1)
    places = [random_place(scene, rng) for _ in range(20)]
    link(index, places[0])
    took = []
    for place in places:
        begun = time.perf_counter()
        link(index, place)
        took.append(time.perf_counter() - begun)
    assert np.median(took) < 0.03  # about 2 ms on a quiet machine
