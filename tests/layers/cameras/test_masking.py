"""Private pixels against brute force: a line of sight walked in small steps, and asked at each whether it is inside."""

import numpy as np
import pytest

from layers.cameras.pictures.masking import BLANK, blanked, privacy_mask
from layers.cameras.pictures.sighting import Sighting
from layers.cameras.pictures.still import still
from layers.privacy import PrivacyVolume
from tests.layers.cameras.test_still import LENSES
from tests.layers.scenes import a_camera, box
from tiles.scene import Scene

SIZE = (320, 180)


@pytest.fixture(scope="module")
def scene():
    houses = [(box(0, 60, 40, 20), 1039.0, 1060.0), (box(30, 120, 20, 20), 1039.0, 1090.0)]
    return Scene.flat(buildings=houses, half_m=600)


def camera_of(scene, **over):
    return a_camera(scene, 0.0, 0.0, 12.0, **({"pitch_deg": -4.0, "hfov_deg": 70.0} | over))


def volume(scene, corners, low_m, high_m):
    ring = [tuple(float(value) for value in scene.to_lonlat(x, y)) for x, y in corners]
    return PrivacyVolume(id="v", rings=((*ring, ring[0]),), base_m=low_m, top_m=high_m)


def walked(sighting, one, size, scene):
    """Private pixels by steps of 5 cm along each line, up to what it meets."""
    cols, rows = size
    optics = sighting.view.optics
    u, v = np.meshgrid(
        (np.arange(cols) + 0.5) * optics.width_px / cols, (np.arange(rows) + 0.5) * optics.height_px / rows
    )
    rays, shown = sighting.directions(u, v)
    meets = sighting.meet(rays, shown).distance_m
    ring = np.array(one.rings[0])
    west, south = ring.min(axis=0)
    east, north = ring.max(axis=0)
    start = sighting.served.start(sighting.eye)
    found = np.zeros(len(rays), bool)
    for distance in np.arange(0.0, 200.0, 0.25):
        going = ~found & (distance <= meets) & shown
        lon, lat, height = sighting.served.geodetic(start + rays[going] * distance).T
        inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
        inside &= (height >= one.base_m) & (height <= one.top_m)
        found[np.flatnonzero(going)[inside]] = True
    return found.reshape(rows, cols)


# An upright square along the axes: a window of the nearer house, a courtyard behind it, a balcony in front.
PLACES = {
    "window": (box(8, 50, 4, 2), 1050.0, 1054.0),
    "yard behind the house": (box(0, 82, 20, 14), 1040.0, 1044.0),
    "in the open": (box(-30, 45, 8, 8), 1040.0, 1046.0),
    "around the lens": (box(0, 0, 6, 6), 1045.0, 1060.0),
}


@pytest.mark.parametrize("lens", LENSES)
@pytest.mark.parametrize("place", PLACES)
def test_private_pixels_are_those_whose_line_enters_the_volume(scene, place, lens):
    sighting = Sighting.of(camera_of(scene, **LENSES[lens]), scene)
    one = volume(scene, *PLACES[place])
    optics = sighting.view.optics
    size = (SIZE[0], round(SIZE[0] * optics.height_px / optics.width_px))
    mask = privacy_mask(sighting, [one], *size)
    exact = walked(sighting, one, size, scene)
    covered = np.zeros_like(exact) if mask is None else mask
    assert not (exact & ~covered).any(), "no private pixel is left open"
    if place != "around the lens":
        assert covered.sum() <= exact.sum() * 1.6 + 400, "and little else is blank"


def test_what_a_house_hides_needs_no_mask(scene):
    sighting = Sighting.of(camera_of(scene), scene)
    behind = volume(scene, box(0, 100, 6, 6), 1040.0, 1043.0)
    assert privacy_mask(sighting, [behind], *SIZE) is None


def test_what_is_behind_the_camera_needs_no_mask(scene):
    sighting = Sighting.of(camera_of(scene), scene)
    assert privacy_mask(sighting, [volume(scene, box(0, -60, 6, 6), 1040.0, 1060.0)], *SIZE) is None


def test_a_blank_picture_shows_nothing_of_what_was_there(scene):
    sighting = Sighting.of(camera_of(scene), scene)
    picture = still(sighting, SIZE[0])
    mask = privacy_mask(sighting, [volume(scene, *PLACES["window"])], picture.shape[1], picture.shape[0])
    assert mask is not None
    covered = blanked(picture, mask)
    assert (covered[mask] == BLANK).all()
    assert (covered[~mask] == picture[~mask]).all()
    assert (picture[mask] != BLANK).any(axis=1).mean() > 0.9
