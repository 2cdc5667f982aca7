"""Where the rows of a list are: places in WGS 84, or squares of a map in which they lie."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from layers.cameras.lists.cells import BadCell, number
from layers.cameras.lists.report import Remarks
from layers.cameras.lists.tables import Row
from layers.coordinates import read_coordinates
from layers.masked import Square, read_square
from tiles.geodesy import Floats
from tiles.scene import Scene

TOLERANCE = 1.02
"""Datums differ by a few metres; a place on the border of its square still lies in it."""
_DEGREES = ("EPSG:4326", "WGS84", "OGC:CRS84")


@dataclass(frozen=True, slots=True)
class Placed:
    """A place, how far the true one may be, and the masked reference that says so."""

    lon: float
    lat: float
    within_m: float | None
    reference: str


def places(
    rows: Sequence[Row], scene: Scene, crs: str, reference_crs: str | None, file: str, remarks: Remarks
) -> list[Placed | None]:
    """The place of each row in the city; None for those that are refused.

    A masked reference makes the place uncertain by its square. Where both are given and the system of the
    reference is known, they must agree: a place that lies elsewhere than its own reference is refused.

    Raises
    ------
    BadSource
        A coordinate system is not known.
    """
    given = _given(rows, scene, crs, file)
    squares = [read_square(row.cells.get("reference_x", ""), row.cells.get("reference_y", "")) for row in rows]
    corners, middles = _on_the_ground(squares, scene, reference_crs, file)
    found: list[Placed | None] = []
    for k, row in enumerate(rows):
        square = squares[k]
        known = bool(np.isfinite(given[k]).all())
        place = given[k] if known else middles[k]
        within_m = None
        if square is not None and square.masked:
            within_m = square.diagonal
            if np.isfinite(corners[k]).all():
                within_m = _farthest_m(place, corners[k], scene)
        reference = f"{row.cells['reference_x']} {row.cells['reference_y']}" if square and square.masked else ""
        if not np.isfinite(place).all():
            remarks.add(row, "location" if "location" in row.cells else "lon", "no-place", "refused")
        elif square is not None and within_m is not None and not within_m <= TOLERANCE * square.diagonal:
            away_km = max(within_m - square.diagonal, 0.0) / 1_000 if np.isfinite(within_m) else float("inf")
            remarks.add(row, "reference_x", "reference-disagrees", "refused", reference=reference, away_km=away_km)
        elif not bool(scene.inside(place[0], place[1])):
            remarks.add(row, "location" if "location" in row.cells else "lon", "outside-city", "refused")
        else:
            told = None if within_m is None else round(within_m, 1)
            found.append(Placed(float(place[0]), float(place[1]), told, reference))
            continue
        found.append(None)
    return found


def _given(rows: Sequence[Row], scene: Scene, crs: str, file: str) -> Floats:
    """Longitude and latitude as the rows give them; NaN for none."""
    west, south, east, north = scene.extent
    near = ((west + east) / 2, (south + north) / 2)
    told = np.array([_own(row, near) for row in rows], float).reshape(-1, 2)
    if crs.upper().replace(" ", "") in _DEGREES:
        fits = (np.abs(told[:, 0]) <= 180) & (np.abs(told[:, 1]) < 90)
        return np.where(fits[:, None], told, np.nan)
    return scene.lonlat_of(told, crs, file)


def _own(row: Row, near: tuple[float, float]) -> tuple[float, float]:
    if row.cells.get("lon") and row.cells.get("lat"):
        try:
            return number(row.cells["lon"]), number(row.cells["lat"])
        except BadCell:
            return np.nan, np.nan
    return read_coordinates(row.cells.get("location", ""), near) or (np.nan, np.nan)


def _on_the_ground(squares: Sequence[Square | None], scene: Scene, crs: str | None, file: str) -> tuple[Floats, Floats]:
    """Corners (n, 4, 2) and middles (n, 2) of the squares in degrees; NaN where the system is not known."""
    corners = np.full((len(squares), 4, 2), np.nan)
    middles = np.full((len(squares), 2), np.nan)
    some = [k for k, square in enumerate(squares) if square is not None]
    if crs is None or not some:
        return corners, middles
    kept = [square for square in squares if square is not None]
    flat = np.array([corner for square in kept for corner in square.corners], float)
    corners[some] = scene.lonlat_of(flat, crs, file).reshape(-1, 4, 2)
    # A reference with all its digits is a spot: its corner.
    spots = np.array([square.middle if square.masked else (square.x, square.y) for square in kept], float)
    middles[some] = scene.lonlat_of(spots, crs, file)
    return corners, middles


def _farthest_m(place: Floats, corners: Floats, scene: Scene) -> float:
    x, y = scene.to_metric(np.append(corners[:, 0], place[0]), np.append(corners[:, 1], place[1]))
    return float(np.hypot(x[:-1] - x[-1], y[:-1] - y[-1]).max())
