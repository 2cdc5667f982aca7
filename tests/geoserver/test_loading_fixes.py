"""Track files on the command line: what is too old, of the future or of nobody is told, the rest is taken."""

import contextlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from geoserver import loading_fixes
from geoserver.console import Console
from geoserver.services import Services
from geoserver.storage.store import Store, Write
from geoserver.town import Town
from layers.tracks.files.reading import How
from layers.vehicles import Vehicle
from tests.geoserver.conftest import flat_services


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    with flat_services(tmp_path) as services:

        @contextlib.contextmanager
        def opened(_: Path) -> Iterator[tuple[Store, Town]]:
            yield services.store, services.now.town

        monkeypatch.setenv("LC_ALL", "C.UTF-8")
        monkeypatch.setattr(loading_fixes, "opened", opened)
        services.store.commit([Write.put(Vehicle(id="a", name="a", lon=106.8, lat=39.6), 0)], actor="x")
        yield services


@pytest.mark.usefixtures("own")
def test_rows_are_refused_as_over_http(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    now = datetime.now(UTC)
    moments = [now - timedelta(days=4_000), now - timedelta(hours=1), now + timedelta(minutes=4),
               now + timedelta(minutes=6), now + timedelta(days=1)]  # fmt: skip
    rows = [{"id": "a", "time": at.isoformat(), "point": "POINT(106.8 39.6)"} for at in moments]
    rows.append(rows[1] | {"id": "nobody"})
    file = tmp_path / "rows.json"
    file.write_text(json.dumps(rows))
    refused = loading_fixes.load_fixes(tmp_path, file, How(), False, Console(as_json=True))
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert refused == 4
    assert [(one["vehicle"], one["rows"], one["detail"]) for one in told if one["event"] == "fix-rows"] == [
        ("a", 1, "It is older than what is kept (30 days)."),
        ("a", 2, "The time lies in the future. Set the clock that it comes from."),
        ("nobody", 1, "There is no such vehicle, or it is not yours to report."),
    ]
    assert (told[-1]["count"], told[-1]["taken"]) == (2, 2)
