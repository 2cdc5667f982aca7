"""The crossing record: a moving thing came into a zone, or left it. Values only."""

from typing import Literal

from pydantic import Field

from layers.record import Moment, Record, RecordId

Way = Literal["enter", "leave"]


class Crossing(Record):
    """One crossing of a geofence; it happened, and is never changed.

    Attributes
    ----------
    zone, name : id of the zone, and what it was called then
    mover_kind, mover : what crossed, as its positions name it
    way : into the zone, or out of it
    at : when it was first heard of on the other side
    lon, lat : where it was then; ``area`` is that of the zone
    """

    kind: Literal["crossing"] = "crossing"
    zone: RecordId
    name: str = Field(default="", max_length=200)
    mover_kind: str = Field(min_length=1, max_length=40)
    mover: RecordId
    way: Way
    at: Moment
