"""The ground: plain, banks, mountains with valleys and fans, dunes; heights above the sea (EGM96)."""

from dataclasses import dataclass

import numpy as np
import shapely
from scipy import ndimage
from scipy.interpolate import RectBivariateSpline
from scipy.spatial import cKDTree

from data.recipe.erosion import erode
from data.recipe.noise import fractal_noise, smooth_noise
from data.recipe.plan import Floats, Plan
from data.recipe.water import Water, smooth_line, water_level

_METRES_PER_DEGREE = 111_000.0
_MARGIN_CELLS = 20


@dataclass(frozen=True)
class Ground:
    """Heights (rows, cols) above the sea, north up; ``lon``, ``lat`` are the cells' centres in degrees."""

    height_m: Floats
    relief_m: Floats
    lon: Floats
    lat: Floats

    def sample(self, field: Floats, lon: Floats, lat: Floats) -> Floats:
        """Bilinear values of a field on the grid."""
        col = (lon - self.lon[0]) / (self.lon[1] - self.lon[0])
        row = (lat - self.lat[0]) / (self.lat[1] - self.lat[0])
        return np.asarray(ndimage.map_coordinates(field, [row, col], order=1, mode="nearest"))


@dataclass(frozen=True)
class _Grid:
    """A regular grid in degrees with its axes in metres from the extent's south-west corner."""

    lon: Floats
    lat: Floats
    x_m: Floats
    y_m: Floats
    cell_m: float

    @classmethod
    def over(cls, plan: Plan, cell_deg: float) -> "_Grid":
        west, south, east, north = plan.extent
        lon = west + cell_deg * (np.arange(round((east - west) / cell_deg) + 1))
        lat = north - cell_deg * (np.arange(round((north - south) / cell_deg) + 1))
        narrow = np.cos(np.radians((south + north) / 2))
        # Origins shared by all grids of one plan: a noise field is the same ground at every cell size.
        return cls(
            lon, lat, (lon - 106.0) * _METRES_PER_DEGREE * narrow, (lat - 39.0) * _METRES_PER_DEGREE,
            cell_deg * _METRES_PER_DEGREE,
        )  # fmt: skip

    def lines(self, lonlat: object) -> Floats:
        """Drawn points (n, 2) in this grid's metres."""
        points = np.asarray(lonlat, float).reshape(-1, 2)
        narrow = (self.x_m[1] - self.x_m[0]) / (self.lon[1] - self.lon[0])
        return np.column_stack(
            [self.x_m[0] + (points[:, 0] - self.lon[0]) * narrow,
             self.y_m[0] + (points[:, 1] - self.lat[0]) * _METRES_PER_DEGREE]
        )  # fmt: skip


def make_ground(plan: Plan, water: Water) -> Ground:
    """Compute the ground over the plan's extent."""
    grid = _Grid.over(plan, plan.ground_cell_deg)
    shore = _shore_distance(plan, grid, water)
    coarse = _Grid.over(plan, plan.relief_cell_m / _METRES_PER_DEGREE)
    relief = _mountains(plan, coarse)
    fine_relief = RectBivariateSpline(coarse.y_m[::-1], coarse.x_m, relief[::-1])(
        np.clip(grid.y_m[::-1], coarse.y_m[-1], coarse.y_m[0]),
        np.clip(grid.x_m, coarse.x_m[0], coarse.x_m[-1]),
    )[::-1]
    fine_relief = np.maximum(fine_relief, 0.0)
    rough = fractal_noise(grid.x_m, grid.y_m, 420.0, 3, plan.rng("rough"), gain=0.45)
    fine_relief = fine_relief + rough * np.minimum(fine_relief * 0.05, 7.0)
    # Sharp crossings of the clip above, and what the splines ring, are gone after this.
    fine_relief = ndimage.gaussian_filter(np.maximum(fine_relief, 0.0), 0.7)
    height = _plain(plan, grid, shore) + fine_relief + _dunes(plan, grid, shore)
    level = water_level(plan, grid.lat)[:, None]
    rise = np.clip((shore - 1.2 * grid.cell_m) / (40.0 + 0.6 * grid.cell_m), 0, 1)
    rise = rise * rise * (3 - 2 * rise)
    height = level + (height - level) * rise
    height = np.where(shore <= 1.2 * grid.cell_m, level, height)
    return Ground(np.round(height, 2), fine_relief, grid.lon, grid.lat)


def _shore_distance(plan: Plan, grid: _Grid, water: Water) -> Floats:
    """Distance to the shore in metres, negative on water: exact near the shore, on the raster far from it."""
    lon2, lat2 = np.meshgrid(grid.lon, grid.lat)
    x, y = plan.frame.to_metric(lon2[::8, ::8], lat2[::8, ::8])
    rows, cols = lon2.shape
    at = np.meshgrid(np.arange(rows) / 8, np.arange(cols) / 8, indexing="ij")
    x, y = (ndimage.map_coordinates(np.pad(f, 1, mode="reflect", reflect_type="odd"), [at[0] + 1, at[1] + 1], order=1)
            for f in (x, y))  # fmt: skip
    outline = shapely.segmentize(water.all, 8.0)
    shore = shapely.get_coordinates(shapely.boundary(outline))
    shapely.prepare(outline)
    coarse_inside = shapely.contains_xy(outline, x[::4, ::4], y[::4, ::4])
    near = _near_mask(coarse_inside, x.shape, 4, reach=int(900 / (4 * grid.cell_m)) + 2)
    distance = np.full(x.shape, np.inf)
    far, _ = cKDTree(shore).query(np.column_stack([x[near], y[near]]), distance_upper_bound=1200.0)
    inside = shapely.contains_xy(outline, x[near], y[near])
    distance[near] = np.where(inside, -far, far)
    blocks, _ = cKDTree(shore[::4]).query(np.column_stack([x[::8, ::8].ravel(), y[::8, ::8].ravel()]))
    wide = ndimage.map_coordinates(
        blocks.reshape(x[::8, ::8].shape), [at[0], at[1]], order=1, mode="nearest"
    )  # fmt: skip
    blend = np.clip((wide - 250) / 250, 0, 1)
    exact = np.where(np.isfinite(distance), distance, wide)
    wet = exact < 0
    return np.asarray(np.where(wet, exact, exact * (1 - blend) + wide * blend))


