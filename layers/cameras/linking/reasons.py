"""Why a camera sees a place or not, as values; the upper floor translates by ``code``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "sees": "sees it at {density_px_m:.0f} px/m from {distance_m:.0f} m",
        "sees-after-turning": "sees it at up to {density_px_m:.0f} px/m from {distance_m:.0f} m "
        "when turned to {bearing_deg:.0f}°",
        "sees-pan-zero-unknown": "sees it at up to {density_px_m:.0f} px/m from {distance_m:.0f} m when turned "
        "to {bearing_deg:.0f}°; where its pan starts from is not known",
        "blocked-by-building": "blocked by building {building} at {distance_m:.0f} m",
        "blocked-by-terrain": "blocked by the terrain at {distance_m:.0f} m",
        "blocked-by-surface": "blocked by trees or the like at {distance_m:.0f} m",
        "beyond-range": "{distance_m:.0f} m away, beyond its stated range of {range_m:.0f} m",
        "too-far": "too far: {density_px_m:.1f} px/m where {needed_px_m:g} are asked",
        "outside-picture": "outside its picture: it looks to {heading_deg:.0f}°, tilt {pitch_deg:.0f}°; "
        "the place lies at {bearing_deg:.0f}°, tilt {tilt_deg:.0f}°",
        "outside-ptz-reach": "outside its pan and tilt: the place lies at {bearing_deg:.0f}°, tilt {tilt_deg:.0f}°",
        "direction-unknown": "its direction is not known",
        "not-in-service": "not in service: {status}",
    }
)
"""English, by code."""

NEARNESS = (
    "blocked-by-surface",
    "blocked-by-building",
    "blocked-by-terrain",
    "beyond-range",
    "too-far",
    "outside-picture",
    "outside-ptz-reach",
    "direction-unknown",
    "not-in-service",
)
"""Reasons against, from the one that comes nearest to seeing; the blocked ones count as equally near."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A code of ``TEXTS`` and what fills it."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return TEXTS[self.code].format(**self.values)
