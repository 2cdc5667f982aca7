"""Camera lists: what becomes of each row."""

import json
from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.areas import AreaIndex
from layers.cameras.assumptions import median_ground_m, tier_by_height
from layers.cameras.lists.grid import UnreadableList
from layers.cameras.lists.load import Loading, load_cameras
from layers.cameras.lists.report import TEXTS, LoadReport
from layers.errors import BadInput
from tests.layers.scenes import PLAIN_M, box, boxes_city
from tiles.errors import BadSource, UnknownDatum
from tiles.scene import Scene

SCENE = Scene.flat(height_m=PLAIN_M, half_m=3000, buildings=[(box(0, 0, 40, 40), PLAIN_M - 0.5, PLAIN_M + 60)])
AREAS = AreaIndex.build(
    [
        ("150302", "海勃湾区", "district", "1503", shapely.box(106.7, 39.5, 106.9, 39.7)),
        ("150302001", "凤凰岭街道", "street", "150302", shapely.box(106.7, 39.5, 106.9, 39.7)),
        ("150302001001", "社区", "community", "150302001", shapely.box(106.8, 39.5, 106.9, 39.7)),
    ]
)
HEAD = "设备编码,设备名称,英文名称,经度,纬度,离地高,层级,类型,方位角,俯仰角,"
CHINESE = f"""{HEAD}水平视场角,权属单位,状态,主码流,子码流,备注
A-1,人民路口,People Rd,106.8010,39.6010,6.5,3,枪机,45,-12,78,交警支队,在用,rtsp://viewer:s3cret@10.0.0.1:554/101,rtsp://viewer:s3cret@10.0.0.1:554/102,同杆2台
A-2,学校门口,,106.8020,39.6010,,,球机,,,,教育局,维修,,,
"""


def load(text: str | bytes, **over: Any) -> LoadReport:
    how = {key: over.pop(key) for key in ("crs", "height_reference", "vertical_datum", "columns") if key in over}
    return load_cameras(text, **{"file": "list.csv", "scene": SCENE, "areas": AREAS, "how": Loading(**how), **over})


def codes(report: LoadReport) -> list[tuple[int, str, str]]:
    return [(p.row, p.column, p.code) for p in report.problems]


def test_a_complete_row_is_taken_as_it_stands() -> None:
    report = load(CHINESE)
    camera = report.records[0]
    assert (camera.id, camera.name, camera.name_en, camera.owner) == ("A-1", "人民路口", "People Rd", "交警支队")
    assert (camera.lon, camera.lat) == (106.8010, 39.6010)
    assert camera.height_m == pytest.approx(PLAIN_M + 6.5)
    assert (camera.mount_height_m, camera.tier, camera.tier_assumed) == (6.5, 3, False)
    assert (camera.type, camera.heading_deg, camera.pitch_deg, camera.hfov_deg) == ("fixed", 45.0, -12.0, 78.0)
    assert (camera.district, camera.street, camera.community) == ("150302", "150302001", "150302001001")
    assert camera.area == "150302001001"
    assert camera.streams == ("A-1-main", "A-1-sub")
    assert set(camera.assumed) == {"image_width_px", "image_height_px"}


def test_what_is_missing_is_assumed_and_said() -> None:
    report = load(CHINESE)
    camera = report.records[1]
    assert camera.status == "fault"
    assert camera.heading_deg is None
    assert camera.tier == 3
    assert camera.tier_assumed
    assert {"tier", "mount_height_m", "hfov_deg", "pitch_deg", "hfov_tele_deg", "pan_range_deg"} <= set(camera.assumed)
    assert camera.hfov_tele_deg is None
    said = {(p.column, p.severity) for p in report.problems if p.row == 3}
    assert {("层级", "assumed"), ("离地高", "assumed"), ("方位角", "incomplete"), ("tilt_min", "assumed")} <= said
    assert report.counts == {
        "read": 2, "refused": 0, "skipped": 0, "new": 2, "updated": 0, "unchanged": 0, "assumed": 2, "incomplete": 1,
    }  # fmt: skip


