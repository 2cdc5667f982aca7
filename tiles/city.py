"""The city file: what a city is made from. Reading it checks everything that can be known before a build."""

import math
import tomllib
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pyproj import CRS
from pyproj.exceptions import CRSError

from tiles.city_values import Values, is_number
from tiles.datum import Datum, geoid_of
from tiles.errors import BadCityFile, MissingDatum
from tiles.geodesy import CityFrame

ROLES = (
    "ground",
    "surface_heights",
    "buildings",
    "roads",
    "water",
    "landuse",
    "areas",
    "places",
    "cameras",
)
CHINESE_CRS = ("CGCS2000", "GCJ-02", "BD-09")
"""Names that a source's ``crs`` may take beside what pyproj understands."""
HEIGHT_REFERENCES = ("above ground", "above sea", "ellipsoidal")
MAX_EXTENT_DEG = 4.0
"""Widest city; beyond it one metric frame no longer holds to a sight line's accuracy."""
MAX_CELLS = 400_000_000


@dataclass(frozen=True)
class Source:
    """One file of a city.

    Attributes
    ----------
    role : str
        One of ``ROLES``.
    file : Path
        Absolute.
    layer, crs : str or None
        Layer in the file; CRS where the file names none (or a name of ``CHINESE_CRS``).
    columns : dict
        Our name of a column to the file's.
    values : dict
        Constant values for columns that the file lacks, e.g. ``level = "district"``.
    vertical_datum : str or None
        Required for ``ground`` and ``surface_heights``.
    vertical_unit_m : float
        Metres in one unit of the file's heights.
    nodata : float or None
        Value of cells without a height, where a raster does not declare it.
    height_reference : str or None
        For cameras: one of ``HEIGHT_REFERENCES``.
    """

    role: str
    file: Path
    layer: str | None = None
    crs: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    vertical_datum: str | None = None
    vertical_datum_assumed: bool = False
    geoid_grid: Path | None = None
    stand_in: str | None = None
    datum_offset_m: float | None = None
    vertical_unit_m: float = 1.0
    nodata: float | None = None
    height_reference: str | None = None

    @property
    def datum(self) -> Datum:
        """The vertical datum of the file's heights.

        Raises
        ------
        MissingDatum
            The city file names none.
        """
        if self.vertical_datum is None:
            raise MissingDatum(file=str(self.file))
        return Datum(
            self.vertical_datum,
            self.geoid_grid,
            self.stand_in,
            self.vertical_datum_assumed,
            self.datum_offset_m,
            str(self.file),
        )


@dataclass(frozen=True)
class City:
    """A city as its file describes it.

    ``extent`` is west, south, east, north in degrees; ``home`` is longitude, latitude, height above the
    ground (m), heading and pitch (degrees) of the first view; the field of each role of ``ROLES`` holds its
    sources in the order of the file (earlier ones win where rasters overlap).
    """

    file: Path
    name: str
    extent: tuple[float, float, float, float]
    name_en: str = ""
    generated: bool = False
    time_zone: str = "UTC"
    home: tuple[float, float, float, float, float] | None = None
    credits: tuple[str, ...] = ()
    cell_m: float = 10.0
    fine_cell_m: float = 2.0
    ground: tuple[Source, ...] = ()
    surface_heights: tuple[Source, ...] = ()
    buildings: tuple[Source, ...] = ()
    roads: tuple[Source, ...] = ()
    water: tuple[Source, ...] = ()
    landuse: tuple[Source, ...] = ()
    areas: tuple[Source, ...] = ()
    places: tuple[Source, ...] = ()
    cameras: tuple[Source, ...] = ()

    @property
    def frame(self) -> CityFrame:
        """The metric frame, centred on the extent (to a millionth of a degree, so that it prints)."""
        west, south, east, north = self.extent
        return CityFrame(round((west + east) / 2, 6), round((south + north) / 2, 6))

    @property
    def sources(self) -> tuple[Source, ...]:
        """All sources, role by role."""
        return tuple(source for role in ROLES for source in getattr(self, role))


def read_city(path: Path) -> City:
    """Read and check a city file.

    Raises
    ------
    BadCityFile
        Names the key, what is wrong with it and the remedy.
    MissingDatum, UnknownDatum
        A source of heights names no vertical datum, or one without a grid.
    """
    path = path.resolve()
    try:
        words = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as problem:
        raise BadCityFile(
            file=str(path), key="file", detail=f"cannot be read ({problem}).", remedy="Give a city file."
        ) from problem
    except tomllib.TOMLDecodeError as problem:
        raise BadCityFile(
            file=str(path), key="file", detail=f"is not TOML ({problem}).", remedy="Mend it there."
        ) from problem
    return _Reader(path).city(words)


