"""What is kept of health beside the records: too much for the journal, and the same in both engines.

``health_now`` is one row a camera; a row's ``seq`` grows when its online state or its faults do change, so that other
processes read only what is new to them. Spans say how long each state lasted. Judgements are kept where they found
something, or something else than before.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import orjson

from geoserver.accounts.engines import Engine, Row, Run, SqliteEngine
from geoserver.storage.opening import SCHEMES
from layers.health.diagnosis import Verdict
from layers.health.plan import HealthPlan
from layers.health.state import Known
from layers.health.thresholds import FAULTS

_NOW = "camera, online, since, reached_at, why, missed, faults, judged_at, counts, seq"
COUNTER = "changes"
MOST_ASKED = 500
"""Cameras that are asked for in one statement."""


@dataclass(frozen=True, slots=True)
class Reference:
    """The picture of a camera when it was good: when it was taken, its file, and the aim of a PTZ camera (pan, tilt,
    zoom)."""

    at: float
    name: str
    aim: tuple[float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A state of a camera: "online", "offline", or a fault; ``until`` None = it lasts."""

    camera: str
    state: str
    since: float
    until: float | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check has come to.

    Attributes
    ----------
    before, after : what was known, and what is
    verdicts : of a judgement; None where only reachability was tried
    picture : file of the picture, where it is kept
    """

    before: Known
    after: Known
    verdicts: Sequence[Verdict] | None = None
    found: Sequence[str] = field(default=())
    picture: str | None = None


class KeptHealth:
    """Health in a database. Safe to use from many threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, address: str | Path) -> Self:
        """Beside a city's records.

        Raises
        ------
        BadDatabase
        """
        if isinstance(address, str) and address.startswith(SCHEMES):
            from geoserver.accounts.postgres import PostgresEngine  # its driver is loaded where it is used

            return cls(PostgresEngine.open(address))
        return cls(SqliteEngine.open(Path(address)))

    def close(self) -> None:
        """Give back files and connections."""
        self._engine.close()

    def since(self, seq: int) -> tuple[int, list[Known]]:
        """What has changed of states and faults after a number, and the number up to which that is."""
        rows = self._engine.look(f"SELECT {_NOW} FROM health_now WHERE seq > ? ORDER BY seq, camera", seq)
        return (int(rows[-1][-1]) if rows else seq), [_known(row) for row in rows]

    def all(self) -> dict[str, Known]:
        """All that is known, by camera."""
        return {row[0]: _known(row) for row in self._engine.look(f"SELECT {_NOW} FROM health_now")}

    def one(self, camera: str) -> Known:
        """What is known of a camera."""
        rows = self._engine.look(f"SELECT {_NOW} FROM health_now WHERE camera = ?", camera)
        return _known(rows[0]) if rows else Known(camera)

    def some(self, cameras: Collection[str]) -> dict[str, Known]:
        """What is known of some cameras, by camera."""
        found: dict[str, Known] = {}
        wanted = sorted(cameras)
        for at in range(0, len(wanted), MOST_ASKED):
            part = wanted[at : at + MOST_ASKED]
            marks = ", ".join("?" * len(part))
            rows = self._engine.look(f"SELECT {_NOW} FROM health_now WHERE camera IN ({marks})", *part)
            found |= {row[0]: _known(row) for row in rows}
        return found

    def verdicts(self, camera: str) -> list[Verdict]:
        """The verdicts of a camera's last judgement, in the order of the faults."""
        rows = self._engine.look("SELECT verdicts FROM health_now WHERE camera = ?", camera)
        return [Verdict(**one) for one in orjson.loads(rows[0][0])] if rows else []

    def reference(self, camera: str) -> Reference | None:
        """The good picture of a camera."""
        rows = self._engine.look("SELECT reference FROM health_now WHERE camera = ?", camera)
        if not rows or rows[0][0] is None:
            return None
        at, name, aim = orjson.loads(rows[0][0])
        return Reference(at, name, tuple(aim) if aim else None)

    def set_reference(self, camera: str, reference: Reference | None) -> None:
        """Keep which picture of a camera is the good one, or forget it."""
        document = None if reference is None else _json([reference.at, reference.name, reference.aim])
        with self._engine.transaction() as run:
            _make(run, camera)
            run("UPDATE health_now SET reference = ? WHERE camera = ? RETURNING 1", document, camera)

    def put(self, outcomes: Iterable[Outcome]) -> None:
        """Keep what checks have come to, in one transaction."""
        some = list(outcomes)
        if not some:
            return
        with self._engine.transaction() as run:
            for one in some:
                _put(run, one)

    def spans(self, since: float, until: float, cameras: Collection[str] | None = None) -> list[Span]:
        """States that lasted into an interval, oldest first; of one camera, or of all."""
        sql = "SELECT camera, state, since, until FROM health_span WHERE (until IS NULL OR until > ?) AND since < ?"
        if cameras is not None and len(cameras) == 1:
            rows = self._engine.look(f"{sql} AND camera = ? ORDER BY since, state", since, until, *cameras)
        else:
            rows = self._engine.look(f"{sql} ORDER BY since, state", since, until)
        return [Span(*row) for row in rows if cameras is None or row[0] in cameras]

    def pictures(self, camera: str) -> list[tuple[float, str, tuple[str, ...]]]:
        """Kept pictures of a camera, newest first: when, the file, the faults that were found in it."""
        sql = "SELECT at, picture, faults FROM health_judgement WHERE camera = ? AND picture IS NOT NULL"
        rows = self._engine.look(f"{sql} ORDER BY at DESC", camera)
        return [(at, name, tuple(faults.split())) for at, name, faults in rows]

    def forget(self, before: float) -> list[tuple[str, str]]:
        """Forget judgements older than a time; the pictures that go with them, as camera and file."""
        with self._engine.transaction() as run:
            sql = "DELETE FROM health_judgement WHERE at < ? RETURNING camera, picture"
            return [(camera, name) for camera, name in run(sql, before) if name]

    def forget_spans(self, before: float) -> None:
        """Forget states that ended before a time."""
        with self._engine.transaction() as run:
            run("DELETE FROM health_span WHERE until < ? RETURNING 1", before)

    def plan(self, usual: HealthPlan) -> tuple[int, HealthPlan]:
        """What is set, and its version; 0 and what is usual where nothing was."""
        rows = self._engine.look("SELECT version, document FROM health_plan ORDER BY version DESC LIMIT 1")
        return (int(rows[0][0]), HealthPlan.model_validate_json(rows[0][1])) if rows else (0, usual)

    def set_plan(self, plan: HealthPlan, seen: int, actor: str, at: float) -> int | None:
        """Set it, if the version that was seen still holds; the new version, or None."""
        with self._engine.transaction() as run:
            _count(run)  # one writer at a time
            rows = run("SELECT max(version) FROM health_plan")
            if int(rows[0][0] or 0) != seen:
                return None
            run("INSERT INTO health_plan VALUES (?, ?, ?, ?) RETURNING 1", seen + 1, at, actor, plan.model_dump_json())
            return seen + 1

    def turn(self, name: str) -> tuple[str, int] | None:
        """Who has a turn, and how often they have said so."""
        rows = self._engine.look("SELECT holder, beat FROM health_turn WHERE name = ?", name)
        return (str(rows[0][0]), int(rows[0][1])) if rows else None

    def take_turn(self, name: str, holder: str, seen: tuple[str, int] | None) -> bool:
        """Take a turn, or say that it is still held, if nobody has taken it or said so since it was ``seen``."""
        with self._engine.transaction() as run:
            if seen is None:
                sql = "INSERT INTO health_turn VALUES (?, ?, 1) ON CONFLICT (name) DO NOTHING RETURNING 1"
                return bool(run(sql, name, holder))
            sql = "UPDATE health_turn SET holder = ?, beat = beat + 1 WHERE name = ? AND holder = ? AND beat = ?"
            return bool(run(f"{sql} RETURNING 1", holder, name, *seen))

    def end_turn(self, name: str, holder: str) -> None:
        """Leave a turn to whoever comes."""
        with self._engine.transaction() as run:
            run("DELETE FROM health_turn WHERE name = ? AND holder = ? RETURNING 1", name, holder)


