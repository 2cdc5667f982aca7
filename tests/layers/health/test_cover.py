"""What counts as covered: a sheet of nearly the ground's own colour does, what light and tint explain does not."""

import numpy as np
import pytest

from layers.health.cover import covered_share

ASPHALT = (137, 134, 125)


def street(*, parked: bool = True) -> np.ndarray:
    """Bare asphalt under a row of house fronts, with or without a lorry on it."""
    rng = np.random.default_rng(8)
    out = np.full((180, 320, 3), ASPHALT, np.float64)
    out[:60] = np.kron(rng.uniform(60, 170, (12, 64, 3)), np.ones((5, 5, 1)))
    if parked:
        out[80:150, 40:150] = np.kron(rng.uniform(60, 230, (14, 22, 3)), np.ones((5, 5, 1)))
    return np.clip(out + rng.normal(0, 1, out.shape), 0, 255).astype(np.uint8)


def over_ground(picture: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    out = picture.copy()
    out[62:] = colour
    return out


@pytest.mark.parametrize("by", [9, -9, 30])
def test_a_sheet_much_like_the_ground_is_seen_where_the_rest_tells_the_light(by):
    sheet = tuple(one + by for one in ASPHALT)
    assert covered_share(over_ground(street(), sheet), street()) > 0.5


@pytest.mark.parametrize("light", [0.8, 1.0, 1.25])
def test_a_lorry_that_has_left_covers_nothing_in_any_light(light):
    now = np.clip(street(parked=False) * light, 0, 255).astype(np.uint8)
    assert covered_share(now, street()) < 0.3


@pytest.mark.parametrize("channel", [0, 1, 2])
@pytest.mark.parametrize("gain", [1.5, 2.0])
def test_a_tint_covers_nothing_though_it_is_clipped_and_a_lorry_has_left(channel, gain):
    gains = np.ones(3)
    gains[channel] = gain
    now = np.clip(street(parked=False) * gains, 0, 255).astype(np.uint8)
    assert covered_share(now, street()) < 0.3


def test_where_nothing_is_left_all_that_is_plain_is_covered():
    sheet = np.full((180, 320, 3), ASPHALT, np.uint8)
    assert covered_share(sheet, street()) == 1.0


def test_a_night_without_structure_is_not_a_cover_where_it_is_coarsely_the_same():
    dim = (street() * 0.1).astype(np.uint8)
    assert covered_share(dim, (street() * 0.3).astype(np.uint8)) < 0.3