_CITY_KEYS = ("name", "name_en", "generated", "time_zone", "extent", "home", "credits")
_SURFACE_KEYS = ("cell_m", "fine_cell_m")
_SOURCE_KEYS = ("file", "layer", "crs", "columns", "values")
_HEIGHT_KEYS = (
    "vertical_datum",
    "vertical_datum_assumed",
    "geoid_grid",
    "stand_in",
    "datum_offset_m",
    "vertical_unit_m",
    "nodata",
)


class _Reader(Values):
    """A city file, key by key."""

    def city(self, words: Mapping[str, Any]) -> City:
        self.known(words, ("city", "surface", *ROLES), "")
        city, surface = self.table(words, "city"), self.table(words, "surface")
        self.known(city, _CITY_KEYS, "city.")
        self.known(surface, _SURFACE_KEYS, "surface.")
        if "name" not in city:
            self.refuse("city.name", "is missing.", 'Add name = "…" under [city].')
        extent = self.extent(city)
        cell_m = self.cell(surface, "cell_m", 10.0, extent)
        fine_cell_m = self.cell(surface, "fine_cell_m", min(2.0, cell_m), None)
        if fine_cell_m > cell_m:
            self.refuse("surface.fine_cell_m", f"{fine_cell_m} is coarser than cell_m {cell_m}.", "Make it less.")
        sources = {role: self.sources(role, words) for role in ROLES}
        if not sources["ground"]:
            self.refuse("ground", "is missing.", "Add a [[ground]] entry with a file of ground heights.")
        return City(
            file=self.path,
            name=self.text(city, "name"),
            name_en=self.text(city, "name_en"),
            generated=self.flag(city, "generated", "city."),
            time_zone=self.zone(city),
            extent=extent,
            home=self.home(city, extent),
            credits=self.texts(city, "credits"),
            cell_m=cell_m,
            fine_cell_m=fine_cell_m,
            **sources,
        )

    def extent(self, city: Mapping[str, Any]) -> tuple[float, float, float, float]:
        meaning = "west, south, east, north"
        west, south, east, north = self.numbers(city.get("extent"), 4, "city.extent", meaning)
        remedy = f"Write [{meaning}] in degrees."
        if not (-180 <= west < east <= 180 and -85 <= south < north <= 85):
            self.refuse("city.extent", f"{[west, south, east, north]} is no extent on the map.", remedy)
        if max((east - west) * math.cos(math.radians((south + north) / 2)), north - south) > MAX_EXTENT_DEG:
            self.refuse("city.extent", f"is wider than {MAX_EXTENT_DEG:g} degrees.", "Take one city at a time.")
        return west, south, east, north

    def home(
        self, city: Mapping[str, Any], extent: tuple[float, float, float, float]
    ) -> tuple[float, float, float, float, float] | None:
        if "home" not in city:
            return None
        meaning = "longitude, latitude, height above ground, heading, pitch"
        lon, lat, height, heading, pitch = self.numbers(city["home"], 5, "city.home", meaning)
        if not (extent[0] <= lon <= extent[2] and extent[1] <= lat <= extent[3]):
            self.refuse("city.home", f"{lon}, {lat} is outside the extent.", f"Write [{meaning}].")
        return lon, lat, height, heading, pitch

    def zone(self, city: Mapping[str, Any]) -> str:
        name = city.get("time_zone", "UTC")
        try:
            zoneinfo.ZoneInfo(name)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, TypeError):
            self.refuse("city.time_zone", f"{name!r} is not a time zone.", 'Write for instance "Asia/Shanghai".')
        return str(name)

    def cell(
        self,
        surface: Mapping[str, Any],
        key: str,
        default: float,
        extent: tuple[float, float, float, float] | None,
    ) -> float:
        value = surface.get(key, default)
        if not is_number(value) or not 0.1 <= value <= 1000:
            self.refuse(f"surface.{key}", f"{value!r} is not a length in metres.", "Write for instance 10.")
        if extent is not None and (cells := _cells(extent, value)) > MAX_CELLS:
            detail = f"{value} makes {cells / 1e6:.0f} million cells."
            self.refuse(f"surface.{key}", detail, "Take a larger cell or a smaller extent.")
        return float(value)

    def sources(self, role: str, words: Mapping[str, Any]) -> tuple[Source, ...]:
        entries = words.get(role, [])
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            self.refuse(role, "is not a list of tables.", f"Write [[{role}]].")
        found: list[Source] = []
        for number, entry in enumerate(entries, start=1):
            found += self.source(role, entry, f"{role}[{number}].")
        return tuple(found)

    def source(self, role: str, entry: Mapping[str, Any], prefix: str) -> list[Source]:
        extra = (*_HEIGHT_KEYS, *(("height_reference",) if role == "cameras" else ()))
        self.known(entry, (*_SOURCE_KEYS, *extra), prefix)
        for key in ("layer", "crs", "vertical_datum", "stand_in", "geoid_grid", "height_reference"):
            if key in entry and not isinstance(entry[key], str):
                self.refuse(prefix + key, f"{entry[key]!r} is not text.", "Put it in quotes.")
        columns = entry.get("columns", {})
        if not isinstance(columns, dict) or not all(isinstance(v, str) for v in columns.values()):
            self.refuse(prefix + "columns", "is not a table of column names.", 'Write height_m = "HEIGHT".')
        if not isinstance(entry.get("values", {}), dict):
            self.refuse(prefix + "values", "is not a table.", 'Write level = "district".')
        self.crs(entry, prefix)
        source = Source(
            role=role,
            file=Path(),
            layer=entry.get("layer"),
            crs=entry.get("crs"),
            columns=columns,
            values=entry.get("values", {}),
            vertical_datum=entry.get("vertical_datum"),
            vertical_datum_assumed=self.flag(entry, "vertical_datum_assumed", prefix),
            geoid_grid=self.geoid(entry, prefix),
            stand_in=entry.get("stand_in"),
            datum_offset_m=self.length(entry, "datum_offset_m", None, prefix),
            vertical_unit_m=self.length(entry, "vertical_unit_m", 1.0, prefix) or 1.0,
            nodata=self.length(entry, "nodata", None, prefix),
            height_reference=self.reference(entry, prefix),
        )
        made = [_with_file(source, file) for file in self.files(entry, prefix)]
        if role in ("ground", "surface_heights"):
            for one in made:
                geoid_of(one.datum)
        return made

    def files(self, entry: Mapping[str, Any], prefix: str) -> list[Path]:
        name = entry.get("file")
        if not isinstance(name, str) or not name:
            self.refuse(prefix + "file", "is missing.", 'Add file = "…".')
        if "*" in name:
            folder, _, pattern = (self.path.parent / name).as_posix().rpartition("/")
            found = sorted(Path(folder).glob(pattern))
            if not found:
                self.refuse(prefix + "file", f"{name} matches nothing.", "Correct the path.")
            return found
        file = (self.path.parent / name).resolve()
        if not file.exists():
            self.refuse(prefix + "file", f"{file} does not exist.", "Correct the path or make the file.")
        return [file]

    def geoid(self, entry: Mapping[str, Any], prefix: str) -> Path | None:
        if "geoid_grid" not in entry:
            return None
        grid: Path = (self.path.parent / entry["geoid_grid"]).resolve()
        if not grid.exists():
            self.refuse(prefix + "geoid_grid", f"{grid} does not exist.", "Correct the path.")
        return grid

    def crs(self, entry: Mapping[str, Any], prefix: str) -> None:
        crs = entry.get("crs")
        if crs is None or crs in CHINESE_CRS:
            return
        try:
            CRS.from_user_input(crs)
        except CRSError:
            remedy = f'Write "EPSG:…" or one of {", ".join(CHINESE_CRS)}.'
            self.refuse(prefix + "crs", f"{crs!r} is not a coordinate reference system.", remedy)

    def reference(self, entry: Mapping[str, Any], prefix: str) -> str | None:
        value = entry.get("height_reference")
        if value is not None and value not in HEIGHT_REFERENCES:
            known = ", ".join(f'"{one}"' for one in HEIGHT_REFERENCES)
            self.refuse(prefix + "height_reference", f"{value!r} is not known.", f"Known are {known}.")
        if value == "above sea" and "vertical_datum" not in entry:
            raise MissingDatum(file=str(entry.get("file")))
        return value


def _cells(extent: tuple[float, float, float, float], cell_m: float) -> float:
    west, south, east, north = extent
    width_m = (east - west) * 111_320 * math.cos(math.radians((south + north) / 2))
    return width_m / cell_m * ((north - south) * 111_132 / cell_m)


def _with_file(source: Source, file: Path) -> Source:
    return Source(**{**source.__dict__, "file": file})
