"""The build: from a city file to one version of everything that is looked at and computed on.

Each stage makes one part, named for all that it depends on; what is there already is not made again, so a
stopped build goes on where it was and a changed source rebuilds only what it touches. The new version goes
live in one step, when ``build.json`` is replaced.
"""

import fcntl
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tiles.archive import write_whole
from tiles.assumptions import told
from tiles.basemap.draw import make_basemap
from tiles.buildings import make_buildings
from tiles.city import City
from tiles.errors import NotBuilt, TilesError
from tiles.footprints import Footprints
from tiles.grid import HeightGrid
from tiles.ground import make_ground, make_obstacle
from tiles.parts import PARTS, Part, Record, part_key, short_digest, source_cause, sweep
from tiles.scene import BUILD_FILE, read_build
from tiles.sources.buildings import read_footprints
from tiles.surface import Surface
from tiles.terrain import About, make_terrain
from tiles.vectors import make_vectors

FORMAT = 1


class UnknownPart(TilesError):
    """A part was asked for that no build has."""

    code = "unknown-part"
    text = "There is no part {part}. Known are: {known}."


class BuildRunning(TilesError):
    """Another build is at work in the same folder."""

    code = "build-running"
    text = "Another build is at work in {folder}. Wait for it or stop it."


@dataclass(frozen=True)
class Progress:
    """How far a stage is."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True)
class Built:
    """A finished build: its version, where its parts are, what it holds and what was assumed."""

    folder: Path
    version: str
    parts: Mapping[str, str]
    counts: Mapping[str, int]
    assumptions: tuple[Mapping[str, Any], ...]

    def notices(self) -> tuple[Mapping[str, Any], ...]:
        """Rows of building files that were refused or changed."""
        if "footprints" not in self.parts:
            return ()
        return tuple(Footprints.load(self.folder / self.parts["footprints"]).notices)


Told = Callable[[int, int], None]


@dataclass(frozen=True)
class _Job:
    """What a stage has at hand."""

    city: City
    parts: Mapping[str, Part]
    out: Path
    workers: int
    tell: Told

    def ground(self) -> HeightGrid:
        return HeightGrid.load(self.parts["ground"].folder / "ground")

    def footprints(self) -> Footprints:
        return Footprints.load(self.parts["footprints"].folder)


def _ground(job: _Job) -> Record:
    made = make_ground(job.city, job.out, job.tell)
    return Record(made.assumptions)


def _vectors(job: _Job) -> Record:
    counts = make_vectors(job.city, job.city.frame, job.out)
    return Record(counts=counts)


def _footprints(job: _Job) -> Record:
    made = read_footprints(job.city.buildings, job.city.frame, job.ground())
    made.save(job.out)
    assumed = [one for source in job.city.buildings if source.vertical_datum for one in source.datum.assumptions()]
    for code, name in (("heights-by-storeys", "storeys"), ("heights-by-default", "assumed_by_use")):
        if number := made.counts.get(name, 0):
            assumed.append({"code": code, "values": {"count": number}})
    return Record(tuple(assumed), {"buildings": len(made)})


def _surface(job: _Job) -> Record:
    ground = job.ground()
    surface = Surface.make(job.footprints(), ground, job.city.fine_cell_m, job.out)
    job.tell(1, 2)
    return Record(make_obstacle(job.city, ground, surface, job.out), {"surface_blocks": len(surface.blocks)})


def _terrain(job: _Job) -> Record:
    city = job.city
    about = About(city.name, " · ".join(city.credits), job.parts["terrain"].key)
    stem = job.parts["ground"].folder / "ground"
    made = make_terrain(stem, city.frame, city.extent, job.out, about=about, workers=job.workers, progress=job.tell)
    return Record(counts={"terrain_tiles": made.tiles})


def _buildings(job: _Job) -> Record:
    make_buildings(job.footprints(), job.city.frame, job.out, workers=job.workers, progress=job.tell)
    return Record()


def _basemap(job: _Job) -> Record:
    layers, ground = job.parts["vectors"].folder, job.ground()
    made = make_basemap(
        job.city, job.city.frame, ground, layers, job.footprints(), job.out, workers=job.workers, progress=job.tell
    )
    return Record(counts={"basemap_tiles": made})


@dataclass(frozen=True)
class _Stage:
    """A stage: what it needs, which sources and settings it depends on, which code makes it.

    ``resumes`` when what is half there may be kept.
    """

    make: Callable[[_Job], Record]
    code: tuple[str, ...]
    needs: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    settings: tuple[str, ...] = ("extent",)
    resumes: bool = False


_MESH = ("terrain.py", "terrain_mesh.py", "formats/quantized_mesh.py", "kernels/rtin.py", "kernels/lattice.py")
_VECTOR_ROLES = ("roads", "water", "landuse", "areas", "places")
STAGES: Mapping[str, _Stage] = {
    "ground": _Stage(
        _ground,
        ("ground.py", "sources/raster.py", "datum.py", "geodesy.py"),
        roles=("ground",),
        settings=("extent", "cell_m"),
    ),
    "vectors": _Stage(_vectors, ("vectors.py", "junctions.py", "china.py", "sources/vectors.py"), roles=_VECTOR_ROLES),
    "footprints": _Stage(
        _footprints, ("footprints.py", "sources", "datum.py"), needs=("ground",), roles=("buildings",)
    ),
    "surface": _Stage(
        _surface,
        ("surface.py", "ground.py", "kernels/burning.py", "sources/raster.py"),
        needs=("ground", "footprints"),
        roles=("surface_heights",),
        settings=("fine_cell_m",),
    ),
    "terrain": _Stage(_terrain, _MESH, needs=("ground",), settings=("extent", "name", "credits"), resumes=True),
    "buildings": _Stage(
        _buildings,
        ("buildings.py", "building_mesh.py", "building_tree.py", "building_look.py", "formats"),
        needs=("footprints",),
        resumes=True,
    ),
    "basemap": _Stage(_basemap, ("basemap",), needs=("ground", "vectors", "footprints"), resumes=True),
}
"""In the order in which they are made."""


def build(
    city: City,
    out: Path,
    *,
    only: frozenset[str] | None = None,
    workers: int = 1,
    report: Callable[[Progress], None] = lambda _progress: None,
) -> Built:
    """Build a city into a folder; the new version replaces the old one at the end.

    Parameters
    ----------
    only : set of str, optional
        Parts to make, with what they need; the others stay as they are in the live version.
    report : callable
        Told how far each stage is.

    Raises
    ------
    UnknownPart, BuildRunning
    TilesError
        Of a source, with the file's name and the remedy.
    """
    wanted = _wanted(only)
    out.mkdir(parents=True, exist_ok=True)
    (out / PARTS).mkdir(exist_ok=True)
    with _alone(out):
        live = _live(out)
        parts = _places(city, out, wanted)
        records = {name: _made(city, parts, name, workers, report) for name in wanted}
        kept = {stage: path for stage, path in live.get("parts", {}).items() if stage not in parts}
        return _go_live(city, out, live, kept | {name: part.name for name, part in parts.items()}, records)


def _wanted(only: frozenset[str] | None) -> tuple[str, ...]:
    """Stages to make, in order, with what they need."""
    names = set(STAGES) if only is None else set(only)
    for name in names:
        if name not in STAGES:
            raise UnknownPart(part=name, known=", ".join(STAGES))
    for name in reversed(tuple(STAGES)):
        if name in names:
            names |= set(STAGES[name].needs)
    return tuple(name for name in STAGES if name in names)


def _places(city: City, out: Path, wanted: tuple[str, ...]) -> dict[str, Part]:
    parts: dict[str, Part] = {}
    for name in wanted:
        stage = STAGES[name]
        sources = [source for role in stage.roles for source in getattr(city, role)]
        told = [source_cause(source) for source in sources]
        settings = {key: getattr(city, key) for key in stage.settings}
        needs = [parts[need] for need in stage.needs]
        parts[name] = Part(name, part_key(name, stage.code, [settings, told], needs), out)
    return parts


def _made(city: City, parts: Mapping[str, Part], name: str, workers: int, report: Callable[[Progress], None]) -> Record:
    """Make a part, or find it made."""
    part, stage = parts[name], STAGES[name]
    record = part.record()
    if record is None:
        report(Progress(name, 0, 1))
        if part.folder.exists() and not stage.resumes:
            shutil.rmtree(part.folder)
        part.folder.mkdir(parents=True, exist_ok=True)

        def tell(done: int, total: int) -> None:
            report(Progress(name, done, max(total, 1)))

        record = stage.make(_Job(city, parts, part.folder, workers, tell))
        part.finish(record)
    report(Progress(name, 1, 1))
    return record


def _go_live(
    city: City, out: Path, live: Mapping[str, Any], parts: Mapping[str, str], records: Mapping[str, Record]
) -> Built:
    """Replace build.json unless nothing changed, and remove parts that no running server reads."""
    kept = {stage: Part(stage, path.rpartition("-")[2], out).record() for stage, path in parts.items()}
    every = {stage: records.get(stage) or kept[stage] or Record() for stage in STAGES if stage in parts}
    assumptions: list[Mapping[str, Any]] = []
    for record in every.values():
        assumptions += [one for one in record.assumptions if one not in assumptions]
    counts = {name: number for record in every.values() for name, number in record.counts.items()}
    facts = {"city": city_facts(city), "parts": dict(parts), "sources": _source_facts(city)}
    version = short_digest(json.dumps([FORMAT, facts], sort_keys=True, ensure_ascii=False).encode())
    built = Built(out, version, dict(parts), counts, tuple(assumptions))
    if live.get("version") != version:
        words = {
            "format": FORMAT,
            "version": version,
            "built_at": datetime.now(UTC).isoformat(timespec="seconds"),
            **facts,
            "assumptions": [told(one) for one in assumptions],
            "counts": counts,
            "previous": dict(live.get("parts", {})),
        }
        write_whole(out / BUILD_FILE, json.dumps(words, ensure_ascii=False, indent=1).encode())
        sweep(out, [*parts.values(), *live.get("parts", {}).values()])
    return built


def city_facts(city: City) -> dict[str, Any]:
    """What build.json says of the city itself."""
    return {
        "name": city.name,
        "name_en": city.name_en,
        "generated": city.generated,
        "time_zone": city.time_zone,
        "extent": list(city.extent),
        "home": None if city.home is None else list(city.home),
        "credits": list(city.credits),
        "frame": [city.frame.lon0, city.frame.lat0],
    }


def _source_facts(city: City) -> list[dict[str, Any]]:
    return [
        {
            "role": source.role,
            "file": source.file.name,
            "crs": source.crs,
            "vertical_datum": source.vertical_datum,
        }
        for source in city.sources
    ]


def _live(out: Path) -> dict[str, Any]:
    try:
        return read_build(out)
    except NotBuilt:
        return {}


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Hold the folder for one build; the lock goes with the process, however it ends."""
    with (out / PARTS / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as held:
            raise BuildRunning(folder=str(out)) from held
        yield
