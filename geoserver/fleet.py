"""All cameras at one moment of the journal, ready for questions. A value; a change makes a new one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import orjson

from geoserver.boxes import Box
from layers.cameras.link import CameraIndex
from layers.cameras.model import Camera
from tiles.scene import Scene


@dataclass(frozen=True)
class Fleet:
    """The cameras, their index for link questions, and their summaries.

    ``seq`` : of the journal, at which they were read
    ``rows`` : summaries in the order of the ids
    ``listing`` : the answer of ``/api/cameras`` without filters, as bytes
    """

    seq: int
    version: str
    cameras: Mapping[str, Camera]
    index: CameraIndex
    rows: Sequence[dict[str, Any]]
    listing: bytes

    @classmethod
    def make(cls, cameras: Sequence[Camera], scene: Scene, seq: int) -> "Fleet":
        """Index the cameras over a scene."""
        ordered = sorted(cameras, key=lambda camera: camera.id)
        index = CameraIndex.build(ordered, scene)
        rows = _summaries(ordered, scene, index)
        version = f"{seq}-{scene.version}"
        listing = orjson.dumps(
            {"version": version, "count": len(rows), "cameras": rows}, option=orjson.OPT_SERIALIZE_NUMPY
        )
        return cls(seq, version, {camera.id: camera for camera in ordered}, index, rows, listing)

    @property
    def count(self) -> int:
        """How many cameras there are."""
        return len(self.rows)

    def summary(self, id_: str) -> dict[str, Any]:
        """The summary of one camera."""
        return self._by_id[id_]

    @cached_property
    def _by_id(self) -> Mapping[str, dict[str, Any]]:
        return {row["id"]: row for row in self.rows}

    def select(
        self, box: Box | None, *, tier: int | None, owner: str | None, area: str | None, text: str | None
    ) -> list[dict[str, Any]]:
        """Summaries of the cameras that meet every given condition."""
        wanted = (text or "").casefold()
        return [
            row
            for row in self.rows
            if (tier is None or row["tier"] == tier)
            and (not owner or row["owner"] == owner)
            and (not area or area in (row["district"], row["street"], row["community"]))
            and (box is None or in_box(row["lon"], row["lat"], box))
            and (not wanted or any(wanted in row[name].casefold() for name in ("id", "name", "name_en")))
        ]


def in_box(lon: float, lat: float, box: Box) -> bool:
    """Whether a place lies in a box; west beyond east means over the date line."""
    west, south, east, north = box
    if not south <= lat <= north:
        return False
    return west <= lon <= east if west <= east else (lon >= west or lon <= east)


def _summaries(cameras: Sequence[Camera], scene: Scene, index: CameraIndex) -> list[dict[str, Any]]:
    lon = np.array([camera.lon for camera in cameras])
    lat = np.array([camera.lat for camera in cameras])
    ground = np.atleast_1d(np.asarray(scene.ground_m(lon, lat), dtype=float)) if cameras else np.empty(0)
    reach = np.asarray(index.reach_m, dtype=float)
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
            "district": camera.district,
            "street": camera.street,
            "community": camera.community,
            "incomplete": list(camera.incomplete),
        }
        for i, camera in enumerate(cameras)
    ]
