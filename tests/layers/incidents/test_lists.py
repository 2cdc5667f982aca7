"""Incident lists: the Avon file as it is, masked references, times of every kind, odd rows with their reasons."""

import csv
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from layers.areas import AreaIndex
from layers.cameras.lists.cells import BadCell
from layers.cameras.lists.grid import UnreadableList
from layers.incidents.lists import IncidentLoading, load_incidents
from layers.incidents.model import CATEGORIES, Incident
from layers.incidents.states import moved, with_fields
from layers.incidents.times import Clock, day_first
from layers.incidents.words import category_of, severity_of, source_of, state_of
from layers.listed import ListReport
from layers.masked import read_square
from tests.layers.incidents.builders import NOON
from tiles.scene import Scene

SHANGHAI = ZoneInfo("Asia/Shanghai")
LONDON = ZoneInfo("Europe/London")
HEAD = "警情编号,报警时间,经度,纬度,警情类别,警情等级,案发地址\n"
AREAS = AreaIndex.build(
    [
        ("15", "市", "city", "", shapely.box(106, 39, 108, 41)),
        ("1501", "区", "district", "15", shapely.box(106.8, 39, 108, 41)),
    ]
)


@pytest.fixture(scope="module")
def flat() -> Scene:
    return Scene.flat()


def load(scene: Scene, text: str | bytes, known: dict[str, Incident] | None = None, **how: object) -> ListReport:
    data = text.encode() if isinstance(text, str) else text
    loading = IncidentLoading(SHANGHAI, **how)  # type: ignore[arg-type]
    return load_incidents(data, file="list.csv", scene=scene, areas=AREAS, how=loading, known=known)


def told(report: ListReport) -> list[tuple[int, str, str]]:
    return [(one.row, one.code, one.severity) for one in report.problems]


def test_a_list_in_chinese(flat: Scene) -> None:
    row = "A-1,2026年5月1日 12时00分,106.801,39.6,火灾,一级,人民路 1 号\n"
    (one,) = load(flat, (HEAD + row).encode("gb18030"), source="110", state="reported").records
    assert isinstance(one, Incident)
    assert (one.id, one.category, one.severity, one.reported_at) == ("110-A-1", "fire", 1, NOON)
    assert (one.area, one.district, one.address, one.exact) == ("1501", "1501", "人民路 1 号", True)
    assert (one.state, one.deadline is not None) == ("reported", True)


def test_odd_rows_are_refused_each_with_its_reason(flat: Scene) -> None:
    rows = [
        "1,2026-05-01 12:00,106.8,39.6,火灾,1,",
        ",2026-05-01 12:00,106.8,39.6,火灾,1,",
        "3,gestern,106.8,39.6,火灾,1,",
        "4,2026-13-01 12:00,106.8,39.6,火灾,1,",
        "5,2026-05-01 12:00,,39.6,火灾,1,",
        "6,2026-05-01 12:00,120,39.6,火灾,1,",
        "1,2026-05-01 12:01,106.8,39.6,火灾,1,",
        "8,2026-05-01 12:00,106.8,39.6,派对,1,",
        "9,2026-05-01 12:00,106.8,39.6,火灾,9,",
        "10,03/04/2026 12:00,106.8,39.6,火灾,1,",
    ]
    report = load(flat, HEAD + "\n".join(rows))
    assert told(report) == [
        (3, "no-id", "refused"),
        (4, "not-a-time", "refused"),
        (5, "not-a-time", "refused"),
        (6, "no-place", "refused"),
        (7, "outside-city", "refused"),
        (8, "duplicate-id", "refused"),
        (9, "unknown-category", "assumed"),
        (10, "unknown-severity", "assumed"),
        (11, "ambiguous-time", "refused"),
    ]
    assert all(one.detail and one.remedy for one in report.problems)
    assert dict(report.counts) == {"read": 10, "refused": 7, "new": 3, "updated": 0, "unchanged": 0}
    assert [one.id for one in report.records] == ["hand-1", "hand-8", "hand-9"]


