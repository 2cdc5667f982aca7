"""PTZCmd of GB/T 28181 (2016 and 2022, annex A.3): eight bytes, written as sixteen hexadecimal digits.

Byte 1 is A5. Byte 2 holds the version and a check on itself, 0F. Byte 3 and the low half of byte 7 are the address.
Byte 4 is the instruction, bytes 5, 6 and the high half of byte 7 are its data, byte 8 is the sum of the others.
"""

import re
from dataclasses import dataclass
from typing import Literal

from layers.errors import BadInput

START, HEAD = 0xA5, 0x0F
RIGHT, LEFT, DOWN, UP, ZOOM_IN, ZOOM_OUT = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20
LENS, FOCUS_FAR, FOCUS_NEAR, IRIS_OPEN, IRIS_CLOSE = 0x40, 0x01, 0x02, 0x04, 0x08
PresetDeed = Literal["set", "call", "delete"]
CruiseDeed = Literal["add", "delete", "speed", "dwell", "start"]
ScanDeed = Literal["start", "left", "right", "speed"]
_PRESET: dict[int, PresetDeed] = {0x81: "set", 0x82: "call", 0x83: "delete"}
_CRUISE: dict[int, CruiseDeed] = {0x84: "add", 0x85: "delete", 0x86: "speed", 0x87: "dwell", 0x88: "start"}
_BORDER: dict[int, ScanDeed] = {0: "start", 1: "left", 2: "right"}
_SCAN, _SCAN_SPEED, _ON, _OFF = 0x89, 0x8A, 0x8C, 0x8D
_WIDE: tuple[str, ...] = ("speed", "dwell")


@dataclass(frozen=True, slots=True)
class Turn:
    """Turn and zoom on; all 0: stop. ``pan`` right, ``tilt`` up (−255 to 255), ``zoom`` in (−15 to 15)."""

    pan: int = 0
    tilt: int = 0
    zoom: int = 0


@dataclass(frozen=True, slots=True)
class Lens:
    """Move the lens until told otherwise. ``focus`` farther, ``iris`` more open (−255 to 255); both 0: stop."""

    focus: int = 0
    iris: int = 0


@dataclass(frozen=True, slots=True)
class PresetOrder:
    """Set, call or delete a preset, 1 to 255."""

    deed: PresetDeed
    number: int


@dataclass(frozen=True, slots=True)
class Cruise:
    """Of a cruise along presets (``group`` 0 to 255).

    ``value`` : add and delete: a preset (delete 0: the whole cruise); speed, and dwell in seconds: 0 to 4095
    """

    deed: CruiseDeed
    group: int
    value: int = 0


@dataclass(frozen=True, slots=True)
class Scan:
    """Of a scan between two borders (``group`` 0 to 255): start it, set a border here, set its speed (0 to 4095)."""

    deed: ScanDeed
    group: int
    value: int = 0


@dataclass(frozen=True, slots=True)
class Switch:
    """Turn something beside the camera on or off, as a wiper (number 1)."""

    number: int
    on: bool


Order = Turn | Lens | PresetOrder | Cruise | Scan | Switch
STOP = Turn()


@dataclass(frozen=True, slots=True)
class Command:
    """An order and the address it is for, 0 to 4095."""

    order: Order
    address: int = 1


def encode(command: Command) -> str:
    """The sixteen digits of a command.

    Raises
    ------
    BadInput
        A number is beyond what its field holds.
    """
    _fits("address", command.address, 0, 0xFFF)
    code, one, two, three = _coded(command.order)
    head = (START, HEAD, command.address & 0xFF, code, one, two, three << 4 | command.address >> 8)
    return bytes((*head, sum(head) & 0xFF)).hex().upper()


def decode(text: str) -> Command:
    """The command of sixteen digits.

    Raises
    ------
    BadInput
        They are no command, their sum is wrong, or they tell a camera to go both ways at once.
    """
    if not re.fullmatch(r"[0-9A-Fa-f]{16}", text):
        raise _bad(text, "is not sixteen hexadecimal digits.")
    parts = bytes.fromhex(text)
    if parts[0] != START or parts[1] & 0x0F != (0xA + 0x5 + (parts[1] >> 4)) & 0x0F:
        raise _bad(text, "does not begin as a command does.")
    if sum(parts[:7]) & 0xFF != parts[7]:
        raise _bad(text, "has a wrong check sum.")
    order = _order(text, parts[3], (parts[4], parts[5], parts[6] >> 4))
    return Command(order, (parts[6] & 0x0F) << 8 | parts[2])


