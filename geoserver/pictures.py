"""Pictures of cameras and the way between picture and map: renders, keeps, and puts into words."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from geoserver.ground_look import GroundLook
from geoserver.link_answers import reason_words
from geoserver.place_answers import Given
from geoserver.services import Now
from geoserver.town import Town
from geoserver.view_glb import view_glb
from geoserver.words import Lang
from layers.cameras.ladder import class_of
from layers.cameras.model import Camera, PtzAim
from layers.cameras.pictures import still as stills
from layers.cameras.pictures.locate import Located, Spread, locate, project
from layers.cameras.pictures.masking import blanked, privacy_mask
from layers.cameras.pictures.sighting import Sighting
from layers.cameras.pictures.view_mesh import view_mesh
from layers.place import resolve_place
from layers.privacy import PrivacyVolume
from tiles.basemap.draw import Drawer
from tiles.scene import Scene

KEPT_BYTES = 48 * 2**20
VIEWS_MADE_AS = "view 3"
"""Changes with how view meshes are made, so that those made before are not taken for the new ones."""
Format = Literal["jpg", "png"]


@dataclass(eq=False)
class Pictures:
    """What was rendered of one build, the least recently asked dropped beyond ``limit_bytes``."""

    ground: GroundLook | None
    limit_bytes: int = KEPT_BYTES
    nbytes: int = 0
    _kept: "OrderedDict[Hashable, bytes]" = field(default_factory=OrderedDict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def get(self, key: Hashable, make: Callable[[], bytes]) -> bytes:
        """What is kept under a key, or is rendered now."""
        found = self._find(key)
        if found is not None:
            return found
        made = make()
        with self._guard:
            self.nbytes += len(made) - len(self._kept.get(key, b""))
            self._kept[key] = made
            while self.nbytes > self.limit_bytes and len(self._kept) > 1:
                self.nbytes -= len(self._kept.popitem(last=False)[1])
        return made

    def _find(self, key: Hashable) -> bytes | None:
        with self._guard:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)


@lru_cache(maxsize=2)
def _pictures(_scene: Scene, drawer: Drawer | None) -> Pictures:
    return Pictures(GroundLook(drawer) if drawer else None)


def pictures_of(town: Town) -> Pictures:
    """The pictures of a build; they go when it goes."""
    return _pictures(town.scene, town.basemap.drawer)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A picture that is asked for: a camera as it is or would be, where it is turned, how wide, edges alone or not.

    ``hidden`` : what is blank in it; edges alone show nothing of it
    """

    camera: Camera
    aim: PtzAim | None
    width_px: int
    lines: bool
    format: Format
    hidden: tuple[PrivacyVolume, ...] = ()

    @property
    def media_type(self) -> str:
        """Of the bytes."""
        return "image/png" if self.format == "png" or self.lines else "image/jpeg"

    def etag(self, version: str) -> str:
        """Names the picture on one version of the city."""
        private = [one.model_dump_json() for one in self.hidden]
        return _digest(version, self.camera, self.aim, self.width_px, self.lines, self.format, *private)


def still_bytes(now: Now, wanted: Wanted) -> bytes:
    """The picture's bytes.

    Raises
    ------
    NoDirection, BadInput
    """
    sighting = Sighting.of(wanted.camera, now.town.scene, wanted.aim)
    pictures = pictures_of(now.town)

    def render() -> bytes:
        if wanted.lines:
            return stills.png(stills.outlines(sighting, wanted.width_px))
        picture = stills.still(sighting, wanted.width_px, pictures.ground)
        rows, cols = picture.shape[:2]
        picture = blanked(picture, privacy_mask(sighting, wanted.hidden, cols, rows))
        return stills.png(picture) if wanted.format == "png" else stills.jpeg(picture)

    return pictures.get(wanted, render)


def view_etag(now: Now, camera: Camera, aim: PtzAim | None, ladder: str, least_px_m: float | None = None) -> str:
    """Names a view mesh."""
    return _digest(now.town.scene.version, camera, aim, VIEWS_MADE_AS, ladder, least_px_m)


