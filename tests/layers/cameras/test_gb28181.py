"""GB/T 28181 catalogues: items, codes, encodings that lie, several messages, and what is no catalogue."""

from typing import Any

import pytest

from layers.cameras.lists.gb28181 import DIRECTIONS
from layers.cameras.lists.grid import NotACatalogue, UnreadableList
from layers.cameras.lists.load import Loading, load_cameras
from layers.cameras.lists.report import LoadReport
from layers.cameras.model import Camera
from tests.layers.scenes import PLAIN_M
from tiles.scene import Scene

SCENE = Scene.flat(height_m=PLAIN_M, half_m=3000)
PLACE = {"Longitude": "106.801", "Latitude": "39.601"}
ID = "15030200001320000001"


def item(id_: str = ID, info: dict[str, str] | None = None, **fields: str) -> str:
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in {"DeviceID": id_, **fields}.items())
    nested = "".join(f"<{name}>{value}</{name}>" for name, value in (info or {}).items())
    return f"<Item>{inner}<Info>{nested}</Info></Item>"


def catalogue(
    *items: str, total: int | None = None, num: bool = True, declared: str = "GB2312", root: str = "Response"
) -> str:
    count = f' Num="{len(items)}"' if num else ""
    return (
        f'<?xml version="1.0" encoding="{declared}"?>\n<Response><CmdType>Catalog</CmdType><SN>1</SN>'
        f"<DeviceID>15030200002000000001</DeviceID><SumNum>{len(items) if total is None else total}</SumNum>"
        f"<DeviceList{count}>{''.join(items)}</DeviceList></Response>"
    )


def load(data: bytes | str, known: dict[str, Camera] | None = None, **how: Any) -> LoadReport:
    return load_cameras(data, file="catalogue.xml", scene=SCENE, how=Loading(**how), known=known)


def notes(report: LoadReport) -> list[str]:
    return [note.code for note in report.notes]


def said(report: LoadReport, severity: str) -> list[tuple[int, str]]:
    return [(p.row, p.code) for p in report.problems if p.severity == severity]


@pytest.mark.parametrize(
    ("code", "kind"),
    [("1", "ptz"), ("2", "fixed"), ("3", "fixed"), ("4", "ptz"), ("5", "ptz"), ("6", "fixed"), ("7", "fixed")],
)
@pytest.mark.parametrize("nested", [True, False])
def test_kinds_of_cameras(code: str, kind: str, nested: bool) -> None:
    one = item(info={"PTZType": code}, **PLACE) if nested else item(PTZType=code, **PLACE)
    assert load(catalogue(one)).records[0].type == kind


def test_directions_go_round() -> None:
    east, west, south, north, southeast, northeast, southwest, northwest = (float(DIRECTIONS[k]) for k in "12345678")
    assert (north, northeast, east, southeast) == (0.0, 45.0, 90.0, 135.0)
    assert (south, southwest, west, northwest) == (180.0, 225.0, 270.0, 315.0)
    assert load(catalogue(item(info={"DirectionType": "5"}, **PLACE))).records[0].heading_deg == 135.0
    unknown = load(catalogue(item(info={"DirectionType": "9"}, **PLACE)))
    assert unknown.records[0].heading_deg is None
    assert (1, "unknown-code") in said(unknown, "assumed")


def test_facts_of_an_item() -> None:
    info = {"PTZType": "1", "UseType": "1", "PositionType": "3", "RoomType": "2", "Resolution": "6/4"}
    one = item(
        Name="东门", Manufacturer="H", Model="M1", Owner="分局", Address="东街 1 号", Status="OFF", info=info, **PLACE
    )
    camera = load(catalogue(one)).records[0]
    assert (camera.id, camera.name, camera.owner, camera.address) == (ID, "东门", "分局", "东街 1 号")
    assert (camera.status, camera.purpose, camera.remarks) == ("fault", "车站码头、治安、室内", "H M1")
    assert (camera.image_width_px, camera.image_height_px) == (1920, 1080)


@pytest.mark.parametrize(
    ("declared", "written", "note"),
    [
        ("GB2312", "gb2312", "encoding"),
        ("GB2312", "gb18030", "encoding"),
        ("GB18030", "gb18030", "encoding"),
        ("UTF-8", "utf-8", None),
        ("UTF-8", "gb2312", "declared-encoding"),
        ("GB2312", "utf-8", "declared-encoding"),
        ("nonsense", "gb18030", "declared-encoding"),
    ],
)
def test_the_bytes_are_believed_and_not_the_declaration(declared: str, written: str, note: str | None) -> None:
    name = "镕基路口" if written == "gb18030" else "人民路口"
    report = load(catalogue(item(Name=name, **PLACE), declared=declared).encode(written))
    assert report.records[0].name == name
    assert notes(report) == ([note] if note else [])


