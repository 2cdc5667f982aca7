"""Regular grids of heights in the city's metric frame: the one thing that terrain tiles, the analysis
surface and the sight lines share."""

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tiles.errors import NotBuilt


@dataclass(frozen=True, eq=False)
class HeightGrid:
    """Heights on a regular grid of cell centres, north up.

    Attributes
    ----------
    heights_m : float32 (rows, cols)
        Ellipsoidal heights in metres; row 0 is the northernmost. May be a read-only memory map.
    x0_m, y0_m : float
        Centre of cell [0, 0] (north-west) in the city's metric frame.
    cell_m : float
        Spacing of the cell centres in both directions.
    """

    heights_m: NDArray[np.float32] = field(repr=False)
    x0_m: float
    y0_m: float
    cell_m: float

    @property
    def rows(self) -> int:
        """Number of rows, counted southward."""
        return int(self.heights_m.shape[0])

    @property
    def cols(self) -> int:
        """Number of columns, counted eastward."""
        return int(self.heights_m.shape[1])

    @property
    def bounds_m(self) -> tuple[float, float, float, float]:
        """West, south, east, north of the outermost cell centres, in metres."""
        east = self.x0_m + (self.cols - 1) * self.cell_m
        return self.x0_m, self.y0_m - (self.rows - 1) * self.cell_m, east, self.y0_m

    def rowcol(self, x_m: ArrayLike, y_m: ArrayLike) -> tuple[Any, Any]:
        """Fractional row and column of places; whole numbers are cell centres."""
        col = (np.asarray(x_m, dtype=np.float64) - self.x0_m) / self.cell_m
        row = (self.y0_m - np.asarray(y_m, dtype=np.float64)) / self.cell_m
        return row, col

    def xy(self, row: ArrayLike, col: ArrayLike) -> tuple[Any, Any]:
        """Metric x, y of fractional rows and columns; inverse of ``rowcol``."""
        x = self.x0_m + np.asarray(col, dtype=np.float64) * self.cell_m
        y = self.y0_m - np.asarray(row, dtype=np.float64) * self.cell_m
        return x, y

    def sample(self, x_m: ArrayLike, y_m: ArrayLike) -> Any:
        """Bilinear height between the four cell centres around each place, float64; NaN outside."""
        row, col = np.broadcast_arrays(*self.rowcol(x_m, y_m))
        inside = (row >= 0) & (row <= self.rows - 1) & (col >= 0) & (col <= self.cols - 1)
        return np.where(inside, self._bilinear(row, col), np.nan)[()]

    def sample_at(self, x_m: float, y_m: float) -> float:
        """As ``sample`` for one place, without arrays: a click waits for it."""
        row, col = (self.y0_m - y_m) / self.cell_m, (x_m - self.x0_m) / self.cell_m
        if not (0 <= row <= self.rows - 1 and 0 <= col <= self.cols - 1):
            return math.nan
        r0, c0 = min(int(row), max(self.rows - 2, 0)), min(int(col), max(self.cols - 2, 0))
        r1, c1 = min(r0 + 1, self.rows - 1), min(c0 + 1, self.cols - 1)
        fr, fc, at = row - r0, col - c0, self.heights_m.item
        north = at(r0, c0) * (1 - fc) + at(r0, c1) * fc
        south = at(r1, c0) * (1 - fc) + at(r1, c1) * fc
        return float(north * (1 - fr) + south * fr)

    def clamped(self, x_m: ArrayLike, y_m: ArrayLike) -> Any:
        """As ``sample``, but outside the grid the height of the nearest edge goes on."""
        return self._bilinear(*np.broadcast_arrays(*self.rowcol(x_m, y_m)))[()]

    def _bilinear(self, row: Any, col: Any) -> Any:
        row, col = np.clip(row, 0, self.rows - 1), np.clip(col, 0, self.cols - 1)
        r0 = np.minimum(np.nan_to_num(row), max(self.rows - 2, 0)).astype(np.intp)
        c0 = np.minimum(np.nan_to_num(col), max(self.cols - 2, 0)).astype(np.intp)
        r1, c1 = np.minimum(r0 + 1, self.rows - 1), np.minimum(c0 + 1, self.cols - 1)
        fr, fc = row - r0, col - c0
        h = self.heights_m
        north = h[r0, c0].astype(np.float64) * (1 - fc) + h[r0, c1].astype(np.float64) * fc
        south = h[r1, c0].astype(np.float64) * (1 - fc) + h[r1, c1].astype(np.float64) * fc
        return north * (1 - fr) + south * fr

    def save(self, stem: Path) -> None:
        """Write ``stem.npy`` and ``stem.json``."""
        np.save(stem.with_suffix(".npy"), np.ascontiguousarray(self.heights_m, dtype=np.float32))
        self.save_place(stem)

    def save_place(self, stem: Path) -> None:
        """Write ``stem.json`` only, for heights that were written in bands."""
        place = {"x0_m": self.x0_m, "y0_m": self.y0_m, "cell_m": self.cell_m}
        stem.with_suffix(".json").write_text(json.dumps(place))

    @classmethod
    def load(cls, stem: Path) -> "HeightGrid":
        """Open what ``save`` wrote; the heights are a read-only memory map."""
        try:
            place = json.loads(stem.with_suffix(".json").read_text())
            heights = np.load(stem.with_suffix(".npy"), mmap_mode="r")
        except OSError as missing:
            raise NotBuilt(folder=str(stem.parent)) from missing
        return cls(heights, place["x0_m"], place["y0_m"], place["cell_m"])
