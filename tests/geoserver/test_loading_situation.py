"""Lists of incidents, checkpoints, zones and units on the command line: in, out, and in again."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from geoserver import loading, loading_situation
from geoserver.cli import app
from geoserver.services import Services
from geoserver.storage.store import Query, Store
from geoserver.town import Town
from layers.checkpoints import Checkpoint
from layers.incidents.model import Incident
from layers.responsible import Unit
from layers.zones import Zone
from tests.geoserver.conftest import flat_services
from tests.layers.incidents.cap.builders import document, info

RING = [[106.8, 39.6], [106.801, 39.6], [106.801, 39.601], [106.8, 39.601], [106.8, 39.6]]
CHECKPOINTS = (
    "卡口编号,卡口名称,经度,纬度,所在道路,车道数,抓拍方向,状态\n"
    "K1,北门卡口,106.8,39.601,人民路,4,由北向南;由南向北,正常\n"
    "K2,东门卡口,106.802,39.6,建设路,四,进城,维修\n"
    "K1,重复,106.8,39.6,,,,\n"
    ",无编号,106.8,39.6,,,,\n"
    "K5,城外,120,39.6,,,,\n"
)


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    with flat_services(tmp_path) as services:

        @contextlib.contextmanager
        def opened(_: Path) -> Iterator[tuple[Store, Town]]:
            yield services.store, services.now.town

        monkeypatch.setattr(loading_situation, "opened", opened)
        monkeypatch.setattr(loading, "open_store", lambda _: services.store)
        monkeypatch.setattr(services.store, "close", lambda: None)
        yield services


def run(*words: str, lang: str = "C.UTF-8") -> Any:
    done = CliRunner().invoke(app, list(words), env={"LC_ALL": lang, "LANG": lang, "COLUMNS": "200"})
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def load(folder: Path, kind: str, name: str, content: str | bytes, *words: str, lang: str = "C.UTF-8") -> Any:
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return run("load", kind, str(file), "--city", str(folder), *words, lang=lang)


def there_and_back(folder: Path, services: Services, kind: str, name: str) -> None:
    """What is dumped is loaded without a change, in both forms."""
    held = list(services.store.find(Query(name)))
    head = services.store.head()
    for suffix in ("csv", "geojson"):
        file = folder / f"out.{suffix}"
        assert run("dump", kind, str(file), "--city", str(folder)).exit_code == 0
        done = run("load", kind, str(file), "--city", str(folder))
        assert (done.exit_code, f"0 new, 0 changed, {len(held)} as before" in done.stdout) == (0, True), done.output
    assert list(services.store.find(Query(name))) == held
    assert services.store.head() == head


def test_checkpoints(own: Services, tmp_path: Path) -> None:
    done = load(tmp_path, "checkpoints", "list.csv", CHECKPOINTS.encode("gb18030"), "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 1
    assert [(line["row"], line["code"]) for line in lines if line["event"] == "row"] == [
        (3, "not-a-number"), (3, "unknown-direction"), (4, "duplicate-id"), (5, "no-id"), (6, "outside-city"),
    ]  # fmt: skip
    first, second = (own.store.get("checkpoint", id_) for id_ in ("K1", "K2"))
    assert isinstance(first, Checkpoint)
    assert isinstance(second, Checkpoint)
    assert (first.name, first.road, first.lanes) == ("北门卡口", "人民路", 4)
    assert [direction.heading_deg for direction in first.directions] == [180.0, 0.0]
    assert (second.status, second.lanes, second.directions[0].heading_deg) == ("fault", None, None)
    there_and_back(tmp_path, own, "checkpoints", "checkpoint")


def test_checkpoints_as_geojson(own: Services, tmp_path: Path) -> None:
    geometry = {"type": "Point", "coordinates": [106.8, 39.6]}
    properties = {"name": "K", "lanes": 2, "directions": [{"name": "南行", "heading_deg": 180, "lanes": 2}]}
    feature = {"type": "Feature", "id": "k9", "geometry": geometry, "properties": properties}
    polygon = {"type": "Feature", "id": "k10", "geometry": {"type": "Polygon", "coordinates": [RING]}, "properties": {}}
    document = {"type": "FeatureCollection", "features": [feature, polygon]}
    done = load(tmp_path, "checkpoints", "list.geojson", json.dumps(document), lang="zh_CN.UTF-8")
    assert (done.exit_code, "拒收 1" in done.stdout) == (1, True), done.output
    found = own.store.get("checkpoint", "k9")
    assert isinstance(found, Checkpoint)
    assert (found.lanes, found.directions[0].lanes) == (2, 2)


def test_zones(own: Services, tmp_path: Path) -> None:
    geometry = {"type": "Polygon", "coordinates": [RING]}
    crossed = {"type": "Polygon", "coordinates": [[RING[0], RING[2], RING[1], RING[3], RING[0]]]}
    far = {"type": "Polygon", "coordinates": [[[x + 10, y] for x, y in RING]]}
    features = [
        {"type": "Feature", "id": "z1", "geometry": geometry, "properties": {"name": "核心区", "watch": "both"}},
        {"type": "Feature", "id": "z2", "geometry": crossed, "properties": {}},
        {"type": "Feature", "id": "z3", "geometry": far, "properties": {}},
        {"type": "Feature", "id": "z4", "geometry": geometry, "properties": {"watch": "sometimes"}},
        {"type": "Feature", "geometry": geometry, "properties": {}},
        {"type": "Feature", "id": "z6", "geometry": {"type": "Point", "coordinates": [106.8, 39.6]}, "properties": {}},
    ]
    document = json.dumps({"type": "FeatureCollection", "features": features})
    done = load(tmp_path, "zones", "zones.geojson", document, "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(line["row"], line["code"]) for line in lines if line["event"] == "row"] == [
        (2, "bad-value"), (3, "outside-city"), (4, "bad-value"), (5, "no-id"), (6, "no-polygon"),
    ]  # fmt: skip
    (zone,) = own.store.find(Query("zone"))
    assert isinstance(zone, Zone)
    assert (zone.name, zone.watch, zone.rings[0][0]) == ("核心区", "both", (106.8, 39.6))
    there_and_back(tmp_path, own, "zones", "zone")


def test_units(own: Services, tmp_path: Path) -> None:
    people = json.dumps([{"area": "150302", "name": "张"}], ensure_ascii=False).replace('"', '""')
    rows = f'单位编号,单位名称,经度,纬度,值班电话,sources,people\nu1,消防一站,106.8,39.6,119,119;120,"{people}"\n'
    broken = 'u2,坏,106.8,39.6,,,"[{"\nu3,坏,106.8,39.6,,,"[{""name"": ""x""}]"\n'
    done = load(tmp_path, "units", "units.csv", rows + broken, "--json")
    codes = [one["code"] for one in map(json.loads, done.stdout.splitlines()) if one["event"] == "row"]
    assert codes == ["not-json", "bad-value"]
    (unit,) = own.store.find(Query("unit"))
    assert isinstance(unit, Unit)
    assert (unit.sources, unit.people[0].area, unit.phone) == (("119", "120"), "150302", "119")
    there_and_back(tmp_path, own, "units", "unit")


def test_incidents_with_all_that_the_command_line_can_say(own: Services, tmp_path: Path) -> None:
    rows = 'nr,datetime,location,what\n1,07/08/2012 09:10:07 AM +0000,"(39.6, 106.8)",fire\n2,?,,fire\n'
    words = ("--map", "number=nr", "--map", "category=what", "--source", "119", "--state", "resolved")
    words += ("--time-zone", "Europe/London", "--wall-clock")
    dry = load(tmp_path, "incidents", "list.csv", rows, *words, "--dry-run")
    assert (dry.exit_code, "would load 1 new" in dry.stdout) == (1, True), dry.output
    assert list(own.store.find(Query("incident"))) == []
    done = load(tmp_path, "incidents", "list.csv", rows, *words)
    assert (done.exit_code, "1 new" in done.stdout, "row 3" in done.stderr) == (1, True, True), done.output
    (one,) = own.store.find(Query("incident"))
    assert isinstance(one, Incident)
    assert (one.id, one.state, one.reported_at.isoformat()) == ("119-1", "resolved", "2012-07-08T08:10:07+00:00")
    again = load(tmp_path, "incidents", "list.csv", rows, *words)
    assert "0 new, 0 changed, 1 as before" in again.stdout
    there_and_back(tmp_path, own, "incidents", "incident")


@pytest.mark.parametrize(
    "words",
    [
        ("--time-zone", "Mars/Olympus"),
        ("--time-zone", "../../etc/passwd"),
        ("--source", "911"),
        ("--state", "asleep"),
        ("--map", "colour=red"),
        ("--map", "number=missing"),
        ("--reference-crs", "EPSG:0"),
    ],
)
def test_words_that_mean_nothing(own: Services, tmp_path: Path, words: tuple[str, str]) -> None:
    rows = "number,time,lon,lat,x_coordinate,y_coordinate\n1,2026-05-01 12:00,106.8,39.6,1**,1**\n"
    done = load(tmp_path, "incidents", "list.csv", rows, *words)
    assert done.exit_code in (1, 2)
    assert words[1].split("=")[0] in done.output or words[0] in done.output
    assert list(own.store.find(Query("incident"))) == []


def test_alerts_are_loaded_with_a_report_and_come_back_from_a_dump(own: Services, tmp_path: Path) -> None:
    away = info("<area><areaDesc>x</areaDesc><circle>10,10 1</circle></area>")
    parts = [document(status="Exercise"), document(away, identifier="b"), document(status="Draft", identifier="c")]
    rows = "".join(f"<entry>{one.decode().partition('?>')[2]}</entry>" for one in parts)
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom">{rows}</feed>'
    dry = load(tmp_path, "incidents", "alerts.xml", feed, "--dry-run", lang="zh_CN.UTF-8")
    assert (dry.exit_code, "在本市范围之外" in dry.output, list(own.store.find(Query("incident")))) == (1, True, [])
    done = load(tmp_path, "incidents", "alerts.xml", feed, "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(line["row"], line["id"], line["code"]) for line in lines if line["event"] == "row"] == [
        (2, "b", "cap-outside"), (3, "c", "cap-draft"),
    ]  # fmt: skip
    assert (done.exit_code, lines[-1]["created"], lines[-1]["refused"]) == (1, 1, 2)
    (one,) = own.store.find(Query("incident"))
    assert isinstance(one, Incident)
    assert (one.exercise, one.source, one.alerts[0].identifier) == (True, "cap", "a-1")
    assert "1 as before" in load(tmp_path, "incidents", "alerts.xml", feed).stdout
    there_and_back(tmp_path, own, "incidents", "incident")


def test_a_hostile_document_is_refused_on_the_command_line(own: Services, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("what nobody may read")
    hostile = document(before=f'<!DOCTYPE alert [<!ENTITY x SYSTEM "file://{secret}">]>', note="&x;")
    done = load(tmp_path, "incidents", "alerts.xml", hostile.replace(b"&amp;x;", b"&x;"))
    assert (done.exit_code, "DOCTYPE" in done.output) == (1, True), done.output
    assert "what nobody may read" not in done.output
    assert list(own.store.find(Query("incident"))) == []


def test_a_list_says_what_is_an_exercise(own: Services, tmp_path: Path) -> None:
    rows = "编号,报警时间,经度,纬度,警情类别,演习\n"
    rows += "".join(f"{number},2026-05-01 12:00,106.8,39.6,火灾,{word}\n" for number, word in ((1, "是"), (2, "")))
    assert load(tmp_path, "incidents", "list.csv", rows).exit_code == 0
    found = [one for one in own.store.find(Query("incident")) if isinstance(one, Incident)]
    assert {one.number: one.exercise for one in found} == {"1": True, "2": False}
