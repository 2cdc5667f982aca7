"""The health board: all rates by every axis, and how many cameras have which fault. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from layers.cameras.model import Camera
from layers.health.rates import AXES, Axis, Condition, Rate, RateName, Targets, expected, rates
from layers.health.thresholds import FAULTS, ImageFault


@dataclass(frozen=True, slots=True)
class Board:
    """What the cameras' administrator sees first.

    Attributes
    ----------
    cameras : how many should work
    rates : axis → group → rate by name; the axis "all" has the one group ""
    faults : fault → how many cameras have it now; a camera may have several
    """

    cameras: int
    rates: Mapping[Axis, Mapping[str, Mapping[RateName, Rate]]]
    faults: Mapping[ImageFault, int]


def board(
    cameras: Iterable[Camera],
    conditions: Mapping[str, Condition],
    faults: Mapping[str, Collection[ImageFault]],
    targets: Targets,
) -> Board:
    """The board of some cameras: what is known of each, and the faults that its picture has now, by id."""
    some = [camera for camera in cameras if expected(camera)]
    counted = Counter(fault for camera in some for fault in set(faults.get(camera.id, ())))
    return Board(
        cameras=len(some),
        rates={axis: rates(some, conditions, targets, axis) for axis in AXES},
        faults={fault: counted[fault] for fault in FAULTS},
    )