def view_bytes(now: Now, camera: Camera, aim: PtzAim | None, ladder: str, least_px_m: float | None = None) -> bytes:
    """The view mesh of a camera as binary glTF; ``least_px_m`` as for `view_mesh`.

    Raises
    ------
    NoDirection, BadInput
    """
    sighting = Sighting.of(camera, now.town.scene, aim)
    about = {"camera": camera.id, "city_version": now.town.scene.version}
    return pictures_of(now.town).get(
        ("view", camera, aim, ladder, least_px_m),
        lambda: view_glb(view_mesh(sighting, ladder, least_px_m=least_px_m), about),
    )


def locate_answer(
    now: Now, camera: Camera, pixel: tuple[float, float], aim: PtzAim | None, ladder: str
) -> dict[str, Any]:
    """The place that a pixel shows."""
    found = locate(camera, now.town.scene, *pixel, aim)
    rung = class_of(found.density_px_m, ladder) if found.found else None
    return {
        "camera": camera.id,
        "pixel": list(pixel),
        "hit": found.hit,
        "place": _place(now.town.scene, found) if found.found else None,
        "bearing_deg": _rounded(found.bearing_deg, 4),
        "elevation_deg": _rounded(found.elevation_deg, 4),
        "distance_m": round(found.distance_m, 2) if found.found else None,
        "density_px_m": round(found.density_px_m, 2) if found.found else None,
        "class": rung.id if rung else None,
        "uncertainty": _spread(found.spread) if found.spread else None,
        "trees_m": _rounded(found.trees_m, 2),
    }


def project_answer(now: Now, camera: Camera, place: Given, aim: PtzAim | None, lang: Lang) -> dict[str, Any]:
    """Where a place appears in one camera's picture, and whether it is seen, as link would say."""
    target = resolve_place(now.town.scene, *place)
    found = project(camera, now.town.scene, now.fleet.index.obstacles, target, aim)
    linked = found.linked
    move = linked.aim
    return {
        "camera": camera.id,
        "pixel": [round(value, 2) for value in found.pixel] if found.pixel else None,
        "visible": linked.visible,
        "why": reason_words(linked.reason, lang),
        "why_code": linked.reason.code,
        "distance_m": round(linked.distance_m, 2),
        "density_px_m": round(linked.density_px_m, 2),
        "class": linked.class_id,
        "aim": {"pan": round(move.pan, 2), "tilt": round(move.tilt, 2), "zoom": round(move.zoom, 3)} if move else None,
    }


def _place(scene: Scene, found: Located) -> dict[str, Any]:
    building = None
    if found.building >= 0:
        facts = scene.building(found.building)
        building = {"id": facts.id, "name": facts.name or facts.address, "name_en": facts.name_en}
    return {
        "lon": round(found.lon, 8),
        "lat": round(found.lat, 8),
        "height": round(found.height_m, 3),
        "kind": found.hit,
        "building": building,
    }


def _spread(spread: Spread) -> dict[str, Any]:
    known = spread.sigmas
    return {
        "along_m": round(spread.along_m, 3),
        "across_m": round(spread.across_m, 3),
        "up_m": round(spread.up_m, 3),
        "major_m": round(spread.major_m, 3),
        "minor_m": round(spread.minor_m, 3),
        "bearing_deg": round(spread.bearing_deg, 2),
        "source": known.source,
        "heading_deg": known.heading_deg,
        "pitch_deg": known.pitch_deg,
        "roll_deg": known.roll_deg,
        "hfov_deg": round(known.hfov_deg, 3),
        "place_m": known.place_m,
        "height_m": known.height_m,
    }


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _digest(version: str, camera: Camera, aim: PtzAim | None, *rest: Any) -> str:
    words = (version, camera.model_dump_json(), aim.model_dump_json() if aim else "", *map(str, rest))
    return hashlib.blake2b("\n".join(words).encode(), digest_size=12).hexdigest()
