"""Who listens: what of the feed a person or system may be told."""

from typing import Literal, Protocol

from layers.record import Record

Standing = Literal["same", "changed", "gone"]
"""Of who listens, since it was last asked: as before; with other grants; nobody any more."""


class Audience(Protocol):
    """Asked for every record and every moving thing before it is told; quick, and free of side effects."""

    def may_see(self, record: Record) -> bool:
        """Whether a record, in this state, may be told."""

    def may_follow(self, kind: str, id_: str) -> bool:
        """Whether the positions of a moving thing may be told."""

    def is_due(self) -> bool:
        """Whether it is time to ask again who listens."""

    def renew(self) -> Standing:
        """Ask again who listens; may take its time, and is not called in the event loop."""


class Everybody:
    """Sees all there is: for what is tried and measured without accounts."""

    def may_see(self, record: Record) -> bool:  # noqa: ARG002  # it has the protocol's names
        """Always."""
        return True

    def may_follow(self, kind: str, id_: str) -> bool:  # noqa: ARG002
        """Always."""
        return True

    def is_due(self) -> bool:
        """Never: there is nobody to ask for."""
        return False

    def renew(self) -> Standing:
        """Nothing changes."""
        return "same"


EVERYBODY = Everybody()
