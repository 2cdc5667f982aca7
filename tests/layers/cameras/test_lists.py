"""Camera lists of every form: what is found out about the file, and what becomes of its rows."""

import gzip
import io
import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pytest
import shapely

from layers.cameras.lists.grid import NOTES, REASONS, UnreadableList
from layers.cameras.lists.guess import guess
from layers.cameras.lists.load import Loading, load_cameras
from layers.cameras.lists.report import LoadReport
from layers.cameras.lists.tables import read_grid
from layers.cameras.model import Camera
from tests.layers.scenes import PLAIN_M
from tiles.scene import Scene

SCENE = Scene.flat(height_m=PLAIN_M, half_m=3000)
ROWS = [["A-1", "人民路口", "106.801", "39.601", "6.5", "45"], ["A-2", "学校门口", "106.802", "39.602", "5", "90"]]
HEAD = ["设备编码", "设备名称", "经度", "纬度", "离地高", "方位角"]


def load(data: bytes | str, known: dict[str, Camera] | None = None, **how: Any) -> LoadReport:
    return load_cameras(data, file="list", scene=SCENE, how=Loading(**how), known=known)


def text(*rows: list[str], sign: str = ",") -> str:
    return "\n".join(sign.join(row) for row in rows) + "\n"


def book(*rows: list[Any], **sheets: list[list[Any]]) -> bytes:
    made = openpyxl.Workbook()
    for title, content in ({"Sheet": [list(row) for row in rows]} if rows else sheets).items():
        sheet = made.create_sheet(title)
        for row in content:
            sheet.append(row)
    made.remove(made.worksheets[0])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def notes(report: LoadReport) -> set[str]:
    return {note.code for note in report.notes}


def codes(report: LoadReport, severity: str | None = None) -> list[tuple[int, str]]:
    return [(p.row, p.code) for p in report.problems if severity in (None, p.severity)]


def test_every_sentence_can_be_said() -> None:
    assert all(detail and remedy for detail, remedy in REASONS.values())
    assert all(NOTES.values())


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", None), ("utf-8-sig", None), ("gb18030", "GB 18030"), ("gbk", "GB 18030"), ("gb2312", "GB 18030"),
        ("utf-16", "UTF-16"), ("utf-16-le", "UTF-16"), ("utf-16-be", "UTF-16"),
    ],
)  # fmt: skip
def test_encodings_are_found_out_and_said(encoding: str, said: str | None) -> None:
    report = load(text(HEAD, *ROWS).encode(encoding))
    assert [camera.name for camera in report.records] == ["人民路口", "学校门口"]
    assert [note.values["encoding"] for note in report.notes if note.code == "encoding"] == ([said] if said else [])


def test_big5() -> None:
    content = "id,名稱,lon,lat,備註\na,中山路與復興路口監視器,106.801,39.601,門口\nb,國小側門監視器,106.802,39.601,無\n"
    report = load(content.encode("big5"))
    assert [camera.name for camera in report.records] == ["中山路與復興路口監視器", "國小側門監視器"]
    assert [note.values["encoding"] for note in report.notes] == ["Big5"]


def test_titles_above_units_below_and_sums_at_the_end() -> None:
    rows = [["乌海市监控点位一览表"], ["制表单位：公安局", "", "2026年"], HEAD, ["", "", "度", "度", "m", "°"], *ROWS]
    report = load(book(*rows, ["合计", "2"], ["制表人：张三", "", "", "", "审核："]))
    assert [camera.id for camera in report.records] == ["A-1", "A-2"]
    assert {"rows-above", "units-row"} <= notes(report)
    assert codes(report, "skipped") == [(7, "footer"), (8, "footer")]
    assert report.counts["skipped"] == 2
    assert report.counts["refused"] == 0


def test_headings_over_two_rows_and_doubled_ones() -> None:
    rows = [
        ["编号", "名称", "坐标", None, "经度"],
        [None, None, "经度", "纬度", None],
        ["a", "一", 106.801, 39.601, "x"],
    ]
    report = load(book(*rows))
    assert [(c.id, c.name, c.lon) for c in report.records] == [("a", "一", 106.801)]
    assert "duplicate-heading" in notes(report)


def test_the_sheet_with_the_most_to_say() -> None:
    data = book(**{"说明": [["本表说明"]], "点位": [HEAD, *ROWS], "旧": [["id", "lon", "lat"], ["old", 106.8, 39.6]]})
    assert [camera.id for camera in load(data).records] == ["A-1", "A-2"]
    assert [camera.id for camera in load(data, sheet="旧").records] == ["old"]
    with pytest.raises(UnreadableList, match="点位"):
        load(data, sheet="nowhere")


def test_numbers_of_a_workbook_are_read_as_they_were_meant() -> None:
    long_id = 34020000001320000001
    report = load(
        book(["id", "lon", "lat", "heading"], [17, 106.801, 39.601, 90], [float(long_id), 106.802, 39.601, 0])
    )
    assert [(c.id, c.heading_deg) for c in report.records] == [("17", 90.0)]
    assert codes(report, "refused") == [(3, "rounded-id")]


