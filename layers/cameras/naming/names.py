"""Names over a picture: what a camera shows by name as it looks now, and where; nothing that is hidden.

A road is named in the middle of the longest stretch of it that is seen, a building at a point of its wall or roof, a
place and an area at a point of the ground. Every point is one that the sight line of the link reaches.
"""

from layers.cameras.model import Camera, Preset, PtzAim
from layers.cameras.naming.gazetteer import Gazetteer
from layers.cameras.naming.onlooker import Onlooker
from layers.cameras.naming.roads import roads
from layers.cameras.naming.sighted import Sighted, best
from layers.cameras.naming.spots import areas, places
from layers.cameras.naming.walls import buildings
from tiles.obstacles import Obstacles


def names_in(
    camera: Camera, names: Gazetteer, obstacles: Obstacles, aim: PtzAim | Preset | None = None, limit: int = 100
) -> list[Sighted]:
    """What is seen by name, the largest in the picture first.

    Raises
    ------
    NoDirection
    """
    look = Onlooker.of(camera, names.scene, obstacles, aim)
    return best([*roads(look, names), *buildings(look, names), *places(look, names), *areas(look, names)], limit)
