"""The two ladders of IEC 62676-4: names for pixel densities. Classes of optics only.

2014 (EN 2015) and the edition of 2025. The ladder's id is kept with every result.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from layers.errors import BadInput

MIN_DENSITY_PX_M = 12.5
"""Below this a camera does not count as seeing: the lowest rung of 2014."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One class, the density from which it holds (px/m), and the colour that it has on every screen."""

    id: str
    name: str
    name_zh: str
    px_m: float
    colour: str


def _rungs(*rows: tuple[str, str, float, str]) -> tuple[Rung, ...]:
    return tuple(Rung(name, name.capitalize(), zh, px_m, colour) for name, zh, px_m, colour in rows)


LADDERS: Mapping[str, tuple[Rung, ...]] = MappingProxyType(
    {
        "2014": _rungs(
            ("monitor", "监视", 12.5, "#4263eb"),
            ("detect", "探测", 25.0, "#1098ad"),
            ("observe", "观察", 62.5, "#12b886"),
            ("recognise", "辨认", 125.0, "#94d82d"),
            ("identify", "识别", 250.0, "#ffd43b"),
            ("inspect", "检查", 1000.0, "#ff922b"),
        ),
        "2025": _rungs(
            ("overview", "总览", 20.0, "#4263eb"),
            ("outline", "轮廓", 40.0, "#1c7ed6"),
            ("discern", "分辨", 80.0, "#1098ad"),
            ("perceive", "察觉", 125.0, "#12b886"),
            ("characterise", "特征", 250.0, "#94d82d"),
            ("validate", "确认", 500.0, "#ffd43b"),
            ("scrutinise", "细察", 1500.0, "#ff922b"),
        ),
    }
)
"""Rungs of each ladder, lowest first."""


def rungs(ladder: str) -> tuple[Rung, ...]:
    """The rungs of a ladder by its id."""
    if ladder not in LADDERS:
        raise BadInput(
            field="ladder", value=ladder, detail="is no known ladder.", remedy=f"Use one of {', '.join(LADDERS)}."
        )
    return LADDERS[ladder]


def class_of(density_px_m: float, ladder: str = "2014") -> Rung | None:
    """The highest rung that a density reaches; None below the lowest."""
    reached = [rung for rung in rungs(ladder) if density_px_m >= rung.px_m]
    return reached[-1] if reached else None
