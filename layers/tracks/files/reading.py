"""A track file of whatever form is known, by what is in it."""

from dataclasses import dataclass
from datetime import datetime

from layers.tracks.files.bsm import read_bsm
from layers.tracks.files.gpx import read_gpx
from layers.tracks.files.rows import FileOfFixes, UnreadableTrack
from layers.tracks.files.wkt_points import read_points


@dataclass(frozen=True, slots=True)
class How:
    """How a file is to be read.

    Attributes
    ----------
    unit : whose fixes they are, where the file says it otherwise or not at all; "" = as the file says
    begin, speed_m_s : of a GPX file without times: when it began, and how fast it went all the way
    """

    unit: str = ""
    begin: datetime | None = None
    speed_m_s: float | None = None


def read_fixes(data: bytes, file: str, how: How) -> FileOfFixes:
    """GPX, a log of basic safety messages, or points with WKT places.

    Raises
    ------
    UnreadableTrack
        It is none of these; or one unit is named for a file of several.
    """
    found = _read(data, file, how)
    if not how.unit:
        return found
    if len(found.by_unit) > 1:
        names = ", ".join(list(found.by_unit)[:5])
        detail = f"holds tracks of {len(found.by_unit)} units ({names}…)."
        raise UnreadableTrack(file=file, detail=detail, remedy="Leave the unit out, or give a file of one.")
    return FileOfFixes(dict(zip([how.unit], found.by_unit.values(), strict=False)), found.refused)


def _read(data: bytes, file: str, how: How) -> FileOfFixes:
    first = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if first == b"<":
        return read_gpx(data, file, begin=how.begin, speed_m_s=how.speed_m_s)
    if first == b"[":
        return read_points(data, file)
    if first == b"{":
        return read_bsm(data)
    remedy = "Give GPX, a log of basic safety messages (JSON lines), or points as JSON."
    raise UnreadableTrack(file=file, detail="is no track file that is known.", remedy=remedy)
