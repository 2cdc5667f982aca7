"""Health as the API tells it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import quote

from geoserver.health.kept import KeptHealth, Span
from geoserver.town import Town
from geoserver.words import Lang, say
from layers.cameras.model import Camera
from layers.health.assessment import Row
from layers.health.board import Board
from layers.health.diagnosis import Verdict
from layers.health.orders import RepairOrder, overdue
from layers.health.plan import HealthPlan, fields_of
from layers.health.rates import RATES, Rate
from layers.health.state import Known

UNITS = {"signal-lost": "share", "black": "luma", "over-exposed": "share", "frozen": "s", "snow": "luma",
         "covered": "share", "blurred": "px", "moved": "share", "colour-cast": "×"}  # fmt: skip


def time_told(at: float | None) -> str | None:
    """Seconds since 1970 as RFC 3339."""
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def board_told(board: Board, town: Town, lang: Lang) -> dict[str, Any]:
    """Rates and faults of a board."""
    rates = [
        {"axis": axis, "group": group, "name": _group_name(town, axis, group, lang)}
        | {name: _rate(found[name]) for name in RATES}
        for axis, groups in board.rates.items()
        for group, found in groups.items()
    ]
    faults = [{"fault": fault, "cameras": count} for fault, count in board.faults.items()]
    return {"cameras": board.cameras, "rates": rates, "faults": faults}


def camera_told(camera: Camera, known: Known, order: str | None, lang: Lang) -> dict[str, Any]:
    """One camera's health."""
    return {
        "camera": camera.id,
        "name": (camera.name_en if lang == "en" else "") or camera.name,
        "tier": camera.tier,
        "district": camera.district,
        "street": camera.street,
        "owner": camera.owner,
        "contractor": camera.contractor,
        "lon": camera.lon,
        "lat": camera.lat,
        "online": known.online,
        "online_since": time_told(known.since),
        "reached_at": time_told(known.reached_at),
        "why": known.why,
        "why_text": say(lang, "stream", known.why, {}, default=known.why) if known.why else None,
        "faults": list(known.faults),
        "judged_at": time_told(known.judged_at),
        "order": order,
    }


def detail_told(kept: KeptHealth, camera: str, spans: Sequence[Span], lang: Lang) -> dict[str, Any]:
    """What is told of one camera besides."""
    reference = kept.reference(camera)
    return {
        "verdicts": [verdict_told(one, lang) for one in kept.verdicts(camera)],
        "pictures": [
            {"at": time_told(at), "fault": faults[0] if faults else None, "href": href(camera, name)}
            for at, name, faults in kept.pictures(camera)
        ],
        "reference": {"at": time_told(reference.at), "href": href(camera, reference.name)} if reference else None,
        "history": [
            {"from": time_told(one.since), "to": time_told(one.until), "state": one.state} for one in reversed(spans)
        ],
    }


def href(camera: str, name: str) -> str:
    """Where a picture is."""
    return f"/api/health/cameras/{quote(camera, safe='')}/pictures/{name}"


def verdict_told(one: Verdict, lang: Lang) -> dict[str, Any]:
    """A verdict with its explanation."""
    values = {
        "fault": say(lang, "image-fault", one.fault, {}),
        "measured": "" if one.measured is None else _measure(one.measured, UNITS[one.fault]),
        "threshold": _measure(one.threshold, UNITS[one.fault]),
        "hidden_by": say(lang, "image-fault", one.hidden_by, {}) if one.hidden_by else "",
    }
    return {
        "fault": one.fault,
        "found": one.found,
        "judged": one.judged,
        "measured": one.measured,
        "threshold": one.threshold,
        "unit": UNITS[one.fault],
        "text": say(lang, "verdict", one.why, values),
    }


def _measure(value: float, unit: str) -> str:
    """A value as a sentence has it; brightness is a mere number to people."""
    if unit == "share":
        return f"{value * 100:.3g} %"
    return f"{value:.3g}" if unit == "luma" else f"{value:.3g} {unit}"


def order_told(one: RepairOrder, now: datetime) -> dict[str, Any]:
    """A repair order."""
    hidden = {"valid_from", "valid_to", "height_m"}
    return one.model_dump(mode="json", exclude=hidden) | {"overdue": overdue(one, now)}


def settings_told(version: int, plan: HealthPlan, usual: HealthPlan, lang: Lang) -> dict[str, Any]:
    """What is set, with what each value means."""
    fields = [one | {"text": _meaning(one, lang)} for one in fields_of(plan, usual)]
    return {"version": version} | plan.model_dump(mode="json") | {"fields": fields}


def _meaning(field: Mapping[str, Any], lang: Lang) -> str:
    return say(lang, "health-setting", field["name"].replace(".", "-"), {}, default=field["text"])


def row_told(row: Row) -> dict[str, Any]:
    """A row of an assessment, rounded as it is shown."""
    names = ("contractor", "cameras", "online_share", "intact_share", "faults", "orders", "on_time", "late", "open",
             "mean_repair_h")  # fmt: skip
    told = {name: getattr(row, name) for name in names} | {"score": row.score}
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in told.items()}


def sorted_by(items: Iterable[dict[str, Any]], sort: str) -> list[dict[str, Any]]:
    """Items by a field, ``-`` before it turns the order around; those without a value come last."""
    name, turned = sort.removeprefix("-"), sort.startswith("-")
    some = list(items)
    told = [one for one in some if one[name] is not None]
    bare = [one for one in some if one[name] is None]
    return sorted(told, key=lambda one: cast("Any", one[name]), reverse=turned) + bare


def _rate(rate: Rate) -> dict[str, Any]:
    return {
        "good": rate.good, "bad": rate.bad, "unknown": rate.unknown, "total": rate.total,
        "share": rate.share, "target": rate.target, "reached": rate.reached,
    }  # fmt: skip


def _group_name(town: Town, axis: str, group: str, lang: Lang) -> str:
    if axis in ("district", "street", "community"):
        row: Mapping[str, Any] = town.area_shapes.get(group, ({},))[0]
        return str((row.get("name_en") if lang == "en" else "") or row.get("name") or group)
    if axis == "tier":
        return say(lang, "column", group, {}, default=group)
    return group
