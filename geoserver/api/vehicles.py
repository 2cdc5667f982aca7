"""Vehicles: listed, made, changed, removed; where each is and has been."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from geoserver.accounts.asking import CallerDep
from geoserver.api import vehicles_models as models
from geoserver.api.asks import AskDep, ChangeDep, IfMatch, version_seen
from geoserver.api.deps import GEOJSON, MAX_LISTED, PRIVATE, Bbox, GeoJson, Id, NoteDep, SeenDep, ServicesDep, answer
from geoserver.api.kept import add_removal, created, kept
from geoserver.api.origin import FromHere
from geoserver.boxes import read_bbox
from geoserver.faults import BadParameter
from geoserver.records import change_record, create_record, kept_record, remove_record
from geoserver.storage.store import Query as Question
from geoserver.vehicles.answers import SUFFIXES, TRACK_FORMS, track_told, track_written, vehicle_feature
from geoserver.vehicles.taking import Taking
from layers.record import Moment
from layers.tracks.track import Track
from layers.vehicles import Duty, Vehicle, VehicleType

router = APIRouter(prefix="/api/vehicles", tags=["vehicles"])
LONGEST = timedelta(days=31)
USUAL = timedelta(hours=1)
MOST_FIXES = 100_000
"""What is told of a track at once: a day of a fix a second."""
FILES: dict[str, Any] = {"content": {media_type: {} for media_type in sorted(set(TRACK_FORMS.values()))}}


@router.get("", response_model=models.Vehicles, response_class=GeoJson)
def list_(
    services: ServicesDep,
    store: SeenDep,
    bbox: Bbox = None,
    type: VehicleType | None = None,
    duty: Duty | None = None,
    unit: Annotated[str | None, Query(max_length=128)] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LISTED)] = MAX_LISTED,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:
    """All vehicles, or those of a type, of a unit, free or not; each with where it is now. ``bbox``: of stations."""
    box = read_bbox(bbox)
    equal = {name: value for name, value in (("type", type), ("duty", duty), ("unit", unit)) if value}
    matched = store.count(Question("vehicle", box, equal))
    some = store.find(Question("vehicle", box, equal, limit=limit, offset=offset))
    features = [vehicle_feature(one, services.positions) for one in some if isinstance(one, Vehicle)]
    return answer({"type": "FeatureCollection", "matched": matched, "features": features}, media_type=GEOJSON)


@router.get("/{id}", response_model=models.Vehicle, response_class=GeoJson)
def one(id: Id, services: ServicesDep, store: SeenDep) -> Response:
    """One vehicle, with where it is now."""
    found = kept_record(store, Vehicle, id)
    return kept(found, vehicle_feature(found, services.positions))


@router.get("/{id}/track", response_model=models.TrackTold, responses={200: FILES})
def track(  # each is a part of the request
    id: Id,
    request: Request,
    store: SeenDep,
    caller: CallerDep,
    note: NoteDep,
    begin: Annotated[Moment | None, Query(description="an hour before the end where it is not given")] = None,
    end: Annotated[Moment | None, Query(description="now where it is not given")] = None,
    f: Literal["json", "geojson", "mf-json", "gpx", "czml"] = "json",
) -> Response:
    """Where a vehicle was, from a time to another; with its length, its stops and the gaps in it. It goes into the
    journal."""
    found = kept_record(store, Vehicle, id)
    caller.demand("track", "vehicle", area=found.area)
    span = span_of(begin, end)
    taking: Taking = request.app.state.taking
    fixes = taking.series.track(id, *span, MOST_FIXES + 1)
    whole = len(fixes) <= MOST_FIXES
    made = Track(id, fixes[:MOST_FIXES])
    note("vehicle", id, deed="track", begin_ms=span[0], end_ms=span[1], form=f, area=found.area)
    if f == "json":
        return answer(track_told(found, made, span, whole))
    name = f"track-{datetime.fromtimestamp(span[0] / 1e3, UTC):%Y%m%dT%H%M%SZ}.{SUFFIXES.get(f, f)}"
    headers = {"Cache-Control": PRIVATE, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(track_written(found, made, f), media_type=TRACK_FORMS[f], headers=headers)


def span_of(begin: datetime | None, end: datetime | None) -> tuple[int, int]:
    """From when to when is asked, ms since 1970-01-01 UTC.

    Raises
    ------
    BadParameter
    """
    until = end or datetime.now(UTC)
    since = begin or until - USUAL
    if not since < until or until - since > LONGEST:
        detail = f"is not before the end, or more than {LONGEST.days} days before it."
        raise BadParameter(parameter="begin", value=since.isoformat(), reason="span", detail=detail, days=LONGEST.days)
    return round(since.timestamp() * 1e3), round(until.timestamp() * 1e3)


@router.post("", response_model=models.Vehicle, response_class=GeoJson, status_code=201, dependencies=[FromHere])
def create(body: models.NewVehicle, services: ServicesDep, ask: AskDep) -> Response:
    """Make a vehicle."""
    made = create_record(services, Vehicle, body.model_dump(), ask)
    return created(made, "/api/vehicles")


@router.patch("/{id}", response_model=models.Vehicle, response_class=GeoJson, dependencies=[FromHere])
def change(
    id: Id,
    body: models.VehiclePatch,
    services: ServicesDep,
    ask: ChangeDep,
    if_match: IfMatch = None,
) -> Response:
    """Set fields of a vehicle. Names the version that was read. One that is not busy any more is sent nowhere."""
    given = body.model_dump(exclude_unset=True)
    if given.get("duty", "busy") != "busy":
        given["incident"] = ""
    seen = version_seen(if_match, given.pop("version", None), "vehicle", id)
    changed = change_record(services, Vehicle, id, given, seen, ask)
    return kept(changed, vehicle_feature(changed, services.positions))


add_removal(router, "vehicle", lambda services, id_, seen, ask: remove_record(services, Vehicle, id_, seen, ask))
