"""The camera record and the catalogue that lists its kind."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from layers.cameras.ladder import LADDERS, class_of, rungs
from layers.cameras.model import Camera, Credential
from layers.catalogue import COLLECTIONS, KINDS
from layers.errors import BadInput

GIVEN: dict[str, Any] = {
    "id": "c", "lon": 106.8, "lat": 39.6, "height_m": 1045.0, "tier": 3, "mount_height_m": 5.0, "hfov_deg": 80.0,
}  # fmt: skip


def camera(**over: Any) -> Camera:
    return Camera(**{**GIVEN, **over})


@pytest.mark.parametrize(
    "over",
    [
        {"lon": float("nan")},
        {"lat": 90.0},
        {"lat": -90.0},
        {"lon": 181.0},
        {"id": "a/b"},
        {"id": ""},
        {"id": "a b"},
        {"id": "x" * 129},
        {"tier": 4},
        {"height_m": None},
        {"height_m": float("inf")},
        {"heading_deg": 1e9},
        {"hfov_deg": 0.0},
        {"hfov_deg": 180.0},
        {"hfov_tele_deg": 90.0},
        {"tilt_min_deg": 10.0, "tilt_max_deg": 0.0},
        {"range_m": 0.0},
        {"password": "x"},
        {"image_width_px": 10_000_000},
    ],
)
def test_what_no_camera_can_be_is_refused(over: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        camera(**over)


def test_records_do_not_change() -> None:
    with pytest.raises(ValidationError):
        camera().tier = 1  # type: ignore[misc]


@given(st.floats(-720, 720))
def test_every_heading_is_kept_between_0_and_360(heading: float) -> None:
    kept = camera(heading_deg=heading).heading_deg
    assert kept is not None
    assert 0 <= kept < 360
    assert (kept - heading) % 360 == pytest.approx(0, abs=1e-9) or (kept - heading) % 360 == pytest.approx(360)


def test_json_there_and_back() -> None:
    whole = camera(heading_deg=12.3, streams=("a", "b"), assumed=("hfov_deg",))
    assert Camera.model_validate_json(whole.model_dump_json()) == whole


def test_what_is_missing_is_named() -> None:
    assert camera(assumed=("hfov_deg",)).incomplete == ("heading_deg", "owner", "hfov_deg")
    assert camera(heading_deg=0.0, owner="x").incomplete == ()


def test_what_can_be_aimed() -> None:
    assert camera(heading_deg=0.0).can_be_aimed
    assert not camera().can_be_aimed
    assert camera(type="ptz").can_be_aimed
    assert not camera(type="ptz", pan_range_deg=200.0).can_be_aimed


def test_secrets_do_not_show() -> None:
    shown = repr(Credential(camera="c", stream="s", url="rtsp://h/1", user="u5er", password="p4ss"))
    assert not any(word in shown for word in ("rtsp", "u5er", "p4ss"))


def test_the_catalogue_agrees_with_its_models() -> None:
    for kind in KINDS.values():
        assert kind.model.model_fields["kind"].default == kind.name
        assert set(kind.indexed) <= set(kind.model.model_fields)
        assert COLLECTIONS[kind.plural] is kind


@pytest.mark.parametrize(
    ("density", "rung"),
    [(12.49, None), (12.5, "monitor"), (24.9, "monitor"), (62.5, "observe"), (999, "identify"), (1e6, "inspect")],
)
def test_classes(density: float, rung: str | None) -> None:
    found = class_of(density)
    assert (found.id if found else None) == rung


def test_both_ladders_rise() -> None:
    for ladder in LADDERS:
        heights = [rung.px_m for rung in rungs(ladder)]
        assert heights == sorted(heights)
    assert [r.px_m for r in rungs("2025")] == [20, 40, 80, 125, 250, 500, 1500]
    with pytest.raises(BadInput):
        rungs("2030")
