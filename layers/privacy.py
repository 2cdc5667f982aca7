"""Privacy volumes: upright prisms (a window, a courtyard) that no camera may show unmasked. Values only."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

import shapely
from pydantic import Field, model_validator

from layers.record import Latitude, Longitude, Metres, Record

Corner = tuple[Longitude, Latitude]
Ring = Annotated[tuple[Corner, ...], Field(min_length=4, max_length=2_000)]
HIGHEST_M = 1_000.0
"""No volume is taller than this."""


class PrivacyVolume(Record):
    """A polygon between two heights.

    Attributes
    ----------
    rings : corners in degrees, WGS 84, the first repeated at the end; the outline, then its holes
    base_m, top_m : ellipsoidal heights of floor and ceiling
    name : what it is, as people call it
    reason : why it is kept private
    lon, lat, height_m : a place inside it, found from the rings and the floor
    """

    kind: Literal["privacy-volume"] = "privacy-volume"
    name: str = Field(default="", max_length=200)
    reason: str = Field(default="", max_length=2_000)
    rings: Annotated[tuple[Ring, ...], Field(min_length=1, max_length=100)]
    base_m: Metres
    top_m: Metres

    @model_validator(mode="before")
    @classmethod
    def _find_place(cls, data: Any) -> Any:
        """The place follows from the rings, whatever was given for it."""
        if not isinstance(data, Mapping):
            return data
        try:
            inside = shapely.Polygon(data["rings"][0], data["rings"][1:]).representative_point()
            place = {"lon": inside.x, "lat": inside.y, "height_m": data["base_m"]}
        except (KeyError, IndexError, TypeError, ValueError, AttributeError, shapely.errors.ShapelyError):
            place = {"lon": 0.0, "lat": 0.0, "height_m": None}  # the rings are refused below, with the reason
        return {**data, **place}

    @model_validator(mode="after")
    def _is_a_volume(self) -> Self:
        if any(ring[0] != ring[-1] for ring in self.rings):
            raise ValueError("a ring does not end where it begins")
        shape = shapely.Polygon(self.rings[0], self.rings[1:])
        if not shape.is_valid or shape.area == 0:
            raise ValueError(f"the rings are no polygon ({shapely.is_valid_reason(shape)})")
        if not 0 < self.top_m - self.base_m <= HIGHEST_M:
            raise ValueError(f"top lies no more than {HIGHEST_M:g} m above base, and above it")
        return self

    @property
    def geometry(self) -> dict[str, Any]:
        """The floor as a GeoJSON polygon."""
        return {
            "type": "Polygon",
            "coordinates": [[[lon, lat, self.base_m] for lon, lat in ring] for ring in self.rings],
        }
