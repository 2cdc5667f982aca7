"""What is drawn by hand: the plan of a city to be made, read from ``data/wuhai/*.json``."""

import csv
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tiles.geodesy import CityFrame

Floats = NDArray[np.float64]
Geometry = Any
"""A shapely geometry; shapely's own functions answer with one or with an array of them, by what they are given."""
Size = Literal["city", "village"]
FACTS = Path(__file__).parent.parent / "wuhai"


@dataclass(frozen=True)
class Town:
    """One settlement with its own street grid."""

    key: str
    name: str
    name_en: str
    centre: tuple[float, float]
    angle_deg: float
    size_m: tuple[float, float]
    cores: tuple[tuple[float, float, float], ...]
    style: str
    arterial_m: float
    u_names: tuple[str, ...]
    v_names: tuple[str, ...]


@dataclass(frozen=True)
class Highway:
    """A road between settlements, drawn by a few points (lon, lat); ``snap`` joins its ends to roads there."""

    name: str
    name_en: str
    ref: str
    road_class: str
    line: tuple[tuple[float, float], ...]
    snap: tuple[bool, bool]
    bridge: tuple[str, str] | None


@dataclass(frozen=True)
class Ridge:
    """A mountain: its crest line (lon, lat), half width and greatest height above the sea in metres."""

    name: str
    name_en: str
    line: tuple[tuple[float, float], ...]
    half_m: float
    peak_m: float


@dataclass(frozen=True)
class Division:
    """A row of the administrative divisions; ``lon`` is NaN where no centre is drawn."""

    code: str
    name: str
    name_en: str
    level: str
    parent: str
    lon: float
    lat: float
    spread_m: float


@dataclass(frozen=True)
class Plan:
    """The whole plan. Places are lon, lat in degrees; heights are metres above the sea (EGM96)."""

    name: str
    name_en: str
    seed: int
    extent: tuple[float, float, float, float]
    home: tuple[float, ...]
    ground_cell_deg: float
    relief_cell_m: float
    lookouts: int
    roof_cameras: int
    cameras: int
    river: dict[str, Any]
    plain: dict[str, Any]
    dunes: tuple[Any, ...]
    ridges: tuple[Ridge, ...]
    outline: tuple[Any, ...]
    inside: dict[str, Any]
    towns: tuple[Town, ...]
    highways: tuple[Highway, ...]
    farmland: tuple[Any, ...]

    @cached_property
    def frame(self) -> CityFrame:
        """The metric frame in which everything is laid out."""
        west, south, east, north = self.extent
        return CityFrame((west + east) / 2, (south + north) / 2)

    def metric(self, lonlat: Any) -> Floats:
        """Points (n, 2) in degrees to metres in the plan's frame."""
        points = np.asarray(lonlat, float).reshape(-1, 2)
        return np.column_stack(self.frame.to_metric(points[:, 0], points[:, 1]))

    def rng(self, part: str) -> np.random.Generator:
        """The random stream of one part of the recipe: fixed, and untouched by the other parts."""
        return np.random.Generator(np.random.PCG64([self.seed, *part.encode()]))


def read_plan(size: Size) -> Plan:
    """Read the plan of the city or of the village."""
    raw = json.loads((FACTS / f"{size}.json").read_text(encoding="utf-8"))
    towns = tuple(
        Town(
            t["key"], t["name"], t["name_en"], tuple(t["centre"]), t["angle"], tuple(t["size_m"]),
            tuple(tuple(c) for c in t["core"]), t["style"], t["arterial_m"], tuple(t["u_names"]), tuple(t["v_names"]),
        )
        for t in raw.pop("towns")
    )  # fmt: skip
    highways = tuple(
        Highway(
            h["name"], h["name_en"], h["ref"], h["class"], tuple(tuple(p) for p in h["line"]),
            (bool(h.get("snap", (0, 0))[0]), bool(h.get("snap", (0, 0))[1])),
            tuple(h["bridge"]) if "bridge" in h else None,
        )
        for h in raw.pop("highways")
    )  # fmt: skip
    ridges = tuple(
        Ridge(r["name"], r["name_en"], tuple(tuple(p) for p in r["line"]), r["half_m"], r["peak_m"])
        for r in raw.pop("ridges")
    )
    for key in ("extent", "home", "dunes", "outline", "farmland"):
        raw[key] = tuple(raw[key])
    return Plan(towns=towns, highways=highways, ridges=ridges, **raw)


def read_divisions() -> list[Division]:
    """The administrative divisions: names and codes as facts, centres as drawn."""
    with (FACTS / "divisions.csv").open(encoding="utf-8", newline="") as file:
        return [
            Division(
                r["code"], r["name"], r["name_en"], r["level"], r["parent"],
                float(r["lon"] or "nan"), float(r["lat"] or "nan"), float(r["spread_m"] or "nan"),
            )
            for r in csv.DictReader(file)
        ]  # fmt: skip
