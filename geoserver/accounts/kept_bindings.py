"""Sessions and accounts that belong to a sign-in provider's: statements that every engine understands."""

from collections.abc import Callable
from dataclasses import dataclass

from geoserver.accounts.engines import Engine
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

    def is_linked(self, account: str) -> bool:
        """Whether an account belongs to somebody there."""
        return bool(self._engine.look("SELECT 1 FROM linked_account WHERE account = ?", account))

    def link(self, issuer: str, subject: str, account: str) -> bool:
        """Have an account be somebody's there; False where they have one, or there is no such account."""
        with self._engine.transaction() as run:
            return bool(
                run(
                    "INSERT INTO linked_account (issuer, subject, account)"
                    " SELECT ?, ?, a.name FROM account a WHERE a.name = ?"
                    " AND NOT EXISTS (SELECT 1 FROM linked_account l WHERE l.issuer = ? AND l.subject = ?)"
                    " RETURNING 1",
                    *(issuer, subject, account, issuer, subject),
                )
            )

    def spend(self, key: str, until: float) -> bool:
        """Note that something was used that is good once, and until when that matters; False where it was before."""
        sql = "INSERT INTO spent (key, until) VALUES (?, ?) ON CONFLICT (key) DO NOTHING RETURNING 1"
        with self._engine.transaction() as run:
            return bool(run(sql, key, until))

    def add(self, session: Session, one: Binding) -> bool:
        """Keep a session and its binding, if its account is not disabled; whether it was kept."""
        values = session.digest, session.made, session.seen, session.address, session.until, session.account
        bound = one.digest, one.issuer, one.subject, one.sid, one.checked, one.confirmed, one.refresh, one.hint
        with self._engine.transaction() as run:
            made = run(
                "INSERT INTO session (digest, account, made, seen, address, until)"
                " SELECT ?, a.name, ?, ?, ?, ? FROM account a WHERE a.name = ? AND a.disabled = 0 RETURNING 1",
                *values,
            )
            if made:
                run("INSERT INTO bound_session VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING 1", *bound)
            return bool(made)

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

    def ended_there(self, issuer: str, subject: str | None, sid: str | None) -> list[str]:
        """End the sessions of a session there, or of all of a person's; the names of their accounts."""
        named = [("b.sid = ?", sid), ("b.subject = ?", subject)]
        wanted = [(text, value) for text, value in named if value is not None]
        if not wanted:
            return []
        where = " AND ".join(["b.issuer = ?", *(text for text, _ in wanted)])
        with self._engine.transaction() as run:
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
