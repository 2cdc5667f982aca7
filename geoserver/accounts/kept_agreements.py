"""Requests for a second person's agreement, kept in a database: statements that every engine understands."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from geoserver.accounts.engines import Engine, Row
from layers.grants.approval import WAITS, Wish
from layers.grants.model import Grant

Kept = Literal["open", "agreed", "declined", "withdrawn"]
State = Literal["open", "lapsed", "agreed", "over", "declined", "withdrawn"]
"""lapsed: nobody answered in time; over: it was agreed to, and its time has passed."""
_COLUMNS = "id, asker, opens, purpose, asked, state, answered_by, answered, until"


@dataclass(frozen=True, slots=True)
class Request:
    """A request, and what became of it. Times in s since 1970.

    Attributes
    ----------
    grant : what it opens; its id is that of the request
    by, answered : who agreed, declined or withdrew it, and when
    until : it opens something up to then
    """

    id: str
    asker: str
    grant: Grant
    purpose: str
    asked: float
    kept: Kept = "open"
    by: str | None = None
    answered: float | None = None
    until: float | None = None

    @property
    def wish(self) -> Wish:
        """The same for the rule."""
        return Wish(self.asker, self.grant, self.purpose, datetime.fromtimestamp(self.asked, UTC))

    @property
    def waits_until(self) -> float:
        """It can be answered up to then."""
        return self.asked + WAITS.total_seconds()

    def state(self, now: float) -> State:
        """Where it stands at a time."""
        if self.kept == "open" and now >= self.waits_until:
            return "lapsed"
        if self.kept == "agreed" and (self.until is None or now >= self.until):
            return "over"
        return self.kept

    def answered_as(self, kept: Kept, by: str, at: float, until: float | None = None) -> "Request":
        """After an answer."""
        return replace(self, kept=kept, by=by, answered=at, until=until)


class KeptAgreements:
    """Requests over one engine; ``changed`` is called after what opens or shuts something."""

    def __init__(self, engine: Engine, changed: Callable[[], None]) -> None:
        self._engine = engine
        self._changed = changed

    def add(self, one: Request) -> None:
        """Keep a new request."""
        values = (one.id, one.asker, one.grant.model_dump_json(), one.purpose, one.asked, one.kept)
        with self._engine.transaction() as run:
            run(f"INSERT INTO agreement ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, NULL, NULL, NULL)", *values)

    def get(self, id_: str) -> Request | None:
        """One request, or None."""
        rows = self._engine.look(f"SELECT {_COLUMNS} FROM agreement WHERE id = ?", id_)
        return _request(rows[0]) if rows else None

    def since(self, asked: float, limit: int) -> list[Request]:
        """Requests asked from a time on, the newest first."""
        sql = f"SELECT {_COLUMNS} FROM agreement WHERE asked >= ? ORDER BY asked DESC, id LIMIT ?"
        return [_request(row) for row in self._engine.look(sql, asked, limit)]

    def opened(self, asker: str, now: float) -> list[Grant]:
        """What is open for somebody now."""
        sql = "SELECT opens FROM agreement WHERE asker = ? AND state = 'agreed' AND until > ?"
        return [Grant.model_validate_json(row[0]) for row in self._engine.look(sql, asker, now)]

    def answer(self, before: Request, after: Request) -> bool:
        """Keep an answer, if nobody was quicker; whether it was kept."""
        sql = (
            "UPDATE agreement SET state = ?, answered_by = ?, answered = ?, until = ?"
            " WHERE id = ? AND state = ? RETURNING 1"
        )
        with self._engine.transaction() as run:
            done = bool(run(sql, after.kept, after.by, after.answered, after.until, before.id, before.kept))
        self._changed()
        return done

    def sweep(self, asked_before: float) -> None:
        """Forget old requests; the journal tells of them."""
        with self._engine.transaction() as run:
            run("DELETE FROM agreement WHERE asked < ? RETURNING 1", asked_before)


def _request(row: Row) -> Request:
    id_, asker, opens, *rest = row
    return Request(id_, asker, Grant.model_validate_json(opens), *rest)
