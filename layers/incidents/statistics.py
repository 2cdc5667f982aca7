"""How many incidents there were: by area, category and hour, and by hexagons of H3. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

import h3

from layers.incidents.model import Category, Incident
from layers.incidents.states import overdue

Level = Literal["district", "street", "community"]
RESOLUTIONS = range(6, 12)
"""Of H3: edges of about 3.7 km to 29 m."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of incidents.

    Attributes
    ----------
    cells : (code of the area or "", category, hour of the day from 0 to 23) → how many
    open, overdue : of all
    """

    total: int
    open: int
    overdue: int
    cells: Mapping[tuple[str, Category, int], int]

    def by_area(self) -> dict[str, int]:
        """Code of the area, "" for none → how many; most first."""
        return self._over(0)

    def by_category(self) -> dict[str, int]:
        """Category → how many; most first."""
        return self._over(1)

    def by_hour(self) -> list[int]:
        """How many in each hour of the day."""
        found = Counter[int]()
        for (_, _, hour), count in self.cells.items():
            found[hour] += count
        return [found[hour] for hour in range(24)]

    def _over(self, axis: Literal[0, 1]) -> dict[str, int]:
        found = Counter[str]()
        for cell, count in self.cells.items():
            found[cell[axis]] += count
        return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))


def counted(incidents: Iterable[Incident], zone: ZoneInfo, now: datetime, level: Level = "district") -> Figures:
    """Figures of some incidents; hours are those of the clocks of a zone."""
    cells = Counter[tuple[str, Category, int]]()
    standing = late = 0
    for one in incidents:
        cells[getattr(one, level), one.category, one.reported_at.astimezone(zone).hour] += 1
        standing += one.open
        late += overdue(one, now)
    return Figures(cells.total(), standing, late, dict(sorted(cells.items())))


def hexagons(incidents: Iterable[Incident], resolution: int) -> tuple[dict[int, int], int]:
    """H3 cell → how many incidents, and how many were left out because their place is known less well than that."""
    edge_m = h3.average_hexagon_edge_length(resolution, unit="m")
    found = Counter[int]()
    left_out = 0
    for one in incidents:
        if one.within_m is not None and one.within_m > edge_m:
            left_out += 1
        else:
            found[h3.str_to_int(h3.latlng_to_cell(one.lat, one.lon, resolution))] += 1
    return dict(found), left_out