def test_addresses_and_passwords_stay_apart() -> None:
    report = load(CHINESE)
    main = report.credentials[0]
    assert (main.camera, main.stream, main.url) == ("A-1", "A-1-main", "rtsp://10.0.0.1:554/101")
    assert (main.user, main.password) == ("viewer", "s3cret")
    public = repr(report.records) + repr(report.problems) + "".join(r.model_dump_json() for r in report.records)
    for secret in ("s3cret", "rtsp", "10.0.0.1", "viewer"):
        assert secret not in public
        assert secret not in repr(report.credentials)


def test_loading_the_same_again_changes_nothing() -> None:
    first = load(CHINESE)
    known = {camera.id: camera.model_copy(update={"version": 4}) for camera in first.records}
    again = load(CHINESE, known=known)
    assert again.changes == ()
    assert (again.counts["new"], again.counts["updated"], again.counts["unchanged"]) == (0, 0, 2)
    moved = load(CHINESE.replace("人民路口", "人民广场"), known=known)
    assert [camera.id for camera in moved.changes] == ["A-1"]
    assert moved.counts["updated"] == 1
    assert moved.changes[0].version == 4


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters(encoding: str, delimiter: str) -> None:
    report = load(CHINESE.replace(",", delimiter).encode(encoding))
    assert [camera.name for camera in report.records] == ["人民路口", "学校门口"]


def test_a_decimal_comma() -> None:
    report = load("id;lon;lat;height;heading\na;106,801;39,601;5,5 m;90°\n")
    assert report.records[0].lon == 106.801
    assert report.records[0].mount_height_m == 5.5


@pytest.mark.parametrize(
    ("line", "column", "code"),
    [
        (",106.8,39.6,5,90", "id", "no-id"),
        ("a,106.8,,5,90", "lat", "no-place"),
        ("a,abc,39.6,5,90", "lon", "not-a-number"),
        ("a,nan,39.6,5,90", "lon", "no-place"),
        ("a,106.8,90.0,5,90", "lat", "no-place"),
        ("a,39.6,106.8,5,90", "lon", "swapped"),
        ("a,116.4,39.9,5,90", "lon", "outside-city"),
        ("a,106.8,39.6,5,400", "heading", "out-of-range"),
        ("a,106.8,39.6,fünf,90", "height", "not-a-number"),
        ("a,106.8,39.6,5000,90", "height", "out-of-range"),
        ("a,106.8,39.6,-80,90", "height", "below-ground"),
        ("a,106.8,39.6,5,90,extra", "id", "too-many-cells"),
        ("a", "id", "too-few-cells"),
    ],
)
def test_a_broken_row_is_refused_and_the_others_stay(line: str, column: str, code: str) -> None:
    report = load(f"id,lon,lat,height,heading\nfirst,106.801,39.601,5,0\n{line}\nlast,106.802,39.601,5,0\n")
    assert [camera.id for camera in report.records] == ["first", "last"]
    refused = [p for p in report.problems if p.severity == "refused"]
    assert [(p.row, p.column, p.code) for p in refused] == [(3, column, code)]
    assert refused[0].detail
    assert refused[0].remedy
    assert report.counts["refused"] == 1


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("tier", "4", "not-a-tier"),
        ("type", "toaster", "not-a-type"),
        ("hfov", "-1", "out-of-range"),
        ("hfov", "200", "out-of-range"),
        ("resolution", "large", "not-a-size"),
        ("pitch", "-100", "out-of-range"),
        ("image_width", "3", "out-of-range"),
    ],
)
def test_values_that_a_column_cannot_have(column: str, value: str, code: str) -> None:
    report = load(f"id,lon,lat,{column}\na,106.801,39.601,{value}\n")
    assert report.records == ()
    assert codes(report) == [(2, column, code)]
    assert report.problems[0].value == value


def test_fields_that_contradict_each_other_are_refused() -> None:
    report = load("id,lon,lat,type,hfov,hfov_tele\na,106.801,39.601,ptz,20,60\n")
    assert codes(report) == [(2, "hfov_tele", "bad-value")]
    assert "wider" in report.problems[0].detail


def test_every_code_has_its_sentences() -> None:
    assert all(detail and remedy for detail, remedy in TEXTS.values())


