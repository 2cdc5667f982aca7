"""The skyline profile: along each bearing, how high something must stand to be seen, and what hides it.

Over a height field, a sight line at a given bearing is blocked once something nearer stands higher in the
eye. One march outward per bearing keeps the running maximum of the elevation slope; a profile holds it as
breakpoints, some kilobytes for a camera, and answers for any place and any height within its reach. Between
two rays it interpolates: it is a preview, a footprint and a reason, and the sight line has the last word.
"""

import math
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tiles.errors import TilesError
from tiles.geodesy import Floats, bend_m
from tiles.kernels.skyline import HELD, NOTHING, STEPS, Fan, draw, pack
from tiles.kernels.skyline_look import blockers, least_heights, least_raster
from tiles.keyed_log import KeyedLog
from tiles.surface import Window

TOLERANCE_M = 0.05
"""A breakpoint is left out when the profile stays this near without it…"""
TOLERANCE_PER_M = 2e-4
"""…and this much more for each metre from the eye."""
CLEAR, TERRAIN, SURFACE, BUILDING = 0, 1, 2, 3
HEADER = struct.Struct("<4s6i8d")
MARK = b"SKY1"


class BadProfile(TilesError):
    """A profile cannot be drawn, or read, from what was given."""

    code = "bad-profile"
    text = "{name} = {value}: {detail}"


@dataclass(frozen=True, eq=False)
class Hidden:
    """What hides places, one of each.

    Attributes
    ----------
    kind : int8 (n,)
        0 in view, 1 terrain, 2 surface (trees and the like), 3 building; −1 outside the profile.
    building : int32 (n,)
        −1 where no building hides the place.
    distance_m : float64 (n,)
        Horizontal, from the eye to what hides the place, within some two cells; infinite if nothing does.
    """

    kind: NDArray[np.int8] = field(repr=False)
    building: NDArray[np.int32] = field(repr=False)
    distance_m: Floats = field(repr=False)


