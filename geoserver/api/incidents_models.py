"""Incidents over HTTP: what is sent, and what is answered."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from geoserver.api.models import Answer, LinkCamera, LinkPlace, Recommended
from layers.incidents.cap.chains import Outcome
from layers.incidents.model import Category, Severity, Source, State
from layers.incidents.states import Action
from layers.incidents.statistics import Level
from layers.record import Moment

Text = Annotated[str, Field(max_length=4_000)]
Short = Annotated[str, Field(max_length=300)]
Lon = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Lat = Annotated[float, Field(gt=-90, lt=90, allow_inf_nan=False)]
Within = Annotated[float, Field(gt=0, le=100_000, allow_inf_nan=False)]
Version = Annotated[int | None, Field(ge=1, description="that was read, where no If-Match header names it")]


class NewIncident(BaseModel):
    """A call or report. ``number`` is the dispatch line's own: the same number is the same incident.

    ``within_m`` says that the true place lies no farther than that from lon, lat; ``reported_at`` is now if
    it is left out.
    """

    model_config = ConfigDict(extra="forbid")

    source: Source = "hand"
    number: Annotated[str, Field(max_length=100)] = ""
    category: Category
    subcategory: Short = ""
    severity: Severity = 3
    description: Text = ""
    address: Short = ""
    lon: Lon
    lat: Lat
    within_m: Within | None = None
    reported_at: Moment | None = None
    exercise: Annotated[bool, Field(description="nothing of it is real")] = False


class IncidentPatch(BaseModel):
    """A correction; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    category: Category = "other"
    subcategory: Short = ""
    severity: Severity = 3
    description: Text = ""
    address: Short = ""
    lon: Lon = 0.0
    lat: Lat = 0.0
    within_m: Within | None = None
    duplicate_of: Annotated[str, Field(max_length=128)] = ""
    exercise: bool = False
    version: Version = None


class MoveWanted(BaseModel):
    """What goes with a move: the unit or the vehicle that is sent, a remark, of which incident it is a double."""

    model_config = ConfigDict(extra="forbid")

    unit: Annotated[str, Field(max_length=200)] = ""
    vehicle: Annotated[
        str, Field(max_length=128, description="dispatched: it is busy until the incident is resolved")
    ] = ""
    remark: Annotated[str, Field(max_length=2_000)] = ""
    duplicate_of: Annotated[str, Field(max_length=128)] = ""
    version: Version = None


class SuperviseWanted(BaseModel):
    """Whether the incident is marked for attention."""

    model_config = ConfigDict(extra="forbid")

    on: bool = True
    version: Version = None


