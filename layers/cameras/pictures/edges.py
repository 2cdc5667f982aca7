"""The model's edges as a camera sees them: outlines of roofs, corners of walls, and the skyline of the ground."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from layers.cameras.pictures.sighting import Sighting
from tiles.geodesy import Floats, geodetic_to_ecef

STEP_PX = 4.0
"""An edge is followed in steps of about so many pixels: lenses bend lines, and others hide parts of them."""
MOST_STEPS = 160
LEAST_PX = 2
"""Buildings that show in fewer pixels have no edges drawn."""
STRAIGHT = 0.985
"""Cosine of the turn at a corner above which an edge stands there only where it is the outline: a round tower's."""
SLACK, SLACK_M = 2e-3, 0.25
"""An edge may lie so much behind what the picture shows there and still be seen."""
SHIFT = 4
"""Binary digits behind the point in the coordinates that OpenCV draws by."""


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """Visible pieces (n, 2, 2) of edges, pixels of the still; ``building`` (n,) they belong to."""

    pieces_px: Floats
    building: NDArray[np.int64]


def edges_of(sighting: Sighting, building: NDArray[np.int32], distance_m: Floats) -> Edges:
    """Pieces of edges that are seen in a picture of first hits.

    Parameters
    ----------
    building, distance_m : (rows, cols)
        What each pixel shows, −1 and inf for none.
    """
    shown = building[building >= 0]
    numbers, counts = np.unique(shown, return_counts=True)
    starts, ends, owner = _segments(sighting, numbers[counts >= LEAST_PX].astype(np.int64))
    if not len(starts):
        return Edges(np.zeros((0, 2, 2)), np.zeros(0, np.int64))
    optics = sighting.view.optics
    scale = np.array([building.shape[1] / optics.width_px, building.shape[0] / optics.height_px])
    pixels, away, cuts, shown_ = _followed(sighting, starts, ends, scale)
    inside, seen = _seen(pixels, away, distance_m)
    seen &= shown_
    first = np.setdiff1d(np.arange(len(pixels) - 1), cuts[1:-1] - 1, assume_unique=True)
    # A piece that leaves the picture is drawn to its border.
    leaves = (seen[first] & ~inside[first + 1] & shown_[first + 1]) | (~inside[first] & shown_[first] & seen[first + 1])
    kept = first[(seen[first] & seen[first + 1]) | leaves]
    short = np.hypot(*(pixels[kept + 1] - pixels[kept]).T) < 8 * STEP_PX
    kept = kept[short]
    which = np.searchsorted(cuts, kept, side="right") - 1
    return Edges(np.stack([pixels[kept], pixels[kept + 1]], axis=1), owner[which])


def draw(picture: NDArray[np.uint8], edges: Edges, colour: tuple[int, ...], thickness: int = 1) -> None:
    """Draw pieces into a picture (rows, cols, channels), smooth and at fractions of pixels."""
    # OpenCV counts from the middle of the first pixel, pictures here from its corner.
    moved = np.round((edges.pieces_px - 0.5) * (1 << SHIFT)).astype(np.int32)
    cv2.polylines(picture, list(moved), False, colour, thickness, cv2.LINE_AA, SHIFT)


