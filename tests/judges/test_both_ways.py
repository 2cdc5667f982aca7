"""Place to pixel to place over all lens models, on the village: the short form of ``tests.judges.both_ways``."""

from pathlib import Path

from tests.judges.both_ways import LENSES, run, table, verdict


def test_places_go_to_pixels_and_back_through_every_lens(village: Path) -> None:
    tallies, cell_m, worst = run(village, places=420, seed=3, per_camera=30)
    assert set(tallies) == set(LENSES)
    assert all(len(tally.same) >= 30 for tally in tallies.values())
    assert all(tally.ground_m and tally.face_m for name, tally in tallies.items() if name == "fisheye 180")
    assert [name for name, tally in tallies.items() if not verdict(tally, cell_m)] == [], table(tallies, cell_m, worst)
    assert worst < 1e-3
