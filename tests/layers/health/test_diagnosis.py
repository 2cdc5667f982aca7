"""The image diagnosis: what it says of single pictures, and what it must not claim; counts are in `tests.judges`."""

import cv2
import numpy as np
import pytest
from pydantic import ValidationError

from layers.cameras.pictures.sighting import Sighting
from layers.cameras.pictures.still import still
from layers.errors import BadInput
from layers.health.diagnosis import diagnose
from layers.health.sample import Sample
from layers.health.thresholds import FAULTS, Thresholds
from tests.judges.diagnosis import LIMITS
from tests.layers.scenes import a_camera, box
from tiles.scene import Scene


@pytest.fixture(scope="module")
def stills():
    """Two cameras of a small city, each as it is and turned by a tenth of its picture."""
    ground = Scene.flat(
        buildings=[
            (box(x, y, 24, 18), 1039.0, 1050.0 + (x * 7 + y) % 30) for x in (-70, -20, 35, 80) for y in (60, 110, 170)
        ],
        half_m=600,
    )
    made = []
    for heading in (0.0, 24.0):
        one, other = (
            still(
                Sighting.of(a_camera(ground, 0.0, 0.0, 12.0, pitch_deg=-6.0, hfov_deg=70.0, heading_deg=turn), ground),
                640,
            )
            for turn in (heading, heading + 7.0)
        )
        made.append((f"street {heading:g}", one, other))
    return made


def frames_of(picture, count=10):
    rng = np.random.default_rng(0)
    noisy = picture[None] + rng.normal(0, 1.5, (count, *picture.shape))
    return np.clip(noisy, 0, 255).astype(np.uint8)


def sample_of(picture, count=10):
    return Sample(frames_of(picture, count), np.arange(count) / 5)


def test_no_frames_are_a_lost_signal_and_nothing_else(stills):
    told = diagnose(Sample(np.empty((0, 64, 64, 3), np.uint8), np.empty(0)), stills[0][1], LIMITS, asked_frames=10)
    assert told.found == ("signal-lost",)
    assert {one.hidden_by for one in told.verdicts[1:]} == {"signal-lost"}
    assert not any(one.judged for one in told.verdicts[1:])


def test_few_of_the_frames_are_a_lost_signal_too(stills):
    assert diagnose(sample_of(stills[0][1], 5), None, LIMITS, asked_frames=10).found == ("signal-lost",)
    assert diagnose(sample_of(stills[0][1], 6), None, LIMITS, asked_frames=10).found == ()


def test_a_dark_picture_hides_what_can_t_be_told(stills):
    told = diagnose(sample_of(stills[0][1] // 20), stills[0][1], LIMITS)
    assert told.found == ("black",)
    assert told.of("covered").why == "hidden"
    assert told.of("covered").hidden_by == "black"


def test_a_night_with_lamps_is_not_black(stills):
    night = stills[0][1] // 20
    night[100:112, 200:260] = 230
    assert "black" not in diagnose(sample_of(night), stills[0][1], LIMITS).found


def test_without_a_reference_some_faults_are_not_judged(stills):
    told = diagnose(sample_of(stills[0][1]), None, LIMITS)
    assert told.good
    assert {one.fault for one in told.verdicts if one.why == "no-reference"} == {"covered", "moved", "colour-cast"}
    assert told.of("frozen").why == "too-short"


@pytest.mark.parametrize("width", [320, 640, 1280])
def test_the_reference_may_have_another_size(stills, width):
    picture = stills[0][1]
    reference = cv2.resize(picture, (width, width * 9 // 16), interpolation=cv2.INTER_AREA)
    assert diagnose(sample_of(picture), reference, LIMITS).good


def test_thresholds_decide(stills):
    sample = sample_of(stills[0][2])
    assert diagnose(sample, stills[0][1], LIMITS).found == ("moved",)
    measured = diagnose(sample, stills[0][1], LIMITS).of("moved").measured
    assert measured == pytest.approx(0.1, abs=0.03)
    assert diagnose(sample, stills[0][1], Thresholds(moved_share=0.3)).good


def test_every_threshold_is_explained_and_bounded():
    for name, one in Thresholds.model_fields.items():
        assert one.description, name
        assert len(one.metadata) >= 2, name
    with pytest.raises(ValidationError):
        Thresholds(black_luma=200)
    with pytest.raises(ValidationError):
        LIMITS.black_luma = 3


def test_verdicts_come_in_order(stills):
    assert tuple(one.fault for one in diagnose(sample_of(stills[0][1]), None, LIMITS).verdicts) == FAULTS


@pytest.mark.parametrize(
    ("frames", "times"),
    [
        (np.zeros((3, 90, 160), np.uint8), np.arange(3.0)),
        (np.zeros((3, 90, 160, 3), np.float32), np.arange(3.0)),
        (np.zeros((3, 20, 160, 3), np.uint8), np.arange(3.0)),
        (np.zeros((3, 90, 160, 3), np.uint8), np.arange(2.0)),
        (np.zeros((3, 90, 160, 3), np.uint8), np.zeros(3)),
    ],
)
def test_what_are_no_frames_is_refused(frames, times):
    with pytest.raises(BadInput):
        Sample(frames, times)
