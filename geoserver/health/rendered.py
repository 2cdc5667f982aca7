"""What a simulated camera's picture is judged by: rendered from the model, with its fault and the noise of a sensor.

The clip that people watch is not read for it: a rendered scene without vehicles stands quite still, as no real one
does, and 7,000 clips would drive out of the cache what people watch.
"""

import numpy as np

from geoserver.health.sampling import EVERY_S, Taken
from geoserver.pictures import pictures_of
from geoserver.services import Now
from geoserver.streams.pretended import seed_of
from layers.cameras.model import Camera
from layers.cameras.pictures.sighting import Sighting
from layers.cameras.pictures.still import painted, survey
from layers.health.faulty import faulted, sensor_noise
from layers.health.orders import Trouble
from layers.health.sample import JUDGED_PX, Sample

NOISE = 2.0
"""Of a sensor by day, standard deviation, of 255."""


def rendered(now: Now, camera: Camera, fault: Trouble | None, window_s: float) -> Taken:
    """Frames of a camera as it stands, so many seconds long, at once. Casts rays: not for an event loop.

    Raises
    ------
    NoDirection
    """
    picture = painted(survey(Sighting.of(camera, now.town.scene), JUDGED_PX, even=True), pictures_of(now.town).ground)
    count, seed = round(window_s / EVERY_S) + 1, seed_of(camera.id)
    frames = np.stack([faulted(picture, fault, seed, number) for number in range(count)])
    rng = np.random.default_rng()
    noisy = sensor_noise(frames[:1] if fault == "frozen" else frames, rng, NOISE)
    whole = np.ascontiguousarray(np.broadcast_to(noisy, frames.shape))
    return Taken(Sample(whole, np.arange(count, dtype=np.float64) * EVERY_S), count)
