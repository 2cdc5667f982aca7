"""Bounding volumes: their shape, and whether one lies within another."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.judges.tiles3d.findings import Findings, is_number
from tiles.geodesy import geodetic_to_ecef

_LENGTHS = {"box": 12, "region": 6, "sphere": 4}
S2 = "3DTILES_bounding_volume_S2"


def check_volume(found: Findings, volume: Any, path: str) -> bool:
    if not found.object(volume, path):
        return False
    found.root_property(volume, path)
    if not set(_LENGTHS) & set(volume) and not volume.get("extensions"):
        return found.add("ANY_OF_ERROR", path, "no volume")
    good = True
    for name, length in _LENGTHS.items():
        if name in volume and found.array(volume[name], f"{path}/{name}", is_number, length=length):
            good &= _sane(found, name, volume[name], f"{path}/{name}")
        elif name in volume:
            good = False
    return good


def _sane(found: Findings, name: str, numbers: list[float], path: str) -> bool:
    before = len(found.issues)
    if name == "sphere" and numbers[3] < 0:
        found.add("BOUNDING_VOLUME_INVALID", path, "negative radius")
    if name == "region":
        west, south, east, north, low, high = numbers
        turn, quarter = np.pi * (1 + 1e-9), np.pi / 2 * (1 + 1e-9)
        sound = (abs(west) <= turn, abs(east) <= turn, abs(south) <= quarter, abs(north) <= quarter)
        if not all(sound) or south > north or low > high:
            found.add("BOUNDING_VOLUME_INVALID", path, numbers)
    return len(found.issues) == before


def lies_within(
    inner: dict[str, Any], outer: dict[str, Any], to_outer: NDArray[np.float64], to_ecef: NDArray[np.float64]
) -> bool | None:
    """Whether a volume lies within another; ``to_outer`` takes the inner's frame to the outer's. None: not judged."""
    if "region" in inner and "region" in outer:
        return _region_in_region(inner["region"], outer["region"])
    if "region" in outer:
        return None
    if "region" in inner:
        places = _region_corners(inner["region"])
        places = (places - to_ecef[:3, 3]) @ np.linalg.inv(to_ecef[:3, :3]).T
        # Edges of a region bulge; its corners must be inside all the same.
        return _holds(outer, places, 1e-6)
    if "sphere" in inner and "sphere" in outer:
        centre = to_outer[:3, :3] @ np.array(inner["sphere"][:3]) + to_outer[:3, 3]
        radius = inner["sphere"][3] * np.linalg.norm(to_outer[:3, :3], axis=0).max()
        slack = 1e-6 * max(outer["sphere"][3], 1)
        return bool(np.linalg.norm(centre - outer["sphere"][:3]) + radius <= outer["sphere"][3] + slack)
    places = _extremes(inner)
    if places is None:
        return None
    return _holds(outer, places @ to_outer[:3, :3].T + to_outer[:3, 3], 1e-6)


def _region_in_region(inner: list[float], outer: list[float]) -> bool:
    slack = 1e-9
    return (
        inner[0] >= outer[0] - slack
        and inner[1] >= outer[1] - slack
        and inner[2] <= outer[2] + slack
        and inner[3] <= outer[3] + slack
        and inner[4] >= outer[4] - 1e-3
        and inner[5] <= outer[5] + 1e-3
    )


def _region_corners(region: list[float]) -> NDArray[np.float64]:
    west, south, east, north, low, high = region
    lon, lat, height = np.meshgrid([west, east], [south, north], [low, high])
    return geodetic_to_ecef(np.degrees(lon.ravel()), np.degrees(lat.ravel()), height.ravel())


def _extremes(volume: dict[str, Any]) -> NDArray[np.float64] | None:
    """Corners of a box, or the six ends of a sphere's axes."""
    if "box" in volume:
        numbers = np.array(volume["box"], float)
        signs = np.stack(np.meshgrid([-1, 1], [-1, 1], [-1, 1]), axis=-1).reshape(-1, 3)
        corners: NDArray[np.float64] = numbers[:3] + signs @ numbers[3:].reshape(3, 3)
        return corners
    if "sphere" in volume:
        numbers = np.array(volume["sphere"], float)
        return numbers[:3] + numbers[3] * np.concatenate([np.eye(3), -np.eye(3)])
    return None


def _holds(outer: dict[str, Any], places: NDArray[np.float64], slack: float) -> bool | None:
    if "sphere" in outer:
        away = np.linalg.norm(places - np.array(outer["sphere"][:3]), axis=1)
        return bool((away <= outer["sphere"][3] * (1 + slack) + slack).all())
    if "box" in outer:
        numbers = np.array(outer["box"], float)
        axes = numbers[3:].reshape(3, 3)
        lengths = np.einsum("ij,ij->i", axes, axes)
        along = (places - numbers[:3]) @ axes.T / np.where(lengths > 0, lengths, 1.0)
        return bool((np.abs(along) <= 1 + slack).all())
    return None
