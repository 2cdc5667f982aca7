"""The view mesh: what a camera sees of the served triangles, with its own pixels as texture coordinates.

Rays through a lattice over the picture meet the faces; blocks of the lattice that lie on one face, in one class,
without a jump in depth become two triangles, large where they can be; the smallest ones may lie on the border of two
classes, and count as the lower. What remains open is narrower than a step
of the lattice, along the borders of what is hidden. Every corner lies on its own ray, a little before the face,
and between corners a triangle runs straight where the picture does not quite: blocks are so small that a picture
painted on the mesh by its texture coordinates falls into place within ``ASTRAY_STEPS``, whatever the lens.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.cameras.ladder import Rung, rungs
from layers.cameras.pictures.sighting import Sighting
from tiles.geodesy import Floats, enu_rotation
from tiles.served import Cast

COLUMNS = 384
"""Steps of the lattice across the picture."""
LARGEST = 16
"""Steps along a side of the largest block."""
OFF_FACE_M = 0.05
SAME_FACE = 0.9995
DEPTH_SHARE = 0.01
"""On the ground a point may be so much nearer or farther than its block's corners say."""
ASTRAY_STEPS = 0.2
"""So far, in steps of the lattice, what is painted between the corners of a block may lie from where it belongs;
1 pixel of a picture of 1920."""
LIFT_M, LIFT_SHARE, MOST_LIFT_M = 0.05, 1e-3, 2.0
"""How far the mesh lies before the faces: so much, and so much of the distance."""
NO_CLASS = -1
TERRAIN = 1
BELOW = "below"
"""Id of what lies beneath the lowest class, where it is asked for."""

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class ViewMesh:
    """Triangles of what is seen.

    Attributes
    ----------
    origin : lon, lat, ellipsoidal height of the lens, where the positions are counted from
    positions_m : float64 (n, 3), east, north, up at the origin
    texture : float64 (n, 2), from the picture's top left corner (0, 0) to its bottom right one (1, 1)
    triangles : int64 (t, 3), counter-clockwise as the camera sees them
    classes : int64 (t,), rung of the ladder
    buildings : int64 (t,), −1 for the ground
    ladder : edition, and its rungs lowest first
    """

    origin: tuple[float, float, float]
    positions_m: Floats = field(repr=False)
    texture: Floats = field(repr=False)
    triangles: Integers = field(repr=False)
    classes: Integers = field(repr=False)
    buildings: Integers = field(repr=False)
    ladder: str
    rungs: tuple[Rung, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Lattice:
    """First hits at the lattice's points; arrays (rows + 1, cols + 1, …)."""

    u: Floats
    v: Floats
    rays: Floats
    kind: NDArray[np.int8]
    face: Integers
    rung: Integers
    inverse: Floats
    points: Floats
    normals: Floats

    def corner(self, name: str, size: int, row: int, col: int) -> Any:
        """Values at one corner or inner point of all blocks of a size."""
        values = getattr(self, name)
        rows, cols = (values.shape[0] - 1) // size, (values.shape[1] - 1) // size
        return values[row : row + (rows - 1) * size + 1 : size, col : col + (cols - 1) * size + 1 : size]


def view_mesh(
    sighting: Sighting, ladder: str = "2014", columns: int = COLUMNS, least_px_m: float | None = None
) -> ViewMesh:
    """What the camera sees at the lowest class of a ladder or better.

    ``least_px_m`` : down to this density too, where it is below the lowest class; its rung is ``BELOW``

    Raises
    ------
    BadInput
        No such ladder.
    """
    steps = rungs(ladder)
    if least_px_m is not None and least_px_m < steps[0].px_m:
        steps = (Rung(BELOW, "Below", "不足", least_px_m, "#868e96"), *steps)
    optics = sighting.view.optics
    cols = -(-columns // LARGEST) * LARGEST
    rows = max(1, round(columns * optics.height_px / optics.width_px / LARGEST)) * LARGEST
    u, v = np.meshgrid(np.linspace(0, optics.width_px, cols + 1), np.linspace(0, optics.height_px, rows + 1))
    rays, shown = sighting.directions(u, v)
    cast = sighting.meet(rays, shown, reach_m=_reach_m(sighting, steps[0].px_m), scale=1.0)
    classes = _classes(sighting, cast, steps)
    lattice = _lattice(u, v, rays, cast, classes)
    corners = np.concatenate([np.zeros((0, 4), np.int64), *_blocks(lattice)])
    used, renumbered = np.unique(corners, return_inverse=True)
    a, b, c, d = renumbered.reshape(-1, 4).T
    turn = sighting.served.frame.axes @ enu_rotation(sighting.eye.lon, sighting.eye.lat).T
    away = cast.distance_m[used]
    lifted = away - np.minimum(np.minimum(LIFT_M + LIFT_SHARE * away, MOST_LIFT_M), away / 2)
    return ViewMesh(
        origin=(sighting.eye.lon, sighting.eye.lat, sighting.eye.height_m),
        positions_m=rays[used] * lifted[:, None] @ turn,
        texture=np.stack([u.ravel()[used] / optics.width_px, v.ravel()[used] / optics.height_px], axis=1),
        triangles=np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)]),
        classes=np.tile(classes[corners].min(axis=1), 2),
        buildings=np.tile(cast.building[corners[:, 0]].astype(np.int64), 2),
        ladder=ladder,
        rungs=steps,
    )


