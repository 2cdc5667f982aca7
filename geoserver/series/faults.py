"""What can go wrong with a series."""

from geoserver.faults import ServerError


class SeriesUnusable(ServerError):
    """Files or tables of a series cannot be read or written; what was acknowledged before is still there."""

    code = "series-unusable"
    text = "{file} {detail} See that the disk has room and can be written to; the server goes on by itself then."
