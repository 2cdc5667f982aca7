"""The month of each contractor: how long cameras were online and intact, and how orders were kept. Pure.

The score: 40 points for being online, 40 for being intact, 20 for orders in time, each in proportion. What is not
known is left out of a share, and its points are shared out among the rest.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from layers.cameras.model import Camera
from layers.health.orders import RepairOrder

Interval = tuple[float, float]
POINTS = (40.0, 40.0, 20.0)


@dataclass(frozen=True, slots=True)
class Row:
    """One contractor; shares are 0 to 1, None where nothing is known.

    Attributes
    ----------
    cameras : how many they keep in repair
    faults : how often a fault of a picture, or offline, began in the month
    orders : that opened in the month or stood in it
    on_time, late, open : closed within the deadline; closed after it or past it; not closed at the month's end
    mean_repair_h : from opening to closing, of those closed in the month
    """

    contractor: str
    cameras: int
    online_share: float | None
    intact_share: float | None
    faults: int
    orders: int
    on_time: int
    late: int
    open: int
    mean_repair_h: float | None

    @property
    def score(self) -> float:
        """0 to 100."""
        done = self.on_time + self.late
        shares = (self.online_share, self.intact_share, self.on_time / done if done else None)
        known = [(share, points) for share, points in zip(shares, POINTS, strict=True) if share is not None]
        if not known:
            return 0.0
        return 100 * sum(share * points for share, points in known) / sum(points for _, points in known)


def assessed(
    cameras: Iterable[Camera],
    spans: Mapping[str, Sequence[tuple[str, float, float | None]]],
    orders: Iterable[RepairOrder],
    month: Interval,
    now: float,
) -> list[Row]:
    """Rows by contractor, of some cameras.

    Parameters
    ----------
    spans : camera → states ("online", "offline", a fault) with beginning and end, s since 1970; None = it lasts
    orders : of these cameras and others
    month : from, until, s since 1970; what has not come yet is left out
    """
    begin, end = month[0], min(month[1], now)
    groups: dict[str, list[Camera]] = defaultdict(list)
    for camera in cameras:
        groups[camera.contractor].append(camera)
    of: dict[str, list[RepairOrder]] = defaultdict(list)
    for order in orders:
        if _touches(order, begin, end):
            of[order.camera].append(order)
    return [
        _row(name, some, spans, [order for camera in some for order in of[camera.id]], (begin, end))
        for name, some in sorted(groups.items())
    ]


def _row(
    name: str,
    cameras: Sequence[Camera],
    spans: Mapping[str, Sequence[tuple[str, float, float | None]]],
    orders: Sequence[RepairOrder],
    month: Interval,
) -> Row:
    online = known = intact = 0.0
    faults = 0
    for camera in cameras:
        held = [(state, _cut(since, until, month)) for state, since, until in spans.get(camera.id, ())]
        up = _merged([cut for state, cut in held if state == "online"])
        bad = _merged([cut for state, cut in held if state not in ("online", "offline")])
        online += _length(up)
        known += _length(_merged([cut for state, cut in held if state in ("online", "offline")]))
        intact += _length(up) - _length(_both(up, bad))
        faults += sum(
            state != "online" and month[0] <= since < month[1] for state, since, _ in spans.get(camera.id, ())
        )
    closed = [one for one in orders if one.state == "closed" and _at(one.closed_at) < month[1]]
    hours = [(_at(one.closed_at) - _at(one.opened_at)) / 3_600 for one in closed]
    in_time = sum(_at(one.closed_at) <= _at(one.deadline) for one in closed)
    standing = [one for one in orders if one.standing or _at(one.closed_at) >= month[1]]
    return Row(
        contractor=name,
        cameras=len(cameras),
        online_share=online / known if known > 0 else None,
        intact_share=intact / known if known > 0 else None,
        faults=faults,
        orders=len(orders),
        on_time=in_time,
        late=len(closed) - in_time + sum(_at(one.deadline) < month[1] for one in standing),
        open=len(standing),
        mean_repair_h=sum(hours) / len(hours) if hours else None,
    )


def _touches(order: RepairOrder, begin: float, end: float) -> bool:
    if order.state == "cancelled":
        return False
    return _at(order.opened_at) < end and (order.closed_at is None or _at(order.closed_at) >= begin)


def _at(time: datetime | None) -> float:
    return float("inf") if time is None else time.timestamp()


def _cut(since: float, until: float | None, month: Interval) -> Interval:
    return max(since, month[0]), min(month[1] if until is None else until, month[1])


def _merged(some: Iterable[Interval]) -> list[Interval]:
    """Intervals without overlaps, in order."""
    found: list[Interval] = []
    for begin, end in sorted(one for one in some if one[0] < one[1]):
        if found and begin <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((begin, end))
    return found


def _both(some: Sequence[Interval], others: Sequence[Interval]) -> list[Interval]:
    """Where two lists of intervals overlap."""
    cuts = ((max(a[0], b[0]), min(a[1], b[1])) for a in some for b in others)
    return _merged(cuts)


def _length(some: Iterable[Interval]) -> float:
    return sum(end - begin for begin, end in some)