def _coded(order: Order) -> tuple[int, int, int, int]:
    """Instruction and the three data of an order."""
    if isinstance(order, Turn):
        ways = ((order.pan, RIGHT, LEFT, 255), (order.tilt, UP, DOWN, 255), (order.zoom, ZOOM_IN, ZOOM_OUT, 15))
        return (_bits(ways), abs(order.pan), abs(order.tilt), abs(order.zoom))
    if isinstance(order, Lens):
        both = ((order.focus, FOCUS_FAR, FOCUS_NEAR, 255), (order.iris, IRIS_OPEN, IRIS_CLOSE, 255))
        return (LENS | _bits(both), abs(order.focus), abs(order.iris), 0)
    if isinstance(order, PresetOrder):
        _fits("preset", order.number, 1, 255)
        return (next(code for code, deed in _PRESET.items() if deed == order.deed), 0, order.number, 0)
    if isinstance(order, Switch):
        _fits("switch", order.number, 0, 255)
        return (_ON if order.on else _OFF, order.number, 0, 0)
    return _coded_group(order)


def _coded_group(order: Cruise | Scan) -> tuple[int, int, int, int]:
    _fits("group", order.group, 0, 255)
    wide = order.deed in _WIDE
    _fits("value", order.value, 0, 0xFFF if wide else 255)
    if isinstance(order, Cruise):
        code = next(code for code, deed in _CRUISE.items() if deed == order.deed)
    elif wide:
        code = _SCAN_SPEED
    else:
        return (_SCAN, order.group, next(data for data, deed in _BORDER.items() if deed == order.deed), 0)
    return (code, order.group, order.value & 0xFF, order.value >> 8)


def _bits(ways: tuple[tuple[int, int, int, int], ...]) -> int:
    """The bits of directions, each given as (signed speed, bit ahead, bit back, highest speed)."""
    found = 0
    for speed, ahead, back, most in ways:
        _fits("speed", speed, -most, most)
        found |= ahead if speed > 0 else back if speed < 0 else 0
    return found


def _order(text: str, code: int, data: tuple[int, int, int]) -> Order:
    one, two, three = data
    if code < LENS:
        pan, tilt = _speed(text, code, RIGHT, LEFT, one), _speed(text, code, UP, DOWN, two)
        return Turn(pan, tilt, _speed(text, code, ZOOM_IN, ZOOM_OUT, three))
    if code & 0xF0 == LENS:
        return Lens(_speed(text, code, FOCUS_FAR, FOCUS_NEAR, one), _speed(text, code, IRIS_OPEN, IRIS_CLOSE, two))
    if code in _PRESET and two:
        return PresetOrder(_PRESET[code], two)
    if code in _CRUISE:
        deed = _CRUISE[code]
        return Cruise(deed, one, two | three << 8 if deed in _WIDE else 0 if deed == "start" else two)
    if code == _SCAN and two in _BORDER:
        return Scan(_BORDER[two], one)
    if code == _SCAN_SPEED:
        return Scan("speed", one, two | three << 8)
    if code in (_ON, _OFF):
        return Switch(one, code == _ON)
    raise _bad(text, "holds no order of the standard.")


def _speed(text: str, code: int, ahead: int, back: int, speed: int) -> int:
    if code & ahead and code & back:
        raise _bad(text, "tells it to go both ways at once.")
    return speed if code & ahead else -speed if code & back else 0


def _fits(field: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        detail, remedy = "does not fit into a PTZCmd.", f"Give {least} to {most}."
        raise BadInput(field=field, value=value, detail=detail, remedy=remedy)


def _bad(text: str, detail: str) -> BadInput:
    remedy = "Give a PTZCmd as annex A.3 of GB/T 28181 writes it."
    return BadInput(field="PTZCmd", value=text[:40], detail=detail, remedy=remedy)
