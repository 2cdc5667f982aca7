"""Accounts kept in a database: statements that every engine understands."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from geoserver.accounts.engines import Engine, Row, Run, SqliteEngine
from geoserver.accounts.kept_agreements import KeptAgreements
from geoserver.accounts.kept_bindings import KeptBindings, linked
from geoserver.accounts.limits import Attempts, Limit
from geoserver.accounts.model import Account, Session, Token
from geoserver.faults import AccountExists
from geoserver.storage.opening import SCHEMES
from layers.grants.model import Grant
from layers.grants.roles import Post

_POSTS = TypeAdapter(tuple[Post, ...])
_GRANTS = TypeAdapter(tuple[Grant, ...])
_ACCOUNT = "a.name, a.title, a.password, a.once_until, a.disabled, a.posts, a.grants"
_SESSION = "s.digest, s.account, s.made, s.seen, s.address, s.until"
_TOKEN = "t.id, t.digest, t.account, t.label, t.scopes, t.made, t.expires, t.seen"


class KeptAccounts:
    """An ``AccountStore`` over one engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._taken = 0
        self.agreements = KeptAgreements(engine, self._void)
        self.bindings = KeptBindings(engine, self._void)

    @property
    def taken(self) -> int:
        """How often this process may have taken something from somebody."""
        return self._taken

    @classmethod
    def open(cls, address: str | Path) -> "KeptAccounts":
        """The accounts beside a city's records: in its database file, or at a ``postgresql://`` address.

        Raises
        ------
        BadDatabase
        """
        if isinstance(address, str) and address.startswith(SCHEMES):
            from geoserver.accounts.postgres import PostgresEngine  # its driver is loaded where it is used

            return cls(PostgresEngine.open(address))
        return cls(SqliteEngine.open(Path(address)))

    def account(self, name: str) -> Account | None:
        """One account, or None."""
        rows = self._engine.look(f"SELECT {_ACCOUNT} FROM account a WHERE name = ?", name)
        return _account(rows[0]) if rows else None

    def accounts(self) -> list[Account]:
        """All accounts by name."""
        return [_account(row) for row in self._engine.look(f"SELECT {_ACCOUNT} FROM account a ORDER BY name")]

    def add(self, account: Account) -> None:
        """Keep a new account."""
        with self._engine.transaction() as run:
            if not _added(run, account):
                raise AccountExists(name=account.name)

    def add_linked(self, account: Account, issuer: str, subject: str) -> bool:
        """Keep a new account as somebody's at a sign-in provider; False where they have one."""
        theirs = "SELECT 1 FROM linked_account WHERE issuer = ? AND subject = ?"
        with self._engine.transaction() as run:
            if run(theirs, issuer, subject):
                return False
            if not _added(run, account):
                # Who waited for another one making the same account finds it theirs now.
                if run(theirs, issuer, subject):
                    return False
                raise AccountExists(name=account.name)
            if linked(run, issuer, subject, account.name):
                return True
            run("DELETE FROM account WHERE name = ? RETURNING 1", account.name)
            return False

    def set_password(self, name: str, digest: str, once_until: float | None, *, seen: str | None = None) -> bool:
        """Replace a password; where ``seen`` is given, only if that digest is still the one kept."""
        sql = "UPDATE account SET password = ?, once_until = ? WHERE name = ?"
        if seen is None:
            return self._takes(f"{sql} RETURNING 1", digest, once_until, name)
        return self._takes(f"{sql} AND password = ? RETURNING 1", digest, once_until, name, seen)

    def set_title(self, name: str, title: str) -> bool:
        """Call an account something else; whether there is one."""
        return self._takes("UPDATE account SET title = ? WHERE name = ? RETURNING 1", title, name)

    def set_disabled(self, name: str, disabled: bool) -> bool:
        """Disable an account, or enable it again; whether there is one."""
        return self._takes("UPDATE account SET disabled = ? WHERE name = ? RETURNING 1", int(disabled), name)

    def set_held(self, name: str, posts: Sequence[Post], grants: Sequence[Grant]) -> bool:
        """Replace what an account holds; whether there is one."""
        held = _POSTS.dump_json(tuple(posts)).decode(), _GRANTS.dump_json(tuple(grants)).decode()
        return self._takes("UPDATE account SET posts = ?, grants = ? WHERE name = ? RETURNING 1", *held, name)

    def add_session(self, session: Session, password: str) -> bool:
        """Keep a session, if the password of its account is still the one with this digest."""
        values = (session.digest, session.made, session.seen, session.address, session.account, password)
        return self._touches(
            "INSERT INTO session (digest, account, made, seen, address)"
            " SELECT ?, a.name, ?, ?, ? FROM account a WHERE a.name = ? AND a.password = ? AND a.disabled = 0"
            " RETURNING 1",
            *values,
        )

    def session(self, digest: str) -> tuple[Session, Account] | None:
        """A session and its account."""
        sql = f"SELECT {_SESSION}, {_ACCOUNT} FROM session s JOIN account a ON a.name = s.account WHERE digest = ?"
        rows = self._engine.look(sql, digest)
        return (Session(*rows[0][:6]), _account(rows[0][6:])) if rows else None

    def session_seen(self, digest: str, at: float) -> None:
        """Note that a session was used."""
        self._touches("UPDATE session SET seen = ? WHERE digest = ? RETURNING 1", at, digest)

    def sessions(self, account: str) -> list[Session]:
        """The sessions of an account, the oldest first."""
        sql = f"SELECT {_SESSION} FROM session s WHERE account = ? ORDER BY made, digest"
        return [Session(*row) for row in self._engine.look(sql, account)]

    def end_session(self, digest: str) -> bool:
        """End one session; whether there was one."""
        return self._takes("DELETE FROM session WHERE digest = ? RETURNING 1", digest)

    def end_sessions(self, account: str, *, but: str | None = None) -> int:
        """End all sessions of an account, all but one where its digest is given; how many there were."""
        with self._engine.transaction() as run:
            ended = len(run("DELETE FROM session WHERE account = ? AND digest <> ? RETURNING 1", account, but or ""))
        self._taken += 1
        return ended

    def add_token(self, token: Token) -> None:
        """Keep a token."""
        scopes = " ".join(sorted(token.scopes))
        values = (token.id, token.digest, token.account, token.label, scopes, token.made, token.expires, token.seen)
        with self._engine.transaction() as run:
            run("INSERT INTO token VALUES (?, ?, ?, ?, ?, ?, ?, ?)", *values)

    def token(self, digest: str) -> tuple[Token, Account] | None:
        """A token and its account."""
        sql = f"SELECT {_TOKEN}, {_ACCOUNT} FROM token t JOIN account a ON a.name = t.account WHERE digest = ?"
        rows = self._engine.look(sql, digest)
        return (_token(rows[0][:8]), _account(rows[0][8:])) if rows else None

    def token_seen(self, digest: str, at: float) -> None:
        """Note that a token was used."""
        self._touches("UPDATE token SET seen = ? WHERE digest = ? RETURNING 1", at, digest)

    def tokens(self, account: str) -> list[Token]:
        """The tokens of an account, the oldest first."""
        sql = f"SELECT {_TOKEN} FROM token t WHERE account = ? ORDER BY made, id"
        return [_token(row) for row in self._engine.look(sql, account)]

    def end_token(self, id_: str) -> bool:
        """Revoke a token; whether there was one."""
        return self._takes("DELETE FROM token WHERE id = ? RETURNING 1", id_)

    def count_attempt(self, counts: Mapping[str, Limit], at: float) -> float:
        """Count an attempt under every key, unless one of them has to wait; how long, in s, or 0."""
        # A look first: whoever is paused and goes on trying costs no write.
        marks = ", ".join("?" for _ in counts)
        paused = self._engine.look(f"SELECT max(until) FROM attempt WHERE key IN ({marks})", *counts)[0][0]
        if paused is not None and paused > at:
            return float(paused - at)
        with self._engine.transaction() as run:
            # Always in one order, so that two who count at once cannot wait for each other.
            known = {key: _attempts(run, key) for key in sorted(counts)}
            wait = max(one.wait_s(at) for one in known.values())
            if wait == 0:
                for key, one in known.items():
                    _set_attempts(run, key, one.counted(counts[key], at))
            return wait

    def forgive_attempt(self, right: str, others: Collection[str]) -> None:
        """An attempt was right: forget the first count, take one off the others."""
        with self._engine.transaction() as run:
            for key in sorted([right, *others]):
                if key == right:
                    run("DELETE FROM attempt WHERE key = ? RETURNING 1", key)
                else:
                    _set_attempts(run, key, _attempts(run, key).forgiven())

    def sweep(self, made_before: float, seen_before: float, tried_before: float, now: float) -> None:
        """Forget sessions, tokens and attempts that are too old to matter."""
        with self._engine.transaction() as run:
            run(
                "DELETE FROM session WHERE made <= ? OR seen <= ? OR until <= ? RETURNING 1",
                made_before,
                seen_before,
                now,
            )
            run("DELETE FROM token WHERE expires <= ? RETURNING 1", now)
            run("DELETE FROM attempt WHERE last < ? RETURNING 1", tried_before)

    def close(self) -> None:
        """Give back files and connections."""
        self._engine.close()

    def _takes(self, sql: str, *values: Any) -> bool:
        done = self._touches(sql, *values)
        # Only once it is committed: who reads the old rows meanwhile has an older number, and forgets them.
        self._taken += 1
        return done

    def _void(self) -> None:
        self._taken += 1

    def _touches(self, sql: str, *values: Any) -> bool:
        with self._engine.transaction() as run:
            return bool(run(sql, *values))


