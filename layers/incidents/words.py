"""Words of incident lists: headings, categories, states and severities, in Chinese and in English."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import cast

from layers.incidents.model import CATEGORIES, SOURCES, STATES, Category, Severity, Source, State

_HEADINGS = """
id: incident_id
number: incident_number case_number call_number reference_number 警情编号 接警编号 案件编号 事件编号 警情号 编号
source: line call_source 来源 接警台 报警台 警种
time: datetime date_time reported_at reported call_time incident_time 报警时间 接警时间 发生时间 事发时间 上报时间 时间
closed_at: closed closed_time end_time 办结时间 归档时间 结案时间
lon: longitude lng 经度 东经
lat: latitude 纬度 北纬
location: coordinates latlon lat_lon position 坐标 经纬度
reference_x: x_coordinate grid_x easting
reference_y: y_coordinate grid_y northing
category: incident_category incident_type kind type 警情类别 警情类型 类别 类型 事件类型 案由
subcategory: property_type subtype sub_type 细类 子类 警情细类
severity: priority level 等级 级别 严重程度 警情等级
description: narrative details summary 内容 描述 简要警情 报警内容 警情内容 事件描述
address: ward street_address place 地址 案发地址 事发地址 警情地址 地点
state: status 状态 警情状态 处置状态
unit: responding_unit station 处警单位 出警单位 处置单位 单位
within_m:
reference:
supervised: 督办
exercise: drill 演习 演练
expires_at:
alerts:
duplicate_of:
steps:
notes:
request:
deadline:
"""


def _read(table: str) -> dict[str, tuple[str, ...]]:
    rows = (line.partition(":") for line in table.strip().splitlines())
    return {field: (field, *headings.split()) for field, _, headings in rows}


HEADINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(_read(_HEADINGS))
"""Field → headings; the field's own name is always one."""

_CATEGORIES = """
fire: fires 火灾 火警 起火 失火
rescue: special_service 救援 抢险救援 救助 抢险
hazardous-material: hazmat spill 危化品 危险品 泄漏 危化品泄漏
medical: ems ambulance 急救 医疗 医疗急救 伤病
traffic-accident: rtc rta collision road_traffic_collision traffic_collision 交通事故 车祸
traffic-jam: congestion jam 交通拥堵 拥堵
theft: burglary larceny 盗窃 偷盗
robbery: 抢劫 抢夺
assault: battery fight 殴打 打架 伤害 斗殴 打架斗殴
dispute: 纠纷 矛盾纠纷
disturbance: noise riot 扰民 滋事 扰乱秩序
missing-person: missing 走失 人员走失 失踪
fraud: scam 诈骗 电信诈骗
suspicious: 可疑 可疑人员 可疑情况
false-alarm: false_alarms 误报 误警 假警 谎报
help: assistance 求助 群众求助
other: others 其他 其它
"""
_STATES = """
reported: new open 上报 待受理 未受理 新报
accepted: acknowledged 受理 已受理
dispatched: assigned en_route 派发 已派发 已派警 处置中
on-scene: arrived on_site 到场 已到场
resolved: done finished 办结 已办结 已处置
closed: archived 归档 已归档 结案 已结案
"""
_SEVERITIES = """
1: critical i 一级 特别重大 特大 一
2: high major ii 二级 重大 二
3: medium normal iii 三级 较大 三
4: low minor iv 四级 一般 四
"""
_SOURCES = """
110: police 110警情 公安
119: fire_service 119火警 消防
120: ambulance_service 120急救 急救中心
122: traffic_police 122交通 交警
hand: manual 手工 人工 值班员
cap: alert cap_alert 预警 预警信息
"""


def _words(table: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, words in _read(table).items():
        found |= {_plain(word): name for word in words}
    return found


def _plain(word: str) -> str:
    return word.strip().casefold().replace("-", "_").replace(" ", "_")


_BY_CATEGORY = _words(_CATEGORIES)
_BY_STATE = _words(_STATES)
_BY_SEVERITY = _words(_SEVERITIES)
_BY_SOURCE = _words(_SOURCES)


def category_of(word: str) -> Category | None:
    """The category that a word means, or None."""
    found = _BY_CATEGORY.get(_plain(word))
    return found if found in CATEGORIES else None


def state_of(word: str) -> State | None:
    """The state that a word means, or None."""
    found = _BY_STATE.get(_plain(word))
    return found if found in STATES else None


def severity_of(word: str) -> Severity | None:
    """The severity that a word means, or None."""
    found = _BY_SEVERITY.get(_plain(word).removesuffix(".0"))
    return cast("Severity | None", int(found) if found else None)


def source_of(word: str) -> Source | None:
    """The dispatch line that a word means, or None."""
    found = _BY_SOURCE.get(_plain(word).removesuffix(".0"))
    return found if found in SOURCES else None
