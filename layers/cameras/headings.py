"""Which column of a camera list means what, in Chinese and in English."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from types import MappingProxyType

_TABLE = """
id: camera_id @id code device_id deviceid device_code gb_id gbid 编号 编码 设备编码 设备编号 国标编码
    国标编号 国标id 点位编号 点位编码 摄像机编号 摄像机编码 监控点编号 设备id
name: camera_name title device_name 名称 设备名称 点位名称 摄像机名称 监控点名称 中文名称
name_en: name:en english_name 英文名称 英文名
lon: lng longitude long x easting 经度 东经 东坐标
lat: latitude y northing 纬度 北纬 北坐标
height: height elevation z 高度 镜头高度 摄像机高度 ele
above_ground: mount_height mounting_height height_above_ground camera:height 离地高 离地高度 架设高度
    安装高度 杆高 挂高 距地高度
above_sea: altitude height_above_sea sea_height 海拔 海拔高 海拔高度 高程 正常高
ellipsoidal: ellipsoidal_height ellipsoid_height 椭球高 大地高
tier: level 层级 等级 级别 点位级别 监控层级
type: camera_type camera:type ptz_type 类型 摄像机类型 设备类型 球枪 摄像机形态
heading: azimuth bearing direction camera:direction yaw 方位角 朝向 监控方位 水平角 指向 监视方位 航向角
pitch: tilt camera:angle 俯仰角 俯角 倾角
roll: 横滚角 翻滚角 滚转角
image_width: width 图像宽度 像素宽 水平像素
image_height: 图像高度 像素高 垂直像素
resolution: image_size 分辨率 像素
hfov: fov horizontal_fov field_of_view 水平视场角 视场角 视角 水平视角 广角视场角
hfov_tele: tele_fov fov_tele 长焦视场角 长焦端视场角 最小视场角
pan_range: 水平转动范围 水平范围 转动范围 水平旋转范围
tilt_min: 俯仰下限 最小俯仰 俯仰最小
tilt_max: 俯仰上限 最大俯仰 俯仰最大
range: visibility view_distance max_distance 可视距离 可视范围 监控距离 监控半径 有效距离
owner: operator department unit owner_unit 权属单位 所属单位 建设单位 管理单位 产权单位 单位 所属部门 部门
address: addr location 安装地址 地址 安装位置 详细地址 位置
purpose: use surveillance:zone 用途 监控用途 功能 采集区域类型
status: state 状态 设备状态 使用状态 运行状态
streams: stream_ids 码流 码流编号
url_main: url stream stream_url rtsp rtsp_url main_stream 主码流 主码流地址 流地址 视频地址 码流地址
    取流地址 contact:webcam
url_sub: sub_stream sub_url 子码流 子码流地址 辅码流
user: username user_name login 用户名 账号 用户 登录名
password: passwd pwd 密码 口令 登录密码
remarks: remark note notes comment 备注 说明
assumed:
tier_assumed:
district: 区 区县 所属区 行政区
street: 街道 镇街 所属街道
community: 社区 所属社区
"""
"""field: headings, without spaces; indented lines go on."""


def _read(table: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    field = ""
    for line in table.strip().splitlines():
        if not line.startswith(" "):
            field, line = line.split(":", 1)
        found[field] = (*found.get(field, ()), *line.split())
    return found


HEADINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(_read(_TABLE))
"""Field → headings; the field's own name is always one, with or without its unit."""

SECRET = frozenset({"url_main", "url_sub", "user", "password"})
"""Fields whose values never appear in a report, record or log."""

_UNITS = re.compile(r"(_m|_px|_deg|\((?:m|°|度|米|px|像素|deg)\)|\[(?:m|deg|px)\])$")


def plain(heading: str) -> str:
    """A heading as it is compared: no unit, no spaces, full-width letters made narrow, lower case."""
    text = unicodedata.normalize("NFKC", heading).strip().lower().replace(" ", "_").replace("-", "_")
    return _UNITS.sub("", text.replace("_(", "(")).strip("_")


_FIELDS = {
    **{plain(heading): field for field, headings in HEADINGS.items() for heading in headings},
    **{field: field for field in HEADINGS},
}
_OURS = {"height_m", "mount_height_m"}


def fields_of(headings: Iterable[str], columns: Mapping[str, str] | None = None) -> dict[str, str]:
    """Heading → field, for the headings that are known; of two for one field the first counts.

    ``columns`` names headings outright: field → heading. A list that holds both ``height_m`` and
    ``mount_height_m`` has the record's own names, so ``height_m`` is ellipsoidal.
    """
    given = list(headings)
    stated = {heading: plain(field) for field, heading in (columns or {}).items()}
    found: dict[str, str] = {heading: stated[heading] for heading in given if heading in stated}
    ours = {heading.strip().lower() for heading in given} >= _OURS
    for heading in given:
        field = _FIELDS.get(plain(heading))
        if ours and heading.strip().lower() == "height_m":
            field = "ellipsoidal"
        if field is not None and heading not in found and field not in found.values():
            found[heading] = field
    return found
