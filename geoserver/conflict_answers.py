"""Conflicts among cameras in words, with proposals as a PATCH takes them."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from geoserver.derived import Derived
from geoserver.editing import API_NAMES
from geoserver.seen_fleet import SeenFleet
from geoserver.services import Now
from geoserver.words import Lang, say
from layers.cameras.conflicts import Conflict, conflicts
from layers.cameras.model import Camera
from tiles.scene import Scene

KEPT = 8
"""States and views of the fleet whose conflicts are kept."""


def found_in(cameras: Sequence[Camera], scene: Scene) -> tuple[Conflict, ...]:
    """Conflicts among the cameras of a list."""
    return conflicts(cameras, scene)


def conflicts_answer(now: Now, seen: SeenFleet, lang: Lang, code: str | None, limit: int) -> dict[str, Any]:
    """Conflicts of the fleet as it is now and as it is seen; found once for each state and view of it."""
    kept: Derived = now.town.derived.get("conflicts", lambda: Derived(KEPT))
    found: tuple[Conflict, ...] = kept.get(
        (seen.fleet.version, seen.reach.key), lambda: conflicts(seen.cameras(), now.town.scene)
    )
    wanted = [one for one in found if code is None or one.code == code]
    return {
        "version": seen.fleet.version,
        "count": len(wanted),
        "counts": dict(Counter(one.code for one in found)),
        "conflicts": [conflict_words(one, lang) for one in wanted[:limit]],
    }


def conflict_words(one: Conflict, lang: Lang) -> dict[str, Any]:
    """One conflict in words."""
    camera = one.camera
    return {
        "camera": camera.id,
        "name": camera.name,
        "version": camera.version,
        "code": one.code,
        "severity": one.severity,
        "text": say(lang, "conflict", one.code, one.values),
        "lon": camera.lon,
        "lat": camera.lat,
        "proposals": [
            {
                "code": proposal.code,
                "text": say(lang, "proposal", proposal.code, proposal.values),
                "patch": {API_NAMES.get(name, name): value for name, value in proposal.fields.items()},
            }
            for proposal in one.proposals
        ],
    }
