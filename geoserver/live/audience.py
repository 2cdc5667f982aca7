"""Who listens: what of the feed a person or system may be told."""

from typing import Protocol

from layers.record import Record


class Audience(Protocol):
    """Asked for every record and every moving thing before it is told; quick, and free of side effects."""

    def may_see(self, record: Record) -> bool:
        """Whether a record, in this state, may be told."""

    def may_follow(self, kind: str, id_: str) -> bool:
        """Whether the positions of a moving thing may be told."""


class Everybody:
    """Sees all there is: the audience of a server without accounts."""

    def may_see(self, record: Record) -> bool:  # noqa: ARG002  # it has the protocol's names
        """Always."""
        return True

    def may_follow(self, kind: str, id_: str) -> bool:  # noqa: ARG002
        """Always."""
        return True


EVERYBODY = Everybody()
