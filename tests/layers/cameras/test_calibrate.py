"""Calibration: poses come back within what is stated of them, and pairs that cannot bear it are refused."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from layers.cameras.calibration import pair_faults as faults
from layers.cameras.calibration.calibrate import Calibration, Pair, Wish, calibrate
from layers.cameras.calibration.drift import drift
from layers.cameras.model import Camera
from layers.cameras.optics import Optics
from layers.cameras.pose import Pose
from layers.cameras.view import View
from tests.layers.cameras.pairs import off_by, shares, synthetic
from tests.layers.cameras.test_lenses import BARREL
from tiles.geodesy import ecef_to_geodetic, enu_rotation


def a_camera(**over: Any) -> Camera:
    base = {"id": "c", "lon": 106.8, "lat": 39.6, "height_m": 1050.0, "tier": 3, "mount_height_m": 8.0}
    turned = {"heading_deg": 40.0, "pitch_deg": -18.0, "roll_deg": 1.5, "hfov_deg": 70.0}
    return Camera(**{**base, **turned, **over})


def misread(truth: Camera, **over: Any) -> Camera:
    """The same camera as a record may have it: place and angles off, the lens guessed."""
    wrong = {"lon": truth.lon + 4e-5, "height_m": truth.height_m - 2, "roll_deg": 0.0, "pitch_deg": truth.pitch_deg + 6}
    turn = {"heading_deg": ((truth.heading_deg or 0.0) + 15) % 360, "distortion": ()}
    return truth.model_copy(update={**wrong, **turn, "hfov_deg": min(truth.hfov_deg * 1.15, 160.0), **over})


CAMERAS: dict[str, tuple[Camera, int]] = {
    "street": (a_camera(), 8),
    "street, few": (a_camera(), 5),
    "barrel": (a_camera(hfov_deg=85.0, distortion=BARREL, lens="rectilinear"), 16),
    "tele": (a_camera(hfov_deg=9.0, pitch_deg=-3.0, height_m=1062.0, mount_height_m=20.0), 10),
    "fisheye under a ceiling": (
        a_camera(lens="fisheye", hfov_deg=185.0, pitch_deg=-80.0, image_width_px=2048, image_height_px=2048), 10,
    ),
    "full-frame fisheye": (a_camera(lens="fisheye", hfov_deg=150.0, distortion=(0.02, -0.004, 0.0, 0.0)), 14),
    "panorama": (a_camera(lens="panorama", hfov_deg=180.0, image_width_px=4096, image_height_px=1800), 10),
}  # fmt: skip


def record_of(name: str, truth: Camera) -> Camera:
    # Principal point and tangential terms are not solved: the record has them from the maker.
    kept = {"distortion": (0.0, 0.0, *truth.distortion[2:])} if truth.distortion else {}
    return misread(truth, **kept, **({"hfov_deg": 190.0} if name.startswith("fisheye under") else {}))


@pytest.mark.parametrize("name", sorted(CAMERAS))
def test_clicks_without_error_give_the_camera_back(name: str) -> None:
    truth, count = CAMERAS[name]
    pairs = synthetic(truth, max(count, 12), np.random.default_rng(3), noise_px=0.0)
    solved = calibrate(record_of(name, truth), pairs)
    assert solved.uncertainty.rms_px < 0.05
    lens = (solved.pose.ecef_m - View.of(truth).pose.ecef_m) @ enu_rotation(truth.lon, truth.lat).T
    assert np.abs(lens).max() < 0.01
    assert solved.optics.hfov_deg == pytest.approx(truth.hfov_deg, abs=0.02)
    assert solved.pose.heading_deg == pytest.approx(truth.heading_deg, abs=0.02)


@pytest.mark.parametrize("name", sorted(CAMERAS))
def test_errors_are_as_large_as_stated(name: str) -> None:
    """Of 24 calibrations with clicks off by a pixel, each of seven unknowns lies within its sigmas as often as due."""
    truth, count = CAMERAS[name]
    rng, errors = np.random.default_rng(11), []
    while len(errors) < 24:
        try:
            solved = calibrate(record_of(name, truth), synthetic(truth, count, rng))
        except (faults.PairsInLine, faults.PairsCrowded):
            continue  # a draw that no one would click
        errors.append(off_by(truth, solved))
    one, two, three = shares(errors)
    # 68.3, 95.4 and 99.7 % were the errors normal and the noise known; it is estimated, but never below a pixel.
    # With few pairs the leeway for a distortion that is not there after all makes them a little too large.
    assert 0.58 <= one <= (0.87 if count >= 8 else 0.95)
    assert two >= 0.89
    assert three >= 0.96


def test_four_pairs_are_enough_but_unchecked() -> None:
    truth = a_camera()
    solved = calibrate(misread(truth), synthetic(truth, 4, np.random.default_rng(8)))
    assert solved.verdict == "unchecked"
    assert all(one.loo_px is None for one in solved.residuals)
    assert np.abs(off_by(truth, solved)).max() < 4


def test_a_surveyed_place_is_held() -> None:
    truth = a_camera()
    record = misread(truth, lon=truth.lon, height_m=truth.height_m)
    solved = calibrate(record, synthetic(truth, 3, np.random.default_rng(8)), Wish(place=False))
    assert solved.terms == ("turn", "focal")
    assert (solved.pose.lon, solved.pose.lat) == pytest.approx((truth.lon, truth.lat), abs=1e-9)
    assert solved.uncertainty.place_m == 0.0
    assert np.abs(off_by(truth, solved)[3:]).max() < 4


def test_nothing_need_be_known_of_the_direction() -> None:
    truth = a_camera(heading_deg=287.0)
    record = misread(truth, heading_deg=None, pitch_deg=0.0, hfov_deg=30.0)
    solved = calibrate(record, synthetic(truth, 7, np.random.default_rng(2)))
    assert solved.pose.heading_deg == pytest.approx(287.0, abs=5 * solved.uncertainty.heading_deg)
    assert drift(record, solved) is None


def test_distortion_is_solved_when_it_shows_and_left_when_not() -> None:
    bent = a_camera(hfov_deg=85.0, distortion=(-0.25, 0.06, 0.0, 0.0))
    found = calibrate(misread(bent), synthetic(bent, 18, np.random.default_rng(4)))
    assert "k1" in found.terms
    assert found.optics.distortion[0] == pytest.approx(-0.25, abs=0.06)
    straight = a_camera()
    rng = np.random.default_rng(21)
    left = [calibrate(misread(straight), synthetic(straight, 10, rng)).terms for _ in range(12)]
    assert sum("k1" in terms for terms in left) <= 3  # the F-test errs in one of twenty
    mild = a_camera(hfov_deg=85.0, distortion=(-0.1, 0.0, 0.0, 0.0))
    pairs = synthetic(mild, 14, np.random.default_rng(4))
    held = calibrate(misread(mild), pairs, Wish(distortion=False))
    assert held.terms[-1] == "focal"
    assert held.uncertainty.rms_px > 3 * calibrate(misread(mild), pairs).uncertainty.rms_px


def test_left_out_pairs_are_missed_as_by_a_camera_that_never_saw_them() -> None:
    truth = a_camera()
    pairs = synthetic(truth, 7, np.random.default_rng(13))
    solved = calibrate(misread(truth), pairs, Wish(distortion=False))
    for row in (0, 4):
        others = calibrate(misread(truth), pairs[:row] + pairs[row + 1 :], Wish(distortion=False))
        view, pair = View(others.pose, others.optics), pairs[row]
        u, v, _ = view.project(pair.lon, pair.lat, pair.height_m)
        assert solved.residuals[row].loo_px == pytest.approx(np.hypot(u - pair.u_px, v - pair.v_px), abs=0.05)
        bearing, elevation = view.rays(pair.u_px, pair.v_px)
        if solved.residuals[row].loo_m is not None:
            missed = _missed_m(others, pair, float(bearing), float(elevation))
            assert solved.residuals[row].loo_m == pytest.approx(missed, abs=0.02)


def _missed_m(solved: Calibration, pair: Pair, bearing_deg: float, elevation_deg: float) -> float:
    pose: Pose = solved.pose
    rotation = enu_rotation(pose.lon, pose.lat)
    place = enu_place(pose, pair) @ rotation.T
    b, e = np.radians([bearing_deg, elevation_deg])
    way = np.array([np.sin(b) * np.cos(e), np.cos(b) * np.cos(e), np.sin(e)])
    met = way * place[2] / way[2]
    return float(np.hypot(*(met - place)[:2]))


def enu_place(pose: Pose, pair: Pair) -> np.ndarray:
    from tiles.geodesy import geodetic_to_ecef

    return geodetic_to_ecef(pair.lon, pair.lat, pair.height_m) - pose.ecef_m


def refused(expected: type[faults.BadPairs], pairs: list[Pair], truth: Camera, wish: Wish | None = None) -> Any:
    with pytest.raises(expected) as caught:
        calibrate(misread(truth), pairs, wish)
    return caught.value.values


def test_too_few_and_repeated_and_outside() -> None:
    truth = a_camera()
    pairs = synthetic(truth, 6, np.random.default_rng(1))
    assert refused(faults.TooFewPairs, pairs[:3], truth) == {"count": 3, "needed": 4, "missing": 1}
    assert refused(faults.TooFewPairs, pairs[:2], truth, Wish(place=False))["needed"] == 3
    assert refused(faults.TooFewPairs, [], truth)["count"] == 0
    assert refused(faults.PairRepeated, [*pairs, pairs[2]], truth)["other"] == 3
    same_place = replace(pairs[3], lon=pairs[1].lon, lat=pairs[1].lat, height_m=pairs[1].height_m)
    assert refused(faults.PairRepeated, [*pairs[:3], same_place, *pairs[4:]], truth)["number"] == 4
    assert refused(faults.PairOutsidePicture, [replace(pairs[0], u_px=1921.0), *pairs[1:]], truth)["number"] == 1


def test_pairs_on_a_line() -> None:
    truth = a_camera()
    view = View.of(truth)

    def at(u: float, v: float, far: float) -> Pair:
        b, e = (np.radians(float(a)) for a in view.rays(u, v))
        way = np.array([np.sin(b) * np.cos(e), np.cos(b) * np.cos(e), np.sin(e)])
        place = ecef_to_geodetic(view.pose.ecef_m + far * way @ enu_rotation(truth.lon, truth.lat))
        return Pair(u, v, *(float(x) for x in place))

    line = [at(200 + 250 * k, 300 + 100 * k, 20.0 + 7 * k) for k in range(6)]
    assert refused(faults.PairsInLine, line, truth)["count"] == 0
    assert refused(faults.PairsInLine, [*line, at(1700, 150, 60.0)], truth)["count"] == 1
    corner = [at(100 + 60 * (k % 3), 700 + 50 * (k // 3), 20.0 + 5 * k) for k in range(6)]
    assert refused(faults.PairsCrowded, corner, truth)["share"] < 2


def test_one_wild_pair_is_named() -> None:
    truth = a_camera()
    caught = 0
    for seed in range(8):
        rng = np.random.default_rng(seed)
        pairs = synthetic(truth, 9, rng)
        row = int(rng.integers(9))
        off = rng.choice([-1, 1], 2) * rng.uniform(60, 150, 2)
        at = np.clip((pairs[row].u_px + off[0], pairs[row].v_px + off[1]), 0, (1920, 1080))
        wild = [*pairs[:row], replace(pairs[row], u_px=at[0], v_px=at[1], name="kerb"), *pairs[row + 1 :]]
        with pytest.raises((faults.WildPair, faults.PairsDisagree)) as refusal:
            calibrate(misread(truth), wild)
        if isinstance(refusal.value, faults.WildPair):
            assert refusal.value.values["number"] == row + 1
            assert refusal.value.values["label"] == f"{row + 1} (kerb)"
            assert refusal.value.values["miss_px"] > 40
            caught += 1
        calibrate(misread(truth), pairs)
    assert caught >= 7


def test_two_swapped_pairs_and_a_mirrored_picture() -> None:
    truth = a_camera()
    pairs = synthetic(truth, 9, np.random.default_rng(6))
    swapped = [replace(pairs[1], u_px=pairs[0].u_px, v_px=pairs[0].v_px), *pairs[2:]]
    swapped.insert(0, replace(pairs[0], u_px=pairs[1].u_px, v_px=pairs[1].v_px))
    refused(faults.BadPairs, swapped, truth)
    mirrored = [replace(pair, u_px=1920 - pair.u_px) for pair in pairs]
    assert refused(faults.PairsMirrored, mirrored, truth)["rms_px"] < 3


def test_a_flat_wall_seen_square_on_leaves_the_focal_length_open() -> None:
    truth = a_camera(pitch_deg=0.0, heading_deg=0.0, roll_deg=0.0, hfov_deg=30.0)
    view = View.of(truth)
    pairs, rng = [], np.random.default_rng(2)
    for u, v in [(200, 150), (1700, 200), (1650, 900), (250, 950), (900, 500), (1200, 300)]:
        b, e = (np.radians(float(a)) for a in view.rays(u, v))
        # All on a plane 60 m north.
        far = 60.0 / (np.cos(b) * np.cos(e))
        way = np.array([np.sin(b) * np.cos(e), np.cos(b) * np.cos(e), np.sin(e)])
        place = ecef_to_geodetic(view.pose.ecef_m + far * way @ enu_rotation(truth.lon, truth.lat))
        du, dv = rng.normal(0, 1, 2)
        pairs.append(Pair(u + du, v + dv, *(float(x) for x in place)))
    with pytest.raises((faults.WeakFocal, faults.WeakPlace, faults.WeakTurn)):
        calibrate(misread(truth), pairs)
    # With the lens known from its maker the same pairs are enough.
    solved = calibrate(misread(truth, hfov_deg=30.0), pairs, Wish(focal=False))
    assert np.abs(off_by(truth, solved)[:6]).max() < 4


def test_drift_is_what_the_mast_was_turned_by() -> None:
    record = a_camera()
    now = record.model_copy(update={"heading_deg": 42.0, "pitch_deg": -18.5})
    found = drift(record, calibrate(record, synthetic(now, 10, np.random.default_rng(3))))
    assert found is not None
    assert (found.heading_deg, found.pitch_deg) == pytest.approx((2.0, -0.5), abs=0.2)
    assert found.moved
    still = drift(record, calibrate(record, synthetic(record, 10, np.random.default_rng(3))))
    assert still is not None
    assert not still.moved


def test_a_lens_better_known_than_a_record_can_say() -> None:
    truth = a_camera()
    uneven = Optics(1920, 1080, 1370.0, focal_y_px=1340.0)
    pairs = synthetic(truth, 14, np.random.default_rng(9), noise_px=0.2, optics=uneven)
    with_it = calibrate(misread(truth), pairs, optics=replace(uneven, focal_px=1500.0, focal_y_px=1500.0 * 1340 / 1370))
    without = calibrate(misread(truth), pairs)
    assert with_it.uncertainty.rms_px < 0.5 < without.uncertainty.rms_px
    assert with_it.optics.focals_px == pytest.approx((1370.0, 1340.0), rel=5e-3)
