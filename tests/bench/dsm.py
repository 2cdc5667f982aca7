"""Surfaces to measure viewsheds on: hills with a power spectrum and roofs on them, from a seed alone.

The rules are those of the project's performance notes; the seeds are the benchmark's own.
"""

import numpy as np
from numpy.typing import NDArray

SIZE = 4096


def hills(seed: int, size: int = SIZE) -> NDArray[np.float32]:
    """Heights 0–220 m (size, size): f^-2.2 amplitudes, random phases, nothing below 1.5 cycles a side."""
    rng = np.random.Generator(np.random.PCG64(seed))
    fy, fx = np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None, :]
    frequency = np.hypot(fx, fy)
    keep = frequency >= 1.5 / size
    amplitude = np.where(keep, np.where(keep, frequency, 1.0) ** -2.2, 0.0)
    phases = rng.uniform(0, 2 * np.pi, amplitude.shape)
    field = np.fft.irfft2(amplitude * np.exp(1j * phases), s=(size, size))
    field -= field.min()
    return (field * (220 / field.max())).astype(np.float32)


def roofs(ground: NDArray[np.float32], seed: int, count: int = 5000, margin: int = 40) -> NDArray[np.float32]:
    """The ground with ``count`` footprints burnt in by the centre-of-cell rule, roofs level."""
    rng = np.random.Generator(np.random.PCG64(seed))
    size = len(ground)
    side = int(np.ceil(np.sqrt(count)))
    pitch = (size - 2 * margin) / side
    surface = ground.copy()
    for slot in rng.permutation(side * side)[:count]:
        x, y = (np.array(divmod(int(slot), side)) + 0.5 + rng.uniform(-0.12, 0.12, 2)) * pitch + margin
        width, depth = rng.uniform(0.25, 0.62, 2) * pitch
        angle = np.radians(rng.choice([0, 15, 30, 45])) + rng.normal(0, 0.02)
        notched = rng.random() < 0.35
        roof = ground[int(y), int(x)] + np.clip(rng.lognormal(2.4, 0.55), 3, 150)
        reach = int(np.hypot(width, depth) / 2) + 2
        r0, c0 = int(y) - reach, int(x) - reach
        window = surface[max(r0, 0) : int(y) + reach, max(c0, 0) : int(x) + reach]
        rows, cols = np.mgrid[max(r0, 0) : max(r0, 0) + window.shape[0], max(c0, 0) : max(c0, 0) + window.shape[1]]
        u = (cols - x) * np.cos(angle) + (rows - y) * np.sin(angle)
        v = (rows - y) * np.cos(angle) - (cols - x) * np.sin(angle)
        covered = (abs(u) <= width / 2) & (abs(v) <= depth / 2)
        if notched:
            covered &= (u < 0) | (v < 0)
        np.maximum(window, np.where(covered, np.float32(roof), window), out=window)
    return surface


def dsm(seed: int = 20261, size: int = SIZE) -> NDArray[np.float32]:
    """The benchmark's surface, 1 m cells: the same for the same seed."""
    return roofs(hills(seed, size), seed + 1, count=max(1, 5000 * size * size // SIZE**2))


def observers(size: int = SIZE, seed: int = 20263) -> list[tuple[int, int, float]]:
    """Eight places (row, col) around the middle, with masts of 3 to 60 m."""
    rng = np.random.Generator(np.random.PCG64(seed))
    places = rng.integers(int(size * 0.49), int(size * 0.51), (8, 2))
    masts = (3.0, 5.0, 8.0, 12.0, 20.0, 30.0, 45.0, 60.0)
    return [(int(r), int(c), h) for (r, c), h in zip(places, masts, strict=True)]
