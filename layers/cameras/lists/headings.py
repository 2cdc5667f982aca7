"""Which column of a camera list means what, in Chinese and in English."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from types import MappingProxyType

_TABLE = """
id: 編號 設備編號 camera_id @id code device_id deviceid device_code gb_id gbid 编号 编码 设备编码 设备编号 国标编码
    国标编号 国标id 点位编号 点位编码 摄像机编号 摄像机编码 监控点编号 设备id
name: 名稱 設備名稱 camera_name title device_name 名称 设备名称 点位名称 摄像机名称 监控点名称 中文名称
name_en: name:en english_name 英文名称 英文名
lon: 經度 東經 lng longitude long x easting 经度 东经 东坐标
lat: 緯度 北緯 latitude y northing 纬度 北纬 北坐标
height: height elevation z 高度 镜头高度 摄像机高度 ele
above_ground: mount_height mounting_height height_above_ground camera:height 离地高 离地高度 架设高度
    安装高度 杆高 挂高 距地高度
above_sea: altitude height_above_sea sea_height 海拔 海拔高 海拔高度 高程 正常高
ellipsoidal: ellipsoidal_height ellipsoid_height 椭球高 大地高
tier: level 层级 等级 级别 点位级别 监控层级
type: 類型 camera_type camera:type ptz_type 类型 摄像机类型 设备类型 球枪 摄像机形态
heading: azimuth bearing direction camera:direction yaw 方位角 朝向 监控方位 水平角 指向 监视方位 航向角
pitch: tilt 俯仰角 倾角
depression: camera:angle 俯角 下倾角
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
contractor: maintainer maintenance_unit maintained_by 运维单位 承建单位 维护单位 运维厂商 维保单位 代维单位
leased: rented is_leased 租赁 是否租赁 租用 租赁设备
address: addr location 安装地址 地址 安装位置 详细地址 位置
purpose: use surveillance:zone 用途 监控用途 功能 采集区域类型
status: 狀態 state 状态 设备状态 使用状态 运行状态
lens: lens_model 镜头类型 镜头模型
distortion: distortion_coefficients 畸变 畸变系数
principal: principal_point 主点
presets: 预置位
aim: 当前指向
calibration: 标定 标定精度
streams: stream_ids 码流 码流编号
url_main: url stream stream_url rtsp rtsp_url main_stream 主码流 主码流地址 流地址 视频地址 码流地址
    取流地址 contact:webcam
url_sub: sub_stream sub_url 子码流 子码流地址 辅码流
url_still: image image_url snapshot snapshot_url 抓图地址 图片地址
ip: ip_address ipaddress ip地址 设备ip 摄像机ip 网络地址
port: 端口 端口号
user: username user_name login 用户名 账号 用户 登录名
password: passwd pwd 密码 口令 登录密码
remarks: 備註 說明 remark note notes comment 备注 说明
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

SECRET = frozenset({"url_main", "url_sub", "url_still", "ip", "port", "user", "password"})
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
_HIDDEN = re.compile(
    r"pass|pwd|密码|口令|secret|token|api_?key|user|login|账号|用户名|rtsp|url|uri|地址码|流地址|stream|ip_?地?址?$|^ip|port$"
)


def field_of(heading: str) -> str | None:
    """The field that a heading means, or None."""
    return _FIELDS.get(plain(heading))


def is_secret(heading: str, field: str | None) -> bool:
    """Whether the cells of a column are never shown: for what it means, or for what its heading sounds like."""
    return field in SECRET or bool(_HIDDEN.search(plain(heading)))


def fields_of(
    headings: Iterable[str], columns: Mapping[str, str] | None = None, given: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Heading → field, for the headings that are known; of two for one field the first counts.

    ``columns`` names headings outright: field → heading or its number from 1; "" = the field has none.
    ``given``: heading → field, where the form of the file says it. A list that holds both ``height_m`` and
    ``mount_height_m`` has the record's own names, so ``height_m`` is ellipsoidal.

    Raises
    ------
    KeyError
        ``columns`` names a heading that is not there.
    """
    listed = list(headings)
    stated = {plain(field): heading for field, heading in (columns or {}).items()}
    found = {_column(listed, heading): field for field, heading in stated.items() if heading}
    taken = set(stated)
    for heading, field in (given or {}).items():
        if heading not in found and field not in taken:
            found[heading] = field
            taken.add(field)
    ours = {heading.strip().lower() for heading in listed} >= _OURS
    for heading in listed:
        own = "ellipsoidal" if ours and heading.strip().lower() == "height_m" else field_of(heading)
        if own is not None and heading not in found and own not in taken:
            found[heading] = own
            taken.add(own)
    return found


def _column(headings: list[str], named: str) -> str:
    """The heading that is named, or the one at the number that is given."""
    if named in headings:
        return named
    if named.isascii() and named.isdecimal() and 1 <= int(named) <= len(headings):
        return headings[int(named) - 1]
    trimmed = {heading.strip(): heading for heading in headings}
    if named.strip() in trimmed:
        return trimmed[named.strip()]
    raise KeyError(named)