def test_what_is_loaded_twice_changes_nothing_and_operators_keep_their_work(flat: Scene) -> None:
    text = HEAD + "1,2026-05-01 12:00,106.8,39.6,火灾,1,\n"
    (one,) = load(flat, text, state="reported").records
    assert isinstance(one, Incident)
    taken = moved(one.model_copy(update={"version": 2}), "accept", at=NOON, by="wang").model_copy(update={"version": 3})
    again = load(flat, text, {one.id: taken}, state="reported")
    assert dict(again.counts)["unchanged"] == 1
    corrected = load(flat, text.replace("火灾", "误报"), {one.id: taken}, state="reported")
    (new,) = corrected.changes
    assert isinstance(new, Incident)
    assert (new.category, new.state, new.steps, new.version) == ("false-alarm", "accepted", taken.steps, 3)


def test_columns_can_be_named(flat: Scene) -> None:
    text = "nr;wann;wo;was\n7;01.05.2026 12:00;39.6, 106.8;fire\n8;31.05.2026 12:00;39.6, 106.8;fire\n"
    columns = {"number": "nr", "time": "2", "location": "wo", "category": "was"}
    records = load(flat, text, columns=columns).records
    assert [one.valid_from for one in records] == [NOON, datetime(2026, 5, 31, 4, tzinfo=UTC)]
    with pytest.raises(UnreadableList, match="time"):
        load(flat, text)
    with pytest.raises(UnreadableList, match="uhr"):
        load(flat, text, columns={"time": "uhr"})


def test_masked_references_without_a_place(flat: Scene) -> None:
    text = "number,time,x_coordinate,y_coordinate\n1,2026-05-01 12:00,{},{}\n"
    x, y = pyproj.Transformer.from_crs(4326, 4526, always_xy=True).transform(106.8, 39.6)
    masked = [f"{int(value) // 100}**" for value in (x, y)]
    (one,) = load(flat, text.format(*masked), reference_crs="EPSG:4526").records
    assert isinstance(one, Incident)
    assert one.within_m == pytest.approx(70.7, abs=0.5)
    assert one.reference == " ".join(masked)
    away_x, away_y = (float(v) for v in flat.to_metric(one.lon, one.lat))
    assert abs(away_x) <= 100
    assert abs(away_y) <= 100
    assert told(load(flat, text.format(*masked))) == [(2, "no-place", "refused")]
    (exact,) = load(flat, text.format(int(x), int(y)), reference_crs="EPSG:4526").records
    assert isinstance(exact, Incident)
    assert exact.exact
    assert exact.reference == ""


@pytest.mark.parametrize(
    ("x", "y", "square"),
    [
        ("367***", "159***", (367_000, 159_000, 1_000)),
        ("3,723***", "1,647***", (3_723_000, 1_647_000, 1_000)),
        ("36712*", "159***", (367_000, 159_000, 1_000)),
        ("367123", "159456", (367_123, 159_456, 1)),
        ("367xxx", "159XXX", (367_000, 159_000, 1_000)),
    ],
)
def test_squares(x: str, y: str, square: tuple[float, float, float]) -> None:
    found = read_square(x, y)
    assert found is not None
    assert (found.x, found.y, found.side) == square


@pytest.mark.parametrize("pair", [("", ""), ("***", "1"), ("abc", "1"), ("1*2", "3"), ("1" + "*" * 9, "1")])
def test_what_is_no_square(pair: tuple[str, str]) -> None:
    assert read_square(*pair) is None


@given(st.integers(0, 9_999_999), st.integers(0, 9_999_999), st.integers(0, 5))
def test_a_square_holds_what_it_hides(x: int, y: int, hidden: int) -> None:
    def mask(value: int) -> str:
        return f"{value // 10**hidden}{'*' * hidden}"

    found = read_square(mask(x), mask(y))
    assert found is not None
    assert found.x <= x < found.x + found.side
    assert found.y <= y < found.y + found.side


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-05-01T04:00:00Z", NOON),
        ("2026-05-01T12:00:00+08:00", NOON),
        ("2026-05-01 12:00", NOON),
        ("2026/5/1 12:00:00", NOON),
        ("2026年5月1日12时0分0秒", NOON),
        ("2026年05月01日 12:00", NOON),
        ("05/01/2026 04:00:00 AM +0000", NOON),
        ("05/01/2026 12:00:00 PM", NOON),
        ("31/05/2026 00:00", datetime(2026, 5, 30, 16, tzinfo=UTC)),
        ("05/31/2026 00:00", datetime(2026, 5, 30, 16, tzinfo=UTC)),
        ("05/05/2026 08:00", datetime(2026, 5, 5, tzinfo=UTC)),
    ],
)
def test_times(text: str, expected: datetime) -> None:
    assert Clock(SHANGHAI).read(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "now", "2026-05-01", "2026-02-30 10:00", "1869-01-01 10:00", "05/01/2026 13:00 PM", "2026-01-01 10:00 +99:00"],
)
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(BadCell, match="not-a-time"):
        Clock(SHANGHAI).read(text)


