"""Whether a sight line is clear, and nothing else: the verdict of `tiles.kernels.lines`, sooner.

A line is walked from the place that is looked at, near which most of what blocks it stands. Blocks over
whose highest thing it passes are skipped; where it passes under the lowest ground of a block it is given up.
What is left is decided at the same crossings, in the same arithmetic, as `nearest_wall` and `nearest_relief`.

Nothing is allocated here, so the kernels do without counted references (``_nrt``): counting those of the
twenty arrays at each call took as long as the walk.
"""

from typing import Any

import numpy as np
from numba import njit

from tiles.kernels.blocks import CELL_BITS, CELLS, FOLD, FOLD_BITS
from tiles.kernels.ray import height_at
from tiles.kernels.walls import runs_inside

MARGIN_M = 0.01
"""Rounding of heights, many times over."""
NUDGE_M = 0.001
"""A step over a block's border; a tenth of the slack with which edges are sorted into buckets."""

FIRST_STEPS = 14
"""Buckets that are walked through before larger blocks are skipped."""
GRID0, GRID1, GRID2 = float(CELLS), float(CELLS * FOLD), float(CELLS * FOLD * FOLD)
WALL1, WALL2 = float(FOLD), float(FOLD * FOLD)
"""Sides of the blocks of each level, in cells of the grid and in buckets."""


@njit(cache=True, nogil=True, inline="always")
def _lower(ray: Any, high: float, low: float, stretch: float) -> Any:
    """A height below the whole of a stretch between two heights: a line is convex and sags less than this."""
    return min(high, low) - 0.25 * stretch * stretch * ray.sag - MARGIN_M


@njit(cache=True, nogil=True, inline="always")
def _left_at(index: int, size: float, at: float, per_cell: float) -> Any:
    """Fraction at which a line, walked backwards, leaves the block ``index`` of an axis."""
    return ((index if per_cell > 0.0 else index + 1) * size - at) * per_cell


@njit(cache=True, nogil=True, inline="always")
def _inverse(step: float) -> Any:
    """1 / step; for a line along the other axis a number so great that no border is met."""
    return 1.0 / step if abs(step) > 1e-12 else -1e18


@njit(cache=True, nogil=True, inline="always")
def _inside(at: float, step: float, size: float, first: float, last: float) -> Any:
    """The part of [first, last] in which an axis stays within 0 … size."""
    if step == 0.0:
        return (first, last) if 0.0 <= at <= size else (1.0, 0.0)
    a, b = -at / step, (size - at) / step
    return max(first, min(a, b)), min(last, max(a, b))


@njit(cache=True, nogil=True, _nrt=False)
def _edges_block(start: Any, beside: Any, ray: Any, bucket: int, carrier: int, mount_m: float) -> bool:
    """Whether an edge of one bucket blocks; see ``walls._in_bucket``."""
    for k in range(start[bucket], start[bucket + 1]):
        ax, ay = beside[k, 0], beside[k, 1]
        ex, ey = beside[k, 2] - ax, beside[k, 3] - ay
        den = ray.dx * ey - ray.dy * ex
        px, py = ax - ray.x, ay - ray.y
        across = px * ray.dy - py * ray.dx
        # Most edges lie beside the line: a product tells, before any division.
        if den == 0.0 or across * den < 0.0 or abs(across) > abs(den) * (1.0 + 1e-9):
            continue
        s = across / den
        if s < 0.0 or s > 1.0:
            continue
        hit = (px * ey - py * ex) / den
        if hit <= 0.0 or hit >= 1.0:
            continue
        if height_at(ray, hit) < beside[k, 4] and not (hit * ray.length <= mount_m and beside[k, 5] == carrier):
            return True
    return False