@dataclass(frozen=True, eq=False)
class Breaks:
    """Breakpoints of one ray: horizontal distances in metres, slopes of the grazing line there, what sets it.

    ``building`` is −1 for terrain and −2 for what else stands on it; where nothing was met the slope is NaN.
    """

    distance_m: NDArray[np.floating]
    slope: NDArray[np.floating]
    building: NDArray[np.int32]
    held: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Profile:
    """How high something must stand to be seen from one eye, as breakpoints per bearing in flat arrays.

    Attributes
    ----------
    x_m, y_m : float
        Place of the eye in the city's metric frame.
    fan : Fan
        Rays and the raster cell they start from.
    wraps : bool
        Whether the rays go all the way round.
    offsets : uint32 (rays + 1)
    rings : uint16 (breakpoints)
        Distance in square rings, cells.
    slopes : int16 (breakpoints)
        Slope of the grazing line per metre of ring, in steps (``tiles.kernels.skyline.to_steps``).
    codes : uint16 or uint32 (breakpoints)
        Place in ``palette`` of what sets the line before the breakpoint; one bit says that nothing raises it.
    palette : int32
        Building index, −1 terrain, −2 surface, −3 unknown.
    """

    x_m: float
    y_m: float
    fan: Fan = field(repr=False)
    wraps: bool
    offsets: NDArray[np.uint32] = field(repr=False)
    rings: NDArray[np.uint16] = field(repr=False)
    slopes: NDArray[np.int16] = field(repr=False)
    codes: NDArray[Any] = field(repr=False)
    palette: NDArray[np.int32] = field(repr=False)

    @property
    def eye_m(self) -> float:
        """Ellipsoidal height of the eye."""
        return self.fan.eye

    @property
    def radius_m(self) -> float:
        """Horizontal reach."""
        return self.fan.radius * self.fan.cell

    @property
    def nbytes(self) -> int:
        """Bytes in memory and, but for a few of padding, in a file."""
        return HEADER.size + sum(array.nbytes for array in self._arrays())

    def least_visible_m(self, x_m: ArrayLike, y_m: ArrayLike) -> Any:
        """Least ellipsoidal height at which a place comes into view; −inf if nothing hides it, NaN outside.

        ``x_m`` and ``y_m`` are in the city's metric frame.
        """
        places = self._cells(x_m, y_m)
        out = np.empty(places.shape[:-1])
        least_heights(self._held(), self.fan, self.wraps, places.reshape(-1, 2), out.reshape(-1))
        return (out + self.fan.eye)[()]

    def visible(self, x_m: ArrayLike, y_m: ArrayLike, height_m: ArrayLike) -> Any:
        """Whether places at ellipsoidal heights are in view; False outside the profile."""
        return np.asarray(height_m, float) >= self.least_visible_m(x_m, y_m)

    def least_visible_cells(self, window: Window) -> NDArray[np.float32]:
        """Least visible height over the eye, metres, at every cell of the window the profile was drawn from.

        Over the eye, and not ellipsoidal, for the sake of 32 bits; NaN outside.
        """
        if (window.row, window.col, window.cell_m) != (self.fan.row, self.fan.col, self.fan.cell):
            raise BadProfile(name="window", value=window, detail="is not the one that the profile was drawn from.")
        out = np.empty(window.top_m.shape, np.float32)
        least_raster(self._held(), self.fan, self.wraps, out)
        return out

    def hidden(self, x_m: ArrayLike, y_m: ArrayLike, height_m: ArrayLike) -> Hidden:
        """What hides places at ellipsoidal heights from the eye, where it stands highest before it."""
        places = self._cells(x_m, y_m).reshape(-1, 2)
        up = np.broadcast_to(np.asarray(height_m, float).reshape(-1), len(places)) - self.fan.eye
        state, what, distance = np.empty(len(up), np.int8), np.empty(len(up), np.int32), np.empty(len(up))
        given = np.column_stack([places, up])
        blockers(self._held(), self.fan, self.wraps, self.palette, given, (state, what, distance))
        kind = np.where(what >= 0, BUILDING, np.where(what == -2, SURFACE, TERRAIN))
        return Hidden(np.where(state == 1, kind, state).astype(np.int8), np.maximum(what, -1), distance)

    def blocker(
        self, x_m: ArrayLike, y_m: ArrayLike, height_m: ArrayLike
    ) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """Building (−1: none, or terrain) that hides each place, and its distance (infinite: in view)."""
        found = self.hidden(x_m, y_m, height_m)
        return found.building, found.distance_m

    def breaks(self, ray: int) -> Breaks:
        """Breakpoints of one ray, decoded."""
        part = np.s_[self.offsets[ray] : self.offsets[ray + 1]]
        bearing = self.fan.first + ray * self.fan.step
        stretch = 1.0 / max(abs(math.sin(bearing)), abs(math.cos(bearing)))
        q = np.where(self.slopes[part] == NOTHING, np.nan, self.slopes[part]) / STEPS
        what = self.palette[self.codes[part] >> 1]
        distance = self.rings[part] * (self.fan.cell * stretch)
        return Breaks(distance, q / (1 - np.abs(q)) / stretch, what, (self.codes[part] & HELD) > 0)

    def to_bytes(self) -> bytes:
        """The profile as bytes that ``from_bytes`` reads without copying."""
        fan = self.fan
        sizes = (fan.rays, len(self.rings), len(self.palette), int(self.wraps), fan.row, fan.col)
        numbers = (self.x_m, self.y_m, fan.eye, fan.cell, fan.bend, fan.radius, fan.first, fan.step)
        parts = [HEADER.pack(MARK, *sizes, *numbers)]
        return b"".join(parts + [array.tobytes() for array in self._arrays()])

    @classmethod
    def from_bytes(cls, data: bytes | memoryview) -> "Profile":
        """Read what ``to_bytes`` wrote; the arrays are views of ``data``.

        Raises
        ------
        BadProfile
        """
        if len(data) < HEADER.size or bytes(data[:4]) != MARK:
            raise BadProfile(name="data", value=bytes(data[:4]), detail="is not a profile.")
        _, count, breaks, kinds, wraps, row, col, x, y, *numbers = HEADER.unpack_from(data)
        eye, cell, bend, radius, first, step = numbers
        code = _code_type(kinds)
        kept = ((np.uint32, count + 1), (np.int32, kinds), (np.uint16, breaks), (np.int16, breaks), (code, breaks))
        if HEADER.size + sum(np.dtype(kind).itemsize * n for kind, n in kept) != len(data):
            raise BadProfile(name="length", value=len(data), detail="is not that of the profile it begins.")
        arrays: list[NDArray[Any]] = []
        at = HEADER.size
        for kind, n in kept:
            arrays.append(np.frombuffer(data, kind, n, at))
            at += arrays[-1].nbytes
        offsets, palette, rings, slopes, codes = arrays
        fan = Fan(row, col, eye, cell, bend, radius, first, step, count)
        return cls(x, y, fan, bool(wraps), offsets, rings, slopes, codes, palette)

    def _arrays(self) -> tuple[NDArray[Any], ...]:
        return self.offsets, self.palette, self.rings, self.slopes, self.codes

    def _held(self) -> tuple[NDArray[Any], ...]:
        return self.offsets, self.rings, self.slopes, self.codes

    def _cells(self, x_m: ArrayLike, y_m: ArrayLike) -> Floats:
        """East and north of the eye, in cells (..., 2)."""
        east, north = np.broadcast_arrays(np.asarray(x_m, float) - self.x_m, np.asarray(y_m, float) - self.y_m)
        return np.stack([east, north], axis=-1) / self.fan.cell


