"""The footprint of one camera as bytes, to be kept beside its profile."""

import hashlib
import struct
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from layers.cameras.model import Camera
from layers.coverage.lattice import Laid
from layers.errors import BadInput

MARK = b"FPR1"
HEADER = struct.Struct("<4sIIf")
VIEW_FIELDS = (
    "lon", "lat", "height_m", "type", "heading_deg", "pitch_deg", "roll_deg", "image_width_px", "image_height_px",
    "lens", "distortion", "principal_px", "hfov_deg", "hfov_tele_deg", "pan_range_deg", "tilt_min_deg", "tilt_max_deg",
    "range_m",
)  # fmt: skip
"""Fields of a camera that its footprint follows from; any other change leaves it as it is."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A footprint as it is kept: what it covers, and how far it reaches."""

    laid: Laid
    radius_m: float

    def to_bytes(self) -> bytes:
        """Compressed; `from_bytes` reads it back."""
        laid = self.laid
        body = laid.blocks.tobytes() + laid.starts.tobytes() + laid.runs.tobytes()
        return HEADER.pack(MARK, len(laid.blocks), len(laid.runs), self.radius_m) + zlib.compress(body, 1)

    @classmethod
    def from_bytes(cls, data: "bytes | memoryview") -> "Kept":
        """What ``to_bytes`` wrote.

        Raises
        ------
        BadInput
        """
        if len(data) < HEADER.size or bytes(data[:4]) != MARK:
            raise BadInput(field="footprint", value=bytes(data[:4]), detail="is none.", remedy="Compute it again.")
        _, blocks, runs, radius = HEADER.unpack_from(data)
        body = zlib.decompress(data[HEADER.size :])
        parts: list[Any] = []
        at = 0
        for kind, count in ((np.int32, blocks), (np.int32, blocks + 1), (np.uint32, runs)):
            parts.append(np.frombuffer(body, kind, count, at))
            at += 4 * count
        return cls(Laid(*parts), radius)


def view_digest(camera: Camera) -> str:
    """Stands for all of a camera that its footprint follows from."""
    values = tuple(getattr(camera, name) for name in VIEW_FIELDS)
    return hashlib.blake2b(repr(values).encode(), digest_size=12).hexdigest()


def key_of(camera: Camera, city_version: str) -> str:
    """The key under which a camera's profile and footprint are kept."""
    return f"{view_digest(camera)}@{city_version}"
