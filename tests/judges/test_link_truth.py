"""The link on the whole demo city: the brute-force march agrees to the camera, Embree to the margin."""

from pathlib import Path

import pytest

from layers.cameras.linking.link import CameraIndex
from tests.judges.link_truth import against_brute_force, against_embree, fast_cases, open_city, random_places

pytestmark = pytest.mark.city


def test_link_equals_brute_force_and_embree(demo_city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scene, cameras = open_city(demo_city)
    assert len(cameras) >= 6900
    index = CameraIndex.build(cameras, scene)
    cases = fast_cases(index, random_places(scene, cameras, 60, seed=5))
    tally = against_brute_force(scene, cameras, cases)
    assert tally.named > 150
    assert (tally.missed, tally.extra) == (0, 0)
    assert tally.blocked > 1000
    assert tally.other_blocker == 0
    judged, differences = against_embree(scene, index, cases, demo_city)
    with capsys.disabled():
        print(f"\nEmbree: {judged} lines, {len(differences)} differ")
    assert judged > 500
    assert len(differences) <= 0.02 * judged
    assert [d for d in differences if d.margin_m > 1.0] == []
