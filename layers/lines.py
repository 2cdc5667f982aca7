"""Lines of points in a metric frame: how long they are, and where one comes to along them."""

import numpy as np

from tiles.geodesy import Floats


def along_m(line: Floats) -> Floats:
    """How far each point (n, 2) of a line lies from its beginning, (n,)."""
    steps: Floats = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    return steps


def places_at(line: Floats, at_m: Floats) -> Floats:
    """Places (k, 2) so far along a line (n, 2)."""
    far = along_m(line)
    return np.stack([np.interp(at_m, far, axis) for axis in line.T], axis=1)


def middles(length_m: float, step_m: float) -> Floats:
    """Middles of equal steps along a length, about so long each; at least one."""
    count = max(1, round(length_m / step_m))
    return np.asarray((np.arange(count) + 0.5) * (length_m / count), float)
