"""What the server answers: the shapes of the JSON, the one home of the client's types.

Longitude and latitude are degrees, heights are ellipsoidal metres, directions are degrees clockwise from
true north. Routes answer ready-made JSON for speed; a test reads every answer back with these models.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from layers.cameras.model import LensModel, Preset, PtzAim, Uncertainty
from layers.health.thresholds import ImageFault

LonLat = Annotated[list[float], Field(min_length=2, max_length=2, description="longitude, latitude")]
Point3 = Annotated[list[float], Field(min_length=3, max_length=3, description="lon, lat, height")]
Box = Annotated[list[float], Field(min_length=4, max_length=4, description="west, south, east, north")]
CameraType = Literal["fixed", "ptz"]
Tier = Literal[1, 2, 3]


class Answer(BaseModel):
    """Base of all answers: nothing beyond what is declared."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Problem(BaseModel):
    """An RFC 9457 problem document; further members carry the values of the fault."""

    model_config = ConfigDict(extra="allow")
    type: str = Field(description="stable relative URI, /problems/<code>")
    title: str
    status: int
    detail: str = Field(description="in the caller's language (Accept-Language)")


class BuildingRef(Answer):
    """A building, by its id and name."""

    id: str
    name: str


class Place(Answer):
    """A place in the city."""

    lon: float
    lat: float
    height: float


class Home(Answer):
    """The first view: where the eye stands and looks."""

    lon: float
    lat: float
    height: float
    heading: float
    pitch: float


class Assumption(Answer):
    """Something that the data did not say and the city was built with."""

    code: str
    text: str


class DensityClass(Answer):
    """One class of a pixel-density ladder; from ``px_m`` pixels per metre upwards."""

    id: str
    name: str
    px_m: float


class ZoomRange(Answer):
    """The zoom levels that the basemap has."""

    min_zoom: int
    max_zoom: int


class City(Answer):
    """What a client needs to know before it shows the city."""

    name: str
    name_en: str
    generated: bool
    version: str
    time_zone: str
    extent: Box
    center: LonLat
    home: Home
    credits: list[str]
    assumptions: list[Assumption]
    counts: dict[str, int]
    ladders: dict[str, list[DensityClass]]
    basemap: ZoomRange
    tile_version: str


class CameraSummary(Answer):
    """A camera as the map and the tree need it."""

    id: str
    name: str
    name_en: str
    lon: float
    lat: float
    height: float
    ground_height: float | None
    tier: Tier
    tier_assumed: bool
    type: CameraType
    heading: float | None
    pitch: float
    hfov: float
    reach_m: float
    owner: str
    contractor: str
    leased: bool
    district: str
    street: str
    community: str
    incomplete: list[str]
    online: bool | None = Field(description="reached when last tried; null: not known")
    faults: list[ImageFault] = Field(description="of its picture, confirmed")


class Cameras(Answer):
    """Many cameras; ``version`` changes whenever a camera does."""

    version: str
    count: int
    cameras: list[CameraSummary]


class AssumedField(Answer):
    """A fact of a camera that was not given, and what was taken instead."""

    field: str
    text: str


class Camera(CameraSummary):
    """All that is known of one camera, except the addresses of its streams."""

    mount_height: float
    image_width: int
    image_height: int
    hfov_tele: float | None
    roll: float
    purpose: str
    address: str
    status: str
    remarks: str
    streams: list[str]
    assumed: list[AssumedField]
    version: int
    lens: LensModel
    distortion: list[float]
    principal: Annotated[list[float], Field(min_length=2, max_length=2)] | None
    pan_range: float | None
    tilt_min: float
    tilt_max: float
    presets: list[Preset]
    aim: PtzAim | None
    calibration: Uncertainty | None


class Geometry(BaseModel):
    """A GeoJSON geometry."""

    type: str
    coordinates: list[Any]


class CoverageProperties(Answer):
    """What one class of a camera's coverage is."""

    surface: Literal["ground", "facade"]
    class_: str = Field(alias="class")
    name: str
    min_px_m: float
    max_px_m: float | None
    area_m2: float
    length_m: float | None = Field(description="of walls; null for ground")
    buildings: list[str] | None = Field(description="facades: the building of each polygon; null for ground")
    ladder: Literal["2014", "2025"]
    aim: str = Field(description="reach, now, or preset:NAME")
    cell_m: float
    radius_m: float
    city_version: str
    assumed: list[str]
    blocked_by_surface_m2: float | None = Field(
        description="ground that only trees and the like hide; null where the city knows none, and in previews"
    )