def _near_mask(inside: np.ndarray, shape: tuple[int, ...], step: int, reach: int) -> np.ndarray:
    """Cells at or near water, from a coarse mask."""
    grown = ndimage.binary_dilation(inside, iterations=reach)
    return np.asarray(np.repeat(np.repeat(grown, step, 0), step, 1)[: shape[0], : shape[1]])


def _plain(plan: Plan, grid: _Grid, shore: Floats) -> Floats:
    """The plain: a bank above the river, rising gently away from it, with long low swells."""
    at, level = np.asarray(plan.plain["bank_level"], float).T
    bank = np.interp(grid.lat, at, level)[:, None] + plan.plain["bank_m"]
    away = np.clip(shore, 0, None)
    away = ndimage.gaussian_filter(away, 300.0 / grid.cell_m)
    cap = plan.plain["cap_km"] * 1000.0
    slope = plan.plain["slope_m_per_km"] / 1000.0
    rise = slope * cap * (1 - np.exp(-away / cap))
    swell = 1.6 * fractal_noise(grid.x_m, grid.y_m, 2600.0, 3, plan.rng("plain"))
    return np.asarray(bank + rise + swell * np.clip(away / 900, 0.25, 1))


def _crest_distance(grid: _Grid, line: object) -> Floats:
    """Distance of each cell to a crest line, metres."""
    points = smooth_line(grid.lines(line), grid.cell_m / 2)
    x, y = np.meshgrid(grid.x_m, grid.y_m)
    distance, _ = cKDTree(points).query(np.column_stack([x.ravel(), y.ravel()]))
    return np.asarray(distance.reshape(x.shape))


def _mountains(plan: Plan, grid: _Grid) -> Floats:
    """Height of the mountains over the plain: eroded ridges and, at their feet, fans."""
    rng = plan.rng("mountains")
    bend = fractal_noise(grid.x_m, grid.y_m, 4200.0, 4, rng)
    fine = rng.standard_normal(bend.shape)
    shape = np.zeros(bend.shape)
    peak = np.zeros(bend.shape)
    foot = np.full(bend.shape, np.inf)
    for ridge in plan.ridges:
        away = _crest_distance(grid, ridge.line) / ridge.half_m
        away = away * (1 + 0.16 * bend)
        inner = np.clip(1 - away**2, 0, 1)
        shape = np.maximum(shape, inner)
        peak = np.maximum(peak, (ridge.peak_m - 1120.0) * np.sqrt(inner))
        foot = np.minimum(foot, np.clip((away - 1) * ridge.half_m, 0, None) + (2149 - ridge.peak_m) * 1.2)
    if not (shape > 0).any():
        return shape
    uplift = np.where(shape > 0.02, 12.0 * shape * (1 + 0.12 * bend), 0.0).clip(0)
    raw = erode(np.abs(fine) * 0.5, uplift, grid.cell_m, steps=45, erodibility=0.16)
    raw = ndimage.gaussian_filter(raw, 0.55)
    # The envelope fixes how high each ridge stands; erosion fixes its shape.
    top = ndimage.gaussian_filter(ndimage.maximum_filter(raw, size=int(3000 / grid.cell_m) | 1), 900 / grid.cell_m)
    mountain = raw * ndimage.gaussian_filter(peak, 300 / grid.cell_m) / np.maximum(top, 40.0) * 1.06
    fan = 85.0 * np.exp(-foot / 1900.0) * (1 + 0.25 * smooth_noise(grid.x_m, grid.y_m, 3000.0, rng))
    fan = ndimage.gaussian_filter(np.where(np.isfinite(foot), fan, 0), 250 / grid.cell_m)
    return np.asarray(mountain + fan)


def _dunes(plan: Plan, grid: _Grid, shore: Floats) -> Floats:
    """Dune ridges across the north-west wind, with a long windward and a short lee side."""
    rng = plan.rng("dunes")
    if not plan.dunes:
        return np.zeros(shore.shape)
    mask = np.zeros(shore.shape)
    x, y = grid.x_m, grid.y_m
    for outline in plan.dunes:
        area = shapely.polygons(grid.lines(outline))
        coarse = shapely.contains_xy(area, *np.meshgrid(x[::8], y[::8]))
        full = np.repeat(np.repeat(coarse.astype(float), 8, 0), 8, 1)[: y.size, : x.size]
        mask = np.maximum(mask, full)
    mask = ndimage.gaussian_filter(mask, 700.0 / grid.cell_m) * np.clip((shore - 150) / 1500, 0, 1)
    warp = 150.0 * fractal_noise(x, y, 1900.0, 3, rng)
    phase = (0.80 * x[None, :] - 0.60 * y[:, None] + warp) / 390.0
    wave = np.sin(2 * np.pi * phase + 0.55 * np.sin(2 * np.pi * phase))
    height = np.clip(6.0 + 3.5 * smooth_noise(x, y, 2400.0, rng), 0.8, 15.0)
    mega = 9.0 * smooth_noise(x, y, 2800.0, rng)
    return np.asarray(mask * (height * (wave + 1) + mega + 14.0))
