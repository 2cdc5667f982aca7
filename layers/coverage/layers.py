"""What can be shown of coverage on a map: one whole number a cell, and what each number means."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from layers.cameras.covering.steps import classes_of_steps
from layers.cameras.ladder import rungs
from layers.coverage.base import BUILT, GROUND, Base
from layers.coverage.runs import CELLS
from layers.coverage.sums import TIERS, Sums

LayerName = Literal["count", "class", "tier", "single", "blind"]
LAYERS: tuple[LayerName, ...] = get_args(LayerName)
COUNT_FROM = (1, 2, 3, 5, 9, 17)
"""A count is shown in steps that begin at these."""
_COUNT = ("#31446b", "#2f6f9f", "#2ea69b", "#8fd06a", "#f6e04d", "#fff6c8")
_TIER = ("#7f6ae0", "#3f9bd8", "#41c0c8", "#e0a53c", "#d877b8", "#8fd06a", "#f4f1de")
_SINGLE, _BLIND = "#ff9f40", "#ff5252"
"""Colours that stand out on a dark map; 1 … 7 of tiers is the sum of 1, 2 and 4 for tier 1, 2 and 3."""
Cells = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Shown:
    """What is asked to be shown: a layer, of which tiers, from which step of density on."""

    layer: LayerName
    ladder: str
    step: int
    tiers: tuple[int, ...] = TIERS


@dataclass(frozen=True, slots=True)
class Swatch:
    """One number of a layer, its colour, and what it means: from … to cameras, a class, tiers."""

    value: int
    colour: str
    meaning: Any


def cells_of(shown: Shown, sums: Sums | None, base: Base | None) -> Cells:
    """The numbers (4096,) of one block; 0 is nothing to show."""
    if shown.layer == "blind":
        if base is None:
            return np.zeros(CELLS, np.uint8)
        built = (base.flags & BUILT) > 0
        unseen = built if sums is None else built & (sums.at_least(shown.step, shown.tiers) == 0)
        return np.asarray(unseen, np.uint8)
    if sums is None:
        return np.zeros(CELLS, np.uint8)
    values = _values(shown, sums)
    return values if base is None else np.where(base.flags & GROUND, values, 0).astype(np.uint8)


def _values(shown: Shown, sums: Sums) -> Cells:
    if shown.layer == "class":
        best = sums.best(shown.tiers)
        return np.asarray(np.where(best >= shown.step, classes_of_steps(shown.ladder)[best], 0), np.uint8)
    if shown.layer == "tier":
        seen = [(sums.at_least(shown.step, (tier,)) > 0) << (tier - 1) for tier in shown.tiers]
        return np.asarray(np.bitwise_or.reduce(np.array(seen, np.uint8), axis=0))
    count = sums.at_least(shown.step, shown.tiers)
    if shown.layer == "single":
        return np.asarray(count == 1, np.uint8)
    return np.searchsorted(COUNT_FROM, count, side="right").astype(np.uint8)


def legend(layer: LayerName, ladder: str) -> list[Swatch]:
    """What the numbers of a layer mean, in their order."""
    if layer == "count":
        ends: Sequence[int | None] = [first - 1 for first in COUNT_FROM[1:]] + [None]
        spans = zip(COUNT_FROM, ends, strict=True)
        return [Swatch(k, colour, span) for k, (colour, span) in enumerate(zip(_COUNT, spans, strict=True), 1)]
    if layer == "class":
        steps = rungs(ladder)
        return [Swatch(k, rung.colour, rung) for k, rung in enumerate(steps, 1)]
    if layer == "tier":
        return [
            Swatch(k, colour, tuple(tier for tier in TIERS if k >> (tier - 1) & 1)) for k, colour in enumerate(_TIER, 1)
        ]
    return [Swatch(1, _SINGLE if layer == "single" else _BLIND, None)]
