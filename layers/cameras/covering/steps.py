"""Densities in steps from which the classes of both ladders follow exactly.

A footprint is kept once and read by either ladder: every rung of every ladder begins at a step.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from layers.cameras.ladder import LADDERS, rungs
from layers.errors import BadInput
from tiles.geodesy import Floats

STEPS_PX_M: tuple[float, ...] = tuple(sorted({rung.px_m for ladder in LADDERS.values() for rung in ladder}))
"""Step n, from 1 on, holds from this density up to the next one; step 0 is what is not seen."""
Steps = NDArray[np.uint8]


def steps_of(density_px_m: Floats) -> Steps:
    """The step that each density reaches."""
    return np.searchsorted(STEPS_PX_M, density_px_m, side="right").astype(np.uint8)


@cache
def step_of_rung(ladder: str, rung: str) -> int:
    """The step at which a class begins.

    Raises
    ------
    BadInput
    """
    for step in rungs(ladder):
        if step.id == rung:
            return STEPS_PX_M.index(step.px_m) + 1
    known = ", ".join(step.id for step in rungs(ladder))
    raise BadInput(field="min_class", value=rung, detail="is no class of this ladder.", remedy=f"Use one of {known}.")


@cache
def first_step(ladder: str) -> int:
    """The step at which the lowest class of a ladder begins."""
    return step_of_rung(ladder, rungs(ladder)[0].id)


@cache
def classes_of_steps(ladder: str) -> Steps:
    """Number of the class, from 1 on, that each step falls in; 0 for none. Index it with steps."""
    bounds = [rung.px_m for rung in rungs(ladder)]
    table = np.concatenate([[0], np.searchsorted(bounds, STEPS_PX_M, side="right")]).astype(np.uint8)
    table.flags.writeable = False
    return table
