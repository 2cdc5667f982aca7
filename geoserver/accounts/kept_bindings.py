"""Sessions and accounts that belong to a sign-in provider's: statements that every engine understands."""

from collections.abc import Callable
from dataclasses import dataclass

from geoserver.accounts.engines import Engine, Run
from geoserver.accounts.model import Session

_COLUMNS = "b.digest, b.issuer, b.subject, b.sid, b.checked, b.confirmed, b.refresh, b.hint"


@dataclass(frozen=True, slots=True)
class Binding:
    """What a session here has to do with one there. Times in s since 1970.

    Attributes
    ----------
    digest : of the session here
    issuer, subject : who its person is there
    sid : the session there, where it has a name
    checked, confirmed : when the provider was last asked about it, and when it last said yes
    refresh, hint : sealed: with what it is asked, and the ID token
    """

    digest: str
    issuer: str
    subject: str
    sid: str | None
    checked: float
    confirmed: float
    refresh: str | None = None
    hint: str | None = None


class KeptBindings:
    """Bindings over one engine; ``changed`` is called after what may take something from somebody."""

    def __init__(self, engine: Engine, changed: Callable[[], None]) -> None:
        self._engine = engine
        self._changed = changed

    def account(self, issuer: str, subject: str) -> str | None:
        """Name of the account of somebody there, or None."""
        sql = "SELECT account FROM linked_account WHERE issuer = ? AND subject = ?"
        rows = self._engine.look(sql, issuer, subject)
        return str(rows[0][0]) if rows else None

    def link(self, issuer: str, subject: str, account: str) -> bool:
        """Have an account be somebody's there; False where they have one, or there is no such account."""
        with self._engine.transaction() as run:
            return linked(run, issuer, subject, account)

    def spend(self, key: str, until: float) -> bool:
        """Note that something was used that is good once, and until when that matters; False where it was before."""
        with self._engine.transaction() as run:
            return _spent(run, key, until)

    def add(self, session: Session, one: Binding) -> bool:
        """Keep a session and its binding, if its account is not disabled; whether it was kept.

        A one-time password of the account goes with the sessions that it opened: who is let in there owes no
        password here, and the one that was given was never theirs alone.
        """
        values = session.digest, session.made, session.seen, session.address, session.until, session.account
        bound = one.digest, one.issuer, one.subject, one.sid, one.checked, one.confirmed, one.refresh, one.hint
        with self._engine.transaction() as run:
            made = run(
                "INSERT INTO session (digest, account, made, seen, address, until)"
                " SELECT ?, a.name, ?, ?, ?, ? FROM account a WHERE a.name = ? AND a.disabled = 0 RETURNING 1",
                *values,
            )
            if not made:
                return False
            run("INSERT INTO bound_session VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING 1", *bound)
            once = "UPDATE account SET password = NULL, once_until = NULL"
            was_once = run(f"{once} WHERE name = ? AND once_until IS NOT NULL RETURNING 1", session.account)
            if was_once:
                others = "DELETE FROM session WHERE account = ? AND digest <> ? RETURNING 1"
                run(others, session.account, session.digest)
        if was_once:
            self._changed()
        return True

    def get(self, digest: str) -> Binding | None:
        """The binding of a session, or None."""
        rows = self._engine.look(f"SELECT {_COLUMNS} FROM bound_session b WHERE b.digest = ?", digest)
        return Binding(*rows[0]) if rows else None

    def due(self, checked_before: float, limit: int) -> list[Binding]:
        """Those that can be asked about and were not for so long, the longest first."""
        sql = (
            f"SELECT {_COLUMNS} FROM bound_session b WHERE b.refresh IS NOT NULL AND b.checked <= ?"
            " ORDER BY b.checked, b.digest LIMIT ?"
        )
        return [Binding(*row) for row in self._engine.look(sql, checked_before, limit)]

    def claim(self, one: Binding, now: float) -> bool:
        """Take it on to ask about one; False where another process was quicker, or it has ended."""
        sql = "UPDATE bound_session SET checked = ? WHERE digest = ? AND checked = ? RETURNING 1"
        return self._touches(sql, now, one.digest, one.checked)

    def confirm(self, digest: str, refresh: str | None, hint: str | None, now: float) -> bool:
        """The provider said yes, and gave what to ask with next."""
        sql = "UPDATE bound_session SET confirmed = ?, refresh = ?, hint = ? WHERE digest = ? RETURNING 1"
        return self._touches(sql, now, refresh, hint, digest)

    def ended_there(
        self, issuer: str, subject: str | None, sid: str | None, once: tuple[str, float] | None = None
    ) -> list[str] | None:
        """End the sessions of a session there, or of all of a person's; the names of their accounts.

        ``once`` : what is spent by it, as in ``spend``, both or neither; None comes back where it was spent before
        """
        # Which session there one here came from is not always known: then it is any of its person's.
        by_sid = "b.sid = ?" if subject is None else "(b.sid = ? OR b.sid IS NULL)"
        named = [(by_sid, sid), ("b.subject = ?", subject)]
        wanted = [(text, value) for text, value in named if value is not None]
        if not wanted:
            return []
        where = " AND ".join(["b.issuer = ?", *(text for text, _ in wanted)])
        with self._engine.transaction() as run:
            if once is not None and not _spent(run, *once):
                return None
            ended = run(
                f"DELETE FROM session WHERE digest IN (SELECT b.digest FROM bound_session b WHERE {where})"
                " RETURNING account",
                issuer,
                *(value for _, value in wanted),
            )
        self._changed()
        return sorted({str(row[0]) for row in ended})

    def sweep(self, now: float) -> None:
        """Forget what was used and is over by itself."""
        with self._engine.transaction() as run:
            run("DELETE FROM spent WHERE until < ? RETURNING 1", now)

    def _touches(self, sql: str, *values: float | str | None) -> bool:
        with self._engine.transaction() as run:
            return bool(run(sql, *values))


def linked(run: Run, issuer: str, subject: str, account: str) -> bool:
    """Within a transaction: have an account be somebody's there; False where they have one, or there is none such."""
    sql = (
        "INSERT INTO linked_account (issuer, subject, account) SELECT ?, ?, a.name FROM account a WHERE a.name = ?"
        " ON CONFLICT (issuer, subject) DO NOTHING RETURNING 1"
    )
    return bool(run(sql, issuer, subject, account))


def _spent(run: Run, key: str, until: float) -> bool:
    sql = "INSERT INTO spent (key, until) VALUES (?, ?) ON CONFLICT (key) DO NOTHING RETURNING 1"
    return bool(run(sql, key, until))