def _segments(sighting: Sighting, numbers: NDArray[np.int64]) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Both ends (n, 3; local frame) of roof outlines and wall corners of some buildings, and their number."""
    held, frame = sighting.scene.footprints, sighting.scene.frame
    chosen = np.isin(held.ring_building, numbers)
    first, last = held.ring_offsets[:-1][chosen], held.ring_offsets[1:][chosen]
    count = last - first
    if not count.sum():
        return np.zeros((0, 3)), np.zeros((0, 3)), np.zeros(0, np.int64)
    begin = np.concatenate([[0], np.cumsum(count)[:-1]])
    within = np.arange(count.sum()) - np.repeat(begin, count)
    index = np.repeat(first, count) + within
    after = np.repeat(begin, count) + (within + 1) % np.repeat(count, count)
    before = np.repeat(begin, count) + (within - 1) % np.repeat(count, count)
    owner = np.repeat(held.ring_building[chosen], count).astype(np.int64)
    corners = held.vertices_m[index]
    lon, lat = frame.to_lonlat(*corners.T)
    # A wall's corner is drawn down to the ground, or the footprint's base where that is higher.
    ground = sighting.scene.ground.sample(*corners.T)
    foot = np.fmax(np.where(np.isfinite(ground), ground, -np.inf), held.base_m[owner])
    high = sighting.served.frame.from_ecef(geodetic_to_ecef(lon, lat, held.roof_m[owner]))
    low = sighting.served.frame.from_ecef(geodetic_to_ecef(lon, lat, foot))
    one, two = corners - corners[before], corners[after] - corners
    lengths = np.hypot(*one.T) * np.hypot(*two.T)
    sharp = np.einsum("ij,ij->i", one, two) < STRAIGHT * lengths
    sharp |= _turned_away(sighting, corners, one) != _turned_away(sighting, corners, two)
    return (
        np.concatenate([high, low[sharp]]),
        np.concatenate([high[after], high[sharp]]),
        np.concatenate([owner, owner[sharp]]),
    )


def _turned_away(sighting: Sighting, corners: Floats, walls: Floats) -> NDArray[np.bool_]:
    """On which side of walls (n, 2; metric frame) at corners (n, 2) the eye is: where it changes, the outline is."""
    away = np.array(sighting.scene.to_metric(sighting.camera.lon, sighting.camera.lat)) - corners
    return np.asarray(walls[:, 0] * away[:, 1] < walls[:, 1] * away[:, 0], bool)


def _followed(
    sighting: Sighting, starts: Floats, ends: Floats, scale: Floats
) -> tuple[Floats, Floats, NDArray[np.int64], NDArray[np.bool_]]:
    """Pixels (m, 2) of the still along segments, their distance, where each segment begins, and which are shown."""
    eye = sighting.served.start(sighting.eye)
    middle = np.linalg.norm((starts + ends) / 2 - eye, axis=1)
    length = np.linalg.norm(ends - starts, axis=1)
    wide = length / np.maximum(np.maximum(middle - length / 2, 0.05 * length), 0.5)
    steps = np.ceil(wide * sighting.view.optics.focal_px * scale[0] / STEP_PX).astype(np.int64).clip(1, MOST_STEPS)
    cuts = np.concatenate([[0], np.cumsum(steps + 1)])
    t = (np.arange(cuts[-1]) - np.repeat(cuts[:-1], steps + 1)) / np.repeat(steps, steps + 1)
    places = np.repeat(starts, steps + 1, axis=0) + np.repeat(ends - starts, steps + 1, axis=0) * t[:, None] - eye
    turn = sighting.served.frame.axes @ sighting.view.pose.rotation.T
    u, v, shown = sighting.view.optics.pixels(places @ turn)
    return np.stack([u, v], axis=1) * scale, np.linalg.norm(places, axis=1), cuts, shown


def _seen(pixels: Floats, away: Floats, distance_m: Floats) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether places are in the picture, and there no farther than what it shows at their pixel or one beside it."""
    rows, cols = distance_m.shape
    depth = np.where(np.isfinite(distance_m), distance_m, 1e9).astype(np.float32)
    widest: Any = cv2.dilate(depth, np.ones((3, 3), np.uint8))
    with np.errstate(invalid="ignore"):
        inside = (pixels[:, 0] >= 0) & (pixels[:, 0] < cols) & (pixels[:, 1] >= 0) & (pixels[:, 1] < rows)
    col, row = np.where(inside[:, None], pixels, 0).astype(np.int64).T
    seen: Any = inside & (away <= widest[row, col] * (1 + SLACK) + SLACK_M)
    return np.asarray(inside, bool), np.asarray(seen, bool)
