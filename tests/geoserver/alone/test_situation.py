"""The situation in one line: what is open, late and watched, for whoever asks, and who is there."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from websockets.sync.client import connect

from geoserver.services import Services
from geoserver.settings import Settings
from geoserver.storage.store import Write
from layers.grants.roles import Post
from layers.incidents.states import moved
from tests import door
from tests.layers.incidents.builders import an_incident


def situation(address: str, key: str) -> dict[str, Any]:
    answer = httpx.get(f"{address}/api/situation", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_figures(own: Services, address: str, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    old, new = now - timedelta(hours=1), now - timedelta(seconds=5)
    held = [
        an_incident("late", reported_at=old, severity=1),
        an_incident("new", reported_at=new, severity=2, category="theft", area="1503"),
        an_incident("marked", reported_at=new, severity=2, supervised=True),
        an_incident("played", reported_at=old, severity=1, supervised=True, exercise=True),
        moved(an_incident("done", reported_at=old), "close", at=now, by="we"),
        moved(moved(an_incident("solved", reported_at=new), "accept", at=now, by="we"), "resolve", at=now, by="we"),
    ]
    own.store.commit([Write.put(one, 0) for one in held])
    database = Settings(folder=tmp_path).database
    everyone = door.let_in(database, address)
    assert situation(address, everyone) == {
        "open": {"fire": 2, "theft": 1},
        "severity": {"1": 1, "2": 2, "3": 0, "4": 0},
        "overdue": 1,
        "supervised": 2,
        "exercises": 1,
        "connected": 0,
    }
    posts = (Post(role="operator", areas=frozenset({"1503"})),)
    operator = door.let_in(database, address, "operator", posts)
    seen = situation(address, operator)
    assert (seen["open"], seen["overdue"], seen["supervised"]) == ({"theft": 1}, 0, 0)


def test_people_are_counted_once_however_many_screens_they_have(address: str) -> None:
    key = door.headers(address)["Authorization"].removeprefix("Bearer ")
    live = f"{address.replace('http', 'ws', 1)}/api/live"
    with connect(live, additional_headers=door.headers(address)):
        with connect(live, additional_headers=door.headers(address)) as second:
            second.send('{"type": "ping"}')
            second.recv()
            assert situation(address, key)["connected"] == 1


def test_nobody_is_told_nothing(address: str) -> None:
    assert httpx.get(f"{address}/api/situation").status_code == 401
