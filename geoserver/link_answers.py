"""The link answer: which cameras see a place, in the caller's words."""

from collections.abc import Mapping
from typing import Any

from geoserver.place_answers import Given, building_ref
from geoserver.services import Now
from geoserver.words import Lang, say
from layers.cameras.linking.link import Linked, link
from layers.cameras.linking.reasons import Reason
from layers.grants.permissions import Reach
from layers.place import resolve_place


def link_answer(
    now: Now,
    place: Given,
    density_px_m: float,
    tier: int | None,
    limit: int,
    lang: Lang,
    *,
    seen: Reach,
    online: Mapping[str, bool] | None = None,
) -> dict[str, Any]:
    """The cameras that see a place, best first, then those that do not, each with the reason; only ``seen`` ones."""
    target = resolve_place(now.town.scene, *place)
    found = link(now.fleet.index, target, density_px_m=density_px_m, tier=tier, limit=limit, seen=seen, online=online)
    named = found.recommended
    return {
        "place": {
            "lon": target.lon,
            "lat": target.lat,
            "height": round(target.height_m, 3),
            "kind": target.kind,
            "building": building_ref(now.town.scene, target.building),
        },
        "recommended": {"overview": named.overview, "context": named.context, "close": named.close},
        "cameras": [_camera(one, lang) for one in found.cameras],
    }


def _camera(one: Linked, lang: Lang) -> dict[str, Any]:
    camera, aim = one.camera, one.aim
    return {
        "camera": camera.id,
        "name": camera.name,
        "name_en": camera.name_en,
        "tier": camera.tier,
        "type": camera.type,
        "heading": camera.heading_deg,
        "lon": camera.lon,
        "lat": camera.lat,
        "height": camera.height_m,
        "visible": one.visible,
        "distance_m": round(one.distance_m, 2),
        "density_px_m": round(one.density_px_m, 2),
        "class": one.class_id,
        "pixel": [round(value, 1) for value in one.pixel] if one.pixel else None,
        "aim": {"pan": round(aim.pan, 2), "tilt": round(aim.tilt, 2), "zoom": round(aim.zoom, 3)} if aim else None,
        "online": one.online,
        "streams": list(camera.streams),
        "score": one.score,
        "why": reason_words(one.reason, lang),
        "why_code": one.reason.code,
    }


def reason_words(reason: Reason, lang: Lang) -> str:
    """A reason in a language; a camera's status is a word of that language too."""
    values = dict(reason.values)
    if "status" in values:
        values["status"] = say(lang, "status", values["status"], {}, default=values["status"])
    if reason.code == "blocked-by-building":
        values["name"] = values["name_en"] if lang == "en" else values["name"]
        if not values["name"]:
            return say(lang, "reason", "blocked-by-unnamed-building", values)
    return say(lang, "reason", reason.code, values)
