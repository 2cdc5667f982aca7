"""What an observer sees of a height field. The sweep is in ``tiles.kernels.sweep``."""

import contextlib
import math
import mmap
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiles.errors import TilesError
from tiles.geodesy import bend_m
from tiles.kernels.sweep import sweep

HUGE = 1 << 21
"""Bytes of a large page of memory."""
LARGE = 1 << 22
"""Cells from which on an answer is not cleared as a whole."""
EDGE_DEG = 1e-9
"""A cell this near to the edge of a view lies on it, and belongs to it."""

AXES = ((-1, 0), (0, 1), (0, 1), (1, 0), (1, 0), (0, -1), (0, -1), (-1, 0))
"""Row and column step along the main axis of the octant that starts at bearing 45° k."""
SIDES = ((0, 1), (-1, 0), (1, 0), (0, 1), (0, -1), (1, 0), (-1, 0), (0, -1))
"""Row and column step across it, towards the octant's diagonal."""


class BadViewshed(TilesError):
    """A viewshed cannot be computed from what was given."""

    code = "bad-viewshed"
    text = "{name} = {value}: {detail}"


def viewshed(  # noqa: PLR0913 - one keyword more than its binding signature
    heights_m: NDArray[np.float32],
    cell_m: float,
    observer: tuple[int, int, float],
    *,
    radius_m: float,
    target_height_m: float = 1.5,
    bearing_deg: float = 0.0,
    width_deg: float = 360.0,
    curvature: bool = False,
    workers: int = 1,
) -> NDArray[np.bool_]:
    """Cells whose centre, at target height, the observer sees.

    A cell is visible when the straight line from the eye to its centre at target height passes nowhere
    under the surface, taken as linear between neighbouring cell centres along grid lines; only crossings
    strictly between the two centres count, and only strictly higher ones block.

    Parameters
    ----------
    heights_m : float32 (rows, cols)
        North up. A cell that is not a number hides nothing and is not seen.
    cell_m : float
        Spacing of the cell centres.
    observer : (row, col, height)
        Whole numbers, and metres above ``heights_m[row, col]``.
    radius_m : float
        Horizontal, centre to centre, inclusive.
    bearing_deg, width_deg : float
        Middle of the view, clockwise from grid north, and its full width; both edges are inclusive.
    curvature : bool
        Whether the surface drops with the earth's curvature, less refraction.
    workers : int
        Threads that share the work; the answer is the same for any number.

    Returns
    -------
    bool (rows, cols)
        False outside radius and width; the observer's own cell is True.
    """
    heights = _checked_heights(heights_m)
    row, col, eye = _checked_observer(heights, observer)
    cell = _positive("cell_m", cell_m)
    reach = _positive("radius_m", radius_m) / cell
    target, bearing = _finite("target_height_m", target_height_m), _finite("bearing_deg", bearing_deg)
    width = _finite("width_deg", width_deg)
    if not 0 <= width <= 360:
        raise BadViewshed(name="width_deg", value=width, detail="must be from 0 to 360.")
    seen = _nothing_seen(heights.shape, row - round(reach * _northmost(bearing, width)))
    seen[row, col] = True
    bend = float(bend_m(cell)) if curvature else 0.0
    reach *= 1 + 1e-12
    wedges = list(_wedges(bearing, width))
    places = np.array([_octant(heights.shape, (row, col), number, reach) for number, _, _ in wedges], np.int64)
    shares = np.array([wedge[1:] for wedge in wedges])
    common = (reach, eye, bend, target)
    flat, out = heights.reshape(-1), seen.reshape(-1)
    _share(lambda octants, part: sweep(flat, places[octants], shares[octants], common, part, out), len(wedges), workers)
    return seen


