"""A built city, opened: the door through which the upper floors see the ground."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tiles import datum as vertical
from tiles.errors import NotBuilt, OutsideCity
from tiles.footprints import ATTRIBUTES, Footprints
from tiles.geodesy import CityFrame
from tiles.grid import HeightGrid
from tiles.prisms import Prisms
from tiles.profile import Profile, skyline
from tiles.sight import Hits, Lines, first_hits, sight_lines, viewshed
from tiles.sources.positions import metric_positions
from tiles.surface import Surface, Window

BUILD_FILE = "build.json"
"""Names the live version; replaced in one step at the end of a build."""
Ring = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class BuildingFacts:
    """What is known of one building; heights are ellipsoidal metres, unknown texts are empty."""

    index: int
    id: str
    name: str
    name_en: str
    use: str
    storeys: int
    address: str
    area: str
    base_m: float
    roof_m: float
    ground_m: float
    lon: float
    lat: float


@dataclass(frozen=True, eq=False)
class Scene:
    """One version of a city: heights, buildings, the analysis surface, and sight lines through them.

    ``extent`` is west, south, east, north in degrees; ``ground`` and ``obstacle`` are grids of the same cells
    in the metric frame, ``obstacle`` with trees and the like where a surface model is given; ``facts`` is what
    ``build.json`` says; ``folder`` is where tiles and parts lie, None for a scene without files.
    """

    version: str
    frame: CityFrame
    extent: tuple[float, float, float, float]
    ground: HeightGrid
    obstacle: HeightGrid
    footprints: Footprints
    prisms: Prisms = field(repr=False)
    surface: Surface = field(repr=False)
    facts: dict[str, Any] = field(default_factory=dict, repr=False)
    folder: Path | None = None

    @classmethod
    def open(cls, folder: Path) -> "Scene":
        """Open the live version of a built city; arrays are memory-mapped.

        Raises
        ------
        NotBuilt
            The folder holds none, or only part of one.
        """
        facts = read_build(folder)
        try:
            parts = {name: folder / facts["parts"][name] for name in ("ground", "footprints", "surface")}
            city = facts["city"]
        except KeyError as missing:
            raise NotBuilt(folder=str(folder)) from missing
        ground = HeightGrid.load(parts["ground"] / "ground")
        differs = (parts["surface"] / "obstacle.npy").exists()
        obstacle = HeightGrid.load(parts["surface"] / "obstacle") if differs else ground
        footprints = Footprints.load(parts["footprints"])
        west, south, east, north = city["extent"]
        return cls(
            version=facts["version"],
            frame=CityFrame(*city["frame"]),
            extent=(west, south, east, north),
            ground=ground,
            obstacle=obstacle,
            footprints=footprints,
            prisms=_prisms(footprints),
            surface=Surface.load(parts["surface"]),
            facts=facts,
            folder=folder,
        )

    @classmethod
    def flat(
        cls,
        lon0: float = 106.8,
        lat0: float = 39.6,
        height_m: float = 1040.0,
        half_m: float = 2000.0,
        cell_m: float = 10.0,
        buildings: Iterable[tuple[Sequence[Any], float, float]] = (),
        fine_cell_m: float = 2.0,
    ) -> "Scene":
        """A plain of one height with given buildings, in memory: for tests and examples.

        ``buildings`` are (ring or list of rings in metres, base_m, roof_m); heights are ellipsoidal.
        """
        half = round(half_m / cell_m)
        heights = np.full((2 * half + 1, 2 * half + 1), height_m, np.float32)
        ground = HeightGrid(heights, -half * cell_m, half * cell_m, cell_m)
        return cls.of(CityFrame(lon0, lat0), ground, buildings, fine_cell_m)

    @classmethod
    def of(
        cls,
        frame: CityFrame,
        ground: HeightGrid,
        buildings: Iterable[tuple[Sequence[Any], float, float]] = (),
        fine_cell_m: float = 2.0,
        obstacle: HeightGrid | None = None,
    ) -> "Scene":
        """A scene in memory from a ground grid and buildings as in ``flat``."""
        west, south, east, north = ground.bounds_m
        lon, lat = frame.to_lonlat([west, east, west, east, 0, 0], [south, south, north, north, south, north])
        footprints = _footprints(buildings)
        return cls(
            version="memory",
            frame=frame,
            extent=(
                max(lon[0], lon[2]),
                max(lat[0], lat[1], lat[4]),
                min(lon[1], lon[3]),
                min(lat[2], lat[3], lat[5]),
            ),
            ground=ground,
            obstacle=obstacle or ground,
            footprints=footprints,
            prisms=_prisms(footprints),
            surface=Surface.make(footprints, ground, fine_cell_m),
        )

    def to_metric(self, lon: ArrayLike, lat: ArrayLike) -> tuple[Any, Any]:
        """Degrees to x, y in the metric frame."""
        return self.frame.to_metric(lon, lat)

    def to_lonlat(self, x_m: ArrayLike, y_m: ArrayLike) -> tuple[Any, Any]:
        """x, y in the metric frame to degrees."""
        return self.frame.to_lonlat(x_m, y_m)

    def lonlat_of(self, coordinates: NDArray[np.float64], crs: str, source: str) -> NDArray[np.float64]:
        """Coordinates (n, 2; x or longitude first) in any system that a city file may name, as WGS 84 degrees.

        NaN where there is no such place. ``source`` is named in refusals.

        Raises
        ------
        MissingCRS, BadSource
        """
        metric = metric_positions(Path(source), crs, self.frame)(coordinates)
        lonlat = np.column_stack(self.frame.to_lonlat(metric[:, 0], metric[:, 1]))
        return np.where(np.isfinite(metric) & np.isfinite(lonlat), lonlat, np.nan)

    def to_ellipsoidal(self, lon: ArrayLike, lat: ArrayLike, height_m: ArrayLike, datum: "vertical.Datum | str") -> Any:
        """Heights in a vertical datum as ellipsoidal heights; see ``tiles.datum``.

        Raises
        ------
        UnknownDatum, BadSource
        """
        return vertical.to_ellipsoidal(lon, lat, height_m, datum)

    def inside(self, lon: ArrayLike, lat: ArrayLike) -> Any:
        """Whether places lie in the city's extent; False for what is not a number."""
        west, south, east, north = self.extent
        lon, lat = np.asarray(lon, float), np.asarray(lat, float)
        return ((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))[()]

    def require_inside(self, lon: float, lat: float) -> None:
        """Refuse a place outside the city.

        Raises
        ------
        OutsideCity
        """
        if not self.inside(lon, lat):
            raise OutsideCity(lon=lon, lat=lat)

    def ground_m(self, lon: ArrayLike, lat: ArrayLike) -> Any:
        """Ellipsoidal height of the ground, metres; NaN outside."""
        x, y = self.frame.to_metric(np.asarray(lon, float), np.asarray(lat, float))
        return self.ground.sample(x, y)

    def top_m(self, lon: ArrayLike, lat: ArrayLike) -> Any:
        """Ellipsoidal height of the highest thing at places: roof, surface or ground; NaN outside."""
        x, y = self.frame.to_metric(np.asarray(lon, float), np.asarray(lat, float))
        top = self.obstacle.sample(x, y)
        building = np.asarray(self.prisms.building_at(x, y))
        if not len(self.footprints):
            return top
        roof = np.where(building >= 0, self.prisms.roof_m[building], -np.inf)
        return np.maximum(top, roof)[()]

    def building_at(self, lon: ArrayLike, lat: ArrayLike) -> Any:
        """Index of the building at places, int32, −1 for none."""
        x, y = self.frame.to_metric(np.asarray(lon, float), np.asarray(lat, float))
        return self.prisms.building_at(x, y)

    def building(self, index: int) -> BuildingFacts:
        """Facts of one building."""
        held = self.footprints
        words = {name: held.attributes[name][index] for name in ATTRIBUTES}
        x, y = self.centres_m[index]
        lon, lat = self.frame.to_lonlat(float(x), float(y))
        base, roof = float(held.base_m[index]), float(held.roof_m[index])
        ground = float(self.ground.clamped(x, y))
        return BuildingFacts(
            index=int(index), id=held.ids[index], **words, base_m=base, roof_m=roof, ground_m=ground, lon=lon, lat=lat
        )

    @cached_property
    def centres_m(self) -> NDArray[np.float64]:
        """(b, 2) middle of each building's bounds in the metric frame."""
        bounds = self.footprints.bounds_m
        return (bounds[:, :2] + bounds[:, 2:]) / 2

    def sight_lines(
        self,
        eyes_m: ArrayLike,
        targets_m: ArrayLike,
        *,
        carrier: ArrayLike | None = None,
        mount_m: ArrayLike | None = None,
        target_building: ArrayLike | None = None,
    ) -> Lines:
        """``tiles.sight.sight_lines`` through this city; places (n, 3) in the metric frame."""
        excused = {"carrier": carrier, "mount_m": mount_m, "target_building": target_building}
        return sight_lines(self.ground, self.obstacle, self.prisms, eyes_m, targets_m, **excused)

    def first_hits(
        self,
        origins_m: ArrayLike,
        bearings_deg: ArrayLike,
        elevations_deg: ArrayLike,
        max_range_m: ArrayLike,
        *,
        carrier: ArrayLike | None = None,
        mount_m: ArrayLike | None = None,
    ) -> Hits:
        """``tiles.sight.first_hits`` in this city; bearings from grid north."""
        rays = (origins_m, bearings_deg, elevations_deg, max_range_m)
        return first_hits(self.ground, self.obstacle, self.prisms, *rays, carrier=carrier, mount_m=mount_m)

    def viewshed(
        self,
        window: Window,
        eye_height_m: float,
        *,
        bearing_deg: float = 0.0,
        width_deg: float = 360.0,
        radius_m: float,
        target_height_m: float = 1.5,
    ) -> NDArray[np.bool_]:
        """Cells of a window that an eye over its middle sees, curvature included; bearings from grid north.

        ``eye_height_m`` is ellipsoidal; targets stand ``target_height_m`` above ``window.top_m``.
        """
        above_m = eye_height_m - float(window.top_m[window.row, window.col])
        return viewshed(
            window.top_m,
            window.cell_m,
            (window.row, window.col, above_m),
            radius_m=radius_m,
            target_height_m=target_height_m,
            bearing_deg=bearing_deg,
            width_deg=width_deg,
            curvature=True,
        )

    def skyline(
        self,
        window: Window,
        eye_height_m: float,
        *,
        bearing_deg: float = 0.0,
        width_deg: float = 360.0,
        radius_m: float,
    ) -> Profile:
        """``tiles.profile.skyline`` of an eye over a window's middle; bearings from grid north."""
        return skyline(window, eye_height_m, bearing_deg=bearing_deg, width_deg=width_deg, radius_m=radius_m)

    def window(
        self, x_m: float, y_m: float, radius_m: float, cell_m: float, wedge: tuple[float, float] = (0.0, 360.0)
    ) -> Window:
        """A regular window of the analysis surface around a place in the metric frame.

        ``wedge``: bearing of the middle and width of the view that it is for, from grid north.
        """
        roof = self.footprints.roof_m
        return self.surface.window(self.ground, self.obstacle, roof, (x_m, y_m), radius_m, cell_m, wedge)


