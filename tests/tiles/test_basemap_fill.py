"""Filling by exact area coverage: the opacity of each pixel is the share that the shape covers."""

import numpy as np
import pytest
from shapely.geometry import LineString, Point, Polygon, box

from tiles.basemap.fill import Canvas


def test_rounding_keeps_the_mean_and_whole_colours() -> None:
    canvas = Canvas(64, 64, (24, 33.25, 45))
    picture = canvas.bytes_rgb().astype(float)
    assert np.allclose(picture.mean(axis=(0, 1)), (24, 33.25, 45), atol=0.01)
    assert np.ptp(picture[..., 0]) == 0


@pytest.mark.parametrize(
    "shape",
    [
        Point(100.3, 90.7).buffer(33.3),
        Point(-5, 100).buffer(50),
        Point(250, 250).buffer(30),
        box(-20, 10.5, 300, 11.25),
        LineString([(-50, 10), (300, 20)]).buffer(2.2),
        Point(100, 100).buffer(50) - Point(100, 100).buffer(20),
        box(-10, -10, 300, 300),
        box(300, 0, 400, 100),
    ],
)
def test_coverage_is_the_area(shape: Polygon) -> None:
    """The sum of all opacities is the shape's area in the picture, whatever its edges cross."""
    canvas = Canvas(256, 256, (0, 0, 0))
    canvas.fill([shape], (1, 1, 1))
    assert canvas.pixels[..., 0].sum() == pytest.approx(shape.intersection(box(0, 0, 256, 256)).area, abs=0.01)


def test_coverage_of_each_pixel_is_its_share() -> None:
    shape = Polygon([(2.2, 1.1), (9.7, 3.3), (6.1, 8.8)])
    canvas = Canvas(12, 10, (0, 0, 0))
    canvas.fill([shape], (1, 1, 1))
    true = [[shape.intersection(box(i, j, i + 1, j + 1)).area for i in range(12)] for j in range(10)]
    assert np.abs(canvas.pixels[..., 0] - true).max() < 2e-3


def test_overlapping_shapes_count_once() -> None:
    canvas = Canvas(20, 20, (0, 0, 0))
    canvas.fill([box(2, 2, 12, 12), box(7, 7, 17, 17)], (10, 10, 10), 0.5)
    assert canvas.pixels.max() == pytest.approx(5.0)
