"""Calls of a day, put on places of the city; their times are minutes before the demo is started."""

import csv
from collections.abc import Iterable
from typing import Any

import numpy as np

from data.recipe.plan import FACTS
from data.recipe.sources import Sources, Spot
from data.recipe.units import Answering

_STATES = ("reported", "accepted", "dispatched", "on-scene", "resolved", "closed")
_AFTER = (0.0, 1.0, 3.0, 11.0, 40.0, 90.0)
"""Minutes after the call at which each state usually begins; squeezed where the call is younger."""
_OTHERWISE = {"hotel": "commercial", "station": "commercial", "industrial": "commercial", "lake": "park"}
"""Where a city has no such place."""
_TWICE = {
    "厂房火灾": "又一来电：厂区方向有浓烟，看不清是哪一栋。",
    "打架斗殴": "又一来电：烧烤店门口有人打架，请快来。",
}
"""Events that a second caller reports a minute later, from a little way off."""
_NOTED = {"商铺火灾": "已疏散两侧商铺，水源在路口东侧。", "走失老人": "家属已到场，提供近照一张。"}
_AWAY_M = 60.0


def make_calls(sources: Sources, units: list[Answering]) -> list[dict[str, Any]]:
    """The calls; ``steps`` and ``notes`` bear minutes before the start."""
    with (FACTS / "calls.csv").open(encoding="utf-8", newline="") as file:
        written = list(csv.DictReader(file))
    rng = sources.plan.rng("calls")
    spots = _Spots(sources, rng)
    calls: list[dict[str, Any]] = []
    for row in written:
        spot = spots.find(row["where"])
        calls.append(_call(sources, row, spot, units))
        if row["subcategory"] in _TWICE:
            again = Spot(spot.name, "", "", "", (spot.at_m[0] + _AWAY_M, spot.at_m[1] - _AWAY_M / 2))
            minutes = str(max(float(row["minutes"]) - 1.5, 0.5))
            double = row | {"minutes": minutes, "state": "reported", "description": _TWICE[row["subcategory"]]}
            calls.append(_call(sources, double, again, units))
    calls.sort(key=lambda one: (-float(one["minutes"]), one["description"]))
    return [{"number": number, **one} for number, one in enumerate(calls, 1)]


def _call(sources: Sources, row: dict[str, str], spot: Spot, units: list[Answering]) -> dict[str, Any]:
    began = float(row["minutes"])
    unit = _nearest(spot, (one for one in units if row["source"] in one.sources))
    lon, lat = sources.degrees(spot.at_m)
    states = _STATES[: _STATES.index(row["state"]) + 1]
    squeeze = min(1.0, 0.8 * began / max(_AFTER[len(states) - 1], 0.1))
    given = len(states) > 2
    steps: list[dict[str, Any]] = [
        {
            "state": state,
            "minutes": round(began - after * squeeze, 2),
            "by": "接警台" if state == "reported" else "值班员",
            "unit": unit.id if state == "dispatched" else "",
        }
        for state, after in zip(states, _AFTER, strict=False)
    ]
    return {
        "minutes": began,
        **{name: row[name] for name in ("source", "category", "severity", "subcategory", "description", "state")},
        "address": spot.name,
        "lon": lon,
        "lat": lat,
        "unit": unit.id if given else "",
        "supervised": row["severity"] == "1",
        "steps": steps,
        "notes": [{"minutes": round(steps[-1]["minutes"] / 2, 2), "by": "值班员", "text": _NOTED[row["subcategory"]]}]
        if row["subcategory"] in _NOTED
        else [],
    }


def _nearest(spot: Spot, units: Iterable[Answering]) -> Answering:
    return min(units, key=lambda one: (np.hypot(one.at_m[0] - spot.at_m[0], one.at_m[1] - spot.at_m[1]), one.id))


class _Spots:
    """Places for calls, most of them near the middle of the city, each taken once."""

    def __init__(self, sources: Sources, rng: np.random.Generator) -> None:
        home = sources.plan.metric(sources.plan.home[:2])[0]
        near = [one for one in sources.junctions if np.hypot(one.at_m[0] - home[0], one.at_m[1] - home[1]) < 12_000]
        crossings = [
            Spot(f"{one.names[0][0]}与{one.names[1][0]}路口", "", "junction", "", one.at_m)
            for one in near or sources.junctions
            if one.weight > 40
        ]
        self._of: dict[str, list[Spot]] = {"junction": crossings}
        for one in (*sources.buildings, *sources.places):
            self._of.setdefault(one.use, []).append(one)
        self._rng = rng

    def find(self, use: str) -> Spot:
        of = self._of.get(use) or self._of.get(_OTHERWISE.get(use, "")) or self._of["residential"]
        if use == "lake" and of is self._of.get("lake"):
            # The name of a lake stands in its middle; people fall in from the shore.
            return Spot(f"{of[0].name}东岸", "", "", "", (of[0].at_m[0] + 1_500.0, of[0].at_m[1]))
        return of.pop(int(self._rng.integers(len(of)))) if len(of) > 1 else of[0]
