"""Faults that are put onto pictures: the same each time for a camera, and what the diagnosis calls them."""

import numpy as np
import pytest

from layers.health.diagnosis import diagnose
from layers.health.faulty import ON_FRAMES, SIMULATED, faulted, seen_with, sensor_noise
from layers.health.sample import Sample
from layers.health.thresholds import FAULTS, Thresholds
from tests.geoserver.builders import a_camera

LIMITS = Thresholds()


def picture() -> np.ndarray:
    """Blocks of many colours and sizes, as a street has them."""
    rng = np.random.default_rng(4)
    out = np.full((360, 640, 3), 120, np.uint8)
    for _ in range(500):
        y, x = rng.integers(0, 340), rng.integers(0, 610)
        out[y : y + rng.integers(4, 40), x : x + rng.integers(4, 60)] = rng.integers(20, 225, 3)
    return out


def seconds(frame: np.ndarray, fault, seed: int = 7) -> Sample:
    frames = np.stack([faulted(frame, fault, seed, number) for number in range(11)])
    return Sample(sensor_noise(frames, np.random.default_rng(1), 2.0), np.arange(11) / 5)


def test_what_a_simulated_camera_can_have_has_a_name() -> None:
    assert set(SIMULATED) <= {*FAULTS, "offline"}
    assert len(set(SIMULATED)) == len(SIMULATED) == 9


def test_a_picture_without_a_fault_is_as_it_was() -> None:
    frame = picture()
    for fault in (None, "frozen", "moved", "offline"):
        assert faulted(frame, fault, 7, 0) is frame
    assert diagnose(seconds(frame, None), frame, LIMITS).good


@pytest.mark.parametrize("fault", ["black", "over-exposed", "blurred", "snow"])
def test_a_fault_is_found_and_the_same_each_time(fault: str) -> None:
    frame = picture()
    assert fault in diagnose(seconds(frame, fault), frame, LIMITS).found
    assert np.array_equal(faulted(frame, fault, 7, 3), faulted(frame, fault, 7, 3))
    assert not np.array_equal(faulted(frame, fault, 7, 3), faulted(frame, fault, 8, 3))


@pytest.mark.parametrize("fault", [one for one in ON_FRAMES if one != "snow"])
def test_only_snow_is_another_in_each_frame(fault: str) -> None:
    frame = picture()
    assert np.array_equal(faulted(frame, fault, 7, 1), faulted(frame, fault, 7, 2))
    assert not np.array_equal(faulted(frame, "snow", 7, 1), faulted(frame, "snow", 7, 2))


def test_only_what_has_a_known_direction_is_turned_away() -> None:
    fixed = a_camera("fixed", heading_deg=10.0)
    away = seen_with(fixed, "moved", 3)
    assert away.model_copy(update={"heading_deg": 10.0}) == fixed
    assert 2.0 < abs((away.heading_deg - 10.0 + 180) % 360 - 180) < 20.0
    assert seen_with(fixed, "moved", 3) == away
    assert seen_with(fixed, "black", 3) is fixed
    for other in (a_camera(type="ptz"), a_camera(heading_deg=None), a_camera(lens="fisheye", hfov_deg=180.0)):
        assert seen_with(other, "moved", 3) is other
