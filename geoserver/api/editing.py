"""Cameras changed by hand, the journal, and undo."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from geoserver import editing
from geoserver.api import models
from geoserver.api.asks import AskDep, ChangeDep, IfMatch, version_seen
from geoserver.api.deps import Id, LangDep, ServicesDep, address_of, answer
from geoserver.api.editing_models import CameraPatch, NewCamera, Undone, UndoWanted
from geoserver.api.origin import FromHere
from geoserver.camera_views import camera_facts
from geoserver.editing import Ask
from geoserver.faults import BadParameter
from geoserver.seen_fleet import seen_fleet
from geoserver.services import Services
from geoserver.words import Lang

router = APIRouter(prefix="/api", tags=["editing"])
MAX_ROWS = 1_000


@router.post("/cameras", response_model=models.Camera, status_code=201, dependencies=[FromHere])
def create(body: NewCamera, services: ServicesDep, ask: AskDep, lang: LangDep) -> Response:
    """Make a camera by hand. What is not given is assumed as for one of a list, and named."""
    fields = editing.record_names(body.model_dump(exclude_unset=True))
    id_ = editing.create_camera(services, fields, ask)
    return _camera(services, id_, ask, lang, 201)


@router.patch("/cameras/{id}", response_model=models.Camera, dependencies=[FromHere])
def change(
    id: Id,
    body: CameraPatch,
    services: ServicesDep,
    ask: ChangeDep,
    lang: LangDep,
    if_match: IfMatch = None,
) -> Response:
    """Set fields of a camera: aim, move, lens, mast, names, state. Names the version that was read."""
    given = body.model_dump(exclude_unset=True)
    seen = version_seen(if_match, given.pop("version", None), "camera", id)
    editing.change_camera(services, id, editing.record_names(given), seen, ask)
    return _camera(services, id, ask, lang)


@router.delete("/cameras/{id}", response_model=models.Camera, dependencies=[FromHere])
def retire(
    id: Id,
    services: ServicesDep,
    ask: ChangeDep,
    lang: LangDep,
    version: Annotated[int | None, Query(ge=1)] = None,
    if_match: IfMatch = None,
) -> Response:
    """Take a camera out of service for good. Its record stays, with the state retired."""
    seen = version_seen(if_match, version, "camera", id)
    editing.change_camera(services, id, {"status": "retired"}, seen, ask)
    return _camera(services, id, ask, lang)


@router.post("/undo", response_model=Undone, dependencies=[FromHere])
def undo(services: ServicesDep, ask: AskDep, lang: LangDep, body: UndoWanted | None = None) -> Response:
    """Undo the last change, or named rows of the journal, as a new write. Undoing an undo does it again."""
    wanted = body or UndoWanted()
    if wanted.through is not None and (wanted.seq is None or wanted.through < wanted.seq):
        raise BadParameter(
            parameter="through", value=wanted.through, reason="wrong-span", detail="lies before seq, or seq is missing."
        )
    rows, made = editing.undo(services, wanted.seq, wanted.through, ask)
    ids = {row.id for row in rows if row.kind == "camera"}
    now = services.now
    fleet = seen_fleet(now.fleet, ask.caller.sees("camera"))
    one = next(iter(ids)) if len(ids) == 1 else None
    return answer(
        {
            "seq": made[0].seq if made else 0,
            "through": made[-1].seq if made else 0,
            "undone": [editing.journal_row(row) for row in rows[:MAX_ROWS]],
            "camera": camera_facts(now, one, lang) if one is not None and fleet.has(one) else None,
        }
    )


def _camera(services: Services, id_: str, ask: Ask, lang: Lang, status: int = 200) -> Response:
    now = services.now
    seen = seen_fleet(now.fleet, ask.caller.sees("camera"))
    facts: dict[str, Any] = camera_facts(now, seen.camera(id_).id, lang)
    response = answer(facts, headers={"ETag": f'"{facts["version"]}"'})
    response.status_code = status
    if status == 201:
        response.headers["Location"] = address_of("/api/cameras", id_)
    return response
