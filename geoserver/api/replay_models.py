"""What is answered about the past."""

from typing import Any, Literal

from pydantic import Field

from geoserver.api.models import Answer


class KnownFrom(Answer):
    """From when on the past is known."""

    complete: bool = Field(description="nothing of the records of this time has been forgotten")
    records_from: str | None = Field(description="from when on records are complete; null: nothing was ever written")
    positions_from: str | None = Field(description="the first day of which fixes are kept; null: there are none")


class PastPositions(Answer):
    """Where vehicles were, as columns of ``count``."""

    count: int
    id: list[str]
    time_ms: list[int] = Field(description="when each was last heard of, ms since 1970-01-01 UTC")
    lon: list[float]
    lat: list[float]
    height_m: list[float | None]
    heading_deg: list[float | None]
    speed_m_s: list[float | None]
    state: list[Literal["moving", "standing", "silent"]]


class SituationAt(KnownFrom):
    """The situation at a moment."""

    time: str
    seq: int = Field(description="the journal's last row then; changes go on from here")
    records: dict[str, list[dict[str, Any]]] = Field(description="by collection, GeoJSON features as they were")
    positions: PastPositions | None = Field(default=None, description="null where they may not be told to the caller")
    conditions: list[tuple[str, bool | None, list[str]]] | None = Field(
        default=None, description="camera, whether it was online (null: not known), faults of its picture"
    )
    unknown: int = Field(description="records of which is not known any more how they were")


class ChangeThen(Answer):
    """A change of a record, as the live feed told it."""

    time_ms: float
    change: dict[str, Any]


class ChangesThen(Answer):
    """Changes in the order in which they came about."""

    seq: int = Field(description="the row of the journal up to which this goes")
    next: int | None = Field(description="ask on with after=; null: this is all")
    changes: list[ChangeThen]