def test_the_second_of_two_with_one_id_is_refused() -> None:
    report = load("id,lon,lat\na,106.801,39.601\nb,106.801,39.601\na,106.802,39.601\n")
    assert [camera.id for camera in report.records] == ["a", "b"]
    assert (4, "id", "duplicate-id") in codes(report)
    assert next(p for p in report.problems if p.code == "duplicate-id").values == {"first": 2}


def test_lines_are_counted_as_in_the_file() -> None:
    report = load('id,lon,lat,remarks\n\na,106.801,39.601,"two\nlines"\nb,x,39.6,\n')
    assert codes(report)[-1] == (5, "lon", "not-a-number")


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (b"", "empty"),
        (b"id,lon,lat\n\xff\xff\xff,\x81\xff", "no text"),
        ("name,lon\nx,1\n", "no column for id, lat"),
        ('{"type": "FeatureCollection", "features": [', "line 1"),
        ('{"type": "Point"}', "no feature collection"),
    ],
)
def test_files_that_cannot_be_used_at_all(data: bytes | str, part: str) -> None:
    with pytest.raises(UnreadableList) as refused:
        load(data)
    assert part in str(refused.value)
    assert "list.csv" in str(refused.value)


def test_systems_of_coordinates() -> None:
    row = "id,lon,lat\na,{},{}\n"
    plain = load(row.format(106.8, 39.6)).records[0]
    assert (plain.lon, plain.lat) == (106.8, 39.6)
    for crs, x, y in (
        ("GCJ-02", 106.80602, 39.60166),
        ("BD-09", 106.81252, 39.60775),
        ("CGCS2000", 106.8, 39.6),
        ("EPSG:4490", 106.8, 39.6),
        ("EPSG:32648", 654546.0, 4384945.0),
    ):
        moved = load(row.format(x, y), crs=crs).records[0]
        assert abs(moved.lon - 106.8) < 0.002, crs
        assert abs(moved.lat - 39.6) < 0.002, crs
    with pytest.raises(BadSource):
        load(row.format(1, 1), crs="EPSG:99999")


def test_offset_systems_are_undone_to_centimetres() -> None:
    import prcoords

    moved = prcoords.wgs_gcj((39.6, 106.8))
    camera = load(f"id,lon,lat\na,{moved.lon!r},{moved.lat!r}\n", crs="GCJ-02").records[0]
    assert (camera.lon, camera.lat) == pytest.approx((106.8, 39.6), abs=1e-7)
    moved = prcoords.gcj_bd(moved)
    camera = load(f"id,lon,lat\na,{moved.lon!r},{moved.lat!r}\n", crs="BD-09").records[0]
    assert (camera.lon, camera.lat) == pytest.approx((106.8, 39.6), abs=1e-7)


def test_references_of_heights() -> None:
    def lens(text: str, **how: Any) -> tuple[float, float]:
        camera = load(text, **how).records[0]
        return camera.height_m, camera.mount_height_m

    rows = "id,lon,lat,{}\na,106.8010,39.6010,{}\n"
    assert lens(rows.format("height", 6)) == pytest.approx((PLAIN_M + 6, 6))
    assert lens(rows.format("height", PLAIN_M + 6), height_reference="ellipsoidal") == pytest.approx((PLAIN_M + 6, 6))
    high = {"height_reference": "above sea", "vertical_datum": "EGM96"}
    assert lens(rows.format("height", 1100), **high)[0] == pytest.approx(1060.27, abs=0.02)
    assert lens(rows.format("海拔", 1100), vertical_datum="EPSG:5737")[0] == pytest.approx(1060.27, abs=0.02)
    assert lens(rows.format("离地高", 6), **high) == pytest.approx((PLAIN_M + 6, 6))
    with pytest.raises(BadInput) as refused:
        lens(rows.format("海拔", 1100))
    assert refused.value.values["field"] == "vertical_datum"
    with pytest.raises(UnknownDatum):
        lens(rows.format("海拔", 1100), vertical_datum="EPSG:5703")
    with pytest.raises(BadInput):
        lens(rows.format("height", 6), height_reference="above the moon")


@pytest.mark.parametrize(
    ("mount", "over", "tier"), [(12, 30, 3), (12.1, 30, 2), (12, 30.1, 2), (5, 100.1, 1), (90, 100, 2), (200, 200, 1)]
)
def test_the_tier_rule(mount: float, over: float, tier: int) -> None:
    assert tier_by_height(mount, over) == tier