def _added(run: Run, account: Account) -> bool:
    """Whether the name was free, also for who waits for another one taking it."""
    values = (account.name, account.title, account.password, account.once_until, int(account.disabled))
    held = _POSTS.dump_json(account.posts).decode(), _GRANTS.dump_json(account.grants).decode()
    sql = "INSERT INTO account VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING RETURNING 1"
    return bool(run(sql, *values, *held))


def _account(row: Row) -> Account:
    name, title, password, once_until, disabled, posts, grants = row
    held = _POSTS.validate_json(posts), _GRANTS.validate_json(grants)
    return Account(name, title, password, once_until, bool(disabled), *held)


def _token(row: Row) -> Token:
    id_, digest, account, label, scopes, made, expires, seen = row
    return Token(id_, digest, account, label, frozenset(scopes.split()), made, expires, seen)


def _attempts(run: Run, key: str) -> Attempts:
    """What is known of a key; its row is made if need be, and held until the transaction ends."""
    ((failures, last, until),) = run(
        "INSERT INTO attempt AS one (key, failures, last, until) VALUES (?, 0, 0, 0)"
        " ON CONFLICT (key) DO UPDATE SET failures = one.failures RETURNING failures, last, until",
        key,
    )
    return Attempts(failures, last, until)


def _set_attempts(run: Run, key: str, one: Attempts) -> None:
    run(
        "UPDATE attempt SET failures = ?, last = ?, until = ? WHERE key = ? RETURNING 1",
        one.failures,
        one.last,
        one.until,
        key,
    )