class CoverageFeature(Answer):
    """Ground or facades that one camera sees at one class; facades are upright polygons with heights."""

    type: Literal["Feature"]
    geometry: Geometry | None
    properties: CoverageProperties


class Coverage(Answer):
    """GeoJSON: one feature per class of the ladder for ground, then one each for facades."""

    type: Literal["FeatureCollection"]
    camera: str
    features: list[CoverageFeature]


class Cone(Answer):
    """The view cone, cut by what stands in the way: a grid of first hits, row by row from the top left."""

    camera: str
    eye: Point3
    rows: int
    cols: int
    points: list[Point3]
    kinds: list[int] = Field(description="0 nothing within reach, 1 terrain, 2 surface, 3 wall, 4 roof")
    aim: Literal["heading", "home", "place"]
    reach_m: float


class Area(Answer):
    """An administrative area."""

    code: str
    name: str
    name_en: str
    level: str
    parent: str


class Areas(Answer):
    """All administrative areas of the city."""

    areas: list[Area]


class AreaFeature(Answer):
    """GeoJSON: an area with its outline."""

    type: Literal["Feature"]
    id: str
    geometry: Geometry
    properties: Area


class SearchResult(Answer):
    """A place that a search found."""

    kind: str
    id: str
    name: str
    detail: str
    lon: float
    lat: float
    height: float | None
    area: str


class SearchAnswer(Answer):
    """What a search found, best first."""

    query: str
    results: list[SearchResult]


class LinkPlace(Place):
    """The place asked for, as the city has it."""

    kind: Literal["ground", "roof", "facade"]
    building: BuildingRef | None


class Recommended(Answer):
    """The three answers: where is it, what is around it, what is it."""

    overview: str | None
    context: str | None
    close: str | None


class Aim(Answer):
    """The PTZ move that centres the place: pan clockwise from north, tilt, zoom factor."""

    pan: float
    tilt: float
    zoom: float


class LinkCamera(Answer):
    """One camera's answer for the place, with the reason."""

    camera: str
    name: str
    name_en: str
    tier: Tier
    type: CameraType
    heading: float | None
    lon: float
    lat: float
    height: float
    visible: bool
    distance_m: float
    density_px_m: float | None
    class_: str | None = Field(alias="class")
    pixel: Annotated[list[float], Field(min_length=2, max_length=2)] | None
    aim: Aim | None
    online: bool | None
    streams: list[str]
    score: float
    why: str
    why_code: str


class LinkAnswer(Answer):
    """The cameras for a place: those that see it, best first, then those that do not, with the reason."""

    place: LinkPlace
    recommended: Recommended
    cameras: list[LinkCamera]


class Blocker(Place):
    """What stands in a sight line."""

    kind: Literal["terrain", "surface", "building"]
    building: BuildingRef | None
    distance_m: float


class SightAnswer(Answer):
    """Whether one place sees another; ``from`` and ``to`` are the two ends as the city has them."""

    visible: bool
    distance_m: float
    from_: Place = Field(alias="from")
    to: Place
    blocker: Blocker | None
    text: str


class HeightAnswer(Answer):
    """Ground and top (roof or surface) at a place."""

    ground: float
    top: float
    building: BuildingRef | None


class HeightsQuestion(BaseModel):
    """Places whose heights are wanted."""

    model_config = ConfigDict(extra="forbid")
    points: Annotated[
        list[Annotated[list[Annotated[float, Field(allow_inf_nan=False)]], Field(min_length=2, max_length=2)]],
        Field(min_length=1, max_length=10_000),
    ]


class HeightsAnswer(Answer):
    """Heights in the order asked; null outside the city."""

    ground: list[float | None]
    top: list[float | None]


class Building(Answer):
    """What is known of one building. ``height_m`` is the roof above the ground."""

    id: str
    name: str
    name_en: str
    use: str
    storeys: int | None
    address: str
    area: str
    height_m: float
    base: float
    roof: float
    ground: float
    lon: float
    lat: float


class Health(Answer):
    """The server's own state."""

    status: Literal["ok"]
    server: str
    city: str
    city_version: str