@njit(cache=True, nogil=True, _nrt=False)
def _walls_block(walls: Any, blocks: Any, ray: Any, carrier: int, mount_m: float) -> bool:
    """Whether any footprint edge is crossed below its roof, the carrier's within its mount aside."""
    walls0, walls1, walls2 = blocks.walls0, blocks.walls1, blocks.walls2
    start, beside = walls.bucket_start, walls.bucket_walls
    u, du = (ray.x - walls.x0) / walls.cell, ray.dx / walls.cell
    v, dv = (ray.y - walls.y0) / walls.cell, ray.dy / walls.cell
    first, last = _inside(u, du, np.float64(walls.cols), 0.0, 1.0)
    first, t = _inside(v, dv, np.float64(walls.rows), first, last)
    per_u, per_v, nudge = _inverse(du), _inverse(dv), NUDGE_M / ray.length
    here = height_at(ray, t)
    # The first buckets one by one: most of what blocks stands near the place.
    col = min(walls.cols - 1, max(0, int(u + (t - nudge) * du)))
    row = min(walls.rows - 1, max(0, int(v + (t - nudge) * dv)))
    next_u, next_v = _left_at(col, 1.0, u, per_u), _left_at(row, 1.0, v, per_v)
    east, north = -1 if du > 0.0 else 1, -1 if dv > 0.0 else 1
    for _ in range(FIRST_STEPS):
        if not t > first or col < 0 or row < 0 or col >= walls.cols or row >= walls.rows:
            return False
        after = max(next_u, next_v, first)
        there = height_at(ray, after)
        if _lower(ray, here, there, t - after) < walls0[row, col] and _edges_block(
            start, beside, ray, row * walls.cols + col, carrier, mount_m
        ):
            return True
        if next_u >= next_v:
            col += east
            next_u -= abs(per_u)
        else:
            row += north
            next_v -= abs(per_v)
        t, here = after, there
    level = 1
    while t > first:
        inner = t - nudge
        col = min(walls.cols - 1, max(0, int(u + inner * du)))
        row = min(walls.rows - 1, max(0, int(v + inner * dv)))
        if level == 0:
            after = max(_left_at(col, 1.0, u, per_u), _left_at(row, 1.0, v, per_v), first)
            top = walls0[row, col]
        elif level == 1:
            c, r = col >> FOLD_BITS, row >> FOLD_BITS
            after = max(_left_at(c, WALL1, u, per_u), _left_at(r, WALL1, v, per_v), first)
            top = walls1[r, c]
        else:
            c, r = col >> 2 * FOLD_BITS, row >> 2 * FOLD_BITS
            after = max(_left_at(c, WALL2, u, per_u), _left_at(r, WALL2, v, per_v), first)
            top = walls2[r, c]
        after = min(after, inner)
        there = height_at(ray, after)
        if _lower(ray, here, there, t - after) >= top:
            level = min(level + 1, 2)
        elif level > 0:
            level -= 1
            continue
        elif _edges_block(start, beside, ray, row * walls.cols + col, carrier, mount_m):
            return True
        t, here = after, there
    return False


@njit(cache=True, nogil=True, _nrt=False)
def _crossings_block(relief: Any, ray: Any, columns: bool, span: Any, near_m: float) -> bool:
    """Whether the grid blocks at a crossing with its columns (or rows) in a stretch; see ``relief._along``."""
    ground, obstacle = relief.ground, relief.obstacle
    rows, cols = ground.shape
    if columns:
        at, step = (ray.x - relief.x0) / relief.cell, ray.dx / relief.cell
        side, drift = (relief.y0 - ray.y) / relief.cell, -ray.dy / relief.cell
        count, width = cols, rows
    else:
        at, step = (relief.y0 - ray.y) / relief.cell, -ray.dy / relief.cell
        side, drift = (ray.x - relief.x0) / relief.cell, ray.dx / relief.cell
        count, width = rows, cols
    if step == 0.0 or width < 2:
        return False
    a, b = at + span[0] * step, at + span[1] * step
    down = 1 if columns else 0
    for k in range(max(0, int(np.floor(min(a, b)))), min(count - 1, int(np.ceil(max(a, b)))) + 1):
        t = (k - at) / step
        if not (t > 0.0 and t < 1.0):
            continue
        across = side + t * drift
        if not (across >= 0.0 and across <= width - 1):
            continue
        j = min(int(across), width - 2)
        row, col = (j, k) if columns else (k, j)
        share = across - j
        line = height_at(ray, t)
        p = np.float64(obstacle[row, col])
        if p + share * (np.float64(obstacle[row + down, col + 1 - down]) - p) > line:
            if relief.bare or t * ray.length > near_m:
                return True
            p = np.float64(ground[row, col])
            if p + share * (np.float64(ground[row + down, col + 1 - down]) - p) > line:
                return True
    return False


