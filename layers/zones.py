"""Zones: polygons that people draw, some of them geofences whose crossing is told. Values only."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

import shapely
from pydantic import Field, model_validator

from layers.privacy import Ring
from layers.record import Record

Watch = Literal["none", "enter", "leave", "both"]
"""Which crossings of a zone are told; none: it is no geofence."""
SMALLEST_DEG2 = 1e-14
"""About a square decimetre; anything less is a slip of the hand."""


class Zone(Record):
    """A polygon.

    Attributes
    ----------
    rings : corners in degrees, WGS 84, the first repeated at the end; the outline, then its holes
    purpose : what it is for, as people say it
    watch : which crossings are told
    lon, lat : a place inside it, found from the rings
    """

    kind: Literal["zone"] = "zone"
    name: str = Field(min_length=1, max_length=200)
    purpose: str = Field(default="", max_length=2_000)
    watch: Watch = "none"
    rings: Annotated[tuple[Ring, ...], Field(min_length=1, max_length=100)]

    @model_validator(mode="before")
    @classmethod
    def _find_place(cls, data: Any) -> Any:
        """The place follows from the rings, whatever was given for it."""
        if not isinstance(data, Mapping):
            return data
        try:
            inside = shapely.Polygon(data["rings"][0], data["rings"][1:]).representative_point()
            place = {"lon": inside.x, "lat": inside.y, "height_m": None}
        except (KeyError, IndexError, TypeError, ValueError, AttributeError, shapely.errors.ShapelyError):
            place = {"lon": 0.0, "lat": 0.0, "height_m": None}  # the rings are refused below, with the reason
        return {**data, **place}

    @model_validator(mode="after")
    def _is_an_area(self) -> Self:
        if any(ring[0] != ring[-1] for ring in self.rings):
            raise ValueError("a ring does not end where it begins")
        shape = shapely.Polygon(self.rings[0], self.rings[1:])
        if not shape.is_valid or shape.area < SMALLEST_DEG2:
            raise ValueError(f"the rings are no polygon ({shapely.is_valid_reason(shape)})")
        return self

    @property
    def geofence(self) -> bool:
        """Whether its crossing is told."""
        return self.watch != "none"

    @property
    def geometry(self) -> dict[str, Any]:
        """As a GeoJSON polygon on the ground."""
        return {"type": "Polygon", "coordinates": [[[lon, lat] for lon, lat in ring] for ring in self.rings]}

    def holds(self, lon: float, lat: float) -> bool:
        """Whether a place lies in the zone, its border included."""
        return bool(shapely.intersects_xy(shapely.Polygon(self.rings[0], self.rings[1:]), lon, lat))