def test_tier_by_height_where_none_is_given() -> None:
    report = load(
        "id,lon,lat,离地高\na,106.801,39.601,12\nb,106.801,39.601,62\nc,106.801,39.601,130\nd,106.801,39.601,\n"
    )
    assert [(c.tier, c.tier_assumed) for c in report.records] == [(3, True), (2, True), (1, True), (3, True)]
    lon, lat = SCENE.to_lonlat(0.0, 0.0)
    on_roof = load(f"id,lon,lat,tier\na,{lon},{lat},2\n").records[0]
    assert on_roof.height_m == pytest.approx(PLAIN_M + 62)


def test_the_median_is_that_of_the_ground_within_a_kilometre() -> None:
    scene = boxes_city(4, 1500.0, hills_m=40.0)
    x, y = 120.0, -310.0
    rows, cols = (range(scene.ground.rows), range(scene.ground.cols))
    near = sorted(
        float(scene.ground.heights_m[r, c])
        for r in rows
        for c in cols
        if sum((a - b) ** 2 for a, b in zip(scene.ground.xy(r, c), (x, y), strict=True)) <= 1000.0**2
    )
    middle = (near[(len(near) - 1) // 2] + near[len(near) // 2]) / 2
    assert median_ground_m(scene, x, y) == pytest.approx(middle, abs=1e-3)


def test_geojson() -> None:
    features = [
        {
            "type": "Feature",
            "id": "node/17",
            "properties": {"camera:direction": "NE", "camera:type": "dome", "operator": "City", "streams": ["a", "b"]},
            "geometry": {"type": "Point", "coordinates": [106.801, 39.601, PLAIN_M + 7]},
        },
        {"type": "Feature", "properties": {"id": "x"}, "geometry": None},
        "nonsense",
    ]
    report = load(json.dumps({"type": "FeatureCollection", "features": features}))
    camera = report.records[0]
    assert (camera.id, camera.heading_deg, camera.type, camera.owner) == ("node-17", 45.0, "fixed", "City")
    assert camera.mount_height_m == pytest.approx(7.0)
    assert camera.streams == ("a", "b")
    assert [(p.row, p.code) for p in report.problems if p.severity == "refused"] == [(2, "no-point"), (3, "no-point")]


def test_what_was_written_out_is_read_back_as_it_was() -> None:
    first = load(CHINESE).records
    features = [
        {
            "type": "Feature",
            "properties": {**camera.model_dump(mode="json", exclude={"lon", "lat"})},
            "geometry": {"type": "Point", "coordinates": [camera.lon, camera.lat]},
        }
        for camera in first
    ]
    again = load(json.dumps({"type": "FeatureCollection", "features": features}), known={c.id: c for c in first})
    assert again.records == first
    assert again.counts["unchanged"] == 2


def test_columns_may_be_named_and_unknown_ones_are_told() -> None:
    report = load("nr,E,N,foo\na,106.801,39.601,1\n", columns={"id": "nr", "lon": "E", "lat": "N"})
    assert report.records[0].id == "a"
    assert report.ignored == ("foo",)


def test_the_helsinki_list(shared_data: Any) -> None:
    scene = Scene.flat(lon0=24.94, lat0=60.17, height_m=20.0, half_m=6000)
    data = (shared_data / "cameras" / "helsinki_osm_surveillance.geojson").read_bytes()
    report = load_cameras(data, file="helsinki.geojson", scene=scene)
    assert report.counts["read"] == 223
    assert len(report.records) > 150
    assert all(camera.heading_deg is None for camera in report.records)


@settings(deadline=None, max_examples=150)
@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), min_size=1, max_size=8), max_size=6
    )
)
def test_no_row_brings_the_load_down(rows: list[list[str]]) -> None:
    lines = ["id,lon,lat,height,heading,tier,hfov,status"] + [
        ",".join(["x", "106.8", "39.6", *(cell.replace("\x00", "") for cell in row)][:8]) for row in rows
    ]
    report = load("\n".join(lines))
    assert len(report.records) + report.counts["refused"] <= report.counts["read"]
