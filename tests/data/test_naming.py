"""Made-up places have English names that read like English."""

import re

import pytest

from data.recipe.block_names import BlockNamer
from data.recipe.naming import Namer, english, pinyin
from data.recipe.plan import read_divisions, read_plan


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("人民路", "Renmin Road"),
        ("海拉尔路", "Hailar Road"),
        ("鄂尔多斯街", "Ordos Street"),
        ("黄河东街", "Huanghe East Street"),
        ("新华大街", "Xinhua Street"),
        ("滨河大道", "Binhe Avenue"),
        ("泰安街", "Tai'an Street"),
        ("民乐路", "Minle Road"),
        ("文化二路", "Wenhua 2nd Road"),
        ("渡口村路", "Dukou Village Road"),
        ("新地村东巷", "Xindi Village East Lane"),
        ("团结新村", "Tuanjie New Village"),
        ("清泉社区", "Qingquan Community"),
    ],
)
def test_streets_and_places(name, expected):
    assert english(name) == expected


def test_pinyin_keeps_syllables_apart():
    assert [pinyin(word) for word in ("绿城", "永安", "水岸", "西宁")] == ["Lücheng", "Yong'an", "Shui'an", "Xining"]


def test_blocks_by_kind():
    town = next(t for t in read_plan("city").towns if t.key == "haibowan")
    namer = BlockNamer()

    def names(kind, count=1, street="海拉尔路"):
        return [namer.name(kind, town, street) for _ in range(count)][-1]

    assert names("walkup") == ("阳光花园", "Yangguang Garden")
    assert names("office") == ("维多利大厦", "Weiduoli Tower")
    assert names("commercial") == ("万达商业广场", "Wanda Plaza")
    assert names("industry") == ("君正化工厂", "Junzheng Chemical Works")
    assert names("warehouse") == ("黄河化工仓储园", "Huanghe Chemical Storage Park")
    assert names("station") == ("乌海站", "Wuhai Station")
    assert names("school", 2) == ("海勃湾第二小学", "Haibowan No. 2 Primary School")
    assert names("school", 9) == ("海拉尔中学", "Hailar Middle School")
    assert names("park") == ("海勃湾人民公园", "Haibowan People's Park")
    assert names("park") == ("海拉尔公园", "Hailar Park")
    assert names("park") == ("海拉尔第二公园", "Hailar No. 2 Park")
    assert names("vacant") == ("", "")


def test_a_second_round_of_names_is_a_second_phase():
    town = read_plan("city").towns[0]
    namer = BlockNamer()
    works = [namer.name("industry", town, "人民路") for _ in range(221)]
    assert works[220] == ("君正化工厂二期", "Junzheng Chemical Works Phase 2")
    assert len({name for name, _ in works}) == 221


def test_all_names_of_many_blocks_read_like_english():
    plan = read_plan("city")
    namer = BlockNamer()
    kinds = ("walkup", "commercial", "office", "industry", "warehouse", "school", "hospital", "government", "park")
    names = [namer.name(kind, town, street) for town in plan.towns for street in town.u_names for kind in kinds * 3]
    bad = [pair for pair in names if not re.fullmatch(r"[A-Z0-9][A-Za-zü'&. 0-9-]*", pair[1])]
    assert bad == []
    # Pinyin of a whole name run together, as it was once, gives words of twenty letters.
    assert max(len(word) for _, name in names for word in name.split()) <= 14
    assert max(len(word) for d in read_divisions() for word in re.split("[ -]", d.name_en)) <= 17


def test_a_namer_repeats_nothing():
    namer = Namer(["东", "西"], ("海",), ("路", "街"), {"东海路"})
    assert [namer.take() for _ in range(3)] == ["西海路", "东海二路", "西海二路"]
