"""What drives: vehicles of true size as a few convex bodies each, and what they are painted with.

In a vehicle's own axes: x forward, y to its left, z up, from the point on the ground under its middle; metres.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from tiles.geodesy import Floats

PAINT, GLASS, DARK, FRONT, REAR, COACH, ROOF = range(7)
"""What a face is of. PAINT has a dark sill, FRONT and REAR have lamps too, COACH a row of windows, ROOF nothing."""
MOST_FACES = 12
UNUSED = 1e6
"""Distance of a face that is none."""
CAR_PAINTS = (
    (0.90, 0.90, 0.89), (0.88, 0.88, 0.87), (0.70, 0.72, 0.74), (0.42, 0.44, 0.47), (0.13, 0.13, 0.15),
    (0.20, 0.21, 0.23), (0.55, 0.10, 0.10), (0.13, 0.22, 0.42), (0.46, 0.36, 0.26), (0.16, 0.34, 0.30),
)  # fmt: skip
BUS_PAINTS = ((0.14, 0.42, 0.68), (0.20, 0.52, 0.36), (0.86, 0.86, 0.84), (0.80, 0.45, 0.12))
Faces = list[tuple[tuple[float, float, float], float, int]]


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """A kind of vehicle.

    Attributes
    ----------
    size_m : length, width, height
    axles_m : between front and rear axle
    planes (p, MOST_FACES, 4) : faces of its convex bodies as unit normal and distance; unused ones hold everything
    stuff (p, MOST_FACES) : what each face is of
    bounds (p, 2, 3) : lowest and highest corner of each body
    paints : it comes in
    """

    name: str
    size_m: tuple[float, float, float]
    axles_m: float
    planes: Floats = field(repr=False)
    stuff: NDArray[np.int8] = field(repr=False)
    bounds: Floats = field(repr=False)
    paints: tuple[tuple[float, float, float], ...] = field(repr=False)


@cache
def kinds() -> tuple[Kind, ...]:
    """All kinds: saloon, off-roader, van, bus."""
    return (
        _kind("saloon", (4.6, 1.8, 1.45), [_lower(4.6, 1.8, 0.90), _cabin(1.80, 1.45, (-1.95, -1.05, 0.45, 1.15))]),
        _kind(
            "off-roader", (4.7, 1.9, 1.7), [_lower(4.7, 1.9, 1.05), _cabin(1.9, 1.7, (-2.28, -1.95, 0.35, 1.05), 1.0)]
        ),
        _kind("van", (5.3, 2.0, 2.1), [_lower(5.3, 2.0, 1.2), _cabin(2.0, 2.1, (-2.62, -2.5, 1.3, 2.1), 1.15)]),
        _kind("bus", (11.8, 2.55, 3.1), [_coach(11.8, 2.55, 3.1)], BUS_PAINTS, 0.48),
    )


def _kind(
    name: str,
    size_m: tuple[float, float, float],
    bodies: list[Faces],
    paints: tuple[tuple[float, float, float], ...] = CAR_PAINTS,
    radius_m: float = 0.33,
) -> Kind:
    axles = 0.6 * size_m[0] if name != "bus" else 6.0
    side = size_m[1] / 2 - 0.11
    hubs = [(x, y) for x in (-axles / 2, axles / 2) for y in (-side, side)]
    wheels = [_wheel(x, y, radius_m) for x, y in hubs]
    planes, stuff = _arrays([*bodies, *wheels])
    half = np.array([size_m[0] / 2, size_m[1] / 2, size_m[2]])
    whole = np.array([half * (-1, -1, 0), half])
    bounds = [whole] * len(bodies) + [_wheel_bounds(x, y, radius_m) for x, y in hubs]
    return Kind(name, size_m, axles, planes, stuff, np.array(bounds), paints)


def _lower(length: float, width: float, high: float) -> Faces:
    """The body up to the windows, with its edges taken off."""
    x, y = length / 2, width / 2
    faces = _box((-x, x), (-y, y), (0.2, high), (REAR, FRONT, PAINT, PAINT, DARK, PAINT))
    slope = np.array([0.5, 0.0, 1.0]) / np.hypot(0.5, 1.0)
    for sign, at in ((1, 0.62), (-1, 0.80)):
        normal = (float(slope[0] * sign), 0.0, float(slope[2]))
        faces.append((normal, float(slope[0] * x + slope[2] * at * high / 0.9), PAINT))
    r = float(np.sqrt(0.5))
    for sx in (-1, 1):
        for sy in (-1, 1):
            faces.append(((sx * r, sy * r, 0.0), r * (x + y - 0.22), FRONT if sx > 0 else REAR))
    return faces


def _cabin(width: float, high: float, x: tuple[float, float, float, float], foot: float = 0.85) -> Faces:
    """Windows and roof: x of the rear window's foot and top, and of the windscreen's top and foot."""
    rise = high - foot
    faces: Faces = [((0.0, 0.0, 1.0), high, ROOF), ((0.0, 0.0, -1.0), -foot, DARK)]
    ahead = np.array([rise, x[3] - x[2]]) / np.hypot(rise, x[3] - x[2])
    behind = np.array([rise, x[1] - x[0]]) / np.hypot(rise, x[1] - x[0])
    faces.append(((float(ahead[0]), 0.0, float(ahead[1])), float(ahead @ (x[3], foot)), GLASS))
    faces.append(((float(-behind[0]), 0.0, float(behind[1])), float(behind @ (-x[0], foot)), GLASS))
    lean = np.array([rise, 0.18]) / np.hypot(rise, 0.18)
    for side in (-1, 1):
        faces.append(((0.0, float(side * lean[0]), float(lean[1])), float(lean @ (width / 2 - 0.05, foot)), GLASS))
    return faces


def _coach(length: float, width: float, high: float) -> Faces:
    """A bus."""
    x, y = length / 2, width / 2
    faces = _box((-x, x), (-y, y), (0.3, high), (REAR, FRONT, COACH, COACH, DARK, ROOF))
    r = float(np.sqrt(0.5))
    faces += [((0.0, side * r, r), r * (y + high - 0.2), PAINT) for side in (-1, 1)]
    return faces


def _wheel(x: float, y: float, radius: float) -> Faces:
    """A wheel of eight sides."""
    faces: Faces = [((0.0, 1.0, 0.0), y + 0.12, DARK), ((0.0, -1.0, 0.0), 0.12 - y, DARK)]
    for turn in (np.arange(8) + 0.5) * np.pi / 4:
        normal = float(np.cos(turn)), 0.0, float(np.sin(turn))
        faces.append((normal, normal[0] * x + normal[2] * radius + radius * 0.92, DARK))
    return faces


def _wheel_bounds(x: float, y: float, radius: float) -> Floats:
    return np.array([[x - 1.1 * radius, y - 0.12, 0.0], [x + 1.1 * radius, y + 0.12, 2.1 * radius]])


def _box(
    x: tuple[float, float], y: tuple[float, float], z: tuple[float, float], stuff: tuple[int, int, int, int, int, int]
) -> Faces:
    """A box; its faces are of: rear, front, right, left, below, above."""
    found: Faces = []
    for axis, (low, high) in enumerate((x, y, z)):
        unit = tuple(float(axis == k) for k in range(3))
        back = tuple(-value for value in unit)
        found.append(((back[0], back[1], back[2]), -low, stuff[2 * axis]))
        found.append(((unit[0], unit[1], unit[2]), high, stuff[2 * axis + 1]))
    return found


def _arrays(bodies: Sequence[Faces]) -> tuple[Floats, NDArray[np.int8]]:
    planes = np.zeros((len(bodies), MOST_FACES, 4))
    planes[..., 3] = UNUSED
    stuff = np.zeros((len(bodies), MOST_FACES), np.int8)
    for row, faces in enumerate(bodies):
        for col, (normal, away, of) in enumerate(faces):
            planes[row, col] = (*normal, away)
            stuff[row, col] = of
    return planes, stuff
