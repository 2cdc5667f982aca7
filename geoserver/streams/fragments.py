"""Fragmented MP4 (ISO/IEC 14496-12, 14496-14) of coded pictures, one fragment a picture, without encoding anew."""

import io
from collections.abc import Sequence
from contextlib import suppress
from fractions import Fraction
from typing import Final

import av
from av.container import OutputContainer
from av.video.stream import VideoStream

from geoserver.streams.coded import codec_string, joined
from geoserver.streams.model import PLAYED, TICKS_S, Fragment, Init, Unit, Unplayable
from geoserver.streams.timeline import Timeline

OPTIONS: Final = {
    "movflags": "empty_moov+default_base_moof+frag_every_frame+skip_trailer+frag_discont",
    "flush_packets": "1",
    "video_track_timescale": str(TICKS_S),
    # Times stay as they are given: a stream that was lost goes on where the clock is by then.
    "avoid_negative_ts": "disabled",
}


class _Sink:
    """Collects what libav writes."""

    def __init__(self) -> None:
        self.data = bytearray()

    def write(self, data: bytes) -> int:
        self.data += data
        return len(data)

    def take(self) -> bytes:
        taken = bytes(self.data)
        self.data.clear()
        return taken


class Fragmenter:
    """Makes fragments of one stream's units. A fragment is given when the next picture comes, so that its duration
    is known.

    Before the first key picture nothing is given; new parameter sets begin with a new ``Init``.
    """

    def __init__(self) -> None:
        self._timeline = Timeline()
        self._sink = _Sink()
        self._out: OutputContainer | None = None
        self._track: VideoStream | None = None
        self._sets: Sequence[bytes] = ()
        self._before: tuple[bool, int, float] | None = None
        self._inits = self._fragments = 0

    def add(self, unit: Unit, at_s: float) -> list[Init | Fragment | Unplayable]:
        """What a unit completes; ``at_s`` is when it came in (Unix time). A picture that libav refuses is left out."""
        made: list[Init | Fragment | Unplayable] = []
        if unit.key and (self._out is None or tuple(unit.sets) != tuple(self._sets)):
            self.close()
            try:
                made += self._begin(unit)
            except (av.FFmpegError, ValueError, IndexError):
                return []
        if self._out is None or self._track is None:
            return []
        dts, pts = self._timeline.place(unit, at_s)
        packet = av.Packet(joined(unit.nals))
        packet.stream = self._track
        packet.time_base = Fraction(1, TICKS_S)
        packet.dts, packet.pts, packet.is_keyframe = dts, pts, unit.key
        try:
            self._out.mux_one(packet)
        except (av.FFmpegError, ValueError):
            self._sink.take()
            self.cut()
            return made
        made += self._completed(dts, unit.key)
        self._before = unit.key, dts, at_s
        return made

    def cut(self) -> None:
        """The source broke off: what comes next begins with a key picture and a new ``Init``."""
        self.close()
        self._sets = ()
        self._timeline.cut()

    def close(self) -> None:
        """Give up what is being written."""
        out, self._out, self._track, self._before = self._out, None, None, None
        if out is not None:
            with suppress(av.FFmpegError, ValueError):
                out.close()
        self._sink.take()

    def _begin(self, unit: Unit) -> list[Init | Fragment | Unplayable]:
        """The head for a key picture's parameter sets: read by libav from the picture itself.

        Raises
        ------
        FFmpegError, ValueError, IndexError
            The sets or the picture cannot be read.
        """
        bare = io.BytesIO(joined([*unit.sets, *unit.nals]))
        name = codec_string(unit.codec, unit.sets)
        with av.open(bare, "r", format=unit.codec) as seen:
            template = seen.streams.video[0]
            width, height = template.codec_context.width, template.codec_context.height
            out = av.open(self._sink, "w", format="mp4", options=OPTIONS)
            track = out.add_stream_from_template(template)
            if unit.codec == "hevc":
                track.codec_context.codec_tag = "hvc1"
            track.time_base = Fraction(1, TICKS_S)
            out.start_encoding()
        if not width or not height:
            raise ValueError("no size")
        self._out, self._track, self._sets = out, track, unit.sets
        self._inits += 1
        head = Init(name, width, height, self._sink.take(), self._inits)
        return [head] if unit.codec in PLAYED else [Unplayable(name, width, height, decodable=True), head]

    def _completed(self, dts: int, last: bool) -> list[Fragment]:
        data = self._sink.take()
        if not data or self._before is None:
            return []
        self._fragments += 1
        key, began, at_s = self._before
        return [Fragment(data, key, self._fragments, began, dts - began, at_s, last)]
