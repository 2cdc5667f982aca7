"""Simulated cameras: a clip of what a camera would see, with a few vehicles, rendered when first wanted and kept.

A clip is played for ever: its last frame goes on with its first. Its size is even in both directions, as video is:
the lens's picture is scaled to it, each axis by itself, and nothing is cut off or added; so place (u, v) of the
lens's picture is u · width / image_width, v · height / image_height of the clip, exactly.
"""

import hashlib
from functools import lru_cache
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from geoserver.pictures import pictures_of
from geoserver.services import Now
from geoserver.streams.clip_files import ClipFiles
from geoserver.streams.encoding import write_clip
from geoserver.streams.pretended import seed_of
from layers.cameras.model import Camera, PtzAim
from layers.cameras.pictures.moving import Clip, Stage
from layers.cameras.pictures.sighting import Sighting
from layers.cameras.pictures.still import painted, survey
from layers.cameras.pictures.streets import Roads
from layers.cameras.pictures.traffic import traffic
from layers.errors import BadInput
from layers.health.faulty import faulted
from layers.health.orders import Trouble
from tiles.geodesy import CityFrame
from tiles.vectors import read_layer

DRAWN_AS = 1
"""Changes with the look of clips, so that those drawn before are not taken for the new ones."""
MOST_FPS, MOST_SECONDS = 30, 60
LOOKED_FOR_PX = 640
_clips = ClipFiles()


def simulated_clip(
    now: Now,
    camera: Camera,
    aim: PtzAim | None,
    *,
    width_px: int,
    fps: int,
    seconds: int,
    folder: Path,
    fault: Trouble | None = None,
) -> Path:
    """The clip of a camera as it looks, or of a PTZ one as aimed: H.264 in MP4, ``fps`` · ``seconds`` frames.

    What ``fault`` does to the picture is in it; a camera that is turned away is given as it stands.

    Kept in ``folder`` by all that it depends on. Who asks while it is rendered waits for it.

    Raises
    ------
    NoDirection, BadInput
    """
    for field, value, most in (("fps", fps, MOST_FPS), ("seconds", seconds, MOST_SECONDS)):
        if not 1 <= value <= most:
            raise BadInput(field=field, value=value, detail="is not of a clip.", remedy=f"Give 1 to {most}.")
    sighting = Sighting.of(camera, now.town.scene, aim)
    name = _name(sighting, (width_px, fps, seconds), fault)
    seed = seed_of(camera.id)

    def make(file: Path) -> None:
        seen = survey(sighting, width_px, even=True)
        # Main and sub-stream have the same traffic: it is looked for in a picture of one size.
        coarse = seen if seen.cols == LOOKED_FOR_PX else survey(sighting, LOOKED_FOR_PX, even=True)
        picture = painted(seen, pictures_of(now.town).ground)
        frames = fps * seconds
        clip = Clip.of(Stage.of(seen, picture), traffic(coarse, roads_of(now), seconds, frames))

        def draw(number: int) -> NDArray[np.uint8]:
            shown = clip.frame(0 if fault == "frozen" else number)[0]
            return faulted(shown, fault, seed, number)

        write_clip(file, draw, size=(seen.cols, seen.rows), fps=fps, frames=frames)

    return _clips.get(folder, name, make)


def roads_of(now: Now) -> Roads:
    """The roads of a town's build."""
    if now.town.vectors is None:
        return Roads.of([], [], [])
    return _roads(now.town.vectors, now.town.scene.frame)


@lru_cache(maxsize=2)
def _roads(vectors: Path, frame: CityFrame) -> Roads:
    table = read_layer(vectors, "roads")
    lines = shapely.transform(table.geometry.to_numpy(), lambda places: np.column_stack(frame.to_metric(*places.T)))
    parts, row = shapely.get_parts(lines, return_index=True)
    widths, classes = table["width_m"].to_numpy(float)[row], table["class"].to_numpy(np.str_)[row]
    return Roads.of(list(parts), widths.tolist(), classes.tolist())


def _name(sighting: Sighting, size: tuple[int, int, int], fault: Trouble | None) -> str:
    """Names a clip by the version of the city, the camera's id, pose and optics as it is aimed, its size and fault."""
    words = (DRAWN_AS, sighting.scene.version, sighting.camera.id, sighting.view, *size, *((fault,) if fault else ()))
    return hashlib.blake2b("\n".join(map(repr, words)).encode(), digest_size=12).hexdigest()
