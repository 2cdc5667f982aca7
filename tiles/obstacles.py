"""All that can stand in a line's way, made ready for many short questions: is this line clear?

The same verdict as `tiles.sight.sight_lines`, which also says what blocks and where. Kernels of the upper
floor reach those of the lines through here.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from tiles.geodesy import bend_m
from tiles.grid import HeightGrid
from tiles.kernels.blocks import CELLS, FOLD, Blocks, folded, grid_blocks
from tiles.kernels.footprint import Walls
from tiles.kernels.lines import trace_lines
from tiles.kernels.near_walls import hidden as hidden
from tiles.kernels.near_walls import skyline as skyline
from tiles.kernels.open_line import is_open as is_open
from tiles.kernels.ray import ray_between as ray_between
from tiles.kernels.relief import Relief
from tiles.prisms import Prisms
from tiles.scene import Scene

Floats = NDArray[np.float64]
Heights = NDArray[np.float32]
BEND = float(bend_m(1.0))
"""Drop of the level surface under a sight line, per square metre of its length."""


@dataclass(frozen=True, eq=False, slots=True)
class Obstacles:
    """Ground, what stands on it, walls, and the blocks over all of them, as the kernels read them."""

    relief: Relief = field(repr=False)
    walls: Walls = field(repr=False)
    blocks: Blocks = field(repr=False)

    @classmethod
    def of(cls, scene: Scene) -> "Obstacles":
        """Of a city; takes as long as reading its ground once."""
        relief = _relief(scene.ground, scene.obstacle)
        return cls(relief, scene.prisms.walls, _blocks(relief, scene.prisms))

    def clear(
        self, eyes_m: ArrayLike, targets_m: ArrayLike, carrier: ArrayLike, mount_m: ArrayLike
    ) -> NDArray[np.bool_]:
        """Whether lines between eyes and targets (n, 3) are clear; carriers and mounts as in ``sight_lines``."""
        n = np.broadcast_shapes(np.shape(eyes_m), np.shape(targets_m))[0]
        lines = _repeated(eyes_m, (n, 3), np.float64), _repeated(targets_m, (n, 3), np.float64)
        excused = _repeated(carrier, (n,), np.int32), _repeated(mount_m, (n,), np.float64)
        out = np.empty(n, np.bool_)
        _open_lines(self.relief, self.walls, self.blocks, lines, excused, out)
        return out

    def met(
        self, eyes_m: Floats, target_m: tuple[float, float, float], carrier: NDArray[np.int32], mount_m: Floats
    ) -> tuple[NDArray[np.int8], NDArray[np.int32], Floats]:
        """What lines from eyes (n, 3) to one place meet first: kind, building and distance (n,), as ``Lines`` has
        them, without its checks of what is given."""
        n = len(eyes_m)
        out = np.empty(n, np.int8), np.empty(n, np.int32), np.empty(n)
        targets = np.empty((n, 3))
        targets[:] = target_m
        trace_lines(self.relief, self.walls, eyes_m, targets, (carrier, mount_m, np.full(n, -1, np.int32)), BEND, out)
        return out


def _repeated(values: ArrayLike, shape: tuple[int, ...], kind: Any) -> NDArray[Any]:
    """Values of a shape, as an array of its own: kernels are compiled for such only."""
    return np.array(np.broadcast_to(np.asarray(values, kind), shape))


@njit(cache=True, nogil=True)
def _open_lines(relief: Any, walls: Any, blocks: Any, lines: Any, excused: Any, out: Any) -> None:
    """Verdicts of lines, into ``out``."""
    eyes, targets = lines
    carrier, mount_m = excused
    for i in range(eyes.shape[0]):
        ray = ray_between(eyes[i], targets[i], BEND)
        out[i] = is_open(relief, walls, blocks, ray, carrier[i], mount_m[i])


def _relief(ground: HeightGrid, obstacle: HeightGrid) -> Relief:
    bare = ground.heights_m is obstacle.heights_m
    low, high = (np.ascontiguousarray(grid.heights_m).view(np.ndarray) for grid in (ground, obstacle))
    for array in (low, high):
        array.flags.writeable = False
    return Relief(low, high, float(ground.x0_m), float(ground.y0_m), float(ground.cell_m), bare)


def _blocks(relief: Relief, prisms: Prisms) -> Blocks:
    rows, cols = relief.ground.shape
    size = -(-rows // CELLS), -(-cols // CELLS)
    tops, floors = np.empty(size, np.float32), np.empty(size, np.float32)
    grid_blocks(relief.ground, relief.obstacle, tops, floors)
    walls = prisms.walls
    # Rounded up to the next float32, so that no roof is lowered.
    roofs = np.nextafter(walls.bucket_top.astype(np.float32), np.float32(np.inf)).reshape(walls.rows, walls.cols)
    tops1, walls1 = _fold(tops, True), _fold(roofs, True)
    return Blocks(tops, tops1, _fold(tops1, True), _fold(floors, False), roofs, walls1, _fold(walls1, True))


def _fold(fine: Heights, highest: bool) -> Heights:
    coarse = np.empty((-(-fine.shape[0] // FOLD), -(-fine.shape[1] // FOLD)), np.float32)
    folded(fine, highest, coarse)
    return coarse
