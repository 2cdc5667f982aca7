"""What is known of one camera's health, and how each check changes it: nothing is told before it is confirmed. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from layers.health.diagnosis import Diagnosis
from layers.health.plan import OrderRules
from layers.health.rates import Condition
from layers.health.thresholds import FAULTS, ImageFault

UNCONNECTED = frozenset({"no-address", "not-allowed"})
"""Reasons for which the platform cannot even ask a camera."""


@dataclass(frozen=True, slots=True)
class Known:
    """One camera; times are seconds since 1970.

    Attributes
    ----------
    online : reached when last tried; None = not known
    since : from when on it is so
    reached_at : when it was last tried
    why : key of the reason for which it was not reached, or could not be tried
    missed : tries in a row that failed
    faults : faults of the picture that are confirmed
    judged_at : when its picture was last judged
    found, gone : by fault, judgements in a row that found it, and that found it over
    good : judgements in a row that found nothing
    """

    camera: str
    online: bool | None = None
    since: float | None = None
    reached_at: float | None = None
    why: str | None = None
    missed: int = 0
    faults: tuple[ImageFault, ...] = ()
    judged_at: float | None = None
    found: Mapping[str, int] = field(default_factory=dict)
    gone: Mapping[str, int] = field(default_factory=dict)
    good: int = 0

    @property
    def troubles(self) -> frozenset[str]:
        """All that is wrong and confirmed."""
        return frozenset(self.faults) | (frozenset({"offline"}) if self.online is False else frozenset())

    @property
    def doubtful(self) -> bool:
        """Whether something may have changed and is not confirmed yet."""
        return bool(self.found) or bool(self.gone) or (self.missed > 0 and self.online is not False)

    @property
    def condition(self) -> Condition:
        """As rates are counted. Connected: the platform knows where its stream is, and it answers there."""
        good = None if self.judged_at is None else not self.faults
        apart = self.why in UNCONNECTED or "signal-lost" in self.faults
        return Condition(online=self.online, good=good, connected=False if apart else self.online)


def reached(known: Known, at: float) -> Known:
    """After a try that succeeded."""
    since = known.since if known.online else at
    return replace(known, online=True, since=since, reached_at=at, why=None, missed=0)


def missed(known: Known, at: float, why: str, rules: OrderRules) -> Known:
    """After a try that failed: offline once so many in a row have."""
    count = known.missed + 1
    if known.online is False:
        return replace(known, reached_at=at, why=why, missed=count)
    if count < rules.offline_checks:
        return replace(known, reached_at=at, why=why, missed=count)
    return replace(known, online=False, since=at, reached_at=at, why=why, missed=count)


def untried(known: Known, at: float, why: str) -> Known:
    """Where it cannot be tried: nothing says where the camera is, or it may not be asked."""
    return replace(known, online=None, since=None, reached_at=at, why=why, missed=0)


def judged(known: Known, found: Diagnosis, at: float, rules: OrderRules) -> Known:
    """After a judgement of the picture: what could not be told leaves what was known."""
    faults, counts, over = set(known.faults), dict(known.found), dict(known.gone)
    for verdict in found.verdicts:
        fault = verdict.fault
        if verdict.found:
            over.pop(fault, None)
            if fault not in faults:
                counts[fault] = counts.get(fault, 0) + 1
                if counts[fault] >= rules.fault_checks:
                    faults.add(fault)
                    del counts[fault]
        elif verdict.judged or verdict.hidden_by is None:
            counts.pop(fault, None)
            if fault in faults and verdict.judged:
                over[fault] = over.get(fault, 0) + 1
                if over[fault] >= rules.good_checks:
                    faults.remove(fault)
                    del over[fault]
    return replace(
        known,
        faults=tuple(one for one in FAULTS if one in faults),
        judged_at=at,
        found=counts,
        gone=over,
        good=known.good + 1 if found.good else 0,
    )


def over(known: Known, since: float, faults: frozenset[str], rules: OrderRules) -> bool:
    """Whether all is seen to be good again that an order is for, since it was opened or said to be repaired."""
    if known.online is not True or known.faults or known.found:
        return False
    if not faults - {"offline"}:
        return (known.reached_at or 0) > since
    return known.good >= rules.good_checks and (known.judged_at or 0) > since