def test_day_and_month_are_told_apart_by_the_column() -> None:
    column = ["03/04/2026 10:00", "25/04/2026 10:00"]
    assert day_first(column) is True
    assert day_first(["03/04/2026 10:00", "04/25/2026 10:00"]) is False
    assert day_first(column[:1]) is None
    assert Clock(SHANGHAI, day_first=True).read(column[0]).month == 4
    assert Clock(SHANGHAI, day_first=False).read(column[0]).month == 3


def test_wall_clocks_whatever_offset_is_written() -> None:
    summer = "07/08/2012 09:10:07 AM +0000"
    assert Clock(LONDON).read(summer).hour == 9
    assert Clock(LONDON, wall=True).read(summer).hour == 8


def test_words_in_both_languages() -> None:
    assert all(category_of(name) == name for name in CATEGORIES)
    assert (category_of("Special Service"), category_of("打架斗殴"), category_of("?")) == ("rescue", "assault", None)
    assert (state_of("已派警"), state_of("on scene"), state_of("?")) == ("dispatched", "on-scene", None)
    assert (severity_of("一级"), severity_of("3.0"), severity_of("high")) == (1, 3, 2)
    assert (source_of("消防"), source_of("110"), source_of("?")) == ("119", "110", None)


@pytest.fixture(scope="module")
def bath() -> Scene:
    return Scene.flat(-2.45, 51.37, 50.0, 25_000.0, 500.0)


@pytest.mark.shared
def test_the_avon_incidents_go_in(shared_data: Path, bath: Scene) -> None:
    file = shared_data / "incidents" / "avon_fire_rescue_incidents.csv"
    how = IncidentLoading(LONDON, source="119", reference_crs="EPSG:27700")
    areas = AreaIndex.build([])
    report = load_incidents(file.read_bytes(), file=file.name, scene=bath, areas=areas, how=how)
    assert dict(report.counts) == {"read": 10_210, "refused": 1, "new": 10_209, "updated": 0, "unchanged": 0}
    (odd,) = report.problems
    assert (odd.row, odd.code, odd.column, odd.value) == (700, "reference-disagrees", "x_coordinate", "3,723***")
    assert "3,723*** 1,647***" in odd.detail
    records = {one.id: one for one in report.records if isinstance(one, Incident)}
    with file.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["incident_number"] == "008573-23072009":
                continue
            one = records["119-" + row["incident_number"]]
            when = datetime.strptime(row["datetime"], "%m/%d/%Y %I:%M:%S %p %z")
            lat, lon = map(float, row["location"].strip("()").split(","))
            assert (one.reported_at, one.lon, one.lat) == (when, lon, lat)
            assert one.reference == f"{row['x_coordinate']} {row['y_coordinate']}"
            assert one.within_m == pytest.approx(707.1, abs=1.0)
            assert one.state == "closed"
    kinds = Counter(one.category for one in records.values())
    assert kinds == {"false-alarm": 5_696, "fire": 2_318, "rescue": 2_195}
    again = load_incidents(file.read_bytes(), file=file.name, scene=bath, areas=areas, how=how, known=records)
    assert dict(again.counts)["unchanged"] == 10_209


def test_what_is_dumped_is_loaded_as_it_was(flat: Scene, tmp_path: Path) -> None:
    from geoserver.dumping import dump

    (one,) = load(flat, HEAD + "1,2026-05-01 12:00,106.8,39.6,火灾,1,\n", state="reported").records
    assert isinstance(one, Incident)
    two = moved(one, "accept", at=NOON, by="wang", remark="a; b")
    two = with_fields(two, supervised=True, within_m=70.5, reference="36*** 15***", description="一;二, 三")
    for name in ("out.csv", "out.geojson"):
        dump([two], tmp_path / name, "incidents")
        assert load(flat, (tmp_path / name).read_bytes(), {two.id: two}).records == (two,), name