def _make(run: Run, camera: str) -> None:
    sql = (
        "INSERT INTO health_now (camera, seq, missed, faults, counts, verdicts) VALUES (?, 0, 0, '', '{}', '[]')"
        " ON CONFLICT (camera) DO NOTHING RETURNING 1"
    )
    run(sql, camera)


def _put(run: Run, one: Outcome) -> None:
    before, after = one.before, one.after
    _make(run, after.camera)
    counts = _json({"found": dict(after.found), "gone": dict(after.gone), "good": after.good})
    run(
        "UPDATE health_now SET online = ?, since = ?, reached_at = ?, why = ?, missed = ?, faults = ?, judged_at = ?,"
        " counts = ? WHERE camera = ? RETURNING 1",
        None if after.online is None else int(after.online),
        after.since,
        after.reached_at,
        after.why,
        after.missed,
        " ".join(after.faults),
        after.judged_at,
        counts,
        after.camera,
    )
    if (before.online, before.faults) != (after.online, after.faults):
        run("UPDATE health_now SET seq = ? WHERE camera = ? RETURNING 1", _count(run), after.camera)
    _put_spans(run, before, after)
    if one.verdicts is not None and after.judged_at is not None:
        told = _json([_document(verdict) for verdict in one.verdicts])
        run("UPDATE health_now SET verdicts = ? WHERE camera = ? RETURNING 1", told, after.camera)
        if one.found or one.picture or set(before.faults) != set(after.faults):
            row = after.camera, after.judged_at, " ".join(one.found), told, one.picture
            run(
                "INSERT INTO health_judgement VALUES (?, ?, ?, ?, ?) ON CONFLICT (camera, at) DO NOTHING RETURNING 1",
                *row,
            )


