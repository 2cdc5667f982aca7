"""How areas lie in areas, so that a grant for one reaches down to all below it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from layers.areas import Area


@dataclass(frozen=True, slots=True, eq=False)
class AreaTree:
    """Code of an area → codes of itself and of all that lie below it.

    A code that is not in the tree stands for itself alone. Areas that name each other as parents in a ring,
    which only a faulty source has, each reach the whole ring and nothing above it.
    """

    below: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, areas: Iterable[Area]) -> Self:
        """From the areas of a city."""
        parents = {area.code: area.parent for area in areas}
        reached: dict[str, set[str]] = {}
        for code in parents:
            above, seen = code, set[str]()
            while above and above not in seen:
                reached.setdefault(above, set()).add(code)
                seen.add(above)
                above = parents.get(above, "")
        return cls({code: frozenset(codes) for code, codes in reached.items()})

    def under(self, codes: Iterable[str]) -> frozenset[str]:
        """The codes given and all below them."""
        return frozenset().union(*(self.below.get(code, frozenset()) | {code} for code in codes))
