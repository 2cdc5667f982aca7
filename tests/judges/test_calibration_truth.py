"""Aalborg's points and Duck's poses, as the judge prints them."""

from pathlib import Path

import pytest

from tests.judges.calibration_truth import aalborg, there_and_back


@pytest.mark.shared
def test_duck_converts_there_and_back(shared_data: Path) -> None:
    assert there_and_back(shared_data) < 1e-6


@pytest.mark.shared
def test_aalborg_is_told_as_rough_as_it_is(shared_data: Path) -> None:
    solved = aalborg(shared_data)
    assert solved.verdict == "rough"
    missed = [one.loo_m for one in solved.residuals]
    assert all(one is not None for one in missed)
    # No better than the survey's own points, and nothing like a click's pixel.
    assert 0.3 < float(solved.uncertainty.loo_m or 0) < 3.0
    assert max(one or 0.0 for one in missed) > 2.0
    assert solved.noise_px > 5
