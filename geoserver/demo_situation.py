"""Puts the demo's units, checkpoints, zones and calls into its city: each once, the calls anew each day.

The recipe tells times as minutes before the start, so that whoever starts the demo finds a morning under way.
Calls of an earlier day that nobody has touched are closed, as their units would have done.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from data.recipe.situation import CALLS
from geoserver.console import Console
from geoserver.dispatching import released
from geoserver.editing import LOADER
from geoserver.incident_answers import zone_of
from geoserver.loading import opened, read_bytes
from geoserver.loading_situation import SituationLoading, read_list, writes_of
from geoserver.storage.store import Query, Store, Write
from geoserver.town import Town
from layers.catalogue import COLLECTIONS
from layers.incidents.duplicates import metres_between
from layers.incidents.fitting import fitting
from layers.incidents.model import Incident, Step
from layers.incidents.states import with_fields
from layers.vehicles import Vehicle

LISTS = {"units": "units.csv", "checkpoints": "checkpoints.csv", "zones": "zones.geojson", "vehicles": "vehicles.csv"}


def load_demo(folder: Path, sources: Path, console: Console) -> None:
    """Take up the files of the recipe that are there; repeating it changes nothing before the next day."""
    with opened(folder) as (store, town):
        fresh = {
            kind: _once(store, town, kind, (sources / name, read_bytes(sources / name)), f"demo-{kind}")
            for kind, name in LISTS.items()
        }
        now = datetime.now(UTC).replace(microsecond=0)
        day = now.astimezone(zone_of(town)).strftime("%Y%m%d")
        file = sources / CALLS
        if _once(store, town, "incidents", (file, _calls(read_bytes(file), now, day)), f"demo-calls-{day}"):
            _close_old(store, day, now)
            fresh["incidents"] = True
        if fresh["vehicles"] or "incidents" in fresh:
            _send(store)
        counts = {kind: store.count(Query(COLLECTIONS[kind].name)) for kind in (*LISTS, "incidents")}
    console.tell("situation", **counts)


def _once(store: Store, town: Town, kind: str, what: tuple[Path, bytes], key: str) -> bool:
    """Load a list unless it was loaded before, whatever has become of its records; whether it was now."""
    file, data = what
    report = read_list(kind, data, str(file), SituationLoading(), town, _known(store, kind))
    before = store.head()
    return store.commit(writes_of(report, {}), actor=LOADER, key=key) > before if _is_new(report.counts) else False


def _is_new(counts: Mapping[str, int]) -> bool:
    """Records that are there were put there by the demo, or by people whose work stays as it is."""
    return not counts["updated"] and not counts["unchanged"]


def _known(store: Store, kind: str) -> dict[str, Any]:
    return {one.id: one for one in store.find(Query(COLLECTIONS[kind].name))}


def _calls(data: bytes, now: datetime, day: str) -> bytes:
    """The recipe's calls as an incident list, their times counted back from now."""
    rows = []
    for call in json.loads(data):
        steps = [_timed(step, now) for step in call["steps"]]
        notes = [_timed(note, now) for note in call["notes"]]
        row = {name: value for name, value in call.items() if name != "minutes"}
        row |= {"number": f"{day}{call['number']:04d}", "time": _at(now, call["minutes"]), "supervised": _word(call)}
        rows.append(row | {"steps": json.dumps(steps, ensure_ascii=False), "notes": json.dumps(notes)})
    return json.dumps(rows, ensure_ascii=False).encode()


def _timed(one: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    return {**{name: value for name, value in one.items() if name != "minutes"}, "at": _at(now, one["minutes"])}


def _at(now: datetime, minutes: float) -> str:
    return (now - timedelta(minutes=minutes)).replace(microsecond=0).isoformat()


def _word(call: Mapping[str, Any]) -> str:
    return "true" if call["supervised"] else ""


def _close_old(store: Store, day: str, now: datetime) -> None:
    """Close what the demo reported on an earlier day and nobody has touched."""
    writes = []
    for one in store.find(Query("incident")):
        old = isinstance(one, Incident) and one.version == 1 and one.state != "closed" and _of_earlier_demo(one, day)
        if old and isinstance(one, Incident):
            steps = (*one.steps, Step(state="closed", at=max(now, one.steps[-1].at), by=LOADER))
            writes.append(Write.put(with_fields(one, state="closed", steps=steps), one.version))
            writes += released(store, one).following
    store.commit(writes, actor=LOADER)


def _send(store: Store) -> None:
    """Send a vehicle of the unit to each call that the unit was given: the nearest to where they are parked."""
    free = [one for one in store.find(Query("vehicle", equal={"duty": "free"})) if isinstance(one, Vehicle)]
    writes = []
    for call in store.find(Query("incident")):
        if not isinstance(call, Incident) or call.state not in ("dispatched", "on-scene"):
            continue
        fit = [one for one in free if one.type in fitting(call.category)]
        if fit:
            sent = min(fit, key=lambda one: (one.unit != call.unit, metres_between(call, one), one.id))
            free.remove(sent)
            fields = {**sent.model_dump(), "duty": "busy", "incident": call.id}
            writes.append(Write.put(Vehicle.model_validate(fields), sent.version))
    store.commit(writes, actor=LOADER)


def _of_earlier_demo(one: Incident, day: str) -> bool:
    calls = one.number[8:]
    return len(one.number) == 12 and one.number.isdecimal() and one.number[:8] < day and len(calls) == 4
