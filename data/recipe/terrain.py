"""The ground: plain, banks, mountains with valleys and fans, dunes; heights above the sea (EGM96)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import shapely
from scipy import ndimage, sparse
from scipy.interpolate import RectBivariateSpline
from scipy.spatial import cKDTree

from data.recipe.erosion import erode
from data.recipe.noise import fractal_noise, smooth_noise
from data.recipe.plan import Floats, Plan
from data.recipe.water import Water, smooth_line, water_level

_METRES_PER_DEGREE = 111_000.0
_MARGIN = 0.016
"""Ground beyond the extent on every side, as a share of its width."""
_FOOT_M = 1120.0
"""About where the mountains begin, above the sea."""
_STEP = 8
"""Far from the shore every eighth cell is computed, the rest interpolated."""


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
        # The extent's sides are bent in any metric frame: a rectangle around them needs ground beyond them.
        margin = cell_deg * round(_MARGIN * (east - west) / cell_deg)
        west, south, east, north = west - margin, south - margin, east + margin, north + margin
        lon: Floats = west + cell_deg * np.arange(round((east - west) / cell_deg) + 1, dtype=np.float64)
        lat: Floats = north - cell_deg * np.arange(round((north - south) / cell_deg) + 1, dtype=np.float64)
        narrow = float(np.cos(np.radians((south + north) / 2)))
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
    coarse = _Grid.over(plan, plan.relief_cell_m / _METRES_PER_DEGREE)
    # Array arithmetic leaves the interpreter's lock: the two halves take a core each.
    with ThreadPoolExecutor(1) as pool:
        mountains = pool.submit(_mountains, plan, coarse)
        shore, far = _shore_distance(plan, grid, water)
        height = _plain(plan, grid, far) + _dunes(plan, grid, far)
        rough = fractal_noise(grid.x_m, grid.y_m, 420.0, 3, plan.rng("rough"), gain=0.45)
        relief = mountains.result()
    fine_relief = RectBivariateSpline(coarse.y_m[::-1], coarse.x_m, relief[::-1])(
        np.clip(grid.y_m[::-1], coarse.y_m[-1], coarse.y_m[0]),
        np.clip(grid.x_m, coarse.x_m[0], coarse.x_m[-1]),
    )[::-1]
    fine_relief = np.maximum(fine_relief, 0.0)
    fine_relief = fine_relief + rough * np.minimum(fine_relief * 0.07, 9.0)
    # Sharp crossings of the clip above, and what the splines ring, are gone after this.
    fine_relief = ndimage.gaussian_filter(np.maximum(fine_relief, 0.0), 0.7)
    height += fine_relief
    level = water_level(plan, grid.lat)[:, None]
    rise = np.clip((shore - 1.2 * grid.cell_m) / (40.0 + 0.6 * grid.cell_m), 0, 1)
    rise = rise * rise * (3 - 2 * rise)
    height = level + (height - level) * rise
    height = np.where(shore <= 1.2 * grid.cell_m, level, height)
    return Ground(np.round(height, 2), fine_relief, grid.lon, grid.lat)


def _upsampled(field: Floats, shape: tuple[int, int], step: int) -> Floats:
    """A field known at every ``step``-th cell, linear in between, on a grid of ``shape``."""

    def weights(fine: int, coarse: int) -> sparse.csr_matrix:
        at = np.minimum(np.arange(fine) / step, coarse - 1 + (coarse > 1) * (fine / step))
        low = np.minimum(at.astype(int), coarse - 2)
        share = at - low  # over 1 past the last known cell: the field goes on straight
        rows = np.repeat(np.arange(fine), 2)
        columns = np.column_stack([low, low + 1]).ravel()
        return sparse.csr_matrix((np.column_stack([1 - share, share]).ravel(), (rows, columns)), (fine, coarse))

    return np.asarray((weights(shape[0], field.shape[0]) @ field) @ weights(shape[1], field.shape[1]).T)


def _shore_distance(plan: Plan, grid: _Grid, water: Water) -> tuple[Floats, Floats]:
    """Distance to the shore in metres, negative on water; and the same every eighth cell, far from exact.

    Exact within some hundred metres of the shore, interpolated beyond.
    """
    shape = (grid.lat.size, grid.lon.size)
    coarse_x, coarse_y = plan.frame.to_metric(*np.meshgrid(grid.lon[::_STEP], grid.lat[::_STEP]))
    outline = shapely.segmentize(water.all, 8.0)
    shore = shapely.get_coordinates(shapely.boundary(outline))
    shapely.prepare(outline)
    blocks, _ = cKDTree(shore[::4]).query(np.column_stack([coarse_x.ravel(), coarse_y.ravel()]), workers=-1)
    blocks = blocks.reshape(coarse_x.shape)
    blocks = np.where(shapely.contains_xy(outline, coarse_x, coarse_y), -blocks, blocks)
    distance = _upsampled(blocks, shape, _STEP)
    near = np.flatnonzero(np.abs(distance) < 260.0 + 8 * grid.cell_m)
    x = _upsampled(coarse_x, shape, _STEP).ravel()[near]
    y = _upsampled(coarse_y, shape, _STEP).ravel()[near]
    exact, _ = cKDTree(shore).query(np.column_stack([x, y]), workers=-1)
    exact = np.where(shapely.contains_xy(outline, x, y), -exact, exact)
    rough = distance.ravel()[near]
    blend = np.clip((np.abs(rough) - 150.0) / 100.0, 0, 1)
    distance.ravel()[near] = np.where(exact < 0, exact, exact * (1 - blend) + rough * blend)
    return distance, blocks


def _plain(plan: Plan, grid: _Grid, far: Floats) -> Floats:
    """The plain: a bank above the river, rising gently away from it, with long low swells."""
    at, level = np.asarray(plan.plain["bank_level"], float).T
    bank = np.interp(grid.lat, at, level)[:, None] + plan.plain["bank_m"]
    away = ndimage.gaussian_filter(np.clip(far, 0, None), 300.0 / (_STEP * grid.cell_m))
    away = _upsampled(away, (grid.lat.size, grid.lon.size), _STEP)
    cap = plan.plain["cap_km"] * 1000.0
    slope = plan.plain["slope_m_per_km"] / 1000.0
    rise = slope * cap * (1 - np.exp(-away / cap))
    swell = 1.6 * fractal_noise(grid.x_m, grid.y_m, 2600.0, 3, plan.rng("plain"))
    return np.asarray(bank + rise + swell * np.clip(away / 900, 0.25, 1))


def _crest_distance(grid: _Grid, line: object) -> Floats:
    """Distance of each cell to a crest line, metres."""
    points = smooth_line(grid.lines(line), grid.cell_m)
    x, y = np.meshgrid(grid.x_m[::2], grid.y_m[::2])
    distance, _ = cKDTree(points).query(np.column_stack([x.ravel(), y.ravel()]), workers=-1)
    return _upsampled(distance.reshape(x.shape), (grid.y_m.size, grid.x_m.size), 2)


def _mountains(plan: Plan, grid: _Grid) -> Floats:
    """Height of the mountains over the plain: eroded ridges and, at their feet, fans."""
    rng = plan.rng("mountains")
    bend = fractal_noise(grid.x_m, grid.y_m, 4200.0, 4, rng)
    wide = smooth_noise(grid.x_m, grid.y_m, 9500.0, rng)
    shape = np.zeros(bend.shape)
    peak = np.zeros(bend.shape)
    foot = np.full(bend.shape, np.inf)
    for ridge in plan.ridges:
        away = _crest_distance(grid, ridge.line) / ridge.half_m
        away = away * np.clip(1 + 0.13 * bend + 0.2 * wide, 0.66, 1.6)
        inner = np.clip(1 - away**2, 0, 1)
        shape = np.maximum(shape, inner)
        peak = np.maximum(peak, (ridge.peak_m - _FOOT_M) * np.sqrt(inner) * (1 - 0.14 * np.clip(wide, -0.5, 2)))
        foot = np.minimum(foot, np.clip((away - 1) * ridge.half_m, 0, None) + (2149 - ridge.peak_m) * 1.2)
    if not (shape > 0).any():
        return shape
    uplift = np.where(shape > 0.02, 12.0 * shape * (1 + 0.12 * bend), 0.0).clip(0)
    raw = _eroded(uplift, grid.cell_m, rng)
    # The envelope fixes how high each ridge stands; erosion fixes its shape.
    top = ndimage.gaussian_filter(ndimage.maximum_filter(raw, size=int(3000 / grid.cell_m) | 1), 900 / grid.cell_m)
    mountain = raw * ndimage.gaussian_filter(peak, 300 / grid.cell_m) / np.maximum(top, 40.0) * 1.06
    fan = 85.0 * np.exp(-foot / 1900.0) * (1 + 0.25 * smooth_noise(grid.x_m, grid.y_m, 3000.0, rng))
    fan = ndimage.gaussian_filter(np.where(np.isfinite(foot), fan, 0), 250 / grid.cell_m)
    relief = mountain + fan
    return np.asarray(relief * (max(r.peak_m for r in plan.ridges) - _FOOT_M) / relief.max())


def _eroded(uplift_m: Floats, cell_m: float, rng: np.random.Generator) -> Floats:
    """The main valleys on a grid of double cells, then the small ones on the full grid."""
    start = np.abs(rng.standard_normal(uplift_m[::2, ::2].shape)) * 4.0
    large = erode(start * (uplift_m[::2, ::2] > 0), uplift_m[::2, ::2], 2 * cell_m, steps=80, erodibility=0.16)
    large = _upsampled(large, (uplift_m.shape[0], uplift_m.shape[1]), 2)
    large = (large + 2.0 * np.abs(rng.standard_normal(large.shape))) * (uplift_m > 0)
    fine = erode(large, uplift_m, cell_m, steps=14, erodibility=0.16)
    return np.asarray(ndimage.gaussian_filter(fine, 0.75))


def _dunes(plan: Plan, grid: _Grid, far: Floats) -> Floats:
    """Dune ridges across the north-west wind, with a long windward and a short lee side."""
    rng = plan.rng("dunes")
    if not plan.dunes:
        return np.zeros((grid.lat.size, grid.lon.size))
    mask = np.zeros(far.shape)
    x, y = grid.x_m, grid.y_m
    for outline in plan.dunes:
        inside = shapely.contains_xy(shapely.polygons(grid.lines(outline)), *np.meshgrid(x[::_STEP], y[::_STEP]))
        mask = np.maximum(mask, inside)
    mask = ndimage.gaussian_filter(mask, 700.0 / (_STEP * grid.cell_m)) * np.clip((far - 150) / 1500, 0, 1)
    mask = _upsampled(mask, (y.size, x.size), _STEP)
    found = np.zeros(mask.shape)
    sand = np.ix_(mask.any(axis=1), mask.any(axis=0))
    mask, x, y = mask[sand], x[sand[1].ravel()], y[sand[0].ravel()]
    warp = 150.0 * fractal_noise(x, y, 1900.0, 3, rng)
    phase = 2 * np.pi * (0.80 * x[None, :] - 0.60 * y[:, None] + warp) / 390.0
    wave = np.sin(phase + 0.55 * np.sin(phase))
    height = np.clip(6.0 + 3.5 * smooth_noise(x, y, 2400.0, rng), 0.8, 15.0)
    mega = 9.0 * smooth_noise(x, y, 2800.0, rng)
    found[sand] = mask * (height * (wave + 1) + mega + 14.0)
    return found
