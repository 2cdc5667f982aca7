"""GB/T 28181 catalogues (MANSCDP XML) as camera lists: items of Catalog answers and notifications.

Codes are those of GB/T 28181-2016 and -2022, annex A. Places are taken in the system that the load names;
networks, ports and passwords become credentials.
"""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any
from xml.etree.ElementTree import Element

from layers.cameras.lists import cells
from layers.cameras.lists.grid import MAX_ROWS, Grid, Line, NotACatalogue, Note, Remark, UnreadableList
from layers.cameras.lists.streams import is_network
from layers.cameras.lists.xml_text import documents, text_of

ROOTS = ("Response", "Notify", "Query", "Control", "Subscribe")
PTZ: Mapping[str, str] = MappingProxyType(
    {"1": "ptz", "2": "fixed", "3": "fixed", "4": "ptz", "5": "ptz", "6": "fixed", "7": "fixed"}
)
"""PTZType: dome camera, hemisphere, fixed, steered; from 2022 steered hemisphere, panorama and part of several."""
DIRECTIONS = MappingProxyType(dict(zip("12345678", ("90", "270", "180", "0", "135", "45", "225", "315"), strict=True)))
"""DirectionType: east, west, south, north, south-east, north-east, south-west, north-west."""
POSITIONS = ("省际检查站", "党政机关", "车站码头", "中心广场", "体育场馆", "商业中心", "宗教场所", "校园周边",
             "治安复杂区域", "交通干线")  # fmt: skip
USES = ("治安", "交通", "重点")
SIZES = MappingProxyType(
    {"1": "176x144", "2": "352x288", "3": "704x576", "4": "704x576", "5": "1280x720", "6": "1920x1080"}
)
"""Resolution, by the codes of the SDP field f."""
_STATES = {"on": "in-service", "online": "in-service", "ok": "in-service", "1": "in-service", "vlost": "fault",
           "off": "fault", "offline": "fault", "0": "fault", "error": "fault", "defect": "fault"}  # fmt: skip
CAMERAS = frozenset({"131", "132"})
"""Type codes (digits 11 to 13 of an id) of cameras and network cameras."""
AREAS = frozenset({"215", "216"})
"""Business groups and virtual organisations."""

_COLUMNS = {
    "DeviceID": "id",
    "Name": "name",
    "Longitude": "lon",
    "Latitude": "lat",
    "PTZType": "type",
    "DirectionType": "heading",
    "Resolution": "resolution",
    "Owner": "owner",
    "Address": "address",
    "UseType": "purpose",
    "Status": "status",
    "Model": "remarks",
    "IPAddress": "url_main",
    "User": "user",
    "Password": "password",
}


def is_manscdp(text: str) -> bool:
    """Whether a text holds messages of this protocol."""
    return "<CmdType" in text[:100_000]


def read_catalogue(data: bytes, file: str) -> Grid:
    """The items of all Catalog messages of a file.

    Raises
    ------
    UnreadableList, NotACatalogue
    """
    text, notes = text_of(data)
    messages, mended = documents(text, ROOTS, file)
    catalogues = [one for one in messages if _is_catalogue(one)]
    if not catalogues:
        if not messages:
            raise UnreadableList(file, "no-list")
        raise NotACatalogue(file=file, root=messages[0].tag, command=_said(messages[0], "CmdType") or "?")
    items = [(message, item) for message in catalogues for item in message.iterfind("./DeviceList/Item")]
    if len(items) > MAX_ROWS:
        raise UnreadableList(file, "too-many", limit=MAX_ROWS)
    lines = tuple(_line(number, item) for number, (_, item) in enumerate(items, 1))
    return Grid("gb28181", tuple(_COLUMNS), lines, dict(_COLUMNS), notes=(*notes, *mended, *_notes(catalogues, items)))


def _is_catalogue(message: Element) -> bool:
    return message.tag in ("Response", "Notify") and _said(message, "CmdType").lower() == "catalog"


def _notes(catalogues: list[Element], items: list[Any]) -> Iterable[Note]:
    if len(catalogues) > 1:
        yield Note("messages", {"count": len(catalogues)})
    lists = [found for one in catalogues if (found := one.find("DeviceList")) is not None]
    if any("Num" not in one.attrib for one in lists):
        yield Note("no-num")
    stated = {int(told) for one in catalogues if (told := _said(one, "SumNum")).isascii() and told.isdecimal()}
    if stated and max(stated) > len(items):
        yield Note("items-missing", {"stated": max(stated), "found": len(items)})
    if not items:
        yield Note("no-items")