def skyline(
    window: Window,
    eye_height_m: float,
    *,
    bearing_deg: float = 0.0,
    width_deg: float = 360.0,
    radius_m: float,
    curvature: bool = True,
) -> Profile:
    """The skyline profile of an eye over the middle cell of a window.

    Rays are as many as the rim has cells, so that none is missed between two of them. Each is marched as
    the sight line to a cell is: linear between neighbouring cell centres, at the crossings with both families
    of grid lines. A cell that is not a number hides nothing.

    Parameters
    ----------
    window : Window
        The analysis surface, without what must not blind the eye.
    eye_height_m : float
        Ellipsoidal.
    bearing_deg, width_deg : float
        Middle of the view, clockwise from grid north, and its full width.
    radius_m : float
        Horizontal reach; the window may be smaller, and then the last height goes on.
    curvature : bool
        Whether the surface drops with the earth's curvature, less refraction.

    Raises
    ------
    BadProfile
    """
    fan, wraps = _fan(window, eye_height_m, (bearing_deg, width_deg, radius_m), curvature)
    room = fan.rays * (math.ceil(fan.radius) + 2)
    offsets = np.empty(fan.rays + 1, np.uint32)
    rings, slopes = np.empty(room, np.uint16), np.empty(room, np.int16)
    what, held = np.empty(room, np.int32), np.empty(room, np.bool_)
    tolerance = (TOLERANCE_M, TOLERANCE_PER_M * fan.cell)
    draw((window.top_m, window.ground_m, window.building), fan, tolerance, offsets, (rings, slopes, what, held))
    n = int(offsets[-1])
    codes = np.empty(n, np.uint32)
    highest = int(window.building.max(initial=-1))
    palette = np.empty(min(n, highest + 4), np.int32)
    kinds = pack(what[:n], held[:n], highest, codes, palette)
    codes = codes.astype(_code_type(kinds))
    x, y = window.x0_m + window.col * window.cell_m, window.y0_m - window.row * window.cell_m
    return Profile(x, y, fan, wraps, offsets, rings[:n].copy(), slopes[:n].copy(), codes, palette[:kinds].copy())


def _code_type(kinds: int) -> Any:
    return np.uint16 if kinds <= 2**15 else np.uint32


def _fan(window: Window, eye_m: float, view: tuple[float, float, float], curvature: bool) -> tuple[Fan, bool]:
    bearing, width, radius = view
    for name, value in (("eye_height_m", eye_m), ("bearing_deg", bearing), ("width_deg", width), ("radius_m", radius)):
        if not math.isfinite(value):
            raise BadProfile(name=name, value=value, detail="must be a finite number.")
    reach = radius / window.cell_m
    if not 0 < reach < 2**16 - 4:
        raise BadProfile(name="radius_m", value=radius, detail="must be greater than 0 and less than 65,532 cells.")
    if not 0 <= width <= 360:
        raise BadProfile(name="width_deg", value=width, detail="must be from 0 to 360.")
    wraps, angle = width >= 360, math.radians(width)
    spans = max(8 if wraps else 1, math.ceil(angle * reach))
    bend = float(bend_m(window.cell_m)) if curvature else 0.0
    first = math.radians(bearing - width / 2) % (2 * math.pi)
    count = spans if wraps else spans + 1
    step = angle / spans
    place = (window.row, window.col, float(eye_m), float(window.cell_m), bend, float(reach))
    return Fan(*place, first, step or 1e-9, count), wraps


class ProfileStore:
    """Profiles in a memory-mapped file, by text: one writer, any number of readers, safe against being killed."""

    def __init__(self, folder: Path, *, write: bool = False) -> None:
        """Open, and make it if it is to be written; see ``tiles.keyed_log.KeyedLog``."""
        self._log = KeyedLog(folder, write=write)

    def __len__(self) -> int:
        return len(self._log)

    def __contains__(self, key: str) -> bool:
        return key in self._log

    @property
    def nbytes(self) -> int:
        """Bytes on disk."""
        return self._log.nbytes

    def put(self, key: str, profile: Profile) -> None:
        """Append, or replace."""
        self._log.put(key, profile.to_bytes())

    def get(self, key: str) -> Profile | None:
        """The profile, its arrays read from the file as they are used; None if there is none."""
        data = self._log.get(key)
        return None if data is None else Profile.from_bytes(data)

    def retain(self, keys: set[str]) -> None:
        """Forget all other keys."""
        self._log.retain(keys)

    def close(self) -> None:
        """Let go of the files; profiles that were got live on."""
        self._log.close()
