"""What the columns of a list without headings may mean, from what is in them. A proposal; a person decides."""

from collections.abc import Callable, Sequence

import numpy as np

from layers.cameras.lists import cells
from layers.cameras.lists.grid import Grid
from tiles.geodesy import Floats
from tiles.scene import Scene

LOOKED_AT = 500
"""Rows that are looked at."""
MOST = 0.8
"""Share of the filled cells that must fit."""


def guess(grid: Grid, scene: Scene, crs: str, file: str) -> dict[str, str]:
    """Field → heading, for what can be told from the cells alone."""
    columns = {
        heading: [line.cells[k] for line in grid.lines[:LOOKED_AT] if not line.broken]
        for k, heading in enumerate(grid.head)
        if heading not in grid.closed
    }
    found = _places(columns, scene, crs, file)
    rest = {heading: held for heading, held in columns.items() if heading not in found.values() and any(held)}
    for field, fits in _TESTS:
        heading = next((one for one, held in rest.items() if fits([cell for cell in held if cell])), None)
        if heading is not None:
            found[field] = heading
            rest.pop(heading)
    return found


def _places(columns: dict[str, list[str]], scene: Scene, crs: str, file: str) -> dict[str, str]:
    """The two columns whose pairs lie in the city, if any do."""
    numbers = {heading: _numbers(held) for heading, held in columns.items()}
    usable = [heading for heading, held in numbers.items() if held.size and np.isfinite(held).mean() >= MOST]
    best, found = MOST, {}
    for lon in usable:
        for lat in usable:
            if lon == lat:
                continue
            pairs = np.column_stack([numbers[lon], numbers[lat]])
            if crs in ("EPSG:4326", "WGS84"):
                pairs = np.where((np.abs(pairs[:, :1]) <= 180) & (np.abs(pairs[:, 1:]) < 90), pairs, np.nan)
            else:
                pairs = scene.lonlat_of(pairs, crs, file)
            share = float(np.mean(scene.inside(pairs[:, 0], pairs[:, 1])))
            if share >= best:
                best, found = share + 1e-9, {"lon": lon, "lat": lat}
    return found


def _numbers(held: Sequence[str]) -> Floats:
    return np.array([_number(cell) for cell in held], float)


def _number(cell: str) -> float:
    try:
        return cells.number(cell)
    except cells.BadCell:
        return np.nan


def _share(held: Sequence[str], reader: Callable[[str], object]) -> float:
    good = 0
    for cell in held:
        try:
            reader(cell)
        except cells.BadCell:
            continue
        good += 1
    return good / len(held) if held else 0.0


def _is_id(held: Sequence[str]) -> bool:
    """All different, and either long numbers or short words with a digit."""
    if len(set(held)) < len(held):
        return False
    return all(any(letter.isdigit() for letter in cell) and len(cell) <= 40 and "." not in cell for cell in held)


def _is_heading(held: Sequence[str]) -> bool:
    values = _numbers(held)
    return bool(np.isfinite(values).mean() >= MOST and np.nanmin(values) >= 0 and 90 < np.nanmax(values) <= 360)


def _is_name(held: Sequence[str]) -> bool:
    words = [cell for cell in held if len(cell) >= 3 and not np.isfinite(_number(cell))]
    return len(words) >= MOST * len(held) and len(set(held)) > len(held) // 2


_TESTS: Sequence[tuple[str, Callable[[Sequence[str]], bool]]] = (
    ("type", lambda held: _share(held, cells.camera_type) >= MOST),
    ("status", lambda held: _share(held, cells.status) >= MOST),
    ("id", _is_id),
    ("heading", _is_heading),
    ("name", _is_name),
)
