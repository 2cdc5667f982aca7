"""One search over everything that has a name and a place: cameras, roads, junctions, buildings by
address, areas, places, and coordinates.

Entries lie in a few parts. One that changes is hidden where it was and comes back in a new small part;
parts of like size become one, so that there are never many. Nothing here reads or writes files.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from layers.coordinates import read_coordinates
from layers.search_row import Entry as Entry
from layers.search_row import Ints, Row, plain
from layers.search_row import folded as folded

KINDS = (
    "coordinate", "incident", "area", "road", "place", "junction", "checkpoint", "zone", "unit", "vehicle", "camera",
    "building",
)  # fmt: skip
"""Kinds, in the order in which they stand when they match equally well."""
_KIND = {kind: number for number, kind in enumerate(KINDS)}
_TOKENS = re.compile(r"[^\s,，、;；]+")
_ALIKE = 2
"""A part is joined with the one before it when that has no more than so many times its entries."""
Key = tuple[str, str]
Standing = tuple[int, int, str, str]
MaySee = Callable[[str, str, int | None], bool]
"""Whether entries of a kind, an area and a tier may be found."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A found entry, with its name and detail in the language asked for.

    What has no name, as most buildings, is called by its address.
    """

    entry: Entry
    score: float
    name: str
    detail: str


class Index:
    """All entries, ready to be searched. A value: a change makes another that shares what has not changed."""

    def __init__(self, parts: Sequence["_Part"], near: tuple[float, float] | None) -> None:
        self._parts = parts
        self._near = near

    def __len__(self) -> int:
        return sum(part.count for part in self._parts)

    @classmethod
    def build(cls, entries: Iterable[Entry], changing: Iterable[Entry] = ()) -> "Index":
        """Make an index of entries; those that are likely to change apart, so that a change is cheap."""
        parts = [_Part.of(tuple(some)) for some in (entries, changing)]
        places = np.array([(e.lon, e.lat) for part in parts for e in part.entries], dtype=float).reshape(-1, 2)
        near = None
        if len(places):
            lon, lat = np.median(places, axis=0).tolist()
            near = lon, lat
        return cls([part for part in parts if part.entries], near)

    def changed(self, entries: Sequence[Entry], gone: Iterable[Key] = ()) -> "Index":
        """The index with some entries put in, or in the place of those with their kind and id, and some gone."""
        keys = {(entry.kind, entry.id) for entry in entries} | set(gone)
        parts = [part for part in (part.without(keys) for part in self._parts) if part.count]
        fresh = tuple(entries)
        while fresh and len(parts) > 1 and len(parts[-1].entries) <= _ALIKE * len(fresh):
            fresh = (*parts.pop().shown(), *fresh)
        if fresh:
            parts.append(_Part.of(fresh))
        return Index(parts, self._near)

    def find(self, query: str, limit: int = 20, lang: str = "zh", may_see: MaySee | None = None) -> list[Hit]:
        """The best entries for a query, best first; nothing for an empty one. ``may_see`` leaves others out.

        Every word of the query must be found in an entry: in its name, English name, pinyin, initials,
        detail or id. Coordinates answer with the place itself.
        """
        if limit <= 0:
            return []
        hits = self._coordinates(query[:200], lang)
        words = _TOKENS.findall(plain(query[:200]))
        if not words:
            return hits
        found = [hit for part in self._parts for hit in part.best(words, limit, may_see)]
        found.sort(key=lambda scored: (-scored[0], _standing(scored[1])))
        return hits + [_hit(entry, score, lang) for score, entry in found[: limit - len(hits)]]

    def _coordinates(self, query: str, lang: str) -> list[Hit]:
        place = read_coordinates(unicodedata.normalize("NFKC", query), self._near)
        if place is None:
            return []
        lon, lat = place
        name = f"{lon:.6f}, {lat:.6f}"
        entry = Entry("coordinate", f"{lon:.6f},{lat:.6f}", name, name, "经纬度", "Longitude, latitude", lon, lat)
        return [_hit(entry, 200.0, lang)]


def _hit(entry: Entry, score: float, lang: str) -> Hit:
    names, details = (entry.name, entry.name_en), (entry.detail, entry.detail_en)
    if not lang.startswith("zh"):
        names, details = names[::-1], details[::-1]
    name, detail = names[0] or names[1], details[0] or details[1]
    return Hit(entry, score, name or detail, detail if name else "")


def _standing(entry: Entry) -> Standing:
    """Where an entry stands among equals: by kind, then short names first, then by name and id."""
    name = entry.name or entry.detail
    return _KIND.get(entry.kind, len(_KIND)), len(name), name, entry.id


@dataclass(frozen=True, eq=False)
class _Part:
    """Some entries, their row of texts, their order among equals, and which of them no longer count."""

    entries: tuple[Entry, ...]
    row: Row
    order: Ints
    hidden: frozenset[int] = frozenset()

    @classmethod
    def of(cls, entries: tuple[Entry, ...]) -> "_Part":
        order = np.empty(len(entries), np.int32)
        keys = [_standing(entry) for entry in entries]
        order[sorted(range(len(entries)), key=keys.__getitem__)] = np.arange(len(entries), dtype=np.int32)
        return cls(entries, Row.of(entries), order)

    @property
    def count(self) -> int:
        """How many entries count."""
        return len(self.entries) - len(self.hidden)

    def shown(self) -> tuple[Entry, ...]:
        """Those that count."""
        return tuple(entry for i, entry in enumerate(self.entries) if i not in self.hidden)

    def without(self, keys: set[Key]) -> "_Part":
        """The part without some entries; itself where it has none of them."""
        found = {place for key in keys for place in self._places.get(key, ())} - self.hidden
        if not found:
            return self
        part = _Part(self.entries, self.row, self.order, self.hidden | found)
        part.__dict__.update(_places=self._places, _wards=self._wards)
        return part

    @cached_property
    def _wards(self) -> tuple[list[tuple[str, str, int | None]], Ints]:
        """What grants tell apart among the entries, and which of them each entry is."""
        known: dict[tuple[str, str, int | None], int] = {}
        numbers = [known.setdefault((one.kind, one.area, one.tier), len(known)) for one in self.entries]
        return list(known), np.array(numbers, np.int32)

    @cached_property
    def _places(self) -> dict[Key, tuple[int, ...]]:
        places: dict[Key, tuple[int, ...]] = {}
        for i, entry in enumerate(self.entries):
            key = entry.kind, entry.id
            places[key] = (*places.get(key, ()), i)
        return places

    def best(self, words: list[str], limit: int, may_see: MaySee | None = None) -> list[tuple[float, Entry]]:
        """The best entries for some words, with their scores, of those that may be seen."""
        scores = self._scores(words)
        if self.hidden:
            scores[list(self.hidden)] = 0
        if may_see is not None:
            wards, numbers = self._wards
            scores[~np.array([may_see(*ward) for ward in wards], bool)[numbers]] = 0
        found = np.flatnonzero(scores > 0)
        if len(found) > 4 * limit:
            least = np.partition(scores[found], len(found) - limit)[len(found) - limit]
            found = found[scores[found] >= least]
        best = found[np.lexsort((self.order[found], -scores[found]))][:limit]
        return [(float(scores[i]), self.entries[i]) for i in best]

    def _scores(self, words: list[str]) -> NDArray[np.float32]:
        """Score of each entry: the whole query's, or where that is not found as it is, its worst word's."""
        each = np.array([self.row.scores(word, len(self.entries)) for word in words], dtype=np.float32)
        together: NDArray[np.float32] = each.min(axis=0)
        if len(words) > 1:
            together = np.maximum(together * 0.9, self.row.scores(folded(" ".join(words)), len(self.entries)))
        return together.astype(np.float32)
