"""The journal over HTTP: who may search it and take it away, and what others are told of changes."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from geoserver.accounts.kept import KeptAccounts
from geoserver.audit import SealKey
from geoserver.journal_export import check_export
from geoserver.settings import Settings
from geoserver.storage.store import Look, Write
from layers.grants.roles import ROLES, Post
from tests import door
from tests.geoserver.builders import a_camera
from tests.geoserver.conftest import flat_services, serving
from tests.program.server import run

As = Callable[..., AbstractContextManager[httpx.Client]]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(folder=tmp_path_factory.mktemp("journal"))


@pytest.fixture(scope="module")
def served(settings: Settings) -> Iterator[str]:
    with flat_services(settings.folder) as services, serving(settings, services) as address:
        services.store.commit([Write.put(a_camera("in", area="150303"), 0)], actor="wang")
        services.store.commit([Write.put(a_camera("out", area="150302"), 0)], actor="wang")
        services.store.note([Look("wang", "camera", "in", "a call", {"lon": 106.8, "lat": 39.6})])
        services.apply_now()
        yield address


@pytest.fixture
def web(served: str) -> Iterator[httpx.Client]:
    with door.Client(base_url=served, timeout=60) as web:
        yield web


@pytest.fixture
def as_one(settings: Settings, served: str) -> As:
    @contextmanager
    def asking(role: str, *areas: str) -> Iterator[httpx.Client]:
        accounts = KeptAccounts.open(settings.database)
        try:
            post = Post(role=role, areas=frozenset(areas))
            key, _ = door.keys_of(accounts, f"{role}-{'-'.join(areas).replace('*', 'all')}", (post,))
        finally:
            accounts.close()
        with httpx.Client(base_url=served, headers={"Authorization": f"Bearer {key}"}, timeout=60) as web:
            yield web

    return asking


def rows(web: httpx.Client, **asked: Any) -> list[dict[str, Any]]:
    answer = web.get("/api/journal", params=asked)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["rows"])


def test_pages_from_the_newest_on(web: httpx.Client) -> None:
    answer = web.get("/api/journal", params={"limit": 2}).json()
    first = [row["seq"] for row in answer["rows"]]
    assert first == [answer["head"], answer["head"] - 1]
    assert [row["seq"] for row in rows(web, limit=2, before=first[-1])] == [first[-1] - 1, first[-1] - 2]


def test_a_change_a_look_and_a_deed(web: httpx.Client, served: str) -> None:
    (made,) = rows(web, kind="camera", id="in", action="create")
    assert (made["actor"], made["version"], made["detail"]) == ("wang", 1, None)
    (look,) = rows(web, person="wang", action="look")
    assert look["detail"] == {"purpose": "a call", "lon": 106.8, "lat": 39.6}
    httpx.post(f"{served}/api/session", json={"name": door.EVERYONE, "password": "wrong-and-wrong"})
    (deed, *_) = rows(web, action="sign-in-failed")
    assert (deed["kind"], deed["id"], deed["detail"]["address"]) == ("account", door.EVERYONE, "127.0.0.1")


def test_by_place_and_time(web: httpx.Client) -> None:
    assert {row["id"] for row in rows(web, bbox="106.79,39.59,106.81,39.61", person="wang")} == {"in", "out"}
    assert rows(web, bbox="0,0,1,1") == []
    time = rows(web, id="out")[0]["time"]
    assert {row["id"] for row in rows(web, since=time, person="wang")} == {"out", "in"}
    assert [row["id"] for row in rows(web, until=time, person="wang")] == ["in"]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"area": "999"}, 404), ({"bbox": "1,2,3"}, 400), ({"since": "yesterday"}, 400), ({"before": 0}, 400),
        ({"since": "2026-01-01T00:00:00"}, 400), ({"since": "0001-01-01T00:00:00+14:00"}, 400),
        ({"limit": 1001}, 400), ({"before": 2**70}, 400), ({"person": "\x00"}, 200),
    ],
)  # fmt: skip
def test_odd_questions(web: httpx.Client, asked: dict[str, Any], status: int) -> None:
    assert web.get("/api/journal", params=asked).status_code == status


@pytest.mark.parametrize("role", sorted(ROLES))
@pytest.mark.parametrize("path", ["/api/journal", "/api/journal/export"])
def test_the_journal_is_for_administrators(as_one: As, role: str, path: str) -> None:
    with as_one(role, "*") as one:
        assert one.get(path).status_code == (200 if role == "administrator" else 403)


def test_an_area_s_administrator_finds_what_lies_there_and_no_sign_ins(as_one: As) -> None:
    with as_one("administrator", "150303") as one:
        assert [(row["kind"], row["id"]) for row in rows(one)] == [("camera", "in")]
        assert rows(one, person=door.EVERYONE) == []
        assert "150302" not in one.get("/api/journal/export").text


def test_what_is_taken_away_is_sealed_and_on_record(web: httpx.Client, settings: Settings, tmp_path: Path) -> None:
    answer = web.get("/api/journal/export", params={"person": "wang"})
    assert answer.headers["content-disposition"].startswith('attachment; filename="journal-')
    file = tmp_path / "journal.jsonl"
    file.write_bytes(answer.content)
    told = check_export(file, SealKey.open(settings.seal_key))
    assert (told.rows, told.by) == (3, door.EVERYONE)
    (noted, *_) = rows(web, action="exported")
    assert (noted["actor"], noted["detail"]["asked"]) == (door.EVERYONE, {"person": "wang"})
    good = run("audit", "check", str(file), "--key", str(settings.seal_key))
    assert (good.returncode, "3 rows" in good.stdout) == (0, True), good
    file.write_bytes(answer.content.replace(b"wang", b"wong", 1))
    assert run("audit", "check", str(file), "--key", str(settings.seal_key)).returncode == 1


def test_of_changes_one_is_told_those_of_what_one_sees(web: httpx.Client, as_one: As) -> None:
    with as_one("operator", "150303") as one:
        told = one.get("/api/changes").json()["rows"]
        assert [(row["id"], row["actor"]) for row in told] == [("in", "")]
    assert {"in", "out"} <= {row["id"] for row in web.get("/api/changes").json()["rows"]}
    assert {row["actor"] for row in web.get("/api/changes").json()["rows"]} >= {"wang"}
