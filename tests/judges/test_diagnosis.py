"""The diagnosis in short: counts over a few clips and simulated views of the setting half, held against the bars."""

from itertools import islice

import pytest

from layers.health.thresholds import FAULTS
from tests.judges.diagnosis import scored
from tests.judges.diagnosis_views import clips, plain

FEW = {"clips": 4, "cameras": 6, "views": 4}


def some_clips(folder):
    """One take of a few stretches: the road, the room, two streets."""
    made = [one for one in clips(folder) if not one.judging and one.name.endswith(" 0")]
    names = ("car", "one-by-one", "bikes 3", "bikes 4")
    return [next(one for one in made if one.name.startswith(name)) for name in names]


@pytest.mark.shared
def test_clips_in_short(shared_data):
    score = scored(some_clips(shared_data / "video"))
    assert [score.of(score.windows, fault) for fault in FAULTS] == [FEW["clips"]] * len(FAULTS)
    assert score.misses == []


def test_walls_and_skies_are_no_faults():
    score = scored(islice(plain(), 3))
    assert score.of(score.good, "black") == 2 * 3
    assert score.false.total() == 0
