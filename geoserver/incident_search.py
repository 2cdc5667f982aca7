"""Incidents in the search field: by the number of the dispatch line, or part of it, or by their own id.

They are asked for as they are, newest first, and not put into the index of names: there may be a hundred thousand.
"""

from collections.abc import Callable
from itertools import islice
from typing import Any

from geoserver.incident_answers import zone_of
from geoserver.incident_board import Board
from geoserver.town import Town
from geoserver.words import Lang, say
from layers.incidents.model import Incident

SHORTEST = 3
"""Part of a number begins to tell something."""
MOST = 5


def found_by_number(
    board: Board, town: Town, q: str, lang: Lang, may_see: Callable[[Incident], bool]
) -> list[dict[str, Any]]:
    """What a search answers for incidents; nothing where the query can be no number."""
    wanted = q.strip().casefold()
    if len(wanted) < SHORTEST or not any(map(str.isdigit, wanted)) or any(map(str.isspace, wanted)):
        return []
    _, all_ = board.all()
    fitting = (one for one in all_ if wanted in one.number.casefold() or wanted in one.id.casefold())
    return [_told(one, town, lang) for one in islice(filter(may_see, fitting), MOST)]


def _told(one: Incident, town: Town, lang: Lang) -> dict[str, Any]:
    category, state = (say(lang, "incident", word, {}, default=word) for word in (one.category, one.state))
    played = say(lang, "incident", "exercise", {}) if one.exercise else ""
    local = one.reported_at.astimezone(zone_of(town))
    return {
        "kind": "incident",
        "id": one.id,
        "name": f"{one.number or one.id} {one.subcategory or category}",
        "detail": " ".join(filter(None, (played, state, f"{local:%Y-%m-%d %H:%M}", one.address))),
        "lon": one.lon,
        "lat": one.lat,
        "height": one.height_m,
        "area": one.area,
    }
