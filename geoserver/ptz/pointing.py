"""The aim that brings a place into the middle of a PTZ camera's picture."""

import numpy as np

from geoserver.place_answers import Given
from geoserver.services import Now
from layers.cameras.linking.link import CameraIndex, link
from layers.cameras.model import Camera, PtzAim
from layers.cameras.view import Views
from layers.place import resolve_place


def aim_at(now: Now, camera: Camera, place: Given, density_px_m: float) -> tuple[PtzAim, bool]:
    """Where to look, and whether the place is seen from there as link judges it.

    The place itself comes into the middle, where link looks 1.5 m above ground: what was clicked is what is centred.
    The zoom is link's for that density; who looks at something hidden is given the wide end.

    Raises
    ------
    BadInput, OutsideCity
    """
    target = resolve_place(now.town.scene, *place)
    alone = CameraIndex.alone(camera, now.town.scene, now.fleet.index.obstacles)
    answer = link(alone, target, density_px_m=density_px_m, limit=1).cameras[0]
    looks = Views.build([camera]).look(target.lon, target.lat, target.height_m)
    bearing, tilt = float(looks.bearing_deg[0]), float(np.clip(looks.tilt_deg[0], -90.0, 90.0))
    zoom = answer.aim.zoom if answer.aim is not None else 1.0
    return PtzAim(pan=bearing % 360.0, tilt=tilt, zoom=min(max(zoom, 1.0), 1_000.0)), answer.visible
