"""Pictures out of RTP packets: RFC 3550 for the header, RFC 6184 for H.264, RFC 7798 for H.265."""

import struct
from collections.abc import Iterable

from geoserver.streams.coded import Sorter, kind
from geoserver.streams.model import Codec, Unit

_HEADER = struct.Struct("!BBHII")
_LENGTH = struct.Struct("!H")
LARGEST = 8 << 20
"""Bytes of a picture; what goes on for longer is no picture."""


class Depacketiser:
    """Takes the packets of one stream in their order; gives units whose every packet arrived."""

    def __init__(self, codec: Codec, payload: int, sets: Iterable[bytes] = ()) -> None:
        self._payload = payload
        self._sorter = Sorter(codec, sets)
        self._h264 = codec == "h264"
        self._nals: list[bytes] = []
        self._part = bytearray()
        self._next: int | None = None
        self._ticks: int | None = None
        self._given: int | None = None
        self._long = 0
        self._marked = True
        self._whole = False
        self._broken = False

    def take(self, packet: bytes) -> list[Unit]:
        """The units that end with a packet: none mostly, and at most two. What is no RTP of this stream is skipped."""
        if len(packet) < 13 or packet[0] >> 6 != 2 or packet[1] & 0x7F != self._payload:
            return []
        first, second, number, ticks, _ = _HEADER.unpack_from(packet)
        body = _body(packet, first)
        units = []
        if self._next is not None and number != self._next:
            self._damage()
        self._next = (number + 1) & 0xFFFF
        if self._ticks is not None and ticks != self._ticks & 0xFFFFFFFF:
            units = self._end()
        elif self._given is not None and self._ticks == self._given and self._marked:
            self._marked = False  # this camera marks the end of slices; its pictures end with the next one's time
        self._ticks = _unwrapped(self._ticks, ticks)
        self._add(body)
        if second & 0x80 and self._marked:
            units += self._end()
        return units

    def _end(self) -> list[Unit]:
        """The unit of what came since the last one; sets that came alone are kept for the next."""
        nals, broken = self._nals, self._broken
        self._nals, self._broken, self._long = [], False, 0
        self._part.clear()
        if not nals or broken or self._ticks is None:
            return []
        unit = self._sorter.unit(nals, self._ticks)
        if unit is None:
            return []
        self._given = self._ticks
        if unit.key:
            self._whole = True
        return [unit] if self._whole else []

    def _damage(self) -> None:
        """Something is missing: nothing is worth decoding until the next key picture."""
        self._nals.clear()
        self._part.clear()
        self._whole, self._broken = False, True

    def _add(self, body: bytes) -> None:
        self._long += len(body)
        if not body or self._long > LARGEST:
            self._damage()
            return
        type_ = kind("h264" if self._h264 else "hevc", body)
        if self._h264:
            self._add_h264(type_, body)
        else:
            self._add_hevc(type_, body)

    def _add_h264(self, type_: int, body: bytes) -> None:
        if type_ == 28 and len(body) > 2:
            self._fragment(body[1], bytes([body[0] & 0xE0 | body[1] & 0x1F]), body[2:])
        elif type_ == 24:
            self._aggregate(body[1:])
        elif 1 <= type_ <= 23:
            self._nals.append(body)

    def _add_hevc(self, type_: int, body: bytes) -> None:
        if type_ == 49 and len(body) > 3:
            self._fragment(body[2], bytes([body[0] & 0x81 | (body[2] & 0x3F) << 1, body[1]]), body[3:])
        elif type_ == 48:
            self._aggregate(body[2:])
        elif 0 <= type_ < 48:
            self._nals.append(body)

    def _fragment(self, flags: int, head: bytes, body: bytes) -> None:
        """A part of a NAL unit; a part without the first one is dropped."""
        if flags & 0x80:
            self._part[:] = head
        elif not self._part:
            return
        self._part += body
        if flags & 0x40:
            self._nals.append(bytes(self._part))
            self._part.clear()

    def _aggregate(self, body: bytes) -> None:
        """Several NAL units in one packet, each with its length before it."""
        at = 0
        while at + 2 < len(body):
            length = _LENGTH.unpack_from(body, at)[0]
            self._nals.append(body[at + 2 : at + 2 + length])
            at += 2 + length


def _body(packet: bytes, first: int) -> bytes:
    """The payload, without sources, extension and padding; empty where they leave nothing."""
    start = 12 + 4 * (first & 15)
    if first & 0x10 and len(packet) >= start + 4:
        start += 4 + 4 * _LENGTH.unpack_from(packet, start + 2)[0]
    end = len(packet) - (packet[-1] if first & 0x20 else 0)
    return packet[start:end]


def _unwrapped(before: int | None, ticks: int) -> int:
    """A 32-bit time as one that goes on beyond 32 bits."""
    if before is None:
        return ticks
    step = (ticks - before) & 0xFFFFFFFF
    return before + (step if step < 1 << 31 else step - (1 << 32))
