"""Who asks, and what they may: the value that every route and live topic is handed."""

from dataclasses import dataclass

from geoserver.faults import NotAllowed, PasswordDue
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
        PasswordDue
            The caller has to set a password first.
        """
        if self.must_change:
            raise PasswordDue(action=action, kind=kind)
        verdict = self.permissions.verdict(action, kind, area=area, tier=tier)
        if verdict != "allowed":
            raise NotAllowed(action=action, kind=kind, approval=verdict == "approval")

    def sees(self, kind: str) -> Reach:
        """Where they may see things of a kind; every query for them is limited to it."""
        return self.permissions.sees(kind)
