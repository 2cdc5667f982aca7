"""The named roads of a build, read once: for names over pictures, and for routes along them."""

from collections.abc import Mapping

from geoserver.town import Town
from layers.roads import NamedRoad, by_name
from tiles.vectors import read_layer


def named_roads(town: Town) -> list[NamedRoad]:
    """Roads under their names, in the order of their first pieces."""
    made: list[NamedRoad] = town.derived.get("named-roads", lambda: _read(town))
    return made


def road_of_piece(town: Town) -> Mapping[str, tuple[NamedRoad, int]]:
    """Id of a piece → the road that it belongs to, and its place among the pieces."""
    made: Mapping[str, tuple[NamedRoad, int]] = town.derived.get("road-of-piece", lambda: _by_piece(town))
    return made


def _read(town: Town) -> list[NamedRoad]:
    return by_name(read_layer(town.vectors, "roads").to_dict("records")) if town.vectors else []


def _by_piece(town: Town) -> dict[str, tuple[NamedRoad, int]]:
    return {id_: (road, k) for road in named_roads(town) for k, id_ in enumerate(road.ids)}
