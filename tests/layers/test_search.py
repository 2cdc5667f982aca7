"""One search box: what is found, in which order, and in which notation a place may be typed."""

import random
import time
from dataclasses import replace

import pytest

from layers.coordinates import read_coordinates
from layers.pinyin import full_and_initials
from layers.search import Entry, Hit, Index, folded

ROAD = Entry("road", "r1", "人民路", "Renmin Road", lon=106.8, lat=39.6)
JUNCTION = Entry("junction", "j1", "人民路与和平街交叉口", "Renmin Rd & Heping St")
CAMERA = Entry("camera", "150302-0007", "人民路西口枪机", "Camera Renmin Road West", "海勃湾分局", "Haibowan Branch")
HOUSE = Entry("building", "b12", "", "", "人民路12号", "12 Renmin Road", 106.81, 39.61, 1100.0, "150302001001")
LONG_HOUSE = Entry("building", "b112", "", "", "人民路112号", "112 Renmin Road")
BLOCK = Entry("building", "b9", "世纪新城12号楼", "Century Block 12", "人民路9号")
PLACE = Entry("place", "p1", "长江医院", "Changjiang Hospital")
AREA = Entry("area", "150302", "海勃湾区", "Haibowan District")
OTHER = Entry("road", "r2", "新人民路", "New Renmin Road")
ALL = (ROAD, JUNCTION, CAMERA, HOUSE, LONG_HOUSE, BLOCK, PLACE, AREA, OTHER)


@pytest.fixture(scope="module")
def index() -> Index:
    return Index.build(ALL)


def ids(hits: list[Hit]) -> list[str]:
    return [hit.entry.id for hit in hits]


def test_exact_then_prefix_then_part(index: Index) -> None:
    found = ids(index.find("人民路"))
    assert found[:4] == ["r1", "j1", "150302-0007", "r2"]
    assert set(found[4:]) == {"b12", "b112", "b9"}


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("rml", "r1"),
        ("renminlu", "r1"),
        ("RENMIN ROAD", "r1"),
        ("ｒｅｎｍｉｎ ｒｏａｄ", "r1"),
        ("cjyy", "p1"),
        ("changjiang", "p1"),
        ("haibowan", "150302"),
        ("人民路 12号", "b12"),
        ("人民路12号", "b12"),
        ("renmin 12", "b12"),
        ("12 renmin road", "b12"),
        ("人民路 和平街", "j1"),
        ("和平街　人民路", "j1"),
        ("150302-0007", "150302-0007"),
        ("heping", "j1"),
    ],
)
def test_what_people_type(index: Index, query: str, first: str) -> None:
    assert ids(index.find(query))[0] == first


def test_a_number_is_not_found_first_within_a_longer_one(index: Index) -> None:
    found = ids(index.find("人民路 12"))
    assert found.index("b12") < found.index("b112")


def test_pinyin_matches_syllables_only(index: Index) -> None:
    """``in`` is no syllable of 人民路 (ren min lu); English names may hold it, weakly."""
    alone = Index.build([Entry("road", "r1", "人民路")])
    assert alone.find("in") == []
    assert ids(alone.find("min")) == ["r1"]


@pytest.mark.parametrize("query", ["", "   ", "，", "没有这个地方", "zzqx", "人民路 zzqx", "\x00", "𠮷𠮷", "\n"])
def test_nothing_is_found(index: Index, query: str) -> None:
    assert index.find(query) == []


def test_limit_and_odd_input(index: Index) -> None:
    assert len(index.find("人民", 2)) == 2
    assert index.find("人民", 0) == []
    assert index.find("人民", -3) == []
    assert index.find("人" * 100_000) == []
    assert Index.build([]).find("人民") == []


def test_both_languages(index: Index) -> None:
    assert [h.name for h in index.find("rml", 1, "zh")] == ["人民路"]
    assert [h.name for h in index.find("rml", 1, "en-GB")] == ["Renmin Road"]
    house = index.find("人民路12号", 1, "en")[0]
    assert (house.name, house.detail) == ("12 Renmin Road", "")
    assert house.entry.height_m == 1100.0


@pytest.mark.parametrize(
    "text",
    [
        "106.8,39.6", "106.8 39.6", "39.6, 106.8", "39.6N 106.8E", "106.8E,39.6N", "N39.6 E106.8", "39.6n106.8e",
        "39°36'00\"N 106°48'00\"E", "39°36′N，106°48′E", "东经106°48′0″ 北纬39°36′", "北纬39.6度，东经106.8度",
        "纬度：39.6 经度：106.8", "(106.8, 39.6)", "１０６．８，３９．６", "lat=39.6 lon=106.8", "+39.6/+106.8",
    ],
)  # fmt: skip
def test_coordinates(index: Index, text: str) -> None:
    hit = index.find(text)[0]
    assert hit.entry.kind == "coordinate"
    assert (hit.entry.lon, hit.entry.lat) == pytest.approx((106.8, 39.6))


def test_coordinates_whose_order_only_the_city_tells() -> None:
    city = Index.build([Entry("road", "r", "King Street", lon=-77.05, lat=38.8)])
    for text in ("38.80, -77.05", "-77.05, 38.80"):
        hit = city.find(text)[0]
        assert (hit.entry.lon, hit.entry.lat) == pytest.approx((-77.05, 38.8))
    assert read_coordinates("-77.05, 38.8") == (-77.05, 38.8)
    assert read_coordinates("38.8S 77.05W") == (-77.05, -38.8)


