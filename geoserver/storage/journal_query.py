"""A search of the journal in the words of both engines: who, what, where, when; the newest first."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any, Literal

from geoserver.storage.journal import moment
from geoserver.storage.store import JournalQuery

Engine = Literal["sqlite", "postgres"]
ACTIONS = frozenset({"create", "change", "remove", "look"})
LISTED = "load:"
"""Stands before who took a list in."""
NUL = "\x00"
BODIES = ("before", "after", "detail")
Conditions = tuple[str, list[Any]]
Box = tuple[float, float, float, float]


def journal_where(query: JournalQuery, engine: Engine) -> Conditions:
    """The conditions of a search, and their values. All marks are question marks."""
    parts, values = ["seq > 0"], list[Any]()
    for condition, some in (*_plain(query, engine), *_places(query, engine)):
        parts.append(condition)
        values += some
    if any(isinstance(value, str) and NUL in value for value in values):
        return "1 = 0", []
    return " AND ".join(parts), values


def _plain(query: JournalQuery, engine: Engine) -> Iterator[Conditions]:
    """Who, what and when."""
    if query.kind is not None:
        yield "kind = ?", [query.kind]
    if query.id is not None:
        yield "id = ?", [query.id]
    if query.person is not None:
        yield "actor IN (?, ?)", [query.person, LISTED + query.person]
    if query.changes:
        yield "action <> 'look'", []
    if query.but is not None:
        yield "kind <> ?", [query.but]
    if query.action in ACTIONS:
        yield "action = ?", [query.action]
    elif query.action is not None:
        yield f"action = 'look' AND {_text('detail', 'deed', engine)} = ?", [query.action]
    for sign, time in ((">=", query.since), ("<", query.until)):
        if time is not None:
            yield f"time {sign} ?", [moment(time) if engine == "sqlite" else time]
    if query.before is not None:
        yield "seq < ?", [query.before]


def _places(query: JournalQuery, engine: Engine) -> Iterator[Conditions]:
    """Where."""
    if query.areas is not None:
        yield _anywhere(lambda body: _in_areas(body, engine), [_codes(query.areas, engine)])
    if query.within is not None:
        yield _nowhere_else(engine, _codes(query.within, engine))
    if query.bbox is not None:
        yield _in_box(query.bbox, engine)


def search_sqlite(connection: sqlite3.Connection, query: JournalQuery, columns: str) -> list[tuple[Any, ...]]:
    """The rows of a search in SQLite."""
    condition, values = journal_where(query, "sqlite")
    sql = f"SELECT {columns} FROM journal WHERE {condition} ORDER BY seq DESC LIMIT ?"
    return connection.execute(sql, (*values, query.limit)).fetchall()


def postgres_search(query: JournalQuery, columns: str) -> tuple[str, list[Any]]:
    """The statement of a search for PostgreSQL, and its values."""
    condition, values = journal_where(query, "postgres")
    sql = f"SELECT {columns} FROM journal WHERE {condition} ORDER BY seq DESC LIMIT ?"
    # No statement has a question mark or a per cent sign of its own.
    return sql.replace("?", "%s"), [*values, query.limit]


def _anywhere(condition: Callable[[str], str], values: list[Any]) -> Conditions:
    """Something that holds of what was before, of what came after, or of what a look tells."""
    return f"({' OR '.join(map(condition, BODIES))})", values * len(BODIES)


def _nowhere_else(engine: Engine, codes: Any) -> Conditions:
    """All that a row tells lies in some areas; a row that tells nothing lies in none."""
    told = {body: f"{body} IS NULL" for body in BODIES}
    told["detail"] += " OR action <> 'look'"  # of a change it names a row, and no place
    every = " AND ".join(f"({untold} OR {_in_areas(body, engine)})" for body, untold in told.items())
    some = " OR ".join(f"{body} IS NOT NULL" for body in BODIES)
    return f"{every} AND ({some})", [codes] * len(BODIES)


def _in_areas(body: str, engine: Engine) -> str:
    found = _text(body, "area", engine)
    return f"{found} IN (SELECT value FROM json_each(?))" if engine == "sqlite" else f"{found} = ANY(?)"


def _codes(areas: frozenset[str], engine: Engine) -> Any:
    return json.dumps(sorted(areas)) if engine == "sqlite" else sorted(areas)


def _in_box(box: Box, engine: Engine) -> Conditions:
    west, south, east, north = box
    joined = "AND" if west <= east else "OR"

    def inside(body: str) -> str:
        lon, lat = (_number(body, name, engine) for name in ("lon", "lat"))
        return f"(({lon} >= ? {joined} {lon} <= ?) AND {lat} >= ? AND {lat} <= ?)"

    return _anywhere(inside, [west, east, south, north])


def _text(body: str, name: str, engine: Engine) -> str:
    return f"json_extract({body}, '$.{name}')" if engine == "sqlite" else f"({body} ->> '{name}')"


def _number(body: str, name: str, engine: Engine) -> str:
    """A number; nothing where another thing stands there."""
    if engine == "sqlite":
        kind = f"json_type({body}, '$.{name}')"
        return f"(CASE WHEN {kind} IN ('integer', 'real') THEN json_extract({body}, '$.{name}') END)"
    return f"(CASE WHEN json_typeof({body} -> '{name}') = 'number' THEN ({body} ->> '{name}')::double precision END)"
