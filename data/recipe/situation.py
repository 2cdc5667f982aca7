"""What lies over the finished city on the first day: units, checkpoints, zones, calls, what is wrong with cameras."""

import csv
import json
from pathlib import Path
from typing import Any

from data.recipe.calls import make_calls
from data.recipe.checkpoints import make_checkpoints
from data.recipe.plan import Size
from data.recipe.sources import Sources
from data.recipe.units import make_units, rows_of
from data.recipe.upkeep import CAMERA_FAULTS, make_faults
from data.recipe.vehicles import make_vehicles
from data.recipe.zones import make_zones

CALLS = "calls.json"
FILES = ("units.csv", "checkpoints.csv", "zones.geojson", "vehicles.csv", CAMERA_FAULTS, CALLS)


def make_situation(folder: Path, size: Size) -> None:
    """Write the files of ``FILES`` beside the sources of a city that is there already."""
    sources = Sources.read(folder, size)
    units = make_units(sources)
    _table(folder / "units.csv", rows_of(sources, units))
    _table(folder / "checkpoints.csv", make_checkpoints(sources))
    _table(folder / "vehicles.csv", make_vehicles(sources, units))
    _table(folder / CAMERA_FAULTS, make_faults(folder))
    _json(folder / "zones.geojson", make_zones(sources))
    _json(folder / CALLS, make_calls(sources, units))


def _table(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        for row in rows:
            lists = {name: json.dumps(value, ensure_ascii=False) for name, value in row.items() if type(value) is list}
            writer.writerow(row | lists)


def _json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
