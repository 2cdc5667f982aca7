"""A camera's moving picture, rendered: the still with a few vehicles driving through it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.cameras.pictures.still import Survey
from layers.cameras.pictures.traffic import SMALLEST_PX, Vehicle
from layers.cameras.pictures.vehicle_look import SHADE_OUT_M, paint
from tiles.geodesy import Floats

Window = tuple[int, int, int, int]
"""First row and the one after the last, first column and the one after the last."""
AROUND_PX = 2


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """A still, and all that is needed to draw into it what stands before or behind what it shows."""

    seen: Survey
    still: NDArray[np.uint8]
    fields: tuple[Any, Any, Any, Any] = field(repr=False)
    """Rays, distance, kind and whether shown, as `vehicle_look.paint` takes them."""

    @classmethod
    def of(cls, seen: Survey, still: NDArray[np.uint8]) -> "Stage":
        """From a survey and the picture painted of it."""
        rays = np.ascontiguousarray(seen.grid(seen.rays), np.float32)
        distance = np.ascontiguousarray(seen.grid(seen.cast.distance_m), np.float32)
        kind, shown = (np.ascontiguousarray(seen.grid(values)) for values in (seen.cast.kind, seen.shown))
        return cls(seen, still, (rays, distance, kind, shown))

    def draw(self, picture: NDArray[np.uint8], vehicle: Vehicle, frame: int) -> tuple[Window, int]:
        """Draw one vehicle as it is at a frame; where in the picture that may have been, and pixels changed."""
        stand = vehicle.places_m[frame], vehicle.axes[frame]
        window = self._window(vehicle, stand)
        if window is None:
            return (0, 0, 0, 0), 0
        kind = vehicle.kind
        body = np.array(kind.size_m), kind.planes, kind.stuff
        return window, int(paint(picture, self.fields, window, stand, body, np.array(vehicle.paint)))

    def _window(self, vehicle: Vehicle, stand: tuple[Floats, Floats]) -> Window | None:
        """The rows and columns that a vehicle and its shade can appear in."""
        place, axes = stand
        length, width, high = vehicle.kind.size_m
        out = SHADE_OUT_M
        shape = np.array([length / 2 + out, width / 2 + out, high])
        corners = np.stack(np.meshgrid([-1, 0, 1], [-1, 0, 1], [0, 0.5, 1], indexing="ij"), axis=-1).reshape(-1, 3)
        sighting = self.seen.sighting
        optics = sighting.view.optics
        turn = sighting.served.frame.axes @ sighting.view.pose.rotation.T
        u, v, shown = optics.pixels((place + (corners * shape) @ axes) @ turn)
        if not shown.any():
            return None
        u, v = u * self.seen.cols / optics.width_px, v * self.seen.rows / optics.height_px
        if optics.model == "panorama" and np.ptp(u) > self.seen.cols / 2:
            u = np.array([0.0, self.seen.cols])
        if np.hypot(np.ptp(u), np.ptp(v)) < SMALLEST_PX:
            return None
        # Between corners a lens bends edges outwards by less than a tenth of them.
        over_u, over_v = AROUND_PX + np.ptp(u) / 10, AROUND_PX + np.ptp(v) / 10
        top, bottom = np.clip([v.min() - over_v, v.max() + over_v + 1], 0, self.seen.rows).astype(int)
        left, right = np.clip([u.min() - over_u, u.max() + over_u + 1], 0, self.seen.cols).astype(int)
        return (int(top), int(bottom), int(left), int(right)) if bottom > top and right > left else None


def pictures(stage: Stage, vehicles: tuple[Vehicle, ...], frames: int) -> Iterator[tuple[NDArray[np.uint8], list[Window]]]:
    """The frames (rows, cols, 3) uint8 sRGB of a clip, each with where it differs from the still."""
    for frame in range(frames):
        picture = stage.still.copy()
        present = [vehicle for vehicle in vehicles if vehicle.there[frame]]
        # Those far away first: nearer ones are drawn over them.
        present.sort(key=lambda vehicle: -float(np.linalg.norm(vehicle.places_m[frame])))
        drawn = [stage.draw(picture, vehicle, frame) for vehicle in present]
        yield picture, [window for window, changed in drawn if changed]
