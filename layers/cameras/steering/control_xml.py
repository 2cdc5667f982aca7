"""Messages of GB/T 28181's MANSCDP that steer a camera: built, and read as devices and platforms really write them.

Read without DTDs, entities or anything from elsewhere. A simulator's own way of writing a move (``Cmd`` and ``Speed``
instead of ``PTZCmd``) is read too, and remarked on.
"""

from dataclasses import dataclass
from typing import Any, Literal, get_args
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from layers.cameras.lists.xml_text import text_of
from layers.cameras.steering.ptz_cmd import Command, Order, Turn, decode, encode
from layers.errors import BadInput

Root = Literal["Control", "Query", "Notify", "Response", "Subscribe"]
MOST_BYTES = 1_000_000
MOST_DEEP = 16
ENCODING = "GB18030"


@dataclass(frozen=True, slots=True)
class Precise:
    """Where a head is, or is to be: ``pan`` 0 to 360° clockwise, ``tilt`` in degrees, positive down, ``zoom`` ×."""

    pan: float | None
    tilt: float | None
    zoom: float | None


@dataclass(frozen=True, slots=True)
class Message:
    """A message as far as steering goes.

    Attributes
    ----------
    device : the id of the device or channel it is about
    result : of an answer: OK, ERROR; "" where it tells none
    order : of a move
    precise : where a head is, or is to go
    priority : that a control names; None where it names none
    remarks : what departs from the standard
    """

    root: Root
    cmd_type: str
    sn: int
    device: str
    result: str = ""
    order: Order | None = None
    precise: Precise | None = None
    priority: int | None = None
    remarks: tuple[str, ...] = ()


def ptz_control(device: str, sn: int, order: Order, priority: int) -> bytes:
    """A move, as A.2.3.1.2 has it."""
    told = _begin("Control", "DeviceControl", device, sn)
    SubElement(told, "PTZCmd").text = encode(Command(order))
    return _written(told, priority)


def precise_control(device: str, sn: int, aim: Precise, priority: int) -> bytes:
    """A turn to an aim, as A.2.3.1.11 of the 2022 edition has it."""
    told = _begin("Control", "DeviceControl", device, sn)
    inner = SubElement(told, "PTZPreciseCtrl")
    for name, value in (("Pan", aim.pan), ("Tilt", aim.tilt), ("Zoom", aim.zoom)):
        if value is not None:
            SubElement(inner, name).text = f"{value:.2f}"
    return _written(told, priority)


def home_control(device: str, sn: int, priority: int) -> bytes:
    """Have a camera go back to its home, as A.2.3.1.10 has it."""
    told = _begin("Control", "DeviceControl", device, sn)
    inner = SubElement(told, "HomePosition")
    SubElement(inner, "Enabled").text = "1"
    SubElement(inner, "ResetTime").text = "0"
    return _written(told, priority)


def position_query(device: str, sn: int) -> bytes:
    """Ask where a head is, as the 2022 edition has it."""
    return _written(_begin("Query", "PTZPosition", device, sn), None)


def read_message(data: bytes) -> Message:
    """A message as bytes in whatever encoding.

    Raises
    ------
    BadInput
        It is too large, no XML, hostile, or not a message of the standard; says which.
    """
    root = _parsed(data)
    if root.tag not in get_args(Root):
        raise _bad(root.tag, "is no root of a message.")
    cmd_type, device = _text(root, "CmdType"), _text(root, "DeviceID")
    if not cmd_type:
        raise _bad("CmdType", "is missing.")
    if not device:
        raise _bad("DeviceID", "is missing.")
    sn = _text(root, "SN")
    if not sn.isascii() or not sn.isdecimal() or len(sn) > 18:
        raise _bad("SN", "is no number.")
    order, remarks = _order(root) if cmd_type == "DeviceControl" else (None, ())
    place = root.find("PTZPreciseCtrl") if root.tag == "Control" else root if cmd_type == "PTZPosition" else None
    return Message(
        root=root.tag,
        cmd_type=cmd_type,
        sn=int(sn),
        device=device,
        result=_text(root, "Result").upper(),
        order=order,
        precise=None if place is None else _precise(place),
        priority=_priority(root),
        remarks=remarks,
    )


def _begin(root: Root, cmd_type: str, device: str, sn: int) -> Element:
    told: Element = Element(str(root))
    SubElement(told, "CmdType").text = cmd_type
    SubElement(told, "SN").text = str(sn)
    SubElement(told, "DeviceID").text = device
    return told


def _written(told: Element, priority: int | None) -> bytes:
    if priority is not None:
        SubElement(SubElement(told, "Info"), "ControlPriority").text = str(priority)
    return f'<?xml version="1.0" encoding="{ENCODING}"?>\n'.encode() + tostring(told, "unicode").encode(ENCODING)


def _parsed(data: bytes) -> Any:
    if len(data) > MOST_BYTES:
        raise _bad(f"{len(data)} bytes", "are more than a message has.")
    text = text_of(data)[0]
    # Declared encodings are of no more use: it is text already.
    text = text[text.find("?>") + 2 :] if text.lstrip().startswith("<?xml") else text
    try:
        root = fromstring(text.strip(), forbid_dtd=True)
    except ParseError as problem:
        raise _bad("XML", f"cannot be read ({str(problem).split(':')[0]}).") from None
    except (DefusedXmlException, ValueError, RecursionError) as problem:
        raise _bad("XML", f"is refused ({type(problem).__name__}).") from None
    _not_deep(root)
    return root


def _not_deep(root: Any) -> None:
    level = [root]
    for _ in range(MOST_DEEP):
        level = [child for one in level for child in one]
        if not level:
            return
    raise _bad("XML", "is nested too deeply.")


def _order(root: Any) -> tuple[Order | None, tuple[str, ...]]:
    coded = _text(root, "PTZCmd")
    if coded:
        return decode(coded).order, ()
    named = _text(root, "Cmd")
    if not named:
        return None, ()
    if named.lower() not in _NAMED:
        raise _bad(named[:40], "is no move.")
    speed = _whole(_text(root, "Speed") or "128", "Speed", 255)
    pan, tilt, zoom = _NAMED[named.lower()]
    return Turn(pan * speed, tilt * speed, zoom * (speed >> 4)), ("move named in words, without PTZCmd",)


_NAMED: dict[str, tuple[int, int, int]] = {
    "left": (-1, 0, 0),
    "right": (1, 0, 0),
    "up": (0, 1, 0),
    "down": (0, -1, 0),
    "zoomin": (0, 0, 1),
    "zoomout": (0, 0, -1),
    "stop": (0, 0, 0),
}


def _priority(root: Any) -> int | None:
    given = _text(root, "Info/ControlPriority") or _text(root, "Priority")
    return _whole(given, "ControlPriority", 1_000) if given else None


def _precise(place: Any) -> Precise:
    return Precise(_number(place, "Pan"), _number(place, "Tilt"), _number(place, "Zoom"))


def _number(place: Any, name: str) -> float | None:
    text = _text(place, name)
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not abs(value) <= 1_000:
        raise _bad(name, "is no angle or zoom.")
    return value


def _whole(text: str, name: str, most: int) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 9 or int(text) > most:
        raise _bad(name, f"is no whole number up to {most}.")
    return int(text)


def _text(root: Any, path: str) -> str:
    found = root.find(path)
    return (found.text or "").strip() if found is not None else ""


def _bad(value: str, detail: str) -> BadInput:
    return BadInput(
        field="GB/T 28181", value=value, detail=detail, remedy="Ask the sender for a message of the standard."
    )
