"""Which field of a camera a refusal is about, where fields contradict each other."""

from collections.abc import Mapping
from typing import Any

_SIGNS: Mapping[str, str] = {
    "hfov_tele_deg": "hfov_tele_deg",
    "tilt_min_deg": "tilt_min_deg",
    "lens shows": "hfov_deg",
    "distortion": "distortion",
}


def blamed(error: Mapping[str, Any]) -> str:
    """The field that one of pydantic's errors names, or that its sentence speaks of; "" for none."""
    if error["loc"]:
        return str(error["loc"][0])
    return next((field for sign, field in _SIGNS.items() if sign in error["msg"]), "")


def is_limit(error: Mapping[str, Any]) -> bool:
    """Whether a value lies beyond a limit, rather than being none."""
    return error["type"].startswith(("greater_than", "less_than")) or "lens shows" in error["msg"]