def _put_spans(run: Run, before: Known, after: Known) -> None:
    at = max(after.reached_at or 0.0, after.judged_at or 0.0)
    was, is_ = _states(before), _states(after)
    for state in sorted(was - is_):
        sql = "UPDATE health_span SET until = ? WHERE camera = ? AND state = ? AND until IS NULL RETURNING 1"
        run(sql, at, after.camera, state)
    for state in sorted(is_ - was):
        sql = "INSERT INTO health_span VALUES (?, ?, ?, NULL) ON CONFLICT (camera, state, since) DO NOTHING RETURNING 1"
        run(sql, after.camera, state, at)


def _states(known: Known) -> set[str]:
    found: set[str] = set(known.faults)
    if known.online is not None:
        found.add("online" if known.online else "offline")
    return found


def _count(run: Run) -> int:
    """The next number; whoever has it is the only writer until their transaction ends."""
    sql = (
        "INSERT INTO health_turn AS one VALUES (?, '', 1) ON CONFLICT (name)"
        " DO UPDATE SET beat = one.beat + 1 RETURNING beat"
    )
    return int(run(sql, COUNTER)[0][0])


def _known(row: Row) -> Known:
    camera, online, since, reached_at, why, missed, faults, judged_at, counts, _ = row
    told: dict[str, Any] = orjson.loads(counts)
    held = set(faults.split())
    return Known(
        camera,
        None if online is None else bool(online),
        since,
        reached_at,
        why,
        int(missed),
        tuple(one for one in FAULTS if one in held),
        judged_at,
        told.get("found", {}),
        told.get("gone", {}),
        int(told.get("good", 0)),
    )


def _document(verdict: Verdict) -> dict[str, Any]:
    return {name: getattr(verdict, name) for name in ("fault", "why", "measured", "threshold", "hidden_by")}


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
