"""Pictures of incidents over HTTP: taken in harmless, once, seen with their incident, taken away by who may."""

import csv
import hashlib
import io
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from geoserver import picture_files
from geoserver.api import incidents_models as models
from geoserver.faults import BadPicture, PictureTooLarge
from geoserver.picture_files import LONGEST_PX, SMALL_PX, photo_of
from geoserver.services import Services
from layers.grants.roles import Post
from layers.incidents.model import MOST_PICTURES
from tests import door

HERE = {"lon": 106.8, "lat": 39.6}
OCTETS = {"Content-Type": "application/octet-stream"}


def drawn(form: str = "JPEG", size: tuple[int, int] = (40, 30), colour: str = "red", **how: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, form, **how)
    return out.getvalue()


def an_incident(web: httpx.Client) -> str:
    return str(web.post("/api/incidents", json={"category": "fire", **HERE}).json()["id"])


def send(web: httpx.Client, id_: str, body: bytes, **how: Any) -> httpx.Response:
    return web.post(f"/api/incidents/{id_}/pictures", content=body, headers=OCTETS | how)


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_added_told_shown_and_taken_away(web: httpx.Client, own: Services, form: str) -> None:
    id_ = an_incident(web)
    answer = send(web, id_, drawn(form))
    assert answer.status_code == 201, answer.text
    told = models.PictureTold.model_validate(answer.json())
    assert (told.width_px, told.height_px, told.by, told.removable) == (40, 30, door.EVERYONE, True)
    assert answer.headers["Location"] == f"/api/incidents/{id_}/pictures/{told.id}"
    whole = web.get(answer.headers["Location"])
    assert (whole.headers["Content-Type"], opened(whole.content).format) == ("image/jpeg", "JPEG")
    assert hashlib.sha256(whole.content).hexdigest() == told.id
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    assert whole.headers["Content-Disposition"] == f'inline; filename="{told.id[:12]}.jpg"'
    assert "private" in whole.headers["Cache-Control"]
    tag = {"If-None-Match": whole.headers["ETag"]}
    assert web.get(answer.headers["Location"], headers=tag).status_code == 304
    detail = models.IncidentDetail.model_validate(web.get(f"/api/incidents/{id_}").json())
    assert [one.id for one in detail.pictures] == [told.id]
    assert detail.properties.pictures == 1
    listed = models.PicturesTold.model_validate(web.get(f"/api/incidents/{id_}/pictures").json())
    assert (listed.pictures, listed.most) == (detail.pictures, MOST_PICTURES)
    assert web.delete(answer.headers["Location"]).status_code == 204
    assert web.get(answer.headers["Location"]).status_code == 404
    rows = [row for row in own.store.changes() if row.id == id_]
    assert [(row.actor, row.action) for row in rows] == [(door.EVERYONE, "create")] + [(door.EVERYONE, "change")] * 2
    own.looks.flush()
    assert {(row.detail or {})["deed"] for row in own.store.looks() if row.kind == "incident"} == {"picture"}


def test_the_same_picture_is_there_once(web: httpx.Client) -> None:
    id_ = an_incident(web)
    assert [send(web, id_, drawn()).status_code for _ in range(2)] == [201, 200]
    assert len(web.get(f"/api/incidents/{id_}/pictures").json()["pictures"]) == 1


def test_a_picture_that_was_taken_away_comes_back_by_undo(web: httpx.Client) -> None:
    id_ = an_incident(web)
    where = send(web, id_, drawn()).headers["Location"]
    web.delete(where)
    undone = web.post("/api/undo")
    assert undone.status_code == 200, undone.text
    assert web.get(where).status_code == 200
    # The next one takes back what was done before it: the sending.
    assert web.post("/api/undo").status_code == 200
    assert web.get(where).status_code == 404
    assert web.get(f"/api/incidents/{id_}").status_code == 200


