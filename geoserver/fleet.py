"""All cameras at one moment of the journal, ready for questions. A value; a change makes the next one.

Only the index is not a value: it changes in place, so the links of a request may already know a change that
the fleet in its hands does not. Each link is of one moment all the same, cameras and all.
"""

from bisect import bisect_left
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from geoserver.boxes import Box
from layers.cameras.linking.index import CameraIndex
from layers.cameras.model import Camera
from tiles.scene import Scene


@dataclass(frozen=True)
class Fleet:
    """The cameras, their index for link questions, and their summaries.

    ``seq`` : of the journal, up to which it was read
    ``version`` : changes when a camera or the city does
    ``ids`` : ascending
    ``summaries`` : by id
    """

    seq: int
    version: str
    cameras: Mapping[str, Camera]
    index: CameraIndex
    ids: Sequence[str]
    summaries: Mapping[str, dict[str, Any]]

    @classmethod
    def make(cls, cameras: Sequence[Camera], scene: Scene, seq: int) -> "Fleet":
        """Index the cameras over a scene."""
        ordered = sorted(cameras, key=lambda camera: camera.id)
        index = CameraIndex.build(ordered, scene)
        summaries = {row["id"]: row for row in _summaries(ordered, scene, index)}
        by_id = {camera.id: camera for camera in ordered}
        return cls(seq, f"{seq}-{scene.version}", by_id, index, tuple(by_id), summaries)

    def after(self, changed: Sequence[Camera], gone: Iterable[str], seq: int) -> "Fleet":
        """The fleet after some cameras have changed, or come, and some have gone; the index changes in place."""
        lost = [id_ for id_ in gone if id_ in self.cameras]
        if not changed and not lost:
            return Fleet(seq, self.version, self.cameras, self.index, self.ids, self.summaries)
        self.index.remove(lost)
        self.index.put(changed)
        cameras, summaries = dict(self.cameras), dict(self.summaries)
        for id_ in lost:
            del cameras[id_], summaries[id_]
        rows = _summaries(changed, self.index.scene, self.index)
        for camera, row in zip(changed, rows, strict=True):
            cameras[camera.id], summaries[camera.id] = camera, row
        ids = _placed(self.ids, [camera.id for camera in changed if camera.id not in self.cameras], set(lost))
        return Fleet(seq, f"{seq}-{self.index.scene.version}", cameras, self.index, ids, summaries)

    @property
    def count(self) -> int:
        """How many cameras there are."""
        return len(self.ids)

    @cached_property
    def rows(self) -> Sequence[dict[str, Any]]:
        """Summaries in the order of the ids."""
        return [self.summaries[id_] for id_ in self.ids]

    @cached_property
    def views(self) -> dict[Hashable, Any]:
        """What is seen of it within reaches, by their keys; goes with it. See ``geoserver.seen_fleet``."""
        return {}

    def summary(self, id_: str) -> dict[str, Any]:
        """The summary of one camera."""
        return self.summaries[id_]


def in_box(lon: float, lat: float, box: Box) -> bool:
    """Whether a place lies in a box; west beyond east means over the date line."""
    west, south, east, north = box
    if not south <= lat <= north:
        return False
    return west <= lon <= east if west <= east else (lon >= west or lon <= east)


def _placed(ids: Sequence[str], fresh: Sequence[str], lost: set[str]) -> Sequence[str]:
    """Ascending ids with some more and without some."""
    if not fresh and not lost:
        return ids
    kept = [id_ for id_ in ids if id_ not in lost]
    if len(fresh) > 8:
        return tuple(sorted([*kept, *fresh]))
    for id_ in fresh:
        kept.insert(bisect_left(kept, id_), id_)
    return tuple(kept)


def _summaries(cameras: Sequence[Camera], scene: Scene, index: CameraIndex) -> list[dict[str, Any]]:
    lon = np.array([camera.lon for camera in cameras])
    lat = np.array([camera.lat for camera in cameras])
    ground = np.atleast_1d(np.asarray(scene.ground_m(lon, lat), dtype=float)) if cameras else np.empty(0)
    rows = index.rows
    reach = index.reach_m[[rows[camera.id] for camera in cameras]] if cameras else np.empty(0)
    return [
        {
            "id": camera.id,
            "name": camera.name,
            "name_en": camera.name_en,
            "lon": camera.lon,
            "lat": camera.lat,
            "height": camera.height_m,
            "ground_height": round(float(ground[i]), 2) if np.isfinite(ground[i]) else None,
            "tier": camera.tier,
            "tier_assumed": camera.tier_assumed,
            "type": camera.type,
            "heading": camera.heading_deg,
            "pitch": camera.pitch_deg,
            "hfov": camera.hfov_deg,
            "reach_m": round(float(reach[i]), 1),
            "owner": camera.owner,
            "contractor": camera.contractor,
            "leased": camera.leased,
            "district": camera.district,
            "street": camera.street,
            "community": camera.community,
            "incomplete": list(camera.incomplete),
            "online": None,
            "faults": [],
        }
        for i, camera in enumerate(cameras)
    ]