def test_a_list_without_headings() -> None:
    bare = text(*ROWS)
    with pytest.raises(UnreadableList, match="no column for id"):
        load(bare)
    columns = {"id": "1", "name": "2", "lon": "3", "lat": "4", "above_ground": "5", "heading": "6"}
    report = load(bare, columns=columns, header="none")
    assert [(c.id, c.name, c.mount_height_m, c.heading_deg) for c in report.records] == [
        ("A-1", "人民路口", 6.5, 45.0), ("A-2", "学校门口", 5.0, 90.0),
    ]  # fmt: skip
    assert load(bare, columns=columns).records == report.records
    proposed = guess(read_grid(bare, "list"), SCENE, "EPSG:4326", "list")
    assert {name: proposed[name] for name in ("id", "lon", "lat", "name")} == {
        "id": "1", "lon": "3", "lat": "4", "name": "2",
    }  # fmt: skip


def test_columns_may_be_unset() -> None:
    assert load(text(HEAD, *ROWS), columns={"heading": ""}).records[0].heading_deg is None
    with pytest.raises(UnreadableList, match="nowhere"):
        load(text(HEAD, *ROWS), columns={"heading": "nowhere"})


def test_zeros_that_stand_for_unknown() -> None:
    rows = [[f"c{k}", "", f"106.80{k}", "39.601", "0", "0"] for k in range(1, 5)]
    report = load(text(HEAD, *rows))
    assert all(camera.heading_deg is None for camera in report.records)
    assert all("mount_height_m" in camera.assumed for camera in report.records)
    assert [note.values["column"] for note in report.notes if note.code == "zero-column"] == ["方位角"]
    some = load(text(HEAD, rows[0], rows[1], [*rows[2][:5], "90"], rows[3]))
    assert [camera.heading_deg for camera in some.records] == [0.0, 0.0, 90.0, 0.0]
    lost = load("id,lon,lat,hfov,tier\na,0,0,80,3\nb,106.801,39.601,0,0\nc,106.8,0,80,3\n")
    assert codes(lost, "refused") == [(2, "zero-place"), (4, "zero-place")]
    assert {"hfov_deg", "tier"} <= set(lost.records[0].assumed)


def test_zero_is_a_place_where_the_city_lies_there() -> None:
    gulf = Scene.flat(lon0=0.0, lat0=0.0, half_m=500.0)
    report = load_cameras("id,lon,lat\na,0,0\n", file="list", scene=gulf)
    assert [camera.lon for camera in report.records] == [0.0]


def test_addresses_in_texts_are_left_out() -> None:
    report = load("id,lon,lat,备注,地址\na,106.801,39.601,见 rtsp://u:p4ss@10.0.0.9/1,10.0.0.9:8000\n")
    camera = report.records[0]
    assert (camera.remarks, camera.address) == ("见 …", "…")
    shown = repr(report.problems) + camera.model_dump_json()
    assert not [word for word in ("p4ss", "10.0.0.9", "rtsp") if word in shown]


def test_a_device_without_a_stream_keeps_its_login() -> None:
    report = load("id,lon,lat,IP地址,端口,用户名,密码\na,106.801,39.601,10.0.0.9,8000,admin,p4ss\n")
    (secret,) = report.credentials
    assert (secret.stream, secret.url, secret.user, secret.password) == ("a-device", "10.0.0.9:8000", "admin", "p4ss")
    assert report.records[0].streams == ()


def geopackage(folder: Path, crs: str = "EPSG:32648", layer: str = "cams", **more: gpd.GeoDataFrame) -> bytes:
    points = gpd.GeoSeries([shapely.Point(106.801, 39.601), shapely.Point(106.802, 39.602)], crs="EPSG:4326").to_crs(
        crs
    )
    table = gpd.GeoDataFrame({"编号": ["a", "b"], "方位角": [10.0, None], "height": [6.0, 7.0]}, geometry=points)
    file = folder / "list.gpkg"
    file.unlink(missing_ok=True)
    for name, frame in more.items():
        frame.to_file(file, layer=name, driver="GPKG")
    table.to_file(file, layer=layer, driver="GPKG")
    return file.read_bytes()


def test_a_geopackage_in_its_own_system(tmp_path: Path) -> None:
    report = load(geopackage(tmp_path))
    assert [(c.id, c.heading_deg, c.mount_height_m) for c in report.records] == [("a", 10.0, 6.0), ("b", None, 7.0)]
    assert (report.records[0].lon, report.records[0].lat) == pytest.approx((106.801, 39.601), abs=1e-7)
    assert "crs" in notes(report)


