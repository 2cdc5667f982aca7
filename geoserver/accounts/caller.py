"""Who asks, and what they may: the value that every route and live topic is handed."""

from dataclasses import dataclass

from geoserver.faults import NeedsAgreement, NotAllowed, PasswordDue
from layers.grants.permissions import Permissions, Reach


@dataclass(frozen=True, slots=True)
class Caller:
    """One request's caller.

    Attributes
    ----------
    name, title : of the account; the name goes into the journal
    permissions : what holds now, for where the request comes from
    session : digest of the session, where a browser asks
    token : id of the token, where a system asks
    must_change : has a one-time password and may only set one of their own
    """

    name: str
    title: str
    permissions: Permissions
    session: str | None = None
    token: str | None = None
    must_change: bool = False

    def demand(self, action: str, kind: str, *, area: str, tier: int | None = None) -> None:
        """Go on only if this may be done to a thing in an area ("" = in none), of a tier.

        Raises
        ------
        NotAllowed
        NeedsAgreement
            A grant allows it, once another person has agreed.
        PasswordDue
            The caller has to set a password first.
        """
        if self.must_change:
            raise PasswordDue(action=action, kind=kind)
        verdict = self.permissions.verdict(action, kind, area=area, tier=tier)
        if verdict != "allowed":
            fault = NeedsAgreement if verdict == "approval" else NotAllowed
            raise fault(action=action, kind=kind, approval=verdict == "approval", **({"area": area} if area else {}))

    def refused(self, action: str, kind: str) -> NotAllowed:
        """The refusal of what they may do nowhere now; it says where another person's agreement would help."""
        fault = NeedsAgreement if self.permissions.waiting(action, kind) else NotAllowed
        return fault(action=action, kind=kind, approval=fault is NeedsAgreement)

    def sees(self, kind: str) -> Reach:
        """Where they may see things of a kind; every query for them is limited to it."""
        return self.permissions.sees(kind)
