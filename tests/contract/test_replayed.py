"""The replay judged in short, at both engines."""

from pathlib import Path

from tests.contract.conftest import Place
from tests.judges.replayed import judge


def test_what_is_replayed_is_what_was_live(place: Place, tmp_path: Path) -> None:
    outcome = judge(place, tmp_path, 8, seed=3)
    assert outcome.differences == ()
    assert (outcome.equal, outcome.equal_steps) == (8, 7)
    assert sum(outcome.done.values()) > 30
