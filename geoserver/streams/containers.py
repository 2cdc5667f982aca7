"""Pictures out of containers that libav reads: MP4, MPEG-TS, FLV, Matroska and bare streams."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import av
from av.bitstream import BitStreamFilterContext
from av.container import InputContainer

from geoserver.streams.coded import Sorter, split
from geoserver.streams.model import TICKS_S, Codec, SourceLost, Unit, Unplayable

FORMATS: Final = "mov,mp4,mpegts,flv,matroska,h264,hevc,mpjpeg,mjpeg"
"""What may come; playlists and descriptions, which name further addresses, are not among them."""
CLOSED: Final = {"protocol_whitelist": "none", "format_whitelist": FORMATS, "enable_drefs": "0"}
"""Nothing but what is handed in is opened, whatever its content says."""
LIVE: Final = {"probesize": "500000", "analyzeduration": "1000000"}
FILTERS: Final[dict[str, tuple[Codec, str]]] = {
    "h264": ("h264", "h264_mp4toannexb"),
    "hevc": ("hevc", "hevc_mp4toannexb"),
}


def stream_units(file: Any) -> Iterator[Unit | Unplayable]:
    """Pictures of a live stream that a file-like object reads.

    Raises
    ------
    SourceLost
        And whatever reading raises.
    """
    yield from _units(file, CLOSED | LIVE)


def file_units(path: Path) -> Iterator[Unit | Unplayable]:
    """Pictures of a local file.

    Raises
    ------
    SourceLost
        ``not-found``, ``no-video``, ``not-readable``
    """
    try:
        opened = path.open("rb")
    except OSError:
        raise SourceLost("not-found") from None
    with opened:
        yield from _units(opened, CLOSED)


def _units(file: Any, options: dict[str, str]) -> Iterator[Unit | Unplayable]:
    try:
        with av.open(file, "r", options=options) as container:
            yield from _read(container)
    except (av.FFmpegError, ValueError):
        raise SourceLost("not-readable") from None


def _read(container: InputContainer) -> Iterator[Unit | Unplayable]:
    if not container.streams.video:
        raise SourceLost("no-video")
    stream = container.streams.video[0]
    context = stream.codec_context
    if context.name not in FILTERS:
        yield Unplayable(context.name, context.width, context.height)
        return
    codec, name = FILTERS[context.name]
    extra = context.extradata or b""
    sorter = Sorter(codec, split(extra) if extra[:3] in (b"\0\0\0", b"\0\0\1") else ())
    bytes_of = BitStreamFilterContext(name, stream)
    scale = (stream.time_base or 0) * TICKS_S
    for packet in container.demux(stream):
        if packet.dts is None or not packet.size or packet.is_corrupt:
            continue
        dts = int(packet.dts * scale)
        pts = dts if packet.pts is None else int(packet.pts * scale)
        for plain in bytes_of.filter(packet):
            unit = sorter.unit(split(bytes(plain)), pts, dts)
            if unit is not None:
                yield unit
