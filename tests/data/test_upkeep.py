"""Contractors, leases and faults of the demo's cameras: made up, few, and the same each time."""

import csv
import shutil
from collections import Counter
from pathlib import Path

import pytest

from data.recipe.make import make
from data.recipe.upkeep import CAMERA_FAULTS, COMPANIES, CONTRACTOR, FAULTS, LEASED, add_upkeep, make_faults
from layers.health.faulty import SIMULATED


@pytest.fixture(scope="module")
def village(tmp_path_factory) -> Path:
    return make(tmp_path_factory.mktemp("village"), "village").parent


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as table:
        return list(csv.DictReader(table))


def test_companies_are_visibly_made_up_and_one_owner_has_one(village):
    assert all(name.startswith("示例") for name in COMPANIES)
    of: dict[str, set[str]] = {}
    for row in rows(village / "cameras.csv"):
        assert row[CONTRACTOR] in ("", *COMPANIES)
        assert row[LEASED] in ("是", "否")
        assert row[CONTRACTOR] or row[LEASED] == "否"
        of.setdefault(row["权属单位"], set()).add(row[CONTRACTOR])
    assert all(len(names - {""}) <= 1 for names in of.values())
    assert len(set().union(*of.values())) > 2


def test_a_list_of_an_earlier_recipe_is_completed_and_otherwise_the_same(village, tmp_path):
    old = [{k: v for k, v in row.items() if k not in (CONTRACTOR, LEASED)} for row in rows(village / "cameras.csv")]
    file = tmp_path / "cameras.csv"
    with file.open("w", encoding="utf-8-sig", newline="") as table:
        writer = csv.DictWriter(table, list(old[0]))
        writer.writeheader()
        writer.writerows(old)
    add_upkeep(file)
    assert rows(file) == rows(village / "cameras.csv")
    before = file.stat().st_mtime_ns
    add_upkeep(file)
    assert file.stat().st_mtime_ns == before


def test_few_cameras_have_a_fault_and_only_one_that_they_can_have(village, tmp_path):
    assert set(FAULTS) == set(SIMULATED)
    some = [("枪机", "90", "在用"), ("球机", "", "在用"), ("枪机", "", "维修"), ("枪机", "12.5°", "维修")]
    kinds = [*some, ("枪机", "1", "在建")]
    many = [
        {"设备编码": f"{number:020d}", "类型": kind, "方位角": heading, "状态": status}
        for number, (kind, heading, status) in enumerate(kinds * 2_000)
    ]
    with (tmp_path / "cameras.csv").open("w", encoding="utf-8-sig", newline="") as table:
        writer = csv.DictWriter(table, list(many[0]))
        writer.writeheader()
        writer.writerows(many)
    by_code = {row["设备编码"]: row for row in many}
    found = make_faults(tmp_path)
    assert Counter(by_code[one["camera"]]["状态"] for one in found)["在建"] == 0
    assert 200 < len(found) < 800
    for one in found:
        row = by_code[one["camera"]]
        if row["类型"] == "球机":
            assert one["fault"] != "moved"
        elif not row["方位角"]:
            assert one["fault"] == "offline"
    assert {one["fault"] for one in found} == set(FAULTS)
    shutil.copy(village / "cameras.csv", tmp_path / "cameras.csv")
    assert make_faults(tmp_path) == rows(village / CAMERA_FAULTS)
