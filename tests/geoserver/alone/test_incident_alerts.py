"""CAP over HTTP: alerts in and out, told one by one; hostile documents; exercises apart from what is real."""

import csv
import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from geoserver.api import incidents_models as models
from geoserver.services import Services
from geoserver.storage.store import JournalQuery
from layers.incidents.cap.read import DEEPEST, MOST_BYTES
from tests import door
from tests.geoserver.conftest import flat_services, serving
from tests.layers.incidents.cap.builders import document, info, later, naming, read_alert

CAP = {"Content-Type": "application/cap+xml"}


def send(web: httpx.Client, data: bytes, **headers: str) -> httpx.Response:
    return web.post("/api/incidents/cap", content=data, headers=CAP | headers)


def told(web: httpx.Client, data: bytes, **headers: str) -> list[models.AlertTaken]:
    answer = send(web, data, **headers)
    assert answer.status_code == 200, answer.text
    return models.AlertsTaken.model_validate(answer.json()).alerts


def one(web: httpx.Client, data: bytes, **headers: str) -> models.AlertTaken:
    (found,) = told(web, data, **headers)
    return found


def properties(web: httpx.Client, id_: str | None) -> dict[str, Any]:
    answer = web.get(f"/api/incidents/{id_}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["properties"]) | {"steps": answer.json()["steps"], "told": answer.json()["notes"]}


def update(inner: str | None = None, **change: str | None) -> bytes:
    values: Mapping[str, str | None] = {
        "identifier": "a-2", "sent": later(5), "msgType": "Update", "references": naming("a-1"),
    }  # fmt: skip
    return document(inner, **{**values, **change})


def test_made_updated_closed_and_once_each(web: httpx.Client, own: Services) -> None:
    made = one(web, document())
    assert (made.outcome, made.version, made.exercise, made.code) == ("made", 1, False, None)
    assert properties(web, made.incident)["source"] == "cap"
    head = own.store.head()
    assert one(web, document()).outcome == "unchanged"
    assert own.store.head() == head
    changed = one(web, update(info(severity="Extreme", headline="蔓延")))
    assert (changed.outcome, changed.incident, changed.version) == ("updated", made.incident, 2)
    closed = one(web, update("", identifier="a-3", sent=later(9), msgType="Cancel", note="误报"))
    assert (closed.outcome, closed.incident) == ("closed", made.incident)
    found = properties(web, made.incident)
    assert (found["state"], found["severity"], found["steps"][-1]["remark"]) == ("closed", 1, "CAP Cancel: 误报")
    assert [note["text"] for note in found["told"]] == ["CAP Update: 蔓延"]
    rows = [row for row in own.store.changes(0) if row.id == made.incident]
    assert [(row.action, (row.before or {}).get("severity"), (row.after or {})["severity"]) for row in rows] == [
        ("create", None, 2), ("change", 2, 1), ("change", 1, 1),
    ]  # fmt: skip


def test_a_key_makes_all_alerts_of_a_feed(web: httpx.Client) -> None:
    entries = "".join(
        f"<entry><content>{document(identifier=f'f-{k}').decode().partition('?>')[2]}</content></entry>"
        for k in range(3)
    )
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>'.encode()
    first = told(web, feed, **{"Idempotency-Key": "k"})
    assert [found.outcome for found in first] == ["made"] * 3
    assert [found.number for found in first] == [1, 2, 3]
    assert len({found.incident for found in first}) == 3
    assert [found.outcome for found in told(web, feed, **{"Idempotency-Key": "k"})] == ["unchanged"] * 3


def test_of_a_feed_each_is_told_for_itself(web: httpx.Client) -> None:
    away = info("<area><areaDesc>x</areaDesc><polygon>1,1 1,2 2,2 1,1</polygon></area>")
    parts = [document(), document(away, identifier="b"), document(scope=None, identifier="c"), update()]
    rss = "<rss><channel>" + "".join(f"<item>{one.decode().partition('?>')[2]}</item>" for one in parts)
    found = told(web, f"{rss}</channel></rss>".encode(), **{"Accept-Language": "zh"})
    assert [(row.outcome, row.code) for row in found] == [
        ("made", None), ("refused", "cap-outside"), ("refused", "cap-missing"), ("updated", None),
    ]  # fmt: skip
    assert found[1].detail == "在本市范围之外。 若与本市无关，无需处理。"
    assert (found[2].element, found[3].incident) == ("scope", found[0].incident)
    empty = b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="http://127.0.0.1/a.cap"/></entry></feed>'
    answer = send(web, empty)
    assert (answer.status_code, answer.json()["reason"]) == (422, "cap-no-alerts")


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "secret.txt"
    file.write_text("what nobody may read")
    return file


def hostile(secret: Path) -> dict[str, tuple[bytes, int, str]]:
    """Documents that are meant to do harm → status and reason."""
    laughs = "".join(f'<!ENTITY l{k + 1} "{f"&l{k};" * 10}">' for k in range(9))
    entity = f'<!DOCTYPE alert [<!ENTITY x SYSTEM "file://{secret}">]>'
    deep = "<a>" * 100_000 + "</a>" * 100_000
    return {
        "external": (document(before=entity, note="&x;").replace(b"&amp;x;", b"&x;"), 422, "cap-doctype"),
        "parameter": (
            document(before=f'<!DOCTYPE alert [<!ENTITY % p SYSTEM "file://{secret}"> %p;]>'), 422, "cap-doctype",
        ),
        "laughs": (document(before=f'<!DOCTYPE alert [<!ENTITY l0 "ha">{laughs}]>'), 422, "cap-doctype"),
        "dtd": (document(before='<!DOCTYPE alert SYSTEM "http://127.0.0.1:9/x.dtd">'), 422, "cap-doctype"),
        "utf-16": (
            document(before=entity).decode().replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16"),
            422, "cap-doctype",
        ),
        "deep": (document(deep), 422, "cap-too-deep"),
        "flat": (document("<a/>" * 300_000), 422, "cap-too-deep"),
        "large": (document("<!--" + "x" * MOST_BYTES + "-->"), 413, ""),
        "broken": (document()[:-9], 422, "cap-not-xml"),
        "nothing": (b"", 422, "cap-not-xml"),
        "encoding": (b'<?xml version="1.0" encoding="nonsense"?><a/>', 422, "cap-not-xml"),
        "include": (
            document(f'<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file://{secret}" parse="text"/>'),
            200, "cap-no-info",
        ),
    }  # fmt: skip


@pytest.mark.parametrize(
    "name", ["external", "parameter", "laughs", "dtd", "utf-16", "deep", "flat", "large", "broken", "nothing",
             "encoding", "include"],
)  # fmt: skip
def test_hostile_documents_are_refused_and_read_nothing(
    web: httpx.Client, own: Services, secret: Path, name: str
) -> None:
    data, status, reason = hostile(secret)[name]
    head = own.store.head()
    answer = send(web, data)
    assert answer.status_code == status, answer.text
    if status == 200:
        assert answer.json()["alerts"][0]["code"] == reason
    elif reason:
        assert (answer.json()["type"], answer.json()["reason"]) == ("/problems/bad-alert", reason)
    assert "what nobody may read" not in answer.text
    assert own.store.head() == head
    if status == 422:
        listed = web.post(
            "/api/incidents/import", content=data, headers={"Content-Type": "application/octet-stream"},
            params={"mode": "commit", "file": "x.xml"},
        )  # fmt: skip
        assert (listed.status_code, own.store.head()) == (422, head), listed.text


def test_a_document_as_deep_as_may_be_is_read(web: httpx.Client) -> None:
    inner = DEEPEST - 1
    assert one(web, document("<a>" * inner + "</a>" * inner + info())).outcome == "made"


def test_the_files_of_other_systems_are_taken_or_refused_with_the_reason(web: httpx.Client, shared_data: Path) -> None:
    """None of their places is in this city: so that they are taken, each is told with a place here."""
    here = "<area><areaDesc>here</areaDesc><circle>39.6,106.8 1</circle></area>"
    files = sorted((shared_data / "incidents" / "cap").glob("*.cap"))
    assert len(files) == 8
    given = {file.stem: one(web, file.read_bytes()) for file in files}
    moved = {file.stem: one(web, _with_area(file.read_bytes(), here)) for file in files}
    for name, told_ in given.items():
        print(name, told_.outcome, told_.element, told_.code, "| here:", moved[name].outcome, moved[name].code)
    found = {name: (given[name].code, moved[name].outcome, moved[name].code) for name in given}
    assert found == {
        "australia": ("cap-outside", "made", None),
        "canada": ("cap-outside", "made", None),
        "canada_signed": ("cap-outside", "made", None),
        "earthquake": ("cap-outside", "made", None),
        "earthquake-iso8859-1": ("cap-outside", "made", None),
        "invalid": ("cap-missing", "refused", "cap-missing"),
        # It names itself as earthquake.cap does, which was taken in before it.
        "no_optional_fields": ("cap-no-info", "unchanged", None),
        "weather": ("cap-no-place", "made", None),
    }


def _with_area(data: bytes, area: str) -> bytes:
    """A document whose areas are another."""
    from lxml import etree

    root = etree.fromstring(data)
    namespace = etree.QName(root).namespace
    for old in root.iter(f"{{{namespace}}}area"):
        new = etree.fromstring(f'<x xmlns="{namespace}">{area}</x>')[0]
        old.getparent().replace(old, new)
    return bytes(etree.tostring(root))


def test_it_goes_out_and_comes_back(web: httpx.Client, own: Services, tmp_path: Path) -> None:
    body = {"category": "theft", "severity": 1, "lon": 106.8012345, "lat": 39.6, "within_m": 250.5, "exercise": True}
    made = web.post("/api/incidents", json=body | {"address": "人民路", "description": "甲"}).json()
    answer = web.get(f"/api/incidents/{made['id']}/cap", headers={"Accept-Language": "zh"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/cap+xml")
    alert = read_alert(answer.content)
    assert (alert.status, alert.infos[0].event, alert.infos[0].language) == ("Exercise", "盗窃", "zh-CN")
    again = one(web, answer.content)
    assert (again.outcome, again.code, again.incident) == ("unchanged", "cap-own", made["id"])
    own.looks.flush()
    looks = own.store.search(JournalQuery(kind="incident", id=made["id"]))
    assert [(row.detail or {}).get("format") for row in looks if row.action == "look"] == ["cap"]
    (tmp_path / "other").mkdir()
    with flat_services(tmp_path / "other") as other:
        other.cap_sender = "other@example.test"
        settings = _settings(tmp_path / "other")
        with serving(settings, other) as address, door.Client(base_url=address, timeout=60) as there:
            taken = one(there, answer.content)
            assert (taken.outcome, taken.exercise) == ("made", True)
            found = there.get(f"/api/incidents/{taken.incident}").json()
            for name in ("category", "severity", "within_m", "address", "description", "exercise", "reported_at"):
                expected = made["properties"][name]
                got = found["properties"][name]
                assert got == expected or (name == "reported_at" and got[:19] == expected[:19]), name
            assert found["geometry"] == made["geometry"]
    assert web.get("/api/incidents/nobody/cap").status_code == 404


def _settings(folder: Path) -> Any:
    from geoserver.settings import Settings

    return Settings(folder=folder)


def test_exercises_are_apart_from_what_is_real(web: httpx.Client) -> None:
    web.post("/api/incidents", json={"category": "fire", "lon": 106.8, "lat": 39.6})
    played = one(web, document(status="Exercise"))
    now = web.get("/api/situation").json()
    assert (now["open"], now["severity"]["2"], now["exercises"]) == ({"fire": 1}, 0, 1)
    assert now["overdue"] == now["supervised"] == 0
    assert web.get("/api/incidents/statistics").json()["total"] == 1
    assert web.get("/api/incidents/statistics", params={"exercise": True}).json()["total"] == 1
    assert sum(one["properties"]["count"] for one in web.get("/api/incidents/heat").json()["features"]) == 1
    for exercise, count in ((None, 2), (True, 1), (False, 1)):
        asked = {} if exercise is None else {"exercise": exercise}
        listed = web.get("/api/incidents", params=asked).json()
        assert listed["matched"] == count
        assert exercise is None or {one["properties"]["exercise"] for one in listed["features"]} == {exercise}
    rows = list(csv.DictReader(io.StringIO(web.get("/api/incidents/export").content.decode("utf-8-sig"))))
    assert {row["exercise"] for row in rows} == {"True", "False"}
    # A mistake is put right by hand.
    path = f"/api/incidents/{played.incident}"
    real = web.patch(path, json={"exercise": False, "version": 1})
    assert (real.status_code, real.json()["properties"]["exercise"]) == (200, False)


def test_marks_of_reports_are_as_they_were_before_there_were_exercises(web: httpx.Client, own: Services) -> None:
    """What was reported to an older server and is repeated to this one is known again."""
    body = {"source": "119", "number": "7", "category": "fire", "lon": 106.8, "lat": 39.6}
    web.post("/api/incidents", json=body)
    kept = own.store.get("incident", "119-7")
    assert kept is not None
    assert getattr(kept, "request") == "a8520cfcb66bb5221b84211e"  # noqa: B009
    assert web.post("/api/incidents", json=body | {"exercise": True}).status_code == 409


def test_alerts_are_lists_too(web: httpx.Client) -> None:
    headers = {"Content-Type": "application/octet-stream"}
    dry = web.post("/api/incidents/import", content=document(), headers=headers, params={"file": "a.cap"})
    assert (dry.status_code, dry.json()["counts"]["new"], dry.json()["committed"]) == (200, 1, None), dry.text
    params = {"mode": "commit", "file": "a.cap"}
    done = web.post("/api/incidents/import", content=document(), headers=headers, params=params).json()
    assert (done["counts"]["new"], done["committed"]["changed"]) == (1, 1)
    again = web.post("/api/incidents/import", content=document(), headers=headers, params=params).json()
    assert (again["counts"]["unchanged"], again["committed"]) == (1, None)
    draft = web.post("/api/incidents/import", content=document(status="Draft"), headers=headers, params=params).json()
    assert (draft["counts"]["refused"], draft["remarks"][0]["code"], draft["remarks"][0]["id"]) == (
        1,
        "cap-draft",
        "a-1",
    )


def test_pages_of_other_sites_send_nothing(web: httpx.Client) -> None:
    assert send(web, document(), Origin="https://example.org").status_code == 403


def test_a_time_ahead_is_refused(web: httpx.Client) -> None:
    ahead = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S-00:00")
    assert one(web, document(sent=ahead)).code == "cap-future"
    assert json.loads(send(web, document(sent=ahead)).content)["alerts"][0]["incident"] is None
