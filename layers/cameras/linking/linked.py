"""What a link answers: a place, its cameras, and the three to open."""

from dataclasses import dataclass

from layers.cameras.linking.reasons import Reason
from layers.cameras.model import Camera
from layers.place import Target


@dataclass(frozen=True, slots=True)
class Aim:
    """The move that centres a place: true bearing, tilt (negative down), zoom over the wide end."""

    pan: float
    tilt: float
    zoom: float


@dataclass(frozen=True, slots=True)
class Linked:
    """What one camera answers.

    Attributes
    ----------
    density_px_m : at the place; PTZ at full zoom; 0 where nothing is known
    class_id : rung of the 2014 ladder, None below it or when not visible
    pixel : where the place appears (u, v); PTZ: the principal point, after the move
    aim : the move that centres it, PTZ only
    score : 0 for those that do not see it
    """

    camera: Camera
    visible: bool
    distance_m: float
    bearing_deg: float
    density_px_m: float
    class_id: str | None
    pixel: tuple[float, float] | None
    aim: Aim | None
    online: bool | None
    score: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class Recommended:
    """Ids of the three cameras to open; None where there is none."""

    overview: str | None
    context: str | None
    close: str | None


@dataclass(frozen=True, slots=True)
class LinkAnswer:
    """A place, the cameras that see it (best first), then those that do not (nearest to seeing first).

    ``visible_count`` counts all that see it, ``considered`` all that were looked at; ``cameras`` holds no
    more than the limit, but always the recommended ones.
    """

    place: Target
    density_px_m: float
    recommended: Recommended
    cameras: tuple[Linked, ...]
    visible_count: int
    considered: int
