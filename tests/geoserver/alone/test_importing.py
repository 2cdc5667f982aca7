"""Camera lists sent to the server: looked at, mapped, tried, taken in and taken back."""

import io
import json
from collections.abc import Iterator
from typing import Any

import httpx
import openpyxl
import pytest

from geoserver.api import importing
from geoserver.services import Services

SECRETS = ("10.1.2.3", "rtsp", "s3cret", "viewer")
LIST = """设备编码,设备名称,经度,纬度,离地高,朝向角,主码流,备注
A-1,人民路口,106.8010,39.6010,6.5,45,rtsp://viewer:s3cret@10.1.2.3:554/101,同杆
A-2,学校门口,106.8020,39.6010,0,90,,见 rtsp://viewer:s3cret@10.1.2.3/2
A-3,坏行,north,39.6010,5,0,,
"""


def send(
    web: httpx.Client, data: bytes | str, *, headers: dict[str, str] | None = None, **query: Any
) -> httpx.Response:
    body = data.encode() if isinstance(data, str) else data
    if "mapping" in query:
        query["mapping"] = json.dumps(query["mapping"], ensure_ascii=False)
    kind = {"Content-Type": "application/octet-stream", **(headers or {})}
    return web.post("/api/cameras/import", params={"file": "list.csv", **query}, content=body, headers=kind)


def test_a_preview_shows_columns_and_writes_nothing(web: httpx.Client) -> None:
    answer = send(web, LIST)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert [(c["number"], c["heading"], c["field"]) for c in told["columns"]][:4] == [
        (1, "设备编码", "id"), (2, "设备名称", "name"), (3, "经度", "lon"), (4, "纬度", "lat"),
    ]  # fmt: skip
    assert told["columns"][5]["field"] is None
    assert told["columns"][6]["secret"] is True
    assert told["rows"][0]["row"] == 2
    assert told["counts"]["refused"] == 1
    assert told["missing"] == []
    assert told["committed"] is None
    assert web.get("/api/cameras").json()["count"] == 6
    assert not [word for word in SECRETS if word in answer.text]


def test_a_column_is_mapped_by_heading_or_number(web: httpx.Client, own: Services) -> None:
    for column in ("朝向角", 6, "6"):
        told = send(web, LIST, mapping={"heading": column}).json()
        assert told["mapping"]["heading"] == "朝向角"
    assert send(web, LIST, mapping={"name": None}).json()["mapping"].get("name") is None
    done = send(web, LIST, mapping={"heading": "朝向角"}, mode="commit").json()
    assert done["committed"]["changed"] == 2
    assert web.get("/api/cameras/A-1").json()["heading"] == 45.0
    assert own.store.credential("A-1", "A-1-main").password == "s3cret"  # type: ignore[union-attr]
    every = web.get("/api/cameras").text + web.get("/api/cameras/A-2").text + web.get("/api/journal").text
    assert not [word for word in SECRETS if word in every]


def test_a_load_is_taken_back_as_one(web: httpx.Client) -> None:
    done = send(web, LIST, mode="commit").json()["committed"]
    assert web.get("/api/cameras").json()["count"] == 8
    undone = web.post("/api/undo", json={"seq": done["seq"], "through": done["through"]}).json()
    assert len(undone["undone"]) == 2
    assert web.get("/api/cameras").json()["count"] == 6
    web.post("/api/undo", json={"seq": undone["seq"], "through": undone["through"]}).raise_for_status()
    assert web.get("/api/cameras").json()["count"] == 8


def test_an_undo_that_names_no_rows_leaves_a_list_alone(web: httpx.Client) -> None:
    """It goes past the list, and past its being taken back and loaded again, to what was changed by hand."""
    fields = {"heading": 10, "version": 1}
    assert web.patch("/api/cameras/north", json=fields).status_code == 200
    done = send(web, LIST, mode="commit").json()["committed"]
    for _ in range(2):
        taken = web.post("/api/undo", json={"seq": done["seq"], "through": done["through"]}).json()
        done = web.post("/api/undo", json={"seq": taken["seq"], "through": taken["through"]}).json()
    undone = web.post("/api/undo").json()["undone"]
    assert [(row["id"], row["actor"], row["changes"][0]["after"]) for row in undone] == [("north", "everyone", 10.0)]
    assert web.get("/api/cameras").json()["count"] == 8


def test_a_repeated_load_changes_nothing(web: httpx.Client) -> None:
    send(web, LIST, mode="commit")
    again = send(web, LIST, mode="commit").json()
    assert (again["counts"]["unchanged"], again["committed"]) == (2, None)


def test_no_headings_a_proposal_and_a_load_by_numbers(web: httpx.Client) -> None:
    rows = "".join(f"34020000001320{k:06},路口{k},106.80{k},39.60{k},球机,{k * 40}\n" for k in range(1, 8))
    told = send(web, rows).json()
    assert told["missing"] == ["id", "lon", "lat"]
    assert told["counts"] is None
    proposed = {c["proposed"]: c["number"] for c in told["columns"] if c["proposed"]}
    assert proposed == {"id": 1, "name": 2, "lon": 3, "lat": 4, "type": 5, "heading": 6}
    assert "no-header" in [note["code"] for note in told["notes"]]
    refused = send(web, rows, mode="commit")
    assert refused.json()["type"] == "/problems/unreadable-list"
    done = send(web, rows, mode="commit", header="none", mapping=proposed).json()
    assert done["counts"]["new"] == 7
    assert web.get("/api/cameras/34020000001320000002").json()["heading"] == 80.0


