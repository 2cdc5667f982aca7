"""Files of a series when they fail: the true error is told, and nothing is left open."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from geoserver.series import sqlite
from geoserver.series.faults import SeriesUnusable
from geoserver.series.fixes import Batch
from geoserver.series.sqlite import SqliteSeries
from layers.tracks.track import fixes_of


class Failing(sqlite3.Connection):
    """A connection on which a statement fails, and then everything has been taken back already."""

    fails = ""
    closed = False

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        if sql == self.fails:
            super().execute("ROLLBACK")
            raise sqlite3.OperationalError("database or disk is full")
        return super().execute(sql, *values)

    def executescript(self, script: str, /) -> sqlite3.Cursor:
        if self.fails == "FORM":
            raise sqlite3.OperationalError("database or disk is full")
        return super().executescript(script)

    def close(self) -> None:
        self.closed = True
        super().close()


@pytest.mark.parametrize("fails", ["COMMIT", "FORM"])
def test_the_true_error_is_told_and_the_connection_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    made: list[Failing] = []

    def connected(file: Path) -> Failing:
        made.append(sqlite3.connect(file, isolation_level=None, factory=Failing))
        made[-1].fails = fails
        return made[-1]

    monkeypatch.setattr(sqlite, "connected", connected)
    series = SqliteSeries.open(tmp_path)
    with pytest.raises(SeriesUnusable, match="disk is full") as told:
        series.put(Batch(["a"], fixes_of([(0, 106.8, 39.6, None, None, None)])))
    assert told.value.values["file"] == "fixes-0.sqlite"
    assert [one.closed for one in made] == [True]