def test_a_name_cut_in_the_middle_of_a_character() -> None:
    whole = catalogue(item(Name="人民路口", **PLACE)).encode("gb2312")
    report = load(whole.replace("口".encode("gb2312") + b"<", "口".encode("gb2312")[:1] + b"<"))
    assert report.records[0].name.startswith("人民路")
    assert "bytes-replaced" in notes(report)


def test_directories_and_other_devices_are_left_out_and_said() -> None:
    items = [
        item("150302", Name="海勃湾区"),
        item("15030200002160000001", Name="一组"),
        item("15030200002150000001", Name="业务"),
        item("15030200001180000001", Name="NVR"),
        item(**PLACE),
        item("15030200001320000009", Event="DEL", **PLACE),
    ]
    report = load(catalogue(*items))
    assert [camera.id for camera in report.records] == [ID]
    assert said(report, "skipped") == [
        (1, "directory"), (2, "directory"), (3, "directory"), (4, "other-device"), (6, "removed-item"),
    ]  # fmt: skip
    assert report.counts["refused"] == 0


def test_several_messages_are_one_catalogue() -> None:
    first = catalogue(item(Name="一", **PLACE), total=3, num=False)
    second = catalogue(item("15030200001320000002", Name="二", **PLACE), total=3)
    report = load(f"MESSAGE sip:1@2 SIP/2.0\r\nContent-Length: 9\r\n\r\n{first}\r\n\r\n{second}".encode("gb2312"))
    assert [camera.name for camera in report.records] == ["一", "二"]
    assert {"messages", "no-num", "items-missing"} <= set(notes(report))
    assert next(n for n in report.notes if n.code == "items-missing").values == {"stated": 3, "found": 2}


def test_no_place_zero_place_and_a_place_that_is_known() -> None:
    report = load(catalogue(item(), item("15030200001320000002", Longitude="0", Latitude="0.0")))
    assert said(report, "refused") == [(1, "no-place"), (2, "zero-place")]
    known = load("id,lon,lat,heading,离地高,name,owner\n" + f"{ID},106.802,39.602,33,7,旧名,交警\n").records[0]
    known = known.model_copy(update={"version": 3})
    again = load(catalogue(item(Name="新名", Status="OFF")), known={ID: known})
    (camera,) = again.changes
    assert (camera.name, camera.owner, camera.status, camera.version) == ("新名", "交警", "fault", 3)
    assert (camera.lon, camera.lat, camera.heading_deg, camera.mount_height_m) == (106.802, 39.602, 33.0, 7.0)
    assert (1, "kept-place") in said(again, "assumed")


def test_networks_and_passwords_stay_apart() -> None:
    one = item(Address="10.8.7.6:5060", IPAddress="10.8.7.5", Port="5062", Password="p4ss", **PLACE)
    report = load(catalogue(one))
    (secret,) = report.credentials
    assert (secret.stream, secret.url, secret.password) == (f"{ID}-main", "sip://10.8.7.5:5062", "p4ss")
    shown = repr(report.records) + repr(report.problems)
    assert not [word for word in ("10.8.7", "p4ss", "5062") if word in shown]
    assert report.records[0].address == ""


def test_lone_ampersands_and_control_characters_are_mended() -> None:
    report = load(catalogue(item(Name="A&B\x01路", **PLACE)))
    assert report.records[0].name == "A&B 路"
    assert "repaired-xml" in notes(report)


@pytest.mark.parametrize(
    ("message", "root", "command"),
    [
        ("<Notify><CmdType>Alarm</CmdType></Notify>", "Notify", "Alarm"),
        (
            "<Response><CmdType>DeviceInfo</CmdType><DeviceList><Item/></DeviceList></Response>",
            "Response",
            "DeviceInfo",
        ),
        ("<Control><CmdType>DeviceControl</CmdType></Control>", "Control", "DeviceControl"),
        ("<Query><CmdType>Catalog</CmdType></Query>", "Query", "Catalog"),
    ],
)
def test_other_messages_are_named(message: str, root: str, command: str) -> None:
    with pytest.raises(NotACatalogue) as refused:
        load(message)
    assert (refused.value.values["root"], refused.value.values["command"]) == (root, command)


@pytest.mark.parametrize(
    "data",
    [
        "<Response><CmdType>Catalog</CmdType><DeviceList><Item>",
        '<!DOCTYPE a [<!ENTITY x "y">]><Response><CmdType>&x;</CmdType></Response>',
        "<kml><Document/></kml>",
        "<Response><CmdType>Catalog</CmdType><ns:Item/></Response>",
    ],
)
def test_what_is_no_xml_of_ours(data: str) -> None:
    with pytest.raises(UnreadableList):
        load(data)


def test_entities_are_never_expanded() -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    with pytest.raises(UnreadableList):
        load(bomb + catalogue(item(Name="&b;", **PLACE)).split("?>", 1)[1])
    read = bomb + "<Response><CmdType>Catalog</CmdType><!-- <!DOCTYPE --></Response>"
    assert load(read).records == ()
