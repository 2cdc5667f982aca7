"""Nothing acknowledged is lost when a process is killed, and a log cut anywhere opens with an intact chain.

The short form; ``python -m tests.judges.killed`` is the long one.
"""

from pathlib import Path

import pytest

from tests.contract.conftest import Place
from tests.contract.get_postgres import Cluster, needed
from tests.judges import killed_fixes
from tests.judges.killed import cut_logs, kill_writers


def test_a_killed_writer_of_a_file_loses_nothing_acknowledged(tmp_path: Path) -> None:
    outcome = kill_writers(str(Place("sqlite", tmp_path / "city.sqlite").address), 2, 200, None)
    assert outcome.good, outcome
    assert outcome.kills == 2
    assert outcome.acknowledged >= 200


def test_a_killed_writer_and_a_killed_server_lose_nothing_acknowledged() -> None:
    cluster = Cluster.make(needed(), durable=True)  # of its own, as it is killed
    try:
        outcome = kill_writers(cluster.database("killed"), 2, 200, cluster)
    finally:
        cluster.stop()
    assert outcome.good, outcome
    assert outcome.acknowledged >= 200


def test_a_log_cut_at_any_byte_opens_with_an_intact_chain(tmp_path: Path) -> None:
    assert cut_logs(tmp_path, 20) == 200


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_killed_writers_of_fixes_lose_no_acknowledged_batch_and_double_none(engine: str) -> None:
    if engine == "postgres":
        needed()
    outcome = killed_fixes.of_engine(engine, 3, 20_000)
    assert outcome.good, outcome
    assert outcome.kills >= 3