@njit(cache=True, nogil=True, inline="always")
def _wholly_under(relief: Any, floors: Any, place: Any, ray: Any, span: Any) -> Any:
    """Whether a stretch is under the lowest ground of its block, and crosses a grid line there for certain:
    it is longer than a cell one way, and the block not at the grid's edge."""
    (r, c), (a, b) = place, span
    if max(height_at(ray, a), height_at(ray, b)) + MARGIN_M >= floors[r, c]:
        return False
    if r == 0 or c == 0 or r + 2 > floors.shape[0] or c + 2 > floors.shape[1]:
        return False
    return max(abs(ray.dx), abs(ray.dy)) * (b - a) > 1.001 * relief.cell


@njit(cache=True, nogil=True, _nrt=False)
def _relief_blocks(relief: Any, blocks: Any, ray: Any, near_m: float) -> bool:
    """Whether the line passes under the grid anywhere."""
    rows, cols = relief.ground.shape
    tops0, tops1, tops2, floors1 = blocks.tops0, blocks.tops1, blocks.tops2, blocks.floors1
    u, du = (ray.x - relief.x0) / relief.cell, ray.dx / relief.cell
    v, dv = (relief.y0 - ray.y) / relief.cell, -ray.dy / relief.cell
    first, last = _inside(u, du, cols - 1.0, 0.0, 1.0)
    first, t = _inside(v, dv, rows - 1.0, first, last)
    # Rounding may part the border from the crossing on it; blocks look a cell beyond themselves.
    first, t = max(0.0, first - 1e-12), min(1.0, t + 1e-12)
    per_u, per_v, nudge = _inverse(du), _inverse(dv), NUDGE_M / ray.length
    level, here = 0, height_at(ray, t)
    while t > first:
        inner = t - nudge
        col = min(cols - 1, max(0, int(u + inner * du))) >> CELL_BITS
        row = min(rows - 1, max(0, int(v + inner * dv))) >> CELL_BITS
        if level == 0:
            after = max(_left_at(col, GRID0, u, per_u), _left_at(row, GRID0, v, per_v), first)
            top = tops0[row, col]
        elif level == 1:
            col, row = col >> FOLD_BITS, row >> FOLD_BITS
            after = max(_left_at(col, GRID1, u, per_u), _left_at(row, GRID1, v, per_v), first)
            top = tops1[row, col]
        else:
            c, r = col >> 2 * FOLD_BITS, row >> 2 * FOLD_BITS
            after = max(_left_at(c, GRID2, u, per_u), _left_at(r, GRID2, v, per_v), first)
            top = tops2[r, c]
        after = min(after, inner)
        there = height_at(ray, after)
        if _lower(ray, here, there, t - after) >= top:
            level = min(level + 1, 2)
        elif level > 0:
            if level == 1 and _wholly_under(relief, floors1, (row, col), ray, (after, t)):
                return True
            level -= 1
            continue
        elif _crossings_block(relief, ray, True, (after, t), near_m) or _crossings_block(
            relief, ray, False, (after, t), near_m
        ):
            return True
        t, here = after, there
    return False


@njit(cache=True, nogil=True, _nrt=False)
def is_open(relief: Any, walls: Any, blocks: Any, ray: Any, carrier: int, mount_m: float) -> bool:
    """Whether nothing stands in the line's way: as ``trace_lines`` finds it, without what and where."""
    if ray.length == 0.0:
        return True
    if _walls_block(walls, blocks, ray, carrier, mount_m):
        return False
    if carrier >= 0 and runs_inside(walls, ray, carrier, mount_m / ray.length):
        return False
    return not _relief_blocks(relief, blocks, ray, max(mount_m, relief.cell))
