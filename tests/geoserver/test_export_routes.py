"""Records as files over HTTP: whoever may export gets what they see, and the journal knows."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from geoserver.exporting import FORMS
from geoserver.services import Services
from geoserver.settings import Settings
from geoserver.storage.store import Write
from layers.catalogue import COLLECTIONS
from layers.grants.roles import Post
from tests import door
from tests.geoserver.conftest import flat_services, serving
from tests.layers.incidents.builders import an_incident


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with flat_services(tmp_path_factory.mktemp("export")) as services:
        held = [
            an_incident("here", area="1503"),
            an_incident("there", area="1501", severity=1),
            an_incident("east", lon=106.81),
        ]
        services.store.commit([Write.put(one, 0) for one in held])
        yield services


@pytest.fixture(scope="module")
def address(own: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("served")
    with serving(Settings(folder=folder, client=folder), own) as address:
        yield address


@pytest.fixture
def web(address: str) -> Iterator[httpx.Client]:
    with door.Client(base_url=address, timeout=60) as client:
        yield client


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("path", [*(f"/api/export/{name}" for name in COLLECTIONS), "/api/incidents/export"])
def test_every_kind_goes_out_in_every_form(web: httpx.Client, path: str, form: str) -> None:
    answer = web.get(path, params={"f": form})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == FORMS[form].media_type
    assert answer.headers["content-disposition"].endswith(f'.{form}"')
    assert "no-store" in answer.headers["cache-control"]
    assert answer.content


def ids(web: httpx.Client, **asked: str) -> list[str]:
    answer = web.get("/api/export/incidents", params=asked)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["features"]]


def test_filters(web: httpx.Client) -> None:
    assert ids(web) == ["east", "here", "there"]
    assert ids(web, bbox="106.805,39,107,40") == ["east"]
    assert ids(web, severity="1") == ["there"]
    assert ids(web, limit="1") == ["east"]
    for wrong in ({"f": "shp"}, {"colour": "red"}, {"severity": "9"}, {"bbox": "1"}, {"datetime": "x"}):
        assert web.get("/api/export/incidents", params=wrong).status_code == 400, wrong
    assert web.get("/api/export/dragons").status_code == 404


def test_the_journal_knows_what_went_out(address: str, own: Services) -> None:
    with door.Client(base_url=address, timeout=60) as everyone:
        everyone.get("/api/export/incidents", params={"f": "csv"}).raise_for_status()
    own.looks.flush()
    whole = [look for look in own.store.looks() if (look.detail or {}).get("count") == 3]
    assert whole
    assert {(look.kind, look.actor) for look in whole} == {("incident", door.EVERYONE)}


def test_an_operator_exports_nothing_and_a_commander_their_area(tmp_path: Path, own: Services) -> None:
    settings = Settings(folder=tmp_path, client=tmp_path)
    with serving(settings, own) as address:
        asked = {}
        for role in ("operator", "commander"):
            posts = (Post(role=role, areas=frozenset({"1503"})),)
            asked[role] = {"Authorization": f"Bearer {door.let_in(settings.database, address, role, posts)}"}
        refused = httpx.get(f"{address}/api/export/incidents", headers=asked["operator"])
        assert refused.status_code == 403
        given = httpx.get(f"{address}/api/export/incidents", headers=asked["commander"])
        assert [one["id"] for one in given.json()["features"]] == ["here"]
