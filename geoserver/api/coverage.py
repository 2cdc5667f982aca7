"""Coverage of the whole city: state, map tiles, figures by area and road, blind spots, hexagons, raster."""

import tempfile
from pathlib import Path as File
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from geoserver import coverage_figures as figures
from geoserver import coverage_spots as spots_of
from geoserver.accounts.asking import CallerDep
from geoserver.api import coverage_models as models
from geoserver.api.deps import (
    GEOJSON,
    JSON,
    PRIVATE,
    Bbox,
    FleetDep,
    GeoJson,
    LangDep,
    NowDep,
    ServicesDep,
    answer,
    answer_bytes,
    asked_as,
)
from geoserver.api.trial import CameraDep
from geoserver.boxes import read_bbox
from geoserver.coverage_service import CityCoverage, Known
from geoserver.coverage_tiles import tile_png, write_raster
from geoserver.faults import BadParameter, CityWide, UnknownId
from geoserver.sees_answers import sees_answer
from geoserver.words import Lang
from layers.cameras.covering.steps import step_of_rung
from layers.cameras.ladder import rungs
from layers.coverage.layers import LayerName, Shown
from layers.coverage.sums import TIERS

router = APIRouter(tags=["coverage"])
CSV = "text/csv; charset=utf-8"
TIFF = "image/tiff; application=geotiff"
PNG: dict[int | str, dict[str, Any]] = {200: {"content": {"image/png": {}}}}
TABLE: dict[int | str, dict[str, Any]] = {200: {"content": {CSV: {}}}}
RASTER: dict[int | str, dict[str, Any]] = {200: {"content": {TIFF: {}}}}


async def _coverage(request: Request) -> CityCoverage:
    coverage: CityCoverage = request.app.state.coverage
    return coverage


async def _whole(caller: CallerDep) -> tuple[int, ...]:
    """The tiers whose cameras the caller sees all of; only these are ever added up for them.

    Raises
    ------
    CityWide
    """
    cameras, figures_seen = caller.sees("camera"), caller.sees("coverage")
    tiers = tuple(tier for tier in TIERS if cameras.has_tier(tier))
    if not tiers or not figures_seen.is_everything:
        raise CityWide(action="see", kind="coverage", approval=False)
    return tiers


async def _all(whole: Annotated[tuple[int, ...], Depends(_whole)]) -> None:
    if whole != TIERS:
        raise CityWide(action="see", kind="coverage", approval=False)


async def _export(caller: CallerDep, _: Annotated[None, Depends(_all)]) -> None:
    if not caller.permissions.reach("export", "coverage").is_everything:
        raise caller.refused("export", "coverage")


def _noted(request: Request, services: ServicesDep, caller: CallerDep, _: Annotated[None, Depends(_export)]) -> None:
    detail = {"deed": "export", "file": request.url.path.rsplit("/", 1)[-1], "query": request.url.query[:400]}
    services.looks.note(caller.name, "coverage", "*", detail)


WHOLE = Depends(_all)
"""What adds up all cameras is for who sees all of them."""
EXPORT = Depends(_noted)
WholeDep = Annotated[tuple[int, ...], Depends(_whole)]


def _tiers(asked: int | None, whole: tuple[int, ...]) -> tuple[int, ...]:
    if asked is None:
        return whole
    if asked not in whole:
        raise CityWide(action="see", kind="coverage", approval=False)
    return (asked,)


class Asked:
    """From which class on something counts as seen."""

    def __init__(
        self,
        ladder: Annotated[models.Ladder, Query(description="edition of IEC 62676-4")] = "2014",
        min_class: Annotated[
            str | None, Query(max_length=40, description="of the ladder; its lowest if not given")
        ] = None,
    ) -> None:
        self.ladder = ladder
        self.step = step_of_rung(ladder, min_class or rungs(ladder)[0].id)


class Painted:
    """Which picture a tile is of."""

    def __init__(
        self,
        whole: WholeDep,
        layer: LayerName = "count",
        tier: Annotated[int | None, Query(ge=1, le=3, description="only cameras of this tier")] = None,
        v: Annotated[str | None, Query(max_length=200, description="any; a changed picture has a new address")] = None,  # noqa: ARG002
    ) -> None:
        self.layer: LayerName = layer
        self.tiers = _tiers(tier, whole)