def _said(item: Element, name: str) -> str:
    """What an item says under a name, in itself or in its Info; "" for nothing."""
    for where in (name, f"Info/{name}"):
        found = item.find(where)
        if found is not None and found.text and found.text.strip():
            return cells.text(found.text)
    return ""


def _line(number: int, item: Element) -> Line:
    remarks: list[Remark] = []
    id_ = _said(item, "DeviceID")
    address, network = _said(item, "Address"), _said(item, "IPAddress")
    if is_network(address):
        remarks.append(Remark("Address", "network-address"))
        address, network = "", network or address.rpartition(":")[0] or address
    port = _said(item, "Port")
    row = {
        "DeviceID": id_,
        "Name": _said(item, "Name"),
        "Longitude": _said(item, "Longitude"),
        "Latitude": _said(item, "Latitude"),
        "PTZType": _coded(item, "PTZType", PTZ, remarks, unknown="0"),
        "DirectionType": _coded(item, "DirectionType", DIRECTIONS, remarks, unknown="0"),
        "Resolution": _size(item, remarks),
        "Owner": _said(item, "Owner"),
        "Address": address,
        "UseType": _purpose(item),
        "Status": _status(item, remarks),
        "Model": " ".join(filter(None, (_said(item, "Manufacturer"), _said(item, "Model")))),
        "IPAddress": f"sip://{network}{f':{port}' if port else ''}" if network else "",
        "User": id_ if network else "",
        "Password": _said(item, "Password"),
    }
    return Line(number, tuple(row.values()), _other(item, id_, remarks), tuple(remarks))


def _other(item: Element, id_: str, remarks: list[Remark]) -> str:
    """Why an item is no camera of the list: a directory, another device, one that was removed; "" for a camera."""
    if _said(item, "Event").upper() == "DEL":
        return "removed-item"
    kind = id_[10:13] if re.fullmatch(r"\d{20}", id_) else ""
    if kind in AREAS or re.fullmatch(r"\d{2}|\d{4}|\d{6}|\d{8}|\d{10}", id_):
        return "directory"
    if kind and kind not in CAMERAS:
        if _said(item, "PTZType") in PTZ:
            remarks.append(Remark("DeviceID", "camera-by-type", {"kind": kind}))
            return ""
        return "other-device"
    return "directory" if not kind and _said(item, "Parental") == "1" else ""


def _coded(item: Element, name: str, table: Mapping[str, str], remarks: list[Remark], unknown: str) -> str:
    code = _said(item, name)
    if code and code != unknown and code not in table:
        remarks.append(Remark(name, "unknown-code", {"value": code}))
    return table.get(code, "")


def _size(item: Element, remarks: list[Remark]) -> str:
    """The largest picture that a camera offers: codes or sizes, with slashes."""
    told = _said(item, "Resolution")
    offered = [SIZES.get(part.strip(), part.strip()) for part in told.split("/") if part.strip()]
    sizes = [one for one in offered if re.fullmatch(r"\d{2,5}\s*[xX*]\s*\d{2,5}", one)]
    if told and len(sizes) < len(offered):
        remarks.append(Remark("Resolution", "unknown-code", {"value": told}))
    return max(sizes, key=lambda one: cells.image_size(one)[0], default="")


def _purpose(item: Element) -> str:
    """Kinds of place and use, and whether it stands indoors, in the words of the standard."""
    said = [*_listed(_said(item, "PositionType"), POSITIONS), *_listed(_said(item, "UseType"), USES)]
    if _said(item, "RoomType") == "2":
        said.append("室内")
    return "、".join(said)


def _listed(told: str, names: tuple[str, ...]) -> list[str]:
    codes = [int(part) for part in re.split(r"[/,;]", told) if part.strip().isascii() and part.strip().isdecimal()]
    return [names[code - 1] for code in codes if 1 <= code <= len(names)]


def _status(item: Element, remarks: list[Remark]) -> str:
    told = _said(item, "Status") or {"ADD": "", "UPDATE": ""}.get(_said(item, "Event").upper(), _said(item, "Event"))
    found = _STATES.get(told.lower(), "")
    if told and not found:
        remarks.append(Remark("Status", "unknown-code", {"value": told}))
    return found
