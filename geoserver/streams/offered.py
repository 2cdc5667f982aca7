"""Which streams a camera has, by id and role, for those who may watch it. Nothing of where they are fetched."""

from dataclasses import dataclass
from typing import Literal

from geoserver.faults import NoStream
from layers.cameras.model import Camera

Role = Literal["main", "sub"]
SIMULATED: tuple[str, ...] = ("main", "sub")
"""Streams of a camera whose record names none, where pictures are rendered."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A stream that a camera has."""

    id: str
    role: Role


def streams_of(camera: Camera, *, simulated: bool) -> tuple[Offered, ...]:
    """The streams of a camera, best first: the first is its main one, the others stand in for it on small panes."""
    ids = camera.streams or (SIMULATED if simulated else ())
    return tuple(Offered(id_, "sub" if number else "main") for number, id_ in enumerate(ids))


def stream_of(camera: Camera, id_: str | None, *, simulated: bool) -> Offered:
    """One of a camera's streams; its best where none is named.

    Raises
    ------
    NoStream
    """
    known = streams_of(camera, simulated=simulated)
    found = next((one for one in known if id_ in (None, one.id)), None)
    if found is None:
        raise NoStream(camera=camera.id, stream=id_ or "-", known=", ".join(one.id for one in known) or "-")
    return found