class Spots:
    """Which blind spots are wanted."""

    def __init__(
        self,
        whole: WholeDep,
        area: Annotated[str | None, Query(max_length=40, description="code of an area")] = None,
        tier: Annotated[int | None, Query(ge=1, le=3, description="only cameras of this tier")] = None,
        min_m2: Annotated[float, Query(ge=0, le=1e9, allow_inf_nan=False)] = 200.0,
        limit: Annotated[int, Query(ge=1, le=spots_of.MOST_SPOTS)] = 500,
    ) -> None:
        self.area = area
        self.tiers = _tiers(tier, whole)
        self.min_m2 = min_m2
        self.limit = limit


CoverageDep = Annotated[CityCoverage, Depends(_coverage)]
AskedDep = Annotated[Asked, asked_as(Asked)]
Level = Annotated[Literal["city", "district", "street", "community"], Query()]
Resolution = Annotated[int, Query(ge=8, le=11, description="H3; 10 and 11 need a box")]


@router.get("/api/coverage", response_model=models.CityCoverage)
def state(coverage: CoverageDep, asked: AskedDep, whole: WholeDep, lang: LangDep) -> Response:
    """How far the coverage of the city is worked out, its figures, and what the colours of its tiles mean.

    Who sees all cameras of some tiers only is told no figures: they add up all tiers.
    """
    told = figures.state_answer(coverage, asked.ladder, asked.step, lang)
    if whole != TIERS:
        told |= {"cameras": None, "figures": None, "bytes": None}
    body = orjson.dumps(told)
    return Response(body, media_type=JSON, headers={"Cache-Control": PRIVATE, "Vary": "Accept-Language"})


@router.get("/tiles/coverage/{z}/{x}/{y}.png", response_class=Response, responses=PNG)
def tile(
    request: Request,
    coverage: CoverageDep,
    asked: AskedDep,
    z: Annotated[int, Path(ge=0, le=30)],
    x: Annotated[int, Path(ge=0, le=2**31)],
    y: Annotated[int, Path(ge=0, le=2**31)],
    painted: Annotated[Painted, asked_as(Painted)],
) -> Response:
    """One tile of the city's coverage, Web Mercator, transparent where there is nothing to show."""
    known = coverage.known
    shown = Shown(painted.layer, asked.ladder, asked.step, painted.tiers)
    etag = _etag(known, asked, painted.layer, *painted.tiers, z, x, y)
    return _made(request, etag, "image/png", lambda: tile_png(known, z, x, y, shown))


@router.get("/api/coverage/areas", response_model=models.AreasCoverage, dependencies=[WHOLE])
def areas(request: Request, coverage: CoverageDep, asked: AskedDep, level: Level = "community") -> Response:
    """Figures of coverage by area, of one level."""
    known = coverage.known
    etag = _etag(known, asked, "areas", level)
    return _made(request, etag, JSON, lambda: orjson.dumps(
        figures.stated(known, asked.ladder, asked.step)
        | {"level": level, "areas": figures.area_rows(known, level, asked.ladder, asked.step)}
    ))  # fmt: skip


@router.get("/api/coverage/areas.csv", response_class=Response, responses=TABLE, dependencies=[EXPORT])
def areas_table(
    request: Request, coverage: CoverageDep, asked: AskedDep, lang: LangDep, level: Level = "community"
) -> Response:
    """The same as a table, headings in the caller's language."""
    known = coverage.known
    rows = figures.area_rows(known, level, asked.ladder, asked.step)
    return _table(request, _etag(known, asked, "areas.csv", level, lang), rows, (asked.ladder, lang))


@router.get("/api/coverage/roads", response_model=models.RoadsCoverage, dependencies=[WHOLE])
def roads(
    request: Request,
    coverage: CoverageDep,
    asked: AskedDep,
    limit: Annotated[int, Query(ge=1, le=100_000)] = 1_000,
) -> Response:
    """Figures of coverage by road, those with most blind length first."""
    known = coverage.known
    etag = _etag(known, asked, "roads", limit)
    return _made(request, etag, JSON, lambda: _roads(known, asked, limit))


def _roads(known: Known, asked: Asked, limit: int) -> bytes:
    rows = figures.road_rows(known, asked.ladder, asked.step)
    rows.sort(key=lambda row: -row["blind_m"])
    stated = figures.stated(known, asked.ladder, asked.step)
    return orjson.dumps(stated | {"count": len(rows), "roads": rows[:limit]})


