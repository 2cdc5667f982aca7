"""The video track in a camera's description (SDP, RFC 8866), with its parameter sets (RFC 6184 §8.1, RFC 7798 §7.1)."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from geoserver.streams.model import Codec, SourceLost

CODECS: Final[dict[str, Codec]] = {"H264": "h264", "H265": "hevc"}


@dataclass(frozen=True)
class Track:
    """A video track; ``codec`` is None where we know none for ``encoding``, its name in the description."""

    codec: Codec | None
    encoding: str
    payload: int = 96
    sets: Sequence[bytes] = ()
    control: str = field(default="", repr=False)
    aggregate: str = field(default="", repr=False)


def video_track(body: bytes, base: str) -> Track:
    """The first video track of a description; ``base`` is the URL that control names are relative to.

    Raises
    ------
    SourceLost
        ``no-video``
    """
    session, *media = _sections(body.decode("utf-8", "replace"))
    section = next((one for one in media if one[0].startswith("m=video ")), None)
    if section is None:
        raise SourceLost("no-video")
    payload = _number(section[0].split(" ")[-1] if len(section[0].split(" ")) < 4 else section[0].split(" ")[3])
    attributes = [line[2:].partition(":") for line in section if line.startswith("a=")]
    named = {name: value for name, _, value in reversed(attributes) if name == "control"}
    maps = [value.split(None, 1) for name, _, value in attributes if name == "rtpmap"]
    encoding = next((rest[0].split("/")[0] for number, *rest in maps if rest and _number(number) == payload), "")
    formats = [value.split(None, 1) for name, _, value in attributes if name == "fmtp"]
    values = next((rest[0] for number, *rest in formats if rest and _number(number) == payload), "")
    whole = next((line.partition(":")[2] for line in session if line.startswith("a=control:")), "*")
    return Track(
        CODECS.get(encoding.upper()),
        encoding or str(payload),
        payload,
        _sets(values),
        _joined(base, named.get("control", "*").strip()),
        _joined(base, whole.strip()),
    )


def _sections(text: str) -> list[list[str]]:
    """Lines of the session, then of each medium."""
    sections: list[list[str]] = [[]]
    for line in text.replace("\r", "").split("\n"):
        if line.startswith("m="):
            sections.append([])
        sections[-1].append(line)
    return sections


def _sets(parameters: str) -> Sequence[bytes]:
    """Parameter sets that a format line carries, in Base64."""
    found = []
    for one in parameters.split(";"):
        name, _, value = one.strip().partition("=")
        if name.lower() in ("sprop-parameter-sets", "sprop-vps", "sprop-sps", "sprop-pps"):
            found += value.split(",")
    sets = []
    for text in found:
        try:
            sets.append(base64.b64decode(text + "=" * (-len(text) % 4)))
        except (binascii.Error, ValueError):
            continue  # they come in the stream too
    return [one for one in sets if one]


def _number(text: str) -> int:
    return int(text) if text.isdigit() else -1


def _joined(base: str, control: str) -> str:
    """A control name as a URL (RFC 2326 §C.1.1). It is said on our connection, and never connected to."""
    clean = "".join(letter for letter in control if letter.isprintable() and letter != " ")
    if clean in ("", "*"):
        return base
    if clean.lower().startswith(("rtsp://", "rtsps://")):
        return clean
    return base + ("" if base.endswith("/") else "/") + clean
