"""A camera's moving picture, rendered: the still with a few vehicles driving through it."""

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

    def draw(self, picture: NDArray[np.uint8], vehicle: Vehicle, frame: int, window: Window) -> int:
        """Draw one vehicle as it is at a frame, into a window that holds it; how many pixels changed."""
        kind = vehicle.kind
        stand = vehicle.places_m[frame], vehicle.axes[frame]
        body = np.array(kind.size_m), kind.planes, kind.stuff, kind.bounds
        return int(paint(picture, self.fields, window, stand, body, np.array(vehicle.paint)))

    def windows(self, vehicle: Vehicle) -> list[Window | None]:
        """The rows and columns that a vehicle and its shade can appear in, frame by frame; None: it is not drawn."""
        length, width, high = vehicle.kind.size_m
        shape = np.array([length / 2 + SHADE_OUT_M, width / 2 + SHADE_OUT_M, high])
        corners = np.stack(np.meshgrid([-1, 0, 1], [-1, 0, 1], [0, 0.5, 1], indexing="ij"), axis=-1).reshape(-1, 3)
        sighting = self.seen.sighting
        optics = sighting.view.optics
        turn = sighting.served.frame.axes @ sighting.view.pose.rotation.T
        places = vehicle.places_m[:, None] + (corners * shape) @ vehicle.axes
        u, v, shown = optics.pixels(places @ turn)
        u, v = u * self.seen.cols / optics.width_px, v * self.seen.rows / optics.height_px
        if optics.model == "panorama":
            across = np.ptp(u, axis=1) > self.seen.cols / 2
            u[across] = np.where(np.arange(len(corners)) % 2 == 0, 0.0, self.seen.cols)
        wide, tall = np.ptp(u, axis=1), np.ptp(v, axis=1)
        drawn = vehicle.there & shown.any(axis=1) & (np.hypot(wide, tall) >= SMALLEST_PX)
        # Between corners a lens may bend edges outwards.
        bend = 0.01 if optics.model == "rectilinear" else 0.1
        u0, u1 = u.min(axis=1) - AROUND_PX - bend * wide, u.max(axis=1) + AROUND_PX + 1 + bend * wide
        v0, v1 = v.min(axis=1) - AROUND_PX - bend * tall, v.max(axis=1) + AROUND_PX + 1 + bend * tall
        rows = np.clip([v0, v1], 0, self.seen.rows).astype(int)
        cols = np.clip([u0, u1], 0, self.seen.cols).astype(int)
        drawn &= (rows[1] > rows[0]) & (cols[1] > cols[0])
        every = zip(drawn, *rows.tolist(), *cols.tolist(), strict=True)
        return [(top, bottom, left, right) if kept else None for kept, top, bottom, left, right in every]


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """A stage with its vehicles; every frame can be drawn by itself, in any thread."""

    stage: Stage
    vehicles: tuple[Vehicle, ...]
    windows: tuple[tuple[Window | None, ...], ...] = field(repr=False)
    """By vehicle and frame."""
    away_m: Floats = field(repr=False)
    """(vehicles, frames), from the eye."""

    @classmethod
    def of(cls, stage: Stage, vehicles: tuple[Vehicle, ...]) -> "Clip":
        """With the place of each vehicle in each frame known."""
        windows = tuple(tuple(stage.windows(vehicle)) for vehicle in vehicles)
        away = [np.linalg.norm(vehicle.places_m, axis=1) for vehicle in vehicles]
        return cls(stage, vehicles, windows, np.array(away))

    def frame(self, number: int) -> tuple[NDArray[np.uint8], list[Window]]:
        """A frame (rows, cols, 3) uint8 sRGB, and where it differs from the still."""
        picture = self.stage.still.copy()
        changed = []
        # Those far away first: nearer ones are drawn over them.
        for row in np.argsort(-self.away_m[:, number], kind="stable") if self.vehicles else ():
            window = self.windows[row][number]
            if window is not None and self.stage.draw(picture, self.vehicles[row], number, window):
                changed.append(window)
        return picture, changed