@router.get("/api/coverage/roads.csv", response_class=Response, responses=TABLE, dependencies=[EXPORT])
def roads_table(request: Request, coverage: CoverageDep, asked: AskedDep, lang: LangDep) -> Response:
    """The same as a table, all roads."""
    known = coverage.known
    rows = figures.road_rows(known, asked.ladder, asked.step)
    return _table(request, _etag(known, asked, "roads.csv", lang), rows, (asked.ladder, lang))


@router.get("/api/coverage/blind", response_model=models.BlindSpots, response_class=GeoJson)
def blind(
    request: Request,
    coverage: CoverageDep,
    asked: AskedDep,
    lang: LangDep,
    spots: Annotated[Spots, asked_as(Spots)],
    bbox: Bbox = None,
) -> Response:
    """Blind spots: built-up ground that no camera sees at the class asked for, the largest first, as GeoJSON."""
    known, box = coverage.known, read_bbox(bbox)
    if spots.area is not None and spots.area not in known.ground.town.area_shapes:
        raise UnknownId(kind="area", id=spots.area)
    shown = Shown("blind", asked.ladder, asked.step, spots.tiers)
    etag = _etag(known, asked, "blind", box, spots.area, *spots.tiers, spots.min_m2, spots.limit, lang)
    limits = (spots.min_m2, spots.limit)
    return _made(request, etag, GEOJSON, lambda: orjson.dumps(
        spots_of.blind_answer(known, shown, box, spots.area, limits, lang)
    ))  # fmt: skip


@router.get("/api/coverage/h3", response_model=models.Hexagons, response_class=GeoJson, dependencies=[WHOLE])
def hexagons(
    request: Request, coverage: CoverageDep, asked: AskedDep, res: Resolution = 9, bbox: Bbox = None
) -> Response:
    """Coverage of built-up ground by H3 cell, as GeoJSON."""
    known, box = coverage.known, _small_enough(coverage.known, res, bbox)
    etag = _etag(known, asked, "h3", res, box)
    return _made(request, etag, GEOJSON, lambda: _hexagons(known, asked, res, box))


def _hexagons(known: Known, asked: Asked, res: int, box: spots_of.Box | None) -> bytes:
    features = spots_of.hexagon_features(spots_of.hexagon_rows(known, res, box, asked.step))
    stated = figures.stated(known, asked.ladder, asked.step)
    return orjson.dumps(stated | {"type": "FeatureCollection", "resolution": res, "features": features})


@router.get("/api/coverage/h3.csv", response_class=Response, responses=TABLE, dependencies=[EXPORT])
def hexagons_table(
    request: Request, coverage: CoverageDep, asked: AskedDep, lang: LangDep, res: Resolution = 9, bbox: Bbox = None
) -> Response:
    """The same as a table."""
    known, box = coverage.known, _small_enough(coverage.known, res, bbox)
    rows = [
        {name: value for name, value in row.items() if name != "outline"}
        for row in spots_of.hexagon_rows(known, res, box, asked.step)
    ]
    return _table(request, _etag(known, asked, "h3.csv", res, box, lang), rows, (asked.ladder, lang))


def _small_enough(known: Known, res: int, bbox: str | None) -> spots_of.Box | None:
    box = read_bbox(bbox)
    if len(spots_of.blocks_in(known, box)) > spots_of.MOST_HEX_BLOCKS[res]:
        km2 = spots_of.MOST_HEX_BLOCKS[res] * (64 * known.ground.lattice.cell_m / 1000) ** 2
        detail = f"is more than hexagons so small are made for at once. Give a box of at most {km2:.0f} km²."
        raise BadParameter(parameter="bbox", value=bbox, reason="box-too-large", detail=detail, km2=f"{km2:.0f}")
    return box


@router.get("/api/coverage/buildings", response_model=models.BuildingsCoverage, dependencies=[WHOLE])
def buildings(
    request: Request,
    coverage: CoverageDep,
    asked: AskedDep,
    state: Annotated[Literal["seen", "single", "blind"] | None, Query(description="only these")] = None,
) -> Response:
    """Facades by building: how much of them is seen, at which class at best, by how many cameras."""
    known = coverage.known
    return _made(request, _etag(known, asked, "buildings", state), JSON, lambda: _facades(known, asked, state))


