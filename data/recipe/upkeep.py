"""Who keeps cameras in repair, which are leased, what is wrong with some. Companies are made up, as their names say.

All of it follows from a camera's code alone, so that it is the same each time and changes nothing else of the list.
"""

import csv
import hashlib
from pathlib import Path

CONTRACTOR, LEASED = "运维单位", "是否租赁"
CAMERA_FAULTS = "camera_faults.csv"
COMPANIES = ("示例运维甲公司", "示例运维乙公司", "示例运维丙公司", "示例运维丁公司")
FAULTS = ("offline", "black", "blurred", "covered", "colour-cast", "snow", "frozen", "over-exposed", "moved")
_NOBODY, _LEASED = 0.04, 0.35
_FAULTY, _FAULTY_UNREPORTED = 0.12, 0.008
"""Of the cameras that are reported as broken, and of the others: about 2 % of all."""


def upkeep_of(code: str, owner: str) -> tuple[str, str]:
    """The contractor of a camera, "" for nobody, and whether the camera is leased; one owner has one contractor."""
    if _lot(code, "contractor") < _NOBODY:
        return "", "否"
    company = COMPANIES[int(_lot(owner, "company") * len(COMPANIES))]
    return company, "是" if _lot(code, "leased") < _LEASED else "否"


def add_upkeep(file: Path) -> None:
    """Add both to a camera list of an earlier recipe."""
    with file.open(encoding="utf-8-sig", newline="") as table:
        rows = list(csv.DictReader(table))
    if CONTRACTOR in rows[0]:
        return
    for row in rows:
        row[CONTRACTOR], row[LEASED] = upkeep_of(row["设备编码"], row["权属单位"])
    part = file.with_suffix(".part")
    with part.open("w", encoding="utf-8-sig", newline="") as table:
        writer = csv.DictWriter(table, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    part.replace(file)


def make_faults(folder: Path) -> list[dict[str, str]]:
    """Which of the cameras in ``cameras.csv`` have a fault, and which."""
    with (folder / "cameras.csv").open(encoding="utf-8-sig", newline="") as table:
        return [{"camera": row["设备编码"], "fault": _fault(row)} for row in csv.DictReader(table) if _has_fault(row)]


def _has_fault(row: dict[str, str]) -> bool:
    share = {"维修": _FAULTY, "在用": _FAULTY_UNREPORTED}.get(row["状态"], 0.0)
    return _lot(row["设备编码"], "faulty") < share


def _fault(row: dict[str, str]) -> str:
    """A PTZ camera turns anyway, and of one whose heading nobody wrote down there is no picture to turn away."""
    some = FAULTS if row["类型"] == "枪机" and row["方位角"] else FAULTS[:-1] if row["类型"] == "球机" else FAULTS[:1]
    return some[int(_lot(row["设备编码"], "fault") * len(some))]


def _lot(code: str, what: str) -> float:
    """A number from 0 to 1 that belongs to a code."""
    drawn = hashlib.sha256(f"{what} {code}".encode()).digest()
    return int.from_bytes(drawn[:8]) / 2**64
