"""What every record has in common, whatever its kind.

Values only: no storage, no clock. Times are aware and UTC; places are WGS 84 degrees with ellipsoidal
heights in metres.
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

ID_PATTERN = re.compile(r"[^\s/?#%\\\x00-\x1f]{1,128}")


def _usable_id(value: str) -> str:
    if not ID_PATTERN.fullmatch(value):
        raise ValueError("an id has 1 to 128 characters, without spaces, slashes, ?, #, % or backslash")
    return value


RecordId = Annotated[str, AfterValidator(_usable_id)]
"""An id that can stand in an address without being escaped."""

Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Latitude = Annotated[float, Field(gt=-90, lt=90, allow_inf_nan=False)]
"""The poles are no places of a city: headings have no meaning there."""

Metres = Annotated[float, Field(ge=-1_000, le=12_000, allow_inf_nan=False)]
"""A height that something on the earth can have."""

Moment = Annotated[AwareDatetime, Field(ge=datetime(1970, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC))]
"""A time at which something can have happened here, in whatever time zone it is told."""


class Record(BaseModel):
    """One thing that lies over the city.

    Attributes
    ----------
    id : unique within its kind
    kind : name in the catalogue, singular
    version : counts the changes of this record, from 1; the store raises it
    valid_from, valid_to : when it is or was true; None = open
    lon, lat : degrees, WGS 84
    height_m : ellipsoidal height, None = on the ground
    area : code of the smallest area it lies in, or ""
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: RecordId
    kind: str
    version: int = Field(default=1, ge=1)
    valid_from: AwareDatetime | None = None
    valid_to: AwareDatetime | None = None
    lon: Longitude
    lat: Latitude
    height_m: Metres | None = None
    area: str = ""

    @property
    def geometry(self) -> dict[str, Any]:
        """As GeoJSON: the place, with its height where it has one."""
        place = [self.lon, self.lat] + ([self.height_m] if self.height_m is not None else [])
        return {"type": "Point", "coordinates": place}