def _facades(known: Known, asked: Asked, state: str | None) -> bytes:
    rows = spots_of.building_rows(known, asked.ladder, asked.step)
    counts = {name: sum(row["state"] == name for row in rows) for name in ("seen", "single", "blind")}
    kept = [row for row in rows if state is None or row["state"] == state]
    return orjson.dumps(figures.stated(known, asked.ladder, asked.step) | {"counts": counts, "buildings": kept})


@router.get("/api/coverage/buildings.csv", response_class=Response, responses=TABLE, dependencies=[EXPORT])
def buildings_table(request: Request, coverage: CoverageDep, asked: AskedDep, lang: LangDep) -> Response:
    """The same as a table, all buildings."""
    known = coverage.known
    rows = spots_of.building_rows(known, asked.ladder, asked.step)
    return _table(request, _etag(known, asked, "buildings.csv", lang), rows, (asked.ladder, lang))


@router.get("/api/coverage/raster.tif", response_class=Response, responses=RASTER, dependencies=[EXPORT])
def raster(coverage: CoverageDep, asked: AskedDep, bbox: Bbox = None) -> Response:
    """Cameras, cameras by tier and best density of every cell as a GeoTIFF in the city's metric frame.

    A box that is too large for the finest cells is thinned; the raster's own cell size says how much.
    """
    known, box = coverage.known, read_bbox(bbox)
    west, south, east, north = known.ground.town.scene.ground.bounds_m
    if box is not None:
        x, y = known.ground.town.scene.to_metric([box[0], box[2], box[0], box[2]], [box[1], box[1], box[3], box[3]])
        west, south, east, north = min(x), min(y), max(x), max(y)
    handle = tempfile.NamedTemporaryFile(suffix=".tif", delete=False)
    handle.close()
    file = File(handle.name)
    try:
        write_raster(known, (west, south, east, north), asked.step, file)
    except BaseException:
        file.unlink(missing_ok=True)
        raise
    headers = {"Cache-Control": PRIVATE, "ETag": f'"{_etag(known, asked, "tif", box)}"'}
    gone = BackgroundTask(file.unlink, missing_ok=True)
    return FileResponse(file, media_type=TIFF, filename="coverage.tif", headers=headers, background=gone)


@router.get("/api/cameras/{id}/sees", response_model=models.Sees, tags=["cameras"])
def sees(
    now: NowDep,
    fleet: FleetDep,
    caller: CallerDep,
    coverage: CoverageDep,
    camera: CameraDep,
    ladder: Annotated[models.Ladder, Query(description="edition of IEC 62676-4")] = "2014",
    aim: Annotated[str, Query(max_length=100, description="reach, now, or preset:NAME; PTZ")] = "reach",
    limit: Annotated[int, Query(ge=1, le=1_000, description="of each kind")] = 50,
) -> Response:
    """Streets, buildings, places and areas that a camera sees, and the cameras that see the same ground."""
    found = sees_answer(now, coverage, camera, (ladder, aim, limit), fleet)
    seen = now.town.areas_within(caller.sees("area"))
    return answer(found | {"areas": [area for area in found["areas"] if area["id"] in seen]})


def _etag(known: Known, asked: Asked, *more: Any) -> str:
    text = "-".join(str(part) for part in (asked.ladder, asked.step, *more))
    return f"{known.version}-" + "".join(letter if letter.isalnum() or letter in "-._" else "_" for letter in text)


def _made(request: Request, etag: str, media_type: str, make: Any) -> Response:
    """What is made, unless the caller has it already."""
    known = answer_bytes(request, b"", etag=etag, media_type=media_type, cache=PRIVATE)
    if known.status_code == 304:
        return known
    return answer_bytes(request, make(), etag=etag, media_type=media_type, cache=PRIVATE)


def _table(request: Request, etag: str, rows: list[dict[str, Any]], words: tuple[str, Lang]) -> Response:
    response = _made(request, etag, CSV, lambda: figures.table(rows, *words))
    response.headers["Content-Disposition"] = f'attachment; filename="{request.url.path.rsplit("/", 1)[-1]}"'
    response.headers["Vary"] = "Accept-Language"
    return response