def read_build(folder: Path) -> dict[str, Any]:
    """What ``build.json`` says of the live version.

    Raises
    ------
    NotBuilt
    """
    try:
        facts: dict[str, Any] = json.loads((folder / BUILD_FILE).read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as missing:
        raise NotBuilt(folder=str(folder)) from missing
    return facts


def _prisms(footprints: Footprints) -> Prisms:
    return Prisms.build(
        footprints.vertices_m,
        footprints.ring_offsets,
        footprints.ring_building,
        footprints.base_m,
        footprints.roof_m,
    )


def _footprints(buildings: Iterable[tuple[Sequence[Any], float, float]]) -> Footprints:
    """Footprints from plain rings; a single ring may stand for a list of one."""
    vertices: list[NDArray[np.float64]] = []
    owners: list[int] = []
    base, roof = [], []
    for number, (shape, base_m, roof_m) in enumerate(buildings):
        rings = [shape] if np.ndim(shape[0]) == 1 else shape
        for ring in rings:
            corners = np.asarray(ring, float)
            closed = len(corners) > 1 and bool((corners[0] == corners[-1]).all())
            vertices.append(corners[:-1] if closed else corners)
            owners.append(number)
        base.append(base_m)
        roof.append(roof_m)
    if not base:
        return Footprints.empty()
    count = len(base)
    blank: dict[str, tuple[Any, ...]] = dict.fromkeys(ATTRIBUTES, ("",) * count)
    return Footprints(
        np.concatenate(vertices),
        np.concatenate([[0], np.cumsum([len(v) for v in vertices])]).astype(np.int64),
        np.asarray(owners, np.int32),
        np.asarray(base, float),
        np.asarray(roof, float),
        tuple(f"b{number}" for number in range(count)),
        blank | {"storeys": (0,) * count},
    )