def test_layers_of_a_geopackage(tmp_path: Path) -> None:
    lines = gpd.GeoDataFrame({"id": [1]}, geometry=[shapely.LineString([(0, 0), (1, 1)])], crs="EPSG:4326")
    points = gpd.GeoDataFrame({"foo": [1]}, geometry=[shapely.Point(106.8, 39.6)], crs="EPSG:4326")
    data = geopackage(tmp_path, roads=lines, other=points)
    report = load(data)
    assert [camera.id for camera in report.records] == ["a", "b"]
    assert "layer" in notes(report)
    with pytest.raises(UnreadableList, match="cams"):
        load(data, sheet="nowhere")
    assert codes(load(data, sheet="roads"), "refused") == [(1, "no-point")]


def test_geojson_may_name_its_system_and_swap_nothing() -> None:
    point = {"type": "Point", "coordinates": [654631.0, 4385058.0]}
    feature = {"type": "Feature", "properties": {"id": "a"}, "geometry": point}
    named = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32648"}}
    report = load(json.dumps({"type": "FeatureCollection", "crs": named, "features": [feature]}))
    assert report.records[0].lon == pytest.approx(106.801, abs=0.001)


def test_an_answer_of_another_service() -> None:
    camera = {"camera_id": "7", "location": {"latitude": 39.601, "longitude": 106.801}, "image": "https://x.example/7.jpg",
              "image_metadata": {"height": 240, "width": 320}}  # fmt: skip
    report = load(json.dumps({"status": "ok", "items": [{"time": "now", "cameras": [camera]}]}))
    (found,) = report.records
    assert (found.id, found.image_width_px, found.image_height_px) == ("7", 320, 240)
    assert found.mount_height_m == 5.0
    assert report.credentials[0].url == "https://x.example/7.jpg"
    assert "x.example" not in found.model_dump_json()


OSM = """<?xml version="1.0" encoding="UTF-8"?><osm version="0.6">
<node id="1" lat="39.601" lon="106.801"><tag k="man_made" v="surveillance"/><tag k="camera:type" v="panning"/>
 <tag k="camera:direction" v="NE"/><tag k="camera:angle" v="15"/><tag k="height" v="8 m"/><tag k="operator" v="City"/>
 <tag k="surveillance" v="outdoor"/><tag k="surveillance:zone" v="traffic"/><tag k="camera:mount" v="pole"/>
 <tag k="contact:webcam" v="https://cam.example/1"/></node>
<node id="2" lat="39.602" lon="106.802"><tag k="man_made" v="surveillance"/>
 <tag k="surveillance:type" v="guard"/></node>
<node id="3" lat="39.603" lon="106.803"><tag k="man_made" v="surveillance"/>
 <tag k="camera:direction" v="350-30"/></node>
<node id="4" lat="39.603" lon="106.803"><tag k="man_made" v="surveillance"/>
 <tag k="camera:direction" v="90;270"/>
 <tag k="camera:type" v="dome"/><tag k="surveillance:type" v="ALPR"/></node>
<node id="5" lat="39.6" lon="106.8"><tag k="highway" v="stop"/></node></osm>"""


@pytest.mark.parametrize("packed", [False, True])
def test_openstreetmap(packed: bool) -> None:
    report = load(gzip.compress(OSM.encode()) if packed else OSM)
    one, three, four = report.records
    assert (one.id, one.type, one.heading_deg, one.pitch_deg, one.mount_height_m) == ("node-1", "ptz", 45.0, -15.0, 8.0)
    assert (one.owner, one.purpose, one.remarks) == ("City", "outdoor; traffic", "mount: pole")
    assert one.streams == ("node-1-main",)
    assert "cam.example" not in one.model_dump_json()
    assert (three.heading_deg, four.heading_deg, four.type) == (10.0, None, "fixed")
    assert (2, "no-camera") in codes(report, "skipped")
    assert {"middle-of-range", "not-one-direction"} <= {code for _, code in codes(report)}


def test_openstreetmap_pbf(shared_data: Path) -> None:
    scene = Scene.flat(lon0=24.94, lat0=60.17, height_m=20.0, half_m=8000)
    data = (shared_data / "osm/helsinki_centre.osm.pbf").read_bytes()
    report = load_cameras(data, file="helsinki", scene=scene)
    other = load_cameras(
        (shared_data / "cameras/helsinki_osm_surveillance.geojson").read_bytes(), file="geojson", scene=scene
    )
    assert {c.id: (c.lon, c.lat, c.type) for c in report.records} == {
        c.id: (c.lon, c.lat, c.type) for c in other.records
    }


def test_zeros_of_a_dump_are_meant() -> None:
    rows = "".join(f"c{k},106.80{k},39.601,1045,5,0,0,\n" for k in range(1, 5))
    report = load(f"id,lon,lat,height_m,mount_height_m,heading_deg,pitch_deg,assumed\n{rows}")
    assert [(camera.heading_deg, camera.pitch_deg) for camera in report.records] == [(0.0, 0.0)] * 4
