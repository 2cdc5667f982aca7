"""Coded pictures of H.264 and H.265 (ITU-T H.264 §7, H.265 §7): NAL units, parameter sets, names of codecs."""

from collections.abc import Iterable, Sequence

from geoserver.streams.model import Codec, Unit

START = b"\x00\x00\x00\x01"
H264_SETS, HEVC_SETS = {7: 0, 8: 1}, {32: 0, 33: 1, 34: 2}
"""Types of parameter sets, in the order in which they are sent."""
H264_DROPPED, HEVC_DROPPED = frozenset({9, 10, 11, 12}), frozenset({35, 36, 37, 38})
"""Delimiters, ends and filling: nothing of the picture."""


def split(annex_b: bytes) -> list[bytes]:
    """NAL units of a byte stream (annex B), without start codes."""
    return [nal for part in annex_b.split(b"\x00\x00\x01")[1:] if (nal := part.rstrip(b"\x00"))]


def joined(nals: Iterable[bytes]) -> bytes:
    """NAL units as a byte stream (annex B)."""
    return b"".join(START + nal for nal in nals)


def kind(codec: Codec, nal: bytes) -> int:
    """The type of a NAL unit, -1 of one too short to have any."""
    if codec == "h264":
        return nal[0] & 0x1F if nal else -1
    return (nal[0] >> 1) & 0x3F if len(nal) > 1 else -1


class Sorter:
    """Makes units of NAL units, and keeps the parameter sets in force."""

    def __init__(self, codec: Codec, sets: Iterable[bytes] = ()) -> None:
        self.codec: Codec = codec
        self._order, self._dropped = (H264_SETS, H264_DROPPED) if codec == "h264" else (HEVC_SETS, HEVC_DROPPED)
        self._sets: dict[tuple[int, int], bytes] = {}
        for nal in sets:
            self._keep(nal)

    def unit(self, nals: Sequence[bytes], pts: int, dts: int | None = None) -> Unit | None:
        """The picture in NAL units that came together; None where there is none, or it cannot be decoded yet."""
        picture = []
        key = False
        for nal in nals:
            type_ = kind(self.codec, nal)
            if type_ in self._order:
                self._keep(nal)
            elif type_ >= 0 and type_ not in self._dropped:
                picture.append(nal)
                key = key or self._is_key(type_)
        sets = self._in_force() if key else ()
        if not any(self._is_slice(kind(self.codec, nal)) for nal in picture) or (key and not sets):
            return None
        return Unit(self.codec, picture, sets, key, pts, dts)

    def _keep(self, nal: bytes) -> None:
        type_ = kind(self.codec, nal)
        if type_ in self._order:
            self._sets[self._order[type_], _number(self.codec, type_, nal)] = nal

    def _in_force(self) -> Sequence[bytes]:
        """All sets, or none while one kind is missing."""
        if {order for order, _ in self._sets} != set(self._order.values()):
            return ()
        return tuple(self._sets[name] for name in sorted(self._sets))

    def _is_key(self, type_: int) -> bool:
        return type_ == 5 if self.codec == "h264" else 16 <= type_ <= 21

    def _is_slice(self, type_: int) -> bool:
        return 1 <= type_ <= 5 if self.codec == "h264" else 0 <= type_ <= 31


def _number(codec: Codec, type_: int, nal: bytes) -> int:
    """Which of several sets of a kind this is: a picture set's own number, 0 where there is mostly one."""
    if codec == "h264" and type_ == 8 and len(nal) > 1:
        return _exp_golomb(nal[1:5])
    return _exp_golomb(nal[2:6]) if codec == "hevc" and type_ == 34 and len(nal) > 2 else 0


def _exp_golomb(data: bytes) -> int:
    """The unsigned Exp-Golomb number that data begins with (H.264 §9.1); 0 where there is none."""
    bits = "".join(f"{byte:08b}" for byte in data)
    zeros = len(bits) - len(bits.lstrip("0"))
    rest = bits[zeros : 2 * zeros + 1]
    return int(rest, 2) - 1 if len(rest) == zeros + 1 else 0


def codec_string(codec: Codec, sets: Sequence[bytes]) -> str:
    """The codec as RFC 6381 names it (ISO/IEC 14496-15, annex E for H.265): ``avc1.4d401f``, ``hvc1.1.6.L93.90``.

    Raises
    ------
    ValueError
        No sequence parameter set is among the sets, or it is cut off.
    """
    wanted = 7 if codec == "h264" else 33
    found = next((nal for nal in sets if kind(codec, nal) == wanted), b"").replace(b"\x00\x00\x03", b"\x00\x00")
    if len(found) < (4 if codec == "h264" else 15):
        raise ValueError("no sequence parameter set")
    if codec == "h264":
        return f"avc1.{found[1:4].hex()}"
    space, tier, profile = found[3] >> 6, found[3] >> 5 & 1, found[3] & 31
    compatible = int(f"{int.from_bytes(found[4:8]):032b}"[::-1], 2)
    constraints = ".".join(f"{byte:X}" for byte in found[8:14].rstrip(b"\x00"))
    name = f"hvc1.{'ABC'[space - 1] if space else ''}{profile}.{compatible:X}.{'HL'[1 - tier]}{found[14]}"
    return f"{name}.{constraints}" if constraints else name
