"""What people do about a second person's agreement: ask, agree, decline, withdraw; each step is a journal row."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from geoserver.accounts.caller import Caller
from geoserver.accounts.kept_agreements import Request
from geoserver.accounts.service import SignIn
from geoserver.faults import AgreementAnswered, NotAllowed, UnknownId
from layers.grants.approval import NoAgreement, agreed, may_agree, part_asked

Answer = Literal["agree", "decline", "withdraw"]
DEEDS: Mapping[Answer, str] = {
    "agree": "agreement-given",
    "decline": "agreement-declined",
    "withdraw": "agreement-withdrawn",
}
RECENT_S = 7 * 86_400.0
MOST_TOLD = 200


@dataclass(frozen=True)
class Agreements:
    """One caller's hand."""

    door: SignIn
    caller: Caller

    def ask(self, action: str, kind: str, area: str | None, purpose: str) -> tuple[Request, bool]:
        """Ask for agreement; the request, and whether it is new: the same one that still waits is not asked twice.

        Raises
        ------
        NotAllowed
            No grant of theirs waits for agreement to this.
        """
        id_, now = f"agreement-{secrets.token_hex(6)}", self.door.now()
        grant = part_asked(self.caller.permissions, id_, action, kind, area)
        if grant is None:
            raise NotAllowed(action=action, kind=kind, approval=False)
        for one in self._recent():
            same = one.grant.model_copy(update={"id": id_}) == grant and one.purpose == purpose
            if same and one.asker == self.caller.name and one.state(now) == "open":
                return one, False
        made = Request(id_, self.caller.name, grant, purpose, now)
        self.door.store.agreements.add(made)
        self._tell("agreement-asked", made)
        return made, True

    def told(self) -> list[Request]:
        """One's own requests, and those that one may or did answer, the newest first."""
        return [one for one in self._recent() if self._is_told(one)]

    def may_answer(self, one: Request) -> bool:
        """Whether it waits for an answer that the caller may give."""
        is_other = one.asker != self.caller.name
        return is_other and one.state(self.door.now()) == "open" and may_agree(self.caller.permissions, one.grant)

    def answer(self, id_: str, answer: Answer) -> Request:
        """Agree to a request of another person, decline it, or withdraw one's own request or agreement.

        Raises
        ------
        UnknownId, AgreementAnswered
        NoAgreement
            They may not answer it.
        """
        before, now = self.door.store.agreements.get(id_), self.door.now()
        if before is None or not self._is_told(before):
            raise UnknownId(kind="agreement", id=id_)
        standing = before.state(now)
        if standing != "open" and not (standing == "agreed" and answer == "withdraw"):
            raise AgreementAnswered(state=standing)
        after = self._answered(before, answer, now)
        if not self.door.store.agreements.answer(before, after):
            kept = self.door.store.agreements.get(id_)
            raise AgreementAnswered(state=kept.state(now) if kept else "over")
        self._tell(DEEDS[answer], after)
        return after

    def _answered(self, before: Request, answer: Answer, now: float) -> Request:
        name = self.caller.name
        if answer == "withdraw":
            if name not in (before.asker, before.by):
                raise NoAgreement(by=name, asker=before.asker, reason="not-theirs")
            return before.answered_as("withdrawn", name, now, now)
        # Who may not agree may not decline either.
        given = agreed(before.wish, name, self.caller.permissions, datetime.fromtimestamp(now, UTC))
        if answer == "decline":
            return before.answered_as("declined", name, now)
        return before.answered_as("agreed", name, now, given.until.timestamp())

    def _recent(self) -> list[Request]:
        return self.door.store.agreements.since(self.door.now() - RECENT_S, MOST_TOLD)

    def _is_told(self, one: Request) -> bool:
        return self.caller.name in (one.asker, one.by) or may_agree(self.caller.permissions, one.grant)

    def _tell(self, deed: str, one: Request) -> None:
        self.door.told(self.caller.name, deed, one.asker, {"agreement": one.id, **parts_of(one)})


def parts_of(one: Request) -> dict[str, Any]:
    """What a request is about: action, kind, areas, and the purpose."""
    (action,), (kind,) = one.grant.actions, one.grant.kinds
    return {"about": action, "of": kind, "areas": sorted(one.grant.areas), "purpose": one.purpose}
