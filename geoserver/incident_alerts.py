"""CAP alerts in and out: which incidents they are, through the same journal and grants as everything else."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from geoserver.dispatching import freed
from geoserver.editing import Ask, write
from geoserver.fault_words import fault_words
from geoserver.faults import IdTaken, NotAllowed, PasswordDue, UnknownId
from geoserver.incident_board import Board
from geoserver.incidents import KIND
from geoserver.services import Services
from geoserver.storage.store import Conflict, Write
from geoserver.town import Town
from geoserver.vehicles.garage import VEHICLE
from geoserver.words import Lang, say
from layers.incidents.cap.alert import Alert
from layers.incidents.cap.chains import Chains, Taken, take
from layers.incidents.cap.incidents import Town as CapTown
from layers.incidents.cap.read import BadAlert, read_alerts
from layers.incidents.cap.tell import alert_of
from layers.incidents.cap.write import as_cap
from layers.incidents.model import Incident
from tiles.errors import Fault

TRIES: Final = 5
"""So often an alert is looked at anew when somebody else has just changed its incident or a vehicle sent there."""
LANGUAGES: Final[dict[Lang, str]] = {"zh": "zh-CN", "en": "en-US"}
_NO_NAME: Final = re.compile(r"[\s,<&]+")
_HAN: Final = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one alert: of which element and why, where something is to be said."""

    alert: Alert | None
    taken: Taken
    fault: Fault | None = None


def cap_town(town: Town, sender: str = "") -> CapTown:
    """What of a city alerts are placed by; a city with a Chinese name reads Chinese first."""
    languages: tuple[Lang, Lang] = ("zh", "en") if _HAN.search(_name(town, "zh")) else ("en", "zh")
    return CapTown(town.scene.extent, town.areas, languages, sender or own_name(town))


def own_name(town: Town) -> str:
    """How a server names itself in alerts where nobody says how."""
    return f"geoserver@{_NO_NAME.sub('-', _name(town, 'en')) or 'city'}"


def _name(town: Town, lang: Lang) -> str:
    city = town.build["city"]
    return str((city.get("name_en") if lang == "en" else "") or city.get("name") or city.get("name_en") or "")


def take_alerts(services: Services, board: Board, data: bytes, ask: Ask) -> list[Told]:
    """Take the alerts of a document or feed in, one after the other; what became of each.

    Raises
    ------
    BadAlert
        The document as a whole cannot be used.
    NotAllowed, PasswordDue
        Nothing of it may be done by the caller.
    """
    town = cap_town(services.now.town, services.cap_sender)
    found = read_alerts(data)
    chains = Chains(board.all()[1])
    told = [
        Told(None, Taken("refused", why=one)) if isinstance(one, BadAlert) else _take(services, chains, one, town, ask)
        for one in found
    ]
    barred = next((one.fault for one in told if isinstance(one.fault, NotAllowed)), None)
    if barred is not None and all(isinstance(one.fault, NotAllowed) for one in told):
        raise barred
    return told


def _take(services: Services, chains: Chains, alert: Alert, town: CapTown, ask: Ask) -> Told:
    for left in reversed(range(TRIES)):
        taken = take(alert, chains, town, datetime.now(UTC))
        if taken.kept is not None and not ask.caller.sees(KIND).covers_record(taken.kept):
            # As where there is no such incident, and none may be made.
            return Told(alert, Taken("refused"), ask.caller.refused("create", KIND))
        wanted = taken.changes
        if wanted is None:
            return Told(alert, taken)
        try:
            _write(services, taken, wanted, ask)
        except PasswordDue:
            raise
        except (NotAllowed, UnknownId, IdTaken, Conflict) as fault:
            # One of its vehicles was changed meanwhile, which is nothing that the sender has to know of.
            if not isinstance(fault, Conflict) and fault.values.get("kind") != VEHICLE:
                return Told(alert, Taken("refused"), fault)
            _again(services, chains, wanted.id)
            if not left:
                raise
            continue
        kept = _again(services, chains, wanted.id)
        return Told(alert, replace(taken, incident=kept or wanted))
    raise AssertionError


def _write(services: Services, taken: Taken, wanted: Incident, ask: Ask) -> None:
    """An incident, and the vehicles that have nothing more to do there."""
    kept = taken.kept
    free = freed(services.store, {kept.id: kept} if kept else {}, [wanted])
    write(services, [Write.put(wanted, kept.version if kept else 0)], replace(ask, key=None), following=free)


def _again(services: Services, chains: Chains, id_: str) -> Incident | None:
    """Take up an incident as it is kept now."""
    kept = services.store.get(KIND, id_)
    if not isinstance(kept, Incident):
        return None
    chains.put(kept)
    return kept


def alerts_told(told: Iterable[Told], lang: Lang) -> list[dict[str, Any]]:
    """What became of alerts, in words."""
    return [_words(number, one, lang) for number, one in enumerate(told, start=1)]


def _words(number: int, told: Told, lang: Lang) -> dict[str, Any]:
    alert, taken = told.alert, told.taken
    said: dict[str, Any] = {"element": None, "code": None, "detail": None}
    if told.fault is not None:
        said = {"element": None, "code": told.fault.code, "detail": fault_words(told.fault, lang)[1]}
    elif taken.why is not None:
        remedy = say(lang, "remedy", taken.why.reason, taken.why.values)
        detail = say(lang, "row", taken.why.reason, taken.why.values, default=str(taken.why.values["detail"]))
        said = {"element": taken.why.element, "code": taken.why.reason, "detail": f"{detail} {remedy}"}
    seen = taken.incident if told.fault is None else None
    return {
        "number": number,
        "identifier": alert.identifier if alert else None,
        "sender": alert.sender if alert else None,
        "outcome": taken.outcome,
        "incident": seen.id if seen else None,
        "version": seen.version if seen else None,
        "exercise": alert.is_exercise if alert else None,
        **said,
    }


def cap_document(services: Services, one: Incident, lang: Lang) -> bytes:
    """An incident as a CAP 1.2 document, in a language."""
    town = services.now.town
    sender = services.cap_sender or own_name(town)
    event = one.subcategory or say(lang, "incident", one.category, {}, default=one.category)
    return as_cap(alert_of(one, sender, _name(town, lang), event, LANGUAGES[lang]))
