"""How often one may be wrong: the rule, without clock or storage.

Attempts are counted before the password is looked at, so that many at once are not more than many in turn.
Three counts run side by side. One person at one address is slowed after a few; an address after more, for it
may be a control room behind one proxy; a name after many from everywhere, and never for long, so that
strangers cannot keep an operator out of their own account for a shift.
"""

import hashlib
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """``failures`` in a row, none of them ``within_s`` after the last, are free; then each doubles the pause."""

    failures: int
    within_s: float
    pause_s: float
    longest_s: float


@dataclass(frozen=True, slots=True)
class Attempts:
    """What is known of one who tries. Times in s since 1970."""

    failures: int = 0
    last: float = 0.0
    until: float = 0.0

    def wait_s(self, now: float) -> float:
        """How long nothing is tried; 0 where one may."""
        return max(0.0, self.until - now)

    def counted(self, limit: Limit, now: float) -> "Attempts":
        """After one more that may turn out wrong."""
        failures = 1 if now - self.last > limit.within_s else self.failures + 1
        over = failures - limit.failures
        # Beyond 2^30 the pause is the longest one anyway.
        pause = min(limit.longest_s, limit.pause_s * 2 ** min(over, 30)) if over >= 0 else 0.0
        return Attempts(failures, now, now + pause if pause else 0.0)

    def forgiven(self) -> "Attempts":
        """The last one was right after all."""
        return Attempts(max(0, self.failures - 1), self.last, 0.0)


PAIR = Limit(failures=5, within_s=900, pause_s=30, longest_s=900)
ADDRESS = Limit(failures=40, within_s=900, pause_s=30, longest_s=900)
NAME = Limit(failures=100, within_s=3_600, pause_s=5, longest_s=60)
KEPT_S = 86_400
"""What is older is forgotten."""


def counts_of(name: str, address: str) -> Mapping[str, Limit]:
    """Key → limit of the three counts. Keys are digests: people type passwords where a name belongs."""
    place = _network(address)
    return {
        _key("pair", name, place): PAIR,
        _key("address", place): ADDRESS,
        _key("name", name): NAME,
    }


def counts_of_address(address: str) -> Mapping[str, Limit]:
    """The same where no name is given: who comes from a sign-in provider is counted by where they come from."""
    return {_key("address", _network(address)): ADDRESS}


def _key(kind: str, *parts: str) -> str:
    return f"{kind}:{hashlib.sha256(chr(0).join(parts).encode('utf-8', 'surrogatepass')).hexdigest()}"


def _network(address: str) -> str:
    """What one household has of addresses: all of IPv4's one, the /64 of IPv6."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv6Address):
        if known.ipv4_mapped is not None:
            return str(known.ipv4_mapped)
        return str(ipaddress.ip_network((known, 64), strict=False))
    return str(known)
