"""Roads as people speak of them: a source cuts a road at every junction; under one name it is one road."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import shapely


@dataclass(frozen=True, slots=True)
class NamedRoad:
    """A road under one name: its pieces as lines in degrees, and the id of the piece that each is of."""

    ids: tuple[str, ...]
    name: str
    name_en: str
    pieces: tuple[Any, ...] = field(repr=False)

    @property
    def shape(self) -> Any:
        """All pieces as one shape."""
        return shapely.MultiLineString(self.pieces)


def by_name(rows: Iterable[Mapping[str, Any]]) -> list[NamedRoad]:
    """Roads with a name from rows (id, name, name_en, geometry), in the order of their first pieces."""
    of: dict[str, list[tuple[str, str, Any]]] = {}
    for row in rows:
        if row["name"]:
            parts = shapely.get_parts(row["geometry"])
            of.setdefault(row["name"], []).extend((str(row["id"]), str(row["name_en"]), one) for one in parts)
    return [
        NamedRoad(
            tuple(id_ for id_, _, _ in own),
            name,
            next((english for _, english, _ in own if english), ""),
            tuple(one for _, _, one in own),
        )
        for name, own in of.items()
    ]
