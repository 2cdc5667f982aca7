"""A still as the camera would see it, rendered from the served geometry: it stands in for video that is not there.

Rays of the lens itself, whatever its model, meet the triangles that the browser draws; daylight, haze, and the
model's edges drawn on top, so that pixel and place can be compared by eye and by calibration.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from layers.cameras.pictures import still_light as light
from layers.cameras.pictures.edges import Edges, draw, edges_of
from layers.cameras.pictures.sighting import Sighting
from layers.errors import BadInput
from tiles.geodesy import Floats
from tiles.served import Cast

MIN_WIDTH_PX, MAX_WIDTH_PX = 64, 1920
SMOOTH_UP_TO_PX = 960
"""Up to this width pixels on a border between faces are averages of four."""
STOREY_M = 3.0
MOST_PIXEL_M = 3.0
"""Walls whose pixels are wider than this show neither storeys nor where their shade changes."""
PLAIN_GROUND = (0.66, 0.63, 0.56)
EDGE, LINE, HORIZON = (38, 44, 54), (60, 225, 255, 255), (255, 184, 84, 255)
OUTSIDE = (16, 18, 22)
"""What a fisheye does not show."""

GroundLook: TypeAlias = Callable[[Floats, Floats], NDArray[np.float32]]
"""Colours (n, 3; sRGB 0 to 1) of ground at places (n, 2; unit square of the web map), as wide as (n,) metres."""


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """First hits of all pixels of a still; arrays (rows · cols, …), row by row."""

    sighting: Sighting
    cols: int
    rows: int
    rays: Floats
    shown: NDArray[np.bool_]
    cast: Cast

    def grid(self, values: NDArray[Any]) -> NDArray[Any]:
        """Values by row and column."""
        return values.reshape(self.rows, self.cols, *values.shape[1:])


def size_of(sighting: Sighting, width_px: int, *, even: bool = False) -> tuple[int, int]:
    """Columns and rows of a still so wide; ``even``: the nearest even ones, as videos have.

    Pixels of the still need not be quite square: each axis is the lens's picture scaled by itself.

    Raises
    ------
    BadInput
    """
    optics = sighting.view.optics
    rows = max(1, round(optics.height_px * width_px / optics.width_px))
    if even:
        rows, width_px = max(2, 2 * round(optics.height_px * width_px / optics.width_px / 2)), width_px // 2 * 2
    if not MIN_WIDTH_PX <= width_px <= MAX_WIDTH_PX or rows > MAX_WIDTH_PX:
        raise BadInput(
            field="width",
            value=width_px,
            detail="is no width of a still.",
            remedy=f"Give {MIN_WIDTH_PX} to {MAX_WIDTH_PX} pixels; the picture may not be higher than that either.",
        )
    return width_px, rows


def survey(sighting: Sighting, width_px: int, *, even: bool = False) -> Survey:
    """What the pixels of a still so wide meet; ``even`` as for `size_of`.

    Raises
    ------
    BadInput
    """
    cols, rows = size_of(sighting, width_px, even=even)
    optics = sighting.view.optics
    across, down = optics.width_px / cols, optics.height_px / rows
    u, v = np.meshgrid((np.arange(cols) + 0.5) * across, (np.arange(rows) + 0.5) * down)
    rays, shown = sighting.directions(u, v)
    return Survey(sighting, cols, rows, rays, shown, sighting.meet(rays, shown, scale=1 / across))


def still(sighting: Sighting, width_px: int, ground: GroundLook | None = None) -> NDArray[np.uint8]:
    """The picture, (rows, cols, 3) uint8 sRGB."""
    return painted(survey(sighting, width_px), ground)


def painted(seen: Survey, ground: GroundLook | None = None) -> NDArray[np.uint8]:
    """The picture of what pixels meet, (rows, cols, 3) uint8 sRGB."""
    sighting, optics = seen.sighting, seen.sighting.view.optics
    pixel_rad = optics.width_px / seen.cols / optics.focal_px
    colours = _painted(sighting, seen.cast, seen.rays, pixel_rad, ground)
    colours[~seen.shown] = np.array(OUTSIDE, np.float32) / 255
    if seen.cols <= SMOOTH_UP_TO_PX:
        _smooth(seen, colours, pixel_rad, ground)
    picture = np.ascontiguousarray((np.clip(seen.grid(colours), 0, 1) * 255 + 0.5).astype(np.uint8))
    edges = _edges(seen)
    lines = picture.copy()
    draw(lines, edges, EDGE)
    return np.asarray(picture + (lines.astype(np.int16) - picture) * 3 // 5, np.uint8)


def outlines(sighting: Sighting, width_px: int) -> NDArray[np.uint8]:
    """The model's edges alone, (rows, cols, 4) uint8 on nothing: to be laid over a real picture."""
    seen = survey(sighting, width_px)
    picture = np.zeros((seen.rows, seen.cols, 4), np.uint8)
    kind = seen.grid(seen.cast.kind)
    sky, ground = kind == 0, kind == light.TERRAIN
    horizon = np.zeros_like(sky)
    horizon[1:] = sky[:-1] & ground[1:]
    picture[horizon & seen.grid(seen.shown)] = HORIZON
    draw(picture, _edges(seen), LINE)
    return picture