class NoteWanted(BaseModel):
    """A note to add."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(min_length=1, max_length=2_000)]


class IncidentGeometry(Answer):
    """Where it is, or the middle of where it may be."""

    type: Literal["Point"]
    coordinates: list[float]


class IncidentProperties(Answer):
    """What is known of an incident.

    ``since`` is when it came into its state; ``supervised`` is marked by a person or past its deadline;
    ``exercise`` says that nothing of it is real; ``expires_at`` until when it holds, as its source says;
    ``notes`` and ``pictures`` are how many there are. Times are UTC.
    """

    source: Source
    number: str
    category: Category
    subcategory: str
    severity: Severity
    description: str
    address: str
    within_m: float | None
    reference: str
    state: State
    unit: str
    duplicate_of: str
    exercise: bool
    expires_at: str | None
    area: str
    district: str
    street: str
    community: str
    version: int
    reported_at: str
    since: str
    deadline: str | None
    overdue: bool
    supervised: bool
    marked: bool
    notes: int
    pictures: int


class Incident(Answer):
    """An incident as a GeoJSON feature."""

    type: Literal["Feature"]
    id: str
    geometry: IncidentGeometry
    properties: IncidentProperties


class Incidents(Answer):
    """A page of incidents, newest first; ``next`` is what ``after`` has to say for the next page."""

    type: Literal["FeatureCollection"]
    seq: int
    matched: int
    returned: int
    next: str | None
    features: list[Incident]


class AlertTaken(Answer):
    """What became of one alert; ``number`` is its place in what was sent, from 1.

    ``element`` and ``code`` say what speaks against it, or why nothing changes; ``detail`` says it in words.
    """

    number: int
    identifier: str | None
    sender: str | None
    outcome: Outcome
    incident: str | None
    version: int | None
    exercise: bool | None
    element: str | None
    code: str | None
    detail: str | None


class AlertsTaken(Answer):
    """What became of each of the alerts that were sent, in their order."""

    alerts: list[AlertTaken]


class StepTold(Answer):
    """An incident came into a state."""

    state: State
    at: str
    by: str
    unit: str
    remark: str


class NoteTold(Answer):
    """What somebody wrote down."""

    at: str
    by: str
    text: str


class PictureTold(Answer):
    """A photograph: who added it and when, its size as it is kept, and whether the caller may take it away."""

    id: str = Field(description="SHA-256 of its bytes")
    at: str
    by: str
    width_px: int
    height_px: int
    size: int = Field(description="bytes")
    removable: bool


class PicturesTold(Answer):
    """The photographs of an incident, oldest first; ``most`` may be there."""

    pictures: list[PictureTold]
    most: int


class ResponsibleTold(Answer):
    """Who answers for one of the areas of the place."""

    level: str
    area: str
    name: str
    phone: str
    unit: str


class IncidentCameras(Answer):
    """The cameras that see the place: the three recommended ones, and the best of each tier."""

    place: LinkPlace
    recommended: Recommended
    tier_1: list[LinkCamera]
    tier_2: list[LinkCamera]
    tier_3: list[LinkCamera]


class NearCheckpoint(Answer):
    """A checkpoint near the place."""

    id: str
    name: str
    road: str
    status: str
    lon: float
    lat: float
    distance_m: float


class DuplicateTold(Answer):
    """An incident that may tell the same event, with the reasons."""

    id: str
    distance_m: float
    seconds: float
    reasons: list[str]
    score: float


class IncidentDetail(Incident):
    """One incident with all that helps. ``cameras`` is null where the place is known too roughly."""

    steps: list[StepTold]
    notes: list[NoteTold]
    pictures: list[PictureTold]
    allowed: list[Action]
    responsible: list[ResponsibleTold]
    cameras: IncidentCameras | None
    checkpoints: list[NearCheckpoint]
    duplicates: list[DuplicateTold]


class AreaCount(Answer):
    """Incidents of an area; "" is outside of all areas."""

    area: str
    name: str
    count: int


class CategoryCount(Answer):
    """Incidents of a category."""

    category: Category
    count: int


class CellCount(Answer):
    """Incidents of an area and a category in an hour of the day."""

    area: str
    category: Category
    hour: Annotated[int, Field(ge=0, le=23)]
    count: int


class IncidentStatistics(Answer):
    """Counts; hours are those of the city's clocks."""

    level: Level
    time_zone: str
    total: int
    open: int
    overdue: int
    areas: list[AreaCount]
    categories: list[CategoryCount]
    hours: Annotated[list[int], Field(min_length=24, max_length=24)]
    cells: list[CellCount]


class HexagonGeometry(Answer):
    """The border of a hexagon."""

    type: Literal["Polygon"]
    coordinates: list[list[list[float]]]


class HexagonCount(Answer):
    """How many incidents lie in a hexagon."""

    count: int


class IncidentHexagon(Answer):
    """A hexagon of H3."""

    type: Literal["Feature"]
    id: str
    geometry: HexagonGeometry
    properties: HexagonCount


class IncidentHeat(Answer):
    """Hexagons of H3; ``left_out`` counts incidents whose place is known less well than a hexagon is wide."""

    type: Literal["FeatureCollection"]
    resolution: int
    most: int
    left_out: int
    features: list[IncidentHexagon]
