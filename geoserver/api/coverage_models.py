"""What the server answers about the coverage of the whole city, and about what one camera sees by name.

Areas are square metres, lengths metres, shares parts of 1. Classes are those of the ladder that is named.
"""

from typing import Annotated, Literal

from pydantic import Field

from geoserver.api.models import Answer, Geometry

Ladder = Literal["2014", "2025"]
Zone = Literal["ground", "built", "road"]


class CoverageProgress(Answer):
    """What the worker is at."""

    state: str = Field(description="waiting, busy, cells, footprints, counts, ready")
    text: str
    done: int
    total: int


class Swatch(Answer):
    """One colour of a layer and what it means."""

    value: int
    colour: str
    label: str
    class_: str | None = Field(alias="class")
    from_: float | None = Field(alias="from", description="fewest cameras, or px/m")
    to: float | None
    tiers: list[int] | None


class LeftOut(Answer):
    """Cameras that are not counted, and why."""

    reason: str
    text: str
    count: int


class Counted(Answer):
    """Cameras that are counted."""

    included: int
    faulty: int = Field(description="of those, reported faulty")
    left_out: list[LeftOut]


class CoverageFigures(Answer):
    """Figures of some ground at the least class asked for."""

    area_m2: float
    covered_m2: float
    covered_share: float | None
    blind_m2: float
    single_m2: float = Field(description="seen by exactly one camera: a single point of failure")
    mean_cameras: float | None
    tiers_m2: dict[str, float] = Field(description="covered by cameras of each tier")
    classes_m2: dict[str, float] = Field(description="by the best class that any camera reaches there")


class CityCoverage(Answer):
    """State, figures and legend of the coverage of the city; null where nothing was worked out yet."""

    current: bool = Field(description="whether the figures are of the records as they are now")
    progress: CoverageProgress
    ladder: Ladder
    min_class: str
    legend: dict[str, list[Swatch]]
    version: str | None
    city_version: str | None
    cell_m: float | None
    cameras: Counted | None
    figures: dict[Zone, CoverageFigures] | None = Field(description="all ground, built-up ground, roads")
    bytes: dict[str, int] | None


class Stated(Answer):
    """What every table says of what it counts."""

    ladder: Ladder
    min_class: str
    version: str
    city_version: str
    cell_m: float
    included: int
    left_out: int


class AreaCoverage(Answer):
    """Figures of one area."""

    code: str
    name: str
    name_en: str
    level: str
    parent: str
    ground: CoverageFigures
    built: CoverageFigures
    road: CoverageFigures


class AreasCoverage(Stated):
    """Figures by area."""

    level: str
    areas: list[AreaCoverage]


class RoadCoverage(CoverageFigures):
    """Figures of one road, all pieces of one name together."""

    id: str
    name: str
    name_en: str
    class_: str = Field(alias="class")
    length_m: float
    covered_m: float
    single_m: float
    blind_m: float


class RoadsCoverage(Stated):
    """Figures by road, those with most blind length first."""

    count: int
    roads: list[RoadCoverage]


class BlindProperties(Answer):
    """One blind spot."""

    area_m2: float
    lon: float
    lat: float
    area: str
    area_name: str
    road: str | None
    road_name: str
    road_m: float | None = Field(description="how far away the nearest road is")


class BlindFeature(Answer):
    """A patch of built-up ground that no camera sees."""

    type: Literal["Feature"]
    id: int
    geometry: Geometry
    properties: BlindProperties


class BlindSpots(Stated):
    """Blind spots as GeoJSON, the largest first."""

    type: Literal["FeatureCollection"]
    count: int = Field(description="of all spots that are large enough, also those not listed")
    area_m2: float
    features: list[BlindFeature]


class HexagonProperties(Answer):
    """Built-up ground in one H3 cell."""

    h3: str
    area_m2: float
    covered_m2: float
    covered_share: float
    blind_m2: float
    single_m2: float
    mean_cameras: float


class HexagonFeature(Answer):
    """One H3 cell."""

    type: Literal["Feature"]
    id: str
    geometry: Geometry
    properties: HexagonProperties


class Hexagons(Stated):
    """H3 cells as GeoJSON."""

    type: Literal["FeatureCollection"]
    resolution: int
    features: list[HexagonFeature]


class BuildingCoverage(Answer):
    """Facades of one building."""

    building: str
    state: Literal["seen", "single", "blind"]
    length_share: float
    area_share: float
    class_: str | None = Field(alias="class")
    cameras: int = Field(description="most on any one piece of its walls")


class BuildingsCoverage(Stated):
    """Facades by building."""

    counts: dict[str, int]
    buildings: list[BuildingCoverage]


class SeenThing(Answer):
    """Something with a name that a camera sees."""

    id: str
    kind: str
    name: str
    name_en: str
    lon: float
    lat: float
    height: float | None
    distance_m: float
    density_px_m: float | None
    class_: str | None = Field(alias="class")
    length_m: float | None = Field(description="of a street or of walls, seen")
    area_m2: float | None


class Neighbour(Answer):
    """Another camera that sees the same ground."""

    camera: str
    name: str
    name_en: str
    tier: int
    shared_m2: float
    share: Annotated[float, Field(description="of the ground that the first one sees")]
    distance_m: float
    class_: str | None = Field(alias="class", description="the best that the other one reaches on it")


class Sees(Answer):
    """What one camera sees, by name; the closest look first."""

    camera: str
    ladder: Ladder
    city_version: str
    area_m2: float
    streets: list[SeenThing]
    buildings: list[SeenThing]
    places: list[SeenThing]
    areas: list[SeenThing]
    neighbours: list[Neighbour] | None = Field(description="null while the city's coverage is being worked out")
