"""Asks one question of each kind, so that compiled kernels are loaded before the first person asks."""

from geoserver.camera_views import cone_of, coverage_of
from geoserver.link_answers import link_answer
from geoserver.names_answers import names_answer
from geoserver.pictures import Wanted, still_bytes
from geoserver.place_answers import heights_answer, search, sight_answer
from geoserver.services import Now
from geoserver.settings import Settings
from geoserver.streams.made import rendered
from layers.cameras.pictures.still import MIN_WIDTH_PX
from layers.grants.permissions import everywhere, nobody


def warm(now: Now) -> None:
    """Ask for a link, a sight line, heights, a search, a coverage, a cone, a still and the names in it."""
    west, south, east, north = now.town.scene.extent
    lon, lat = (west + east) / 2, (south + north) / 2
    cameras = list(now.fleet.cameras.values())
    if cameras:
        lon, lat = cameras[0].lon, cameras[0].lat
    if not now.town.scene.inside(lon, lat):
        return
    link_answer(now, (lon, lat, None), 12.5, None, 20, "en", seen=everywhere("camera"))
    sight_answer(now, (lon, lat, None), ((west + east) / 2, (south + north) / 2, None), "en")
    heights_answer(now, [[lon, lat]])
    search(now, "a", 5, "en", nobody())
    for camera in cameras:
        if camera.heading_deg is not None and now.town.scene.inside(camera.lon, camera.lat):
            coverage_of(now, camera.id, "2014", "en")
            cone_of(now, camera.id, None)
            still_bytes(now, Wanted(camera, None, MIN_WIDTH_PX, False, "jpg"))
            names_answer(now, camera, None, 1, nobody())
            return


def warm_pictures(now: Now, settings: Settings) -> None:
    """Render one moving picture: in a fresh clone that compiles what draws vehicles, once."""
    for camera in now.fleet.cameras.values():
        if camera.tier == 3 and not camera.is_ptz and camera.heading_deg is not None:
            rendered(now, camera, "sub", settings)
            return
