"""Smooth random fields on regular grids: cubic B-splines over a lattice, so band-limited by construction."""

import numpy as np
from scipy import sparse

from data.recipe.plan import Floats

_LATTICE = 64
"""The lattice repeats after this many cells; fields of one octave never need more before it shows."""


def _basis(at: Floats) -> sparse.csr_matrix:
    """Cubic B-spline weights (n, lattice) of positions in lattice cells."""
    cell = np.floor(at).astype(int)
    t = at - cell
    weights = np.stack(
        [(1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3], axis=1
    ) / 6  # fmt: skip
    columns = (cell[:, None] + np.arange(-1, 3)) % _LATTICE
    rows = np.repeat(np.arange(at.size), 4)
    return sparse.csr_matrix((weights.ravel(), (rows, columns.ravel())), shape=(at.size, _LATTICE))


def smooth_noise(x_m: Floats, y_m: Floats, wave_m: float, rng: np.random.Generator, height: float = 1.0) -> Floats:
    """A field (y, x) of mean 0 and deviation ``height`` with bumps about ``wave_m`` apart, on the grid of two axes."""
    lattice = rng.standard_normal((_LATTICE, _LATTICE)) * (2.1 * height)
    step = wave_m / 2
    return np.asarray((_basis(y_m / step) @ lattice) @ _basis(x_m / step).T)


def fractal_noise(
    x_m: Floats, y_m: Floats, wave_m: float, octaves: int, rng: np.random.Generator, *, gain: float = 0.5
) -> Floats:
    """Octaves of :func:`smooth_noise`, each of half the wave and ``gain`` of the height of the one before."""
    field = np.zeros((y_m.size, x_m.size))
    for octave in range(octaves):
        field += smooth_noise(x_m, y_m, wave_m / 2**octave, rng, gain**octave)
    return field