def test_a_workbook_and_its_sheets(web: httpx.Client) -> None:
    book = openpyxl.Workbook()
    book.active.title = "封面"  # type: ignore[union-attr]
    book.active.append(["摄像机清单"])  # type: ignore[union-attr]
    sheet = book.create_sheet("点位")
    sheet.append(["乌海市监控点位表", None, None, None])
    sheet.append(["编号", "名称", "经度", "纬度"])
    sheet.append(["x-1", "一号", 106.801, "39.601"])
    out = io.BytesIO()
    book.save(out)
    told = send(web, out.getvalue(), file="list.xlsx").json()
    assert (told["form"], told["sheet"], told["sheets"]) == ("sheet", "点位", ["封面", "点位"])
    assert {"sheet", "rows-above"} <= {note["code"] for note in told["notes"]}
    assert told["counts"]["new"] == 1
    wrong = send(web, out.getvalue(), sheet="nowhere")
    assert wrong.status_code == 422
    assert "点位" in wrong.json()["detail"]


def test_conflicts_of_a_list_and_of_the_fleet(web: httpx.Client) -> None:
    inside = "id,lon,lat,离地高,heading\nin-1,106.8,39.60108,5,90\n"
    told = send(web, inside).json()
    assert [(c["camera"], c["code"]) for c in told["conflicts"]] == [("in-1", "inside-building")]
    send(web, inside, mode="commit")
    fleet = web.get("/api/cameras/conflicts").json()
    assert fleet["counts"]["inside-building"] == 1
    (one,) = [c for c in fleet["conflicts"] if c["camera"] == "in-1"]
    chinese = web.get("/api/cameras/conflicts", headers={"Accept-Language": "zh"}).json()
    assert one["text"] != next(c for c in chinese["conflicts"] if c["camera"] == "in-1")["text"]
    settled = web.patch("/api/cameras/in-1", json={**one["proposals"][0]["patch"], "version": one["version"]})
    assert settled.status_code == 200, settled.text
    after = web.get("/api/cameras/conflicts").json()
    assert "inside-building" not in after["counts"]
    assert web.get("/api/cameras/conflicts", params={"code": "no-heading"}).json()["count"] == 1


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"mapping": ["heading"]}, 400),
        ({"mapping": {"colour": "朝向角"}}, 400),
        ({"mapping": {"heading": {"a": 1}}}, 400),
        ({"mapping": {"heading": "nowhere"}}, 422),
        ({"mapping": {"heading": 99}}, 422),
        ({"height_reference": "above the moon"}, 400),
        ({"crs": "EPSG:99999999"}, 400),
        ({"crs": "nonsense"}, 400),
        ({"header": "some"}, 400),
        ({"mode": "burn"}, 400),
    ],
)
def test_what_cannot_be_asked(web: httpx.Client, query: dict[str, Any], status: int) -> None:
    refused = send(web, LIST, **query)
    assert refused.status_code == status, refused.text
    assert refused.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize(
    "rubbish",
    [
        b"",
        b"\0" * 1000,
        b"PK\x03\x04" + b"x" * 100,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        b"SQLite format 3\0" + b"\xff" * 500,
        b"\x1f\x8b" + b"\0" * 40,
        b"\x00\x00\x00\x0d\x0a\x09OSMHeader" + b"\xff" * 90,
        b"<Response><CmdType>Catalog",
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><Response><CmdType>&a;</CmdType></Response>',
        b"[" * 50_000,
        b'{"features": 3}',
        "编号".encode("utf-16"),
    ],
)
def test_rubbish_is_refused_and_the_server_stays_up(web: httpx.Client, rubbish: bytes) -> None:
    for mode in ("preview", "commit"):
        refused = send(web, rubbish, mode=mode)
        assert refused.status_code in (200, 422), refused.text
        assert "internal" not in refused.text
    assert web.get("/health").status_code == 200
    assert web.get("/api/cameras").json()["count"] == 6


def test_too_much_is_refused_early(web: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "MAX_BYTES", 1000)
    assert send(web, b"x" * 2000).status_code == 413

    def parts() -> Iterator[bytes]:
        for _ in range(20):
            yield b"x" * 100

    chunked = web.post("/api/cameras/import", content=parts(), headers={"Content-Type": "application/octet-stream"})
    assert chunked.status_code == 413


def test_a_page_of_another_site_sends_no_list(web: httpx.Client) -> None:
    for headers in ({"Origin": "https://example.org"}, {"Content-Type": "text/plain"}):
        assert send(web, LIST, mode="commit", headers=headers).status_code == 403
    assert web.get("/api/cameras").json()["count"] == 6


def test_remarks_are_in_the_callers_language(web: httpx.Client) -> None:
    chinese = send(web, LIST, headers={"Accept-Language": "zh"}).json()
    assert all(any("一" <= letter <= "鿿" for letter in one["detail"]) for one in chinese["remarks"])
    notice = send(web, b"<Notify><CmdType>Keepalive</CmdType></Notify>", headers={"Accept-Language": "zh"})
    assert "Keepalive" in notice.json()["detail"]
    assert "目录" in notice.json()["detail"]
