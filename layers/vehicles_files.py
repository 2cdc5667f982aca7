"""Vehicles from lists: what they are for and whether they are free, in words of two languages."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from layers.areas import AreaIndex
from layers.cameras.lists.report import Remarks
from layers.cameras.lists.tables import Row
from layers.checkpoints_files import PLACE, PlaceLoading, PointKind, load_points, texts
from layers.listed import Headings, ListReport
from layers.record import Record
from layers.vehicles import DUTIES, VEHICLE_TYPES, Duty, Vehicle, VehicleType
from tiles.scene import Scene

VEHICLE_HEADINGS: Headings = {
    **PLACE,
    "type": ("type", "kind", "车辆类型", "类型", "类别"),
    "plate": ("plate", "license_plate", "licence_plate", "号牌", "车牌", "车牌号", "号牌号码"),
    "call_sign": ("call_sign", "callsign", "呼号", "代号"),
    "phone": ("phone", "telephone", "电话", "车载电话", "联系电话"),
    "unit": ("unit", "unit_id", "所属单位", "单位", "所属单位编号"),
    "duty": ("duty", "status", "state", "状态", "执勤状态"),
    "incident": ("incident", "警情编号", "处置警情"),
    "seats": ("seats", "座位", "座位数", "核载人数"),
    "remarks": ("remarks", "remark", "note", "备注", "说明"),
}
_TYPES: Mapping[str, VehicleType] = MappingProxyType(
    {
        **{name: name for name in VEHICLE_TYPES},
        **dict.fromkeys(("police", "巡逻", "巡逻车", "警车", "公安"), "patrol"),
        **dict.fromkeys(("fire engine", "消防", "消防车", "救援"), "fire"),
        **dict.fromkeys(("救护", "救护车", "急救", "急救车", "medical"), "ambulance"),
        **dict.fromkeys(("抢修", "抢修车", "维修", "维修车", "maintenance"), "repair"),
        **dict.fromkeys(("其他", "其它"), "other"),
    }
)
_DUTIES: Mapping[str, Duty] = MappingProxyType(
    {
        **{name: name for name in DUTIES},
        **dict.fromkeys(("空闲", "待命", "available"), "free"),
        **dict.fromkeys(("忙", "忙碌", "出警", "任务中", "处置中"), "busy"),
        **dict.fromkeys(("off", "下班", "停用", "离线", "休息", "off duty"), "off-duty"),
    }
)


def load_vehicles(
    data: bytes,
    *,
    file: str,
    scene: Scene,
    areas: AreaIndex,
    how: PlaceLoading,
    known: Mapping[str, Record] | None = None,
) -> ListReport:
    """Read a list of vehicles; the place of each is its station. Loaded twice it changes nothing the second time.

    Raises
    ------
    UnreadableList
    """
    kind = PointKind(Vehicle, VEHICLE_HEADINGS, _vehicle, levels=True)
    return load_points(kind, data, file, (scene, areas), how, known or {})


def _vehicle(row: Row, remarks: Remarks) -> dict[str, Any]:
    fields = texts(row, ("name", "name_en", "plate", "call_sign", "phone", "unit", "incident", "seats", "remarks"))
    for name, words, values, used in (("type", _TYPES, VEHICLE_TYPES, "other"), ("duty", _DUTIES, DUTIES, "free")):
        told = row.cells.get(name, "").strip().lower()
        if told in words:
            fields[name] = words[told]
        elif told:
            remarks.add(row, name, "unknown-word", "assumed", used=used, words=", ".join(values))
    return fields
