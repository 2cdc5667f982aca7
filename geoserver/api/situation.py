"""The situation in one line."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from geoserver.accounts.asking import CallerDep
from geoserver.api.deps import answer
from geoserver.api.situation_models import Situation
from geoserver.incident_board import Board, Wanted
from geoserver.live.feed import Feed
from geoserver.situation_answers import situation_answer

router = APIRouter(tags=["situation"])


async def _board(request: Request) -> Board:
    board: Board = request.app.state.incidents
    return board


@router.get("/api/situation", response_model=Situation)
def situation(request: Request, caller: CallerDep, board: Annotated[Board, Depends(_board)]) -> Response:
    """What is open, how severe, what is late, and how many people are connected."""
    feed: Feed = request.app.state.feed
    now = datetime.now(UTC)
    seen = board.select(Wanted(now=now), caller.sees("incident").covers_record)
    return answer(situation_answer(seen, now, feed.present.people))