def jpeg(picture: NDArray[np.uint8]) -> bytes:
    """A picture as JPEG."""
    return _encoded(picture, "JPEG", quality=86)


def png(picture: NDArray[np.uint8]) -> bytes:
    """A picture as PNG."""
    return _encoded(picture, "PNG", compress_level=3)


def _encoded(picture: NDArray[np.uint8], kind: str, **how: Any) -> bytes:
    out = io.BytesIO()
    Image.fromarray(picture).save(out, kind, **how)
    return out.getvalue()


def _edges(seen: Survey) -> Edges:
    return edges_of(seen.sighting, seen.grid(seen.cast.building), seen.grid(seen.cast.distance_m))


def _painted(
    sighting: Sighting, cast: Cast, rays: Floats, pixel_rad: float, ground: GroundLook | None
) -> NDArray[np.float32]:
    """Colours (n, 3) of hits."""
    bare = np.empty((len(cast), 3), np.float32)
    bare[:] = PLAIN_GROUND
    on_ground = np.flatnonzero(cast.kind == light.TERRAIN)
    if ground is not None and on_ground.size:
        places = sighting.served.web_map(cast.points_m[on_ground])
        bare[on_ground] = ground(places, cast.distance_m[on_ground] * pixel_rad)
    out = light.empty(len(cast))
    height = np.zeros(len(cast))
    walls = np.flatnonzero((cast.kind == light.WALL) & (cast.distance_m * pixel_rad < MOST_PIXEL_M))
    height[walls] = sighting.served.geodetic(cast.points_m[walls])[:, 2]
    hits = (cast.kind, cast.building, cast.distance_m, height, cast.normals)
    light.paint(hits, rays, _facts(sighting), bare, pixel_rad, out)
    return np.asarray(out, np.float32)


def _facts(sighting: Sighting) -> tuple[Any, Any, Any, Any]:
    """Tones, foot, roof and storey of all buildings as the painter wants them."""
    held = sighting.scene.footprints
    storeys = np.asarray(held.attributes["storeys"], float) if len(held) else np.zeros(0)
    heights = held.roof_m - held.base_m
    storey = np.where(storeys > 0, heights / np.maximum(storeys, 1), STOREY_M)
    return sighting.served.tones, held.base_m, held.roof_m, storey


def _smooth(seen: Survey, colours: NDArray[np.float32], pixel_rad: float, ground: GroundLook | None) -> None:
    """Pixels on a border between faces become the average of four rays."""
    cast = seen.cast
    mark = np.zeros((seen.rows, seen.cols), bool)
    fields = (cast.kind, cast.building, cast.distance_m, cast.normals)
    light.jumps(*(seen.grid(values) for values in fields), mark)
    at = np.flatnonzero(mark.ravel() & seen.shown)
    if not at.size:
        return
    sighting, optics = seen.sighting, seen.sighting.view.optics
    wide, tall = optics.width_px / seen.cols, optics.height_px / seen.rows
    row, col = np.divmod(at, seen.cols)
    quarters = [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)]
    u = np.concatenate([(col + du) * wide for du, _ in quarters])
    v = np.concatenate([(row + dv) * tall for _, dv in quarters])
    rays, shown = sighting.directions(u, v)
    hits = sighting.meet(rays, shown, scale=1 / wide)
    four = _painted(sighting, hits, rays, pixel_rad, ground)
    colours[at] = four.reshape(4, len(at), 3).mean(axis=0)