def test_what_the_camera_wrote_is_gone_and_the_picture_is_upright(web: httpx.Client) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned: the camera was held upright
    exif[0x013B] = "Zhang San"
    exif.get_ifd(0x8825)[2] = (39.0, 36.0, 0.0)
    sent = drawn(size=(400, 200), exif=exif.tobytes(), comment=b"secret place")
    assert b"Zhang San" in sent
    answer = send(web, an_incident(web), sent)
    kept = web.get(answer.headers["Location"]).content
    small = web.get(answer.headers["Location"], params={"size": "small"}).content
    for content in (kept, small):
        assert not opened(content).getexif()
        assert b"Zhang San" not in content
        assert b"secret place" not in content
    assert opened(kept).size == (200, 400)
    assert opened(small).size == (SMALL_PX // 2, SMALL_PX)


def test_large_pictures_are_made_smaller_and_clear_ones_opaque() -> None:
    photo = photo_of(drawn(size=(6_000, 3_000)))
    assert (photo.width_px, photo.height_px) == (LONGEST_PX, LONGEST_PX // 2)
    out = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(out, "PNG")
    assert opened(photo_of(out.getvalue()).kept.whole).getpixel((4, 4)) == (255, 255, 255)


def bomb(side: int) -> bytes:
    """A PNG of some kilobytes that says it has side² pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    body = zlib.compress(bytes(1_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [9_000, 12_000, 60_000, 2_000_000_000])
def test_upload_bombs_are_refused_before_they_are_unpacked(
    web: httpx.Client, side: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Image.Image, "load", lambda _: pytest.fail("it was unpacked"))
    answer = send(web, an_incident(web), bomb(side))
    assert answer.status_code in (413, 422), answer.text
    assert answer.json()["type"] in ("/problems/picture-too-large", "/problems/bad-picture")


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        drawn("GIF"),
        drawn("BMP"),
        drawn("TIFF"),
        drawn("JPEG", (400, 300))[:-400],
        drawn("PNG", (400, 300))[:-40],
        drawn("WEBP", (400, 300))[:40],
    ],
    ids=["nothing", "text", "svg", "gif", "bmp", "tiff", "cut jpeg", "cut png", "cut webp"],
)
def test_what_is_no_whole_picture_is_refused_whatever_it_is_called(web: httpx.Client, sent: bytes) -> None:
    id_ = an_incident(web)
    answer = web.post(f"/api/incidents/{id_}/pictures", content=sent, headers={"Content-Type": "image/jpeg"})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/bad-picture")
    assert web.get(f"/api/incidents/{id_}").json()["properties"]["version"] == 1


def test_too_many_bytes_are_refused(web: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_files, "MAX_BYTES", 100)
    with pytest.raises(PictureTooLarge):
        photo_of(drawn())
    with pytest.raises(BadPicture):
        photo_of(b"x" * 50)
    answer = send(web, an_incident(web), b"x" * 10_000_001)
    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/picture-too-large")


def test_forms_of_other_pages_are_refused(web: httpx.Client) -> None:
    answer = send(web, an_incident(web), drawn(), **{"Content-Type": "multipart/form-data"})
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/foreign-page")


def test_an_incident_has_so_many_and_no_more(web: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("layers.incidents.states.MOST_PICTURES", 2)
    id_ = an_incident(web)
    answers = [send(web, id_, drawn(colour=colour)) for colour in ("red", "green", "blue")]
    assert [one.status_code for one in answers] == [201, 201, 409]
    assert answers[2].json()["type"] == "/problems/full-record"


@pytest.fixture
def two(address: str, tmp_path: Path) -> Iterator[dict[str, httpx.Client]]:
    """An operator, another, a planner and a commander."""
    people = {"first": "operator", "other": "operator", "planner": "planner", "commander": "commander"}
    accounts = door.KeptAccounts.open(tmp_path / "city.sqlite")
    clients = {}
    for name, role in people.items():
        key, _ = door.keys_of(accounts, name, (Post(role=role, areas=frozenset({"*"})),))
        clients[name] = httpx.Client(base_url=address, headers={"Authorization": f"Bearer {key}"}, timeout=60)
    accounts.close()
    yield clients
    for client in clients.values():
        client.close()


def test_ones_own_is_taken_away_and_anothers_by_who_supervises(two: dict[str, httpx.Client], own: Services) -> None:
    id_ = an_incident(two["first"])
    assert send(two["planner"], id_, drawn()).status_code == 403
    where = send(two["first"], id_, drawn()).headers["Location"]
    assert two["planner"].get(where).status_code == 200
    assert [two[name].delete(where).status_code for name in ("planner", "other")] == [403, 403]
    shown = {
        name: web.get(f"/api/incidents/{id_}/pictures").json()["pictures"][0]["removable"] for name, web in two.items()
    }
    assert shown == {"first": True, "other": False, "planner": False, "commander": True}
    seq = list(own.store.changes())[-1].seq
    assert two["other"].post("/api/undo", json={"seq": seq}).status_code == 403, "nor by undoing it"
    assert two["first"].delete(where).status_code == 204
    where = send(two["first"], id_, drawn()).headers["Location"]
    assert two["commander"].delete(where).status_code == 204


def test_a_picture_is_of_its_incident_only(web: httpx.Client) -> None:
    one, other = an_incident(web), an_incident(web)
    where = send(web, one, drawn()).headers["Location"]
    assert web.get(where.replace(one, other)).status_code == 404
    assert web.get(f"/api/incidents/{one}/pictures/..%2F..%2Fcity.sqlite").status_code == 404


def test_exports_say_how_many_there_are(web: httpx.Client) -> None:
    id_ = an_incident(web)
    send(web, id_, drawn())
    table = web.get("/api/incidents/export").content.decode("utf-8-sig")
    assert [row["pictures"] for row in csv.DictReader(io.StringIO(table))] == ["1"]
    other = web.get("/api/export/incidents", params={"f": "csv"}).content.decode("utf-8-sig")
    assert [row["pictures"] for row in csv.DictReader(io.StringIO(other))] == ["1"]
    listed = web.get("/api/incidents/export", params={"f": "geojson"}).json()
    assert listed["features"][0]["properties"]["pictures"] == 1


def test_a_list_gives_no_pictures_and_takes_none(web: httpx.Client) -> None:
    id_ = an_incident(web)
    kept = send(web, id_, drawn()).json()["id"]
    feature = {
        "id": id_,
        "category": "theft",
        "lon": 106.8,
        "lat": 39.6,
        "pictures": f'[{{"id": "{kept}"}}]',
        "reported_at": "2026-05-01T04:00:00Z",
    }
    other = {**feature, "id": "listed"}
    table = io.StringIO()
    writer = csv.DictWriter(table, list(feature))
    writer.writeheader()
    writer.writerows([feature, other])
    how = {"params": {"mode": "commit"}, "headers": OCTETS}
    answer = web.post("/api/incidents/import", content=table.getvalue().encode(), **how)
    assert answer.status_code == 200, answer.text
    assert web.get(f"/api/incidents/{id_}").json()["properties"]["pictures"] == 1
    assert web.get("/api/incidents/listed").json()["properties"]["pictures"] == 0
