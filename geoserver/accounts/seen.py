"""A store as one caller sees it: grants are applied in the query, so what may not be seen is never fetched.

A reach is up to four queries that share no record, one for each set of tiers that reaches the same areas; nearly
always it is one. Areas are asked for by their codes, one by one, and not by what codes begin with: a grant reaches
what the tree of areas says, and nothing that happens to be named alike.
"""

import heapq
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from geoserver.storage.store import ANY_OF, Query, Store
from layers.catalogue import KINDS
from layers.grants.permissions import Part, Permissions, Reach
from layers.record import Record

TIER = "tier"


@dataclass(frozen=True, slots=True)
class Seen:
    """Reads of a store, within what permissions allow."""

    store: Store
    permissions: Permissions

    def get(self, kind: str, id_: str) -> Record | None:
        """One record; None where there is none, and where there is one that may not be seen: no difference."""
        reach = self.permissions.sees(kind)
        record = None if reach.is_empty else self.store.get(kind, id_)
        return record if record is not None and reach.covers_record(record) else None

    def find(self, query: Query) -> Iterator[Record]:
        """The records that a query names, in the order of their ids, its limit and offset among those seen."""
        narrowed = queries(query, self.permissions.sees(query.kind))
        if len(narrowed) == 1:
            yield from self.store.find(narrowed[0])
            return
        end = None if query.limit is None else query.offset + query.limit
        found = [self.store.find(replace(one, offset=0, limit=end)) for one in narrowed]
        yield from islice(heapq.merge(*found, key=lambda record: record.id), query.offset, end)

    def count(self, query: Query) -> int:
        """How many records a query names, of those seen."""
        return sum(self.store.count(one) for one in queries(query, self.permissions.sees(query.kind)))


def queries(query: Query, reach: Reach) -> list[Query]:
    """A query narrowed to a reach: queries that share no record, none where nothing is seen."""
    tiered = TIER in KINDS[query.kind].indexed
    parts = [part for part in reach.parts() if tiered or part.tiers is None or None in part.tiers]
    narrowed = (_narrowed(query, part, tiered) for part in parts)
    return [one for one in narrowed if one is not None]


def _narrowed(query: Query, part: Part, tiered: bool) -> Query | None:
    equal = dict(query.equal)
    if part.areas is not None and not _limit(equal, "area", part.areas):
        return None
    if tiered and part.tiers is not None:
        # No record of a kind that has tiers is without one.
        if not _limit(equal, TIER, {tier for tier in part.tiers if tier is not None}):
            return None
    return replace(query, equal=equal)


def _limit(equal: dict[str, Any], name: str, allowed: Collection[Any]) -> bool:
    """Ask for a field's values only as far as they are allowed; whether any is left."""
    left = set(allowed)
    if name in equal:
        wanted = equal[name]
        left &= set(wanted if isinstance(wanted, ANY_OF) else [wanted])
    equal[name] = sorted(left)
    return bool(left)
