"""Passwords: Argon2id by argon2-cffi, one cost for every name, and what a new one must be."""

import secrets
import threading
import unicodedata
from dataclasses import dataclass, field

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from geoserver.faults import BadPassword

SHORTEST, LONGEST = 12, 256
"""Characters. Beyond that, work is made of it before anything is known of the caller."""
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""None that is taken for another when a one-time password is read out or typed from paper."""
AT_ONCE = 4
"""So many digests are worked out at the same time: each takes ``memory_kib`` of memory."""
FEW = 5
"""A password made of fewer different characters is one that is guessed."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one digest costs; the second choice of RFC 9106 §4, for machines that do other work too."""

    time: int = 3
    memory_kib: int = 65_536
    lanes: int = 4


@dataclass(frozen=True)
class Passwords:
    """Makes and checks digests."""

    cost: Cost = field(default_factory=Cost)
    _hasher: PasswordHasher = field(init=False, repr=False)
    _nobody: str = field(init=False, repr=False)
    _room: threading.BoundedSemaphore = field(
        init=False, repr=False, default_factory=lambda: threading.BoundedSemaphore(AT_ONCE)
    )

    def __post_init__(self) -> None:
        hasher = PasswordHasher(
            time_cost=self.cost.time, memory_cost=self.cost.memory_kib, parallelism=self.cost.lanes, type=Type.ID
        )
        object.__setattr__(self, "_hasher", hasher)
        object.__setattr__(self, "_nobody", hasher.hash(secrets.token_hex(16)))

    def digest(self, password: str) -> str:
        """The encoded digest, with its salt and cost in it."""
        with self._room:
            return self._hasher.hash(_same(password))

    def fits(self, digest: str | None, password: str) -> bool:
        """Whether a password is the one; without a digest it takes as long, and is never the one."""
        try:
            with self._room:
                self._hasher.verify(digest or self._nobody, _same(password[: LONGEST + 1]))
        except (VerificationError, InvalidHashError):
            return False
        return digest is not None

    def is_dated(self, digest: str) -> bool:
        """Whether it was made at another cost than today's."""
        return self._hasher.check_needs_rehash(digest)


def _same(password: str) -> bytes:
    """The same password from every keyboard: composed and decomposed letters alike."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


def usable(password: str, name: str) -> str:
    """A new password, if it can be one.

    Raises
    ------
    BadPassword
        Too short or long, made of few letters, or the account's name.
    """
    plain = password.casefold()
    guessed = len(set(plain)) < FEW or plain.replace(name.casefold(), "", 1).strip("0123456789!.-_ ") == ""
    if not SHORTEST <= len(password) <= LONGEST or guessed:
        raise BadPassword(shortest=SHORTEST, longest=LONGEST)
    return password


def one_time_password() -> str:
    """Sixteen letters in groups of four: 79 bits, to be read out once and changed."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))
