"""Every camera, calibration and GB/T 28181 file goes as the data's README says."""

from pathlib import Path

import pytest

from tests.judges.camera_files import judge


@pytest.mark.shared
def test_every_file_goes_as_its_readme_says(shared_data: Path) -> None:
    outcomes = list(judge(shared_data))
    assert len(outcomes) >= 30
    assert [(one.file, one.words) for one in outcomes if not one.as_said] == []
    assert {one.what for one in outcomes} == {"read", "repaired", "refused"}