@pytest.mark.parametrize(
    "text", ["12 13", "200.5, 95.5", "39.6N 40.1N", "人民路 12", "39.6", "106.8,39.6,5.5,1", "nan,nan"]
)
def test_what_is_not_a_coordinate(text: str) -> None:
    assert read_coordinates(text) is None


def test_pinyin_reads_runs_as_wholes() -> None:
    assert full_and_initials("人民路12") == ("renminlu12", "1001001010", "rml12")
    assert full_and_initials("重庆街")[2] == "cqj"
    assert full_and_initials("King St") == ("", "", "")


def many(count: int) -> list[Entry]:
    draw = random.Random(7)
    words = ["人民", "和平", "建设", "海勃湾", "滨河", "乌达", "新华", "长青", "金沙", "黄河"]
    english = ["Renmin", "Heping", "Jianshe", "Haibowan", "Binhe", "Wuda", "Xinhua", "Changqing", "Jinsha", "Huanghe"]
    entries = []
    for i in range(count):
        k, j = draw.randrange(10), draw.randrange(10)
        number = draw.randrange(1, 400)
        entries.append(
            Entry(
                draw.choice(["building", "camera", "road"]), f"e{i}", f"{words[k]}{words[j]}小区{number}号楼",
                f"{english[k]} {english[j]} Block {number}", f"{words[j]}路{draw.randrange(1, 900)}号",
            )
        )  # fmt: skip
    return entries


def naive(entries: list[Entry], query: str) -> set[str]:
    """Every entry in which each word is: in its texts as they are, or from a syllable on in its pinyin."""
    found = set()
    for entry in entries:
        texts = [folded(t) for t in (entry.name, entry.name_en, entry.detail, entry.detail_en)]
        spoken = [full_and_initials(texts[0]), full_and_initials(texts[2])]
        initials = spoken[0][2]
        good = True
        for word in folded(query).split():
            plain = any(word in text for text in texts) or folded(entry.id).startswith(word)
            pinyin = any(
                mask[i] == "1" and full.startswith(word, i) for full, mask, _ in spoken for i in range(len(full))
            )
            short = any(
                initials.startswith(word, i) and not (i and initials[i - 1].isdigit() and initials[i].isdigit())
                and (i == 0 or not initials[i].isascii() or not initials[i - 1].isalpha())
                for i in range(len(initials))
            )  # fmt: skip
            good = good and (plain or pinyin or short)
        if good:
            found.add(entry.id)
    return found


@pytest.mark.parametrize(
    "query", ["人民", "renmin 12", "rmhp", "号", "block 7", "xinhua 路", "haibowan", "e1", "新华路77号"]
)
def test_the_same_entries_as_a_plain_scan(query: str) -> None:
    entries = many(1500)
    assert set(ids(Index.build(entries).find(query, 5000))) == naive(entries, query)


def test_faster_than_a_scan_by_far() -> None:
    """A ratio on this machine, not a clock: a hundred times faster than looking at every entry."""
    entries = many(12_000)
    index = Index.build(entries)
    queries = ["人民路12号", "renmin 12", "rmhp", "huanghe"]
    index.find("人民", 20)
    start = time.process_time()
    for _ in range(5):
        for query in queries:
            index.find(query, 20)
    fast = (time.process_time() - start) / 5
    start = time.process_time()
    naive(entries[:1200], queries[1])
    slow = (time.process_time() - start) * 10 * len(queries)
    assert fast < slow / 20, f"{slow / fast:.0f} times faster only"


def test_the_best_are_the_same_for_any_limit() -> None:
    index = Index.build(many(3000))
    everything = ids(index.find("和平", 3000))
    assert ids(index.find("和平", 7)) == everything[:7]
    assert ids(index.find("和平", 100)) == everything[:100]


def test_after_changes_the_same_as_one_made_anew() -> None:
    rng = random.Random(4)
    entries = {(e.kind, e.id): e for e in many(900)}
    index = Index.build(
        [e for e in entries.values() if e.kind != "camera"], [e for e in entries.values() if e.kind == "camera"]
    )
    queries = ["人民", "renmin 12", "rmhp", "号", "新华路77号", "huanghe"]
    fresh = many(2000)[900:]
    for turn in range(40):
        gone = rng.sample(sorted(entries), 3)
        renamed = [
            replace(entries[key], name=f"{rng.choice(['人民路', '黄河街', '和平里'])}{turn}号")
            for key in rng.sample(sorted(set(entries) - set(gone)), 5)
        ]
        some = renamed + [fresh.pop() for _ in range(rng.choice([0, 1, 20]))]
        before, size = index, len(index)
        index = index.changed(some, gone)
        assert len(before) == size
        for key in gone:
            del entries[key]
        entries |= {(e.kind, e.id): e for e in some}
        anew = Index.build(entries.values())
        assert len(index) == len(anew) == len(entries)
        for query in queries:
            one, other = index.find(query, 30), anew.find(query, 30)
            assert [(h.entry, h.score) for h in one] == [(h.entry, h.score) for h in other]
    assert len(index._parts) < 12