def _reach_m(sighting: Sighting, density_px_m: float) -> float:
    """How far the lowest class may hold anywhere in the picture; stated visibility ends it too."""
    optics = sighting.view.optics
    stretch = 1.0 + (np.hypot(optics.width_px, optics.height_px) / 2 / optics.focal_px) ** 2
    far = optics.focal_px * float(stretch) / density_px_m * 1.2 + 5.0
    return min(far, sighting.camera.range_m or np.inf)


def _classes(sighting: Sighting, cast: Cast, steps: tuple[Rung, ...]) -> Integers:
    """Rung that each hit reaches, −1 for none."""
    made = np.full(len(cast), NO_CLASS, np.int64)
    hit = np.flatnonzero(cast.kind > 0)
    lon, lat, height = sighting.served.geodetic(cast.points_m[hit]).T
    density = sighting.view.density_px_m(lon, lat, height)
    made[hit] = np.searchsorted([rung.px_m for rung in steps], density, side="right") - 1
    return made


def _lattice(u: Floats, v: Floats, rays: Floats, cast: Cast, classes: Integers) -> _Lattice:
    shape = u.shape
    # Two points of one block never differ in it. Negative: nothing to show.
    face = (cast.building.astype(np.int64) + 1) * 8 + cast.kind
    face = np.where((cast.kind > 0) & (classes >= 0), face, -1)
    # An endless ray counts as zero: its block is left out by its face.
    inverse = np.where(cast.kind > 0, 1.0 / np.maximum(cast.distance_m, 1e-3), 0.0)
    points, normals = (np.nan_to_num(values).reshape(*shape, 3) for values in (cast.points_m, cast.normals))
    rays, kind = rays.reshape(*shape, 3), cast.kind.reshape(shape)
    return _Lattice(
        u, v, rays, kind, face.reshape(shape), classes.reshape(shape), inverse.reshape(shape), points, normals
    )


def _blocks(lattice: _Lattice) -> Iterator[Integers]:
    """Numbers of the lattice points (b, 4) at the corners of blocks, largest first: around from the top left."""
    rows, cols = (n - 1 for n in lattice.u.shape)
    number = np.arange(lattice.u.size).reshape(lattice.u.shape)
    covered = np.zeros((rows, cols), bool)
    size = LARGEST
    while size >= 1:
        whole = _on_one_face(lattice, size) & ~covered[::size, ::size] & _straight(lattice, size)
        covered |= np.kron(whole, np.ones((size, size), bool))
        top, left = (at * size for at in np.nonzero(whole))
        corners = [(top, left), (top + size, left), (top + size, left + size), (top, left + size)]
        yield np.stack([number[row, col] for row, col in corners], axis=1)
        size //= 2


def _on_one_face(lattice: _Lattice, size: int) -> NDArray[np.bool_]:
    """Whether all points of each block of a size lie on one face, without a jump, and in one class if it is large."""
    first, rung, normal, point = (lattice.corner(name, size, 0, 0) for name in ("face", "rung", "normals", "points"))
    ground = lattice.corner("kind", size, 0, 0) == TERRAIN
    whole = np.asarray(first >= 0)
    ends = [[lattice.corner("inverse", size, row, col) for col in (0, size)] for row in (0, size)]
    for row in range(size + 1):
        for col in range(size + 1):
            whole &= lattice.corner("face", size, row, col) == first
            whole &= (size == 1) | (lattice.corner("rung", size, row, col) == rung)
            r, c = row / size, col / size
            # Over a plane the inverse of the distance is (nearly) linear in the picture.
            expected = (ends[0][0] * (1 - c) + ends[0][1] * c) * (1 - r) + (ends[1][0] * (1 - c) + ends[1][1] * c) * r
            found = lattice.corner("inverse", size, row, col)
            smooth = np.abs(found - expected) <= DEPTH_SHARE * np.maximum(found, 1e-9)
            off = np.abs(np.einsum("ijk,ijk->ij", lattice.corner("points", size, row, col) - point, normal))
            turned = np.einsum("ijk,ijk->ij", lattice.corner("normals", size, row, col), normal)
            whole &= np.where(ground, smooth, (off <= OFF_FACE_M) & (turned >= SAME_FACE))
    return whole


def _straight(lattice: _Lattice, size: int) -> NDArray[np.bool_]:
    """Whether the middle of each side of each block, and of its diagonal, shows what is painted there."""
    half = size // 2
    if not half:
        return np.asarray(lattice.corner("face", size, 0, 0) >= 0)
    top, left, bottom, right = (0, half), (half, 0), (size, half), (half, size)
    ends = {
        top: ((0, 0), (0, size)),
        left: ((0, 0), (size, 0)),
        bottom: ((size, 0), (size, size)),
        right: ((0, size), (size, size)),
        (half, half): ((0, 0), (size, size)),
    }
    straight = np.ones(lattice.corner("face", size, 0, 0).shape, bool)
    for middle, (start, end) in ends.items():
        a, b, m = (lattice.corner("points", size, *at) for at in (start, end, middle))
        astray = np.linalg.norm(m - (a + b) / 2, axis=-1) * size
        straight &= astray <= ASTRAY_STEPS * np.linalg.norm(b - a, axis=-1)
    return straight