def _nothing_seen(shape: tuple[int, ...], first: int) -> NDArray[np.bool_]:
    """An answer that is false everywhere; of a large one only the pages that are written to are cleared.

    ``first`` is the first row that will be written to: a page begins there, so that as few as can be are.
    """
    size = shape[0] * shape[1]
    if size < LARGE:
        return np.zeros(shape, np.bool_)
    pages = mmap.mmap(-1, size + HUGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    with contextlib.suppress(OSError, AttributeError):  # a system without huge pages
        pages.madvise(mmap.MADV_HUGEPAGE)
    held = np.frombuffer(pages, np.bool_)
    start = -(held.ctypes.data + max(first, 0) * shape[1]) % HUGE
    return held[start : start + size].reshape(shape)


def _northmost(bearing: float, width: float) -> float:
    """How far north a view reaches, as a share of its radius; negative to the south."""
    turn = abs((bearing + 180) % 360 - 180)
    return math.cos(math.radians(max(turn - width / 2, 0.0)))


def _share(work: Callable[[slice, tuple[int, int]], None], octants: int, workers: int) -> None:
    """Do the work of some octants, which lets go of the interpreter, in threads.

    Whole octants where there are enough of them: rays at the edge of a part are done twice. Else every octant
    in parts (k, n).
    """
    if workers < 2:
        work(slice(None), (0, 1))
        return
    parts = 1 if octants >= 2 * workers else workers
    tasks = [(slice(n, n + 1), (k, parts)) for n in range(octants) for k in range(parts)]
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, *zip(*tasks, strict=True)))


def _wedges(bearing: float, width: float) -> Iterator[tuple[int, float, float]]:
    """Octants that the view touches, with the lowest and the highest j / i of its part of each."""
    start = (bearing - width / 2) % 360
    for number in range(8):
        if width >= 360:
            yield number, 0.0, 1.0
            continue
        for turn in (0, 360):
            low = max(start, 45 * number + turn) - 45 * number - turn
            high = min(start + width, 45 * (number + 1) + turn) - 45 * number - turn
            if number % 2:
                low, high = 45 - high, 45 - low
            if low <= high + EDGE_DEG:
                low, high = max(0.0, low - EDGE_DEG), min(45.0, high + EDGE_DEG)
                yield number, math.tan(math.radians(low)), min(1.0, math.tan(math.radians(high)))


def _octant(shape: tuple[int, ...], place: tuple[int, int], number: int, reach: float) -> tuple[int, ...]:
    """The whole numbers of an ``Octant``."""
    cols = shape[1]
    (down, right), (aside_down, aside_right) = AXES[number], SIDES[number]
    limit = int(min(reach, max(shape)))
    rings, width = min(limit, _room(shape, place, down, right)), _room(shape, place, aside_down, aside_right)
    base, along, across = place[0] * cols + place[1], down * cols + right, aside_down * cols + aside_right
    return base, along, across, rings, min(limit, width), number % 2 == 0, number % 2 == 1


def _room(shape: tuple[int, ...], place: tuple[int, int], down: int, right: int) -> int:
    """Cells between the place and the raster's edge in one of the four directions."""
    axis, step = (0, down) if down else (1, right)
    return shape[axis] - 1 - place[axis] if step > 0 else place[axis]


def _checked_heights(heights_m: Any) -> NDArray[np.float32]:
    heights = np.asarray(heights_m)
    if heights.ndim != 2 or heights.size == 0 or heights.dtype != np.float32:
        detail = "must be float32 with rows and columns."
        raise BadViewshed(name="heights_m", value=(heights.shape, str(heights.dtype)), detail=detail)
    heights = np.ascontiguousarray(heights).view(np.ndarray)[...]
    heights.flags.writeable = False
    return heights


def _checked_observer(heights: NDArray[np.float32], observer: Any) -> tuple[int, int, float]:
    """Row, column and height of the eye."""
    try:
        row, col, height = observer
        at = int(row), int(col)
        whole = at == (row, col)
    except (TypeError, ValueError, OverflowError):
        whole, at, height = False, (0, 0), 0.0
    if not whole or not (0 <= at[0] < heights.shape[0] and 0 <= at[1] < heights.shape[1]):
        detail = f"must be a row, a column inside {heights.shape} and a height."
        raise BadViewshed(name="observer", value=observer, detail=detail)
    eye = float(heights[at]) + _finite("observer height", height)
    if not math.isfinite(eye):
        raise BadViewshed(name="observer", value=observer, detail="stands on a cell without a height.")
    return at[0], at[1], eye


def _finite(name: str, value: Any) -> float:
    if isinstance(value, (int, float, np.integer, np.floating)) and math.isfinite(value):
        return float(value)
    raise BadViewshed(name=name, value=value, detail="must be a finite number.")


def _positive(name: str, value: Any) -> float:
    number = _finite(name, value)
    if not number > 0:
        raise BadViewshed(name=name, value=value, detail="must be greater than 0.")
    return number
