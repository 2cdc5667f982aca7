"""Views of a built city for judging the diagnosis: the simulated cameras' own pictures, by day and by night."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
from numpy.typing import NDArray

from geoserver.ground_look import GroundLook
from geoserver.streams.simulated import roads_of
from geoserver.town import Town
from layers.cameras.model import Camera
from layers.cameras.pictures.moving import Clip, Stage
from layers.cameras.pictures.sighting import Sighting
from layers.cameras.pictures.still import painted, survey
from layers.cameras.pictures.traffic import traffic
from layers.health.faulty import Frames, sensor_noise, turned
from tests.judges.diagnosis_views import LONG_S, WINDOW_S, Subject, View, halved
from tests.judges.link_truth import open_city

WIDTH_PX, FPS, CLIP_S = 640, 12.5, 12
LOT = 20261128
"""Cameras are drawn by it; those drawn by an earlier one have set thresholds."""
TIERS = ((3, 0.6), (2, 0.2), (1, 0.2))
"""Shares of the cameras drawn: most at the street, some high up."""


@dataclass(frozen=True, eq=False)
class Studio:
    """A built city that pictures are rendered of."""

    town: Town
    ground: GroundLook | None

    @classmethod
    def of(cls, city: Path) -> "Studio":
        """Of a folder."""
        town = Town.open(city, Path(tempfile.mkdtemp()))
        return cls(town, GroundLook(town.basemap.drawer) if town.basemap.drawer else None)

    def clip(self, camera: Camera) -> Clip:
        """What the system would show of a camera, vehicles and all: 12 s that come round again."""
        seen = survey(Sighting.of(camera, self.town.scene), WIDTH_PX, even=True)
        roads = roads_of(SimpleNamespace(town=self.town))
        return Clip.of(Stage.of(seen, painted(seen, self.ground)), traffic(seen, roads, CLIP_S, round(CLIP_S * FPS)))


def simulated(city: Path, count: int) -> Iterator[Subject]:
    """Cameras drawn by lot, each by day and by night; a camera is in one half alone."""
    rng = np.random.default_rng(LOT)
    studio, every = Studio.of(city), [one for one in open_city(city)[1] if one.heading_deg is not None and one.hfov_deg]
    drawn: list[Camera] = []
    for tier, share in TIERS:
        some = [camera for camera in every if camera.tier == tier]
        drawn += [some[at] for at in rng.permutation(len(some))[: round(count * share)]]
    judging = halved([camera.id for camera in drawn], LOT)
    for camera in drawn:
        half = camera.id in judging
        yield Subject(f"{camera.id} day", "day", half, lambda rng, c=camera: _seen(studio, c, rng, night=False))
        yield Subject(f"{camera.id} night", "night", half, lambda rng, c=camera: _seen(studio, c, rng, night=True))


def _seen(studio: Studio, camera: Camera, rng: np.random.Generator, *, night: bool) -> View:
    """A camera as it is and turned, with a sensor's noise: more of it in little light."""
    clip, noise, lamps = studio.clip(camera), rng.uniform(3, 6) if night else rng.uniform(1, 2.5), rng.random((30, 3))
    share = rng.uniform(0.055, 0.2) * rng.choice([-1, 1])
    elsewhere = studio.clip(turned(camera, share)) if camera.lens == "rectilinear" else None

    def shown(one: Clip, numbers: range, off: float = 0.0) -> Frames:
        frames = np.stack([one.frame(k)[0] for k in numbers])
        return sensor_noise(_night(frames, lamps, off) if night else frames, rng, noise)

    frames = shown(clip, range(round(LONG_S * FPS)))
    reference = shown(clip, range(110, 111))[0]
    moved = shown(elsewhere, range(round(WINDOW_S * FPS)), -share) if elsewhere else frames[:0]
    return View(FPS, frames, reference, moved, reference)


def _night(frames: Frames, lamps: NDArray[np.float64], off: float) -> Frames:
    """Pictures at night: little light, warm lamps, ``off`` (share of the width) from where they were."""
    rows, cols = frames.shape[1:3]
    dark = (70 * (np.arange(256) / 255.0) ** 1.6 + 4).astype(np.float32)[frames]
    glow = np.zeros((rows, cols), np.float32)
    for x, y, size in lamps:
        cv2.circle(glow, (int((x + off) * cols), int((0.3 + 0.6 * y) * rows)), 1 + int(3 * size), 1.0, -1)
    halo = cv2.GaussianBlur(glow, (0, 0), cols / 60) * 3 + glow
    return np.clip(dark + halo[..., None] * np.array([255, 215, 150], np.float32), 0, 255).astype(np.uint8)
