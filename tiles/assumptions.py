"""What a build may assume, in English; the upper floors translate by code."""

from collections.abc import Mapping
from typing import Any

TEXTS: Mapping[str, str] = {
    "datum-assumed": "{file} names no vertical datum; its heights are taken as {datum}.",
    "datum-stand-in": "{file}: {stand_in} stands in for the vertical datum {datum}.",
    "datum-1985-as-egm96": "{file}: the 1985 national height datum is taken as EGM96 plus {offset_m} m.",
    "ground-voids-filled": "{cells} cells of the ground ({percent} %) have no source and are filled from around them.",
    "heights-by-storeys": "{count} buildings have their height from their storeys.",
    "heights-by-default": "{count} buildings have an assumed height, by their use.",
}


def told(assumption: Mapping[str, Any]) -> dict[str, Any]:
    """An assumption with its English sentence."""
    return {**assumption, "text": TEXTS[assumption["code"]].format(**assumption["values"])}
