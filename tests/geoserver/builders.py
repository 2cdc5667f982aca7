"""Records with sensible defaults, for tests."""

from typing import Any

from layers.cameras.model import Camera


def a_camera(id_: str = "c1", **over: Any) -> Camera:
    """A street camera in the middle of the flat scene, 5 m above its ground."""
    values: dict[str, Any] = {
        "id": id_,
        "name": f"camera {id_}",
        "lon": 106.8,
        "lat": 39.6,
        "height_m": 1045.0,
        "mount_height_m": 5.0,
        "tier": 3,
        "heading_deg": 0.0,
        "pitch_deg": -10.0,
        "hfov_deg": 60.0,
        "owner": "交警支队",
    }
    return Camera(**(values | over))
