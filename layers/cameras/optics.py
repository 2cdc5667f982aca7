"""The lens and the picture: image size, focal length, model, distortion, principal point; OpenCV does the lens.

(0, 0) is the picture's top left corner, u to the right, v down, pixels square unless said. A direction is
(x, y, z): right, down, forward of the picture. Models:

rectilinear
    u = cx + f·x/z, bent by Brown-Conrady's coefficients (k1 k2 p1 p2 [k3 [k4 k5 k6]]). The field of view is
    the one without distortion: f = w / 2 / tan(hfov / 2).
fisheye
    equidistant: radius = f · θ(1 + k1 θ² + k2 θ⁴ + k3 θ⁶ + k4 θ⁸), θ off the axis in radians;
    f = w / hfov. OpenCV's own functions stop at 90° off the axis, where a fisheye under a ceiling goes on,
    so the same formula is in `layers.cameras.lens` and the tests hold it against OpenCV's up to there.
panorama
    bearings and elevations in even steps: f = w / hfov.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self, TypeAlias

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from layers.cameras.lens import BROWN, FISHEYE, NEAREST_Z, PANORAMA, PLAIN, limits_and_gains, undistorted
from layers.cameras.lens import fisheye as fisheye_radius
from layers.cameras.model import Camera, LensModel
from tiles.geodesy import Floats

Mask: TypeAlias = NDArray[np.bool_]
ITERATIONS = (cv2.TERM_CRITERIA_COUNT + cv2.TERM_CRITERIA_EPS, 200, 1e-14)
SETTLED = 1e-10
"""A pixel's direction counts as found when it comes back this near, in focal lengths."""


@dataclass(frozen=True)
class Optics:
    """Image size (px), focal length (px; px per radian for fisheye and panorama) and what bends the picture.

    Attributes
    ----------
    distortion : OpenCV's coefficients of the model; empty = none
    principal_px : where the axis meets the picture; None = its middle
    focal_y_px : focal length downwards, where pixels are not square; None = the same
    """

    width_px: int
    height_px: int
    focal_px: float
    model: LensModel = "rectilinear"
    distortion: tuple[float, ...] = ()
    principal_px: tuple[float, float] | None = None
    focal_y_px: float | None = None

    @classmethod
    def from_hfov(
        cls,
        width_px: int,
        height_px: int,
        hfov_deg: float,
        model: LensModel = "rectilinear",
        distortion: tuple[float, ...] = (),
        principal_px: tuple[float, float] | None = None,
    ) -> Self:
        """From the horizontal field of view in degrees."""
        focal = float(focal_from_hfov(width_px, hfov_deg, model))
        return cls(width_px, height_px, focal, model, distortion, principal_px)

    @classmethod
    def of(cls, camera: Camera) -> Self:
        """The lens of a record, at its wide end."""
        return cls.from_hfov(
            camera.image_width_px,
            camera.image_height_px,
            camera.hfov_deg,
            camera.lens,
            camera.distortion,
            camera.principal_px,
        )

    def zoomed(self, zoom: float) -> Self:
        """The same lens with its focal length so many times as long."""
        tall = None if self.focal_y_px is None else self.focal_y_px * zoom
        return replace(self, focal_px=self.focal_px * zoom, focal_y_px=tall)

    @property
    def hfov_deg(self) -> float:
        """Horizontal field of view of the lens without its distortion, degrees."""
        return _field_deg(self.width_px, self.focal_px, self.model)

    @property
    def vfov_deg(self) -> float:
        """Vertical field of view of the lens without its distortion, degrees."""
        return _field_deg(self.height_px, self.focals_px[1], self.model)

    @property
    def centre_px(self) -> tuple[float, float]:
        """The principal point (u, v)."""
        return self.principal_px or (self.width_px / 2, self.height_px / 2)

    @property
    def focals_px(self) -> tuple[float, float]:
        """Focal length across and down."""
        return self.focal_px, self.focal_px if self.focal_y_px is None else self.focal_y_px

    @cached_property
    def kind(self) -> int:
        """`layers.cameras.lens`'s number of the model."""
        return int(kinds_of([self.model], [any(self.distortion)])[0])

    @cached_property
    def coefficients(self) -> Floats:
        """Distortion, filled up with zeros to eight."""
        return np.array([*self.distortion, *([0.0] * (8 - len(self.distortion)))])

    @cached_property
    def limit(self) -> float:
        """Tangent (flat) or angle (fisheye) off the axis up to which the lens shows something."""
        half = np.array([[self.width_px / 2 / self.focal_px, 1.0]])
        one = limits_and_gains(np.array([self.kind]), self.coefficients[None], half, np.zeros(1))
        return float(one[0, 0])

    def pixels(self, directions: ArrayLike) -> tuple[Floats, Floats, Mask]:
        """Pixels (u, v) of directions (..., 3), and whether the lens shows them at all (in the picture or not).

        A direction that it does not show is first brought in to where its formula ends.
        """
        xyz = np.asarray(directions, float)
        a, b, shown = self._plane(xyz.reshape(-1, 3))
        (fx, fy), (cx, cy) = self.focals_px, self.centre_px
        u, v = cx + fx * a, cy + fy * b
        if self.kind == PANORAMA:
            u = _across_the_seam(u, self.width_px, 2 * np.pi * fx)
        shape = xyz.shape[:-1]
        return u.reshape(shape), v.reshape(shape), shown.reshape(shape)

    def _plane(self, xyz: Floats) -> tuple[Floats, Floats, Mask]:
        x, y, z = xyz.T
        if self.kind == PANORAMA:
            return np.arctan2(x, z), np.arctan2(y, np.hypot(x, z)), np.ones(len(xyz), bool)
        if self.kind == FISHEYE:
            flat = np.hypot(x, y)
            theta = np.arctan2(flat, z)
            # The formula as it is written takes arrays too; a kernel would be compiled anew for them.
            radius = fisheye_radius.py_func(np.minimum(theta, self.limit), self.coefficients)[0]
            out = radius / np.where(flat > 0, flat, 1.0)
            return np.where((flat == 0) & (z <= 0), self.limit, x * out), y * out, theta <= self.limit
        ahead = np.maximum(z, NEAREST_Z)
        r = np.hypot(x, y) / ahead
        inwards = np.minimum(1.0, self.limit / np.where(r > 0, r, 1.0))
        flat_xyz = np.stack([x / ahead * inwards, y / ahead * inwards, np.ones(len(xyz))], axis=1)
        if self.kind == PLAIN:
            return flat_xyz[:, 0], flat_xyz[:, 1], z > 0
        return *_bent(flat_xyz, self.coefficients), (z > 0) & (r <= self.limit)

    def directions(self, u_px: ArrayLike, v_px: ArrayLike) -> Floats:
        """Unit directions (..., 3) of pixels; NaN where the lens shows nothing (beyond its fold or its circle)."""
        u, v = np.broadcast_arrays(np.asarray(u_px, float), np.asarray(v_px, float))
        (fx, fy), (cx, cy) = self.focals_px, self.centre_px
        a, b = (u.ravel() - cx) / fx, (v.ravel() - cy) / fy
        if self.kind == PANORAMA:
            beyond = np.abs(b) > np.pi / 2 + 1e-9
            xyz = np.stack([np.sin(a) * np.cos(b), np.sin(b), np.cos(a) * np.cos(b)], axis=-1)
            xyz[beyond] = np.nan
        elif self.kind == FISHEYE:
            radius = np.hypot(a, b)
            theta = undistorted(FISHEYE, radius, self.coefficients, self.limit)
            out = np.where(radius > 0, np.sin(theta) / np.where(radius > 0, radius, 1.0), 1.0)
            xyz = np.stack([a * out, b * out, np.cos(theta)], axis=-1)
        else:
            flat = np.stack([a, b], axis=-1)
            straight = flat if self.kind == PLAIN else _straight(flat, self.coefficients, self.limit)
            xyz = np.concatenate([straight, np.ones((len(a), 1))], axis=1)
            xyz /= np.linalg.norm(xyz, axis=1, keepdims=True)
        return xyz.reshape((*u.shape, 3))

    def within(self, u_px: ArrayLike, v_px: ArrayLike) -> tuple[Floats, Floats]:
        """Pixels, brought in towards the principal point where the lens shows nothing: all of them have a ray."""
        u, v = np.broadcast_arrays(np.asarray(u_px, float), np.asarray(v_px, float))
        (fx, fy), (cx, cy) = self.focals_px, self.centre_px
        a, b = (u - cx) / fx, (v - cy) / fy
        if self.kind == PANORAMA:
            return u + 0.0, cy + fy * np.clip(b, -np.pi / 2, np.pi / 2)
        inwards = np.minimum(1.0, self._circle / np.maximum(np.hypot(a, b), 1e-12))
        return cx + fx * a * inwards, cy + fy * b * inwards

    def outline(self, per_side: int = 65) -> tuple[Floats, Floats]:
        """Pixels along the border of what the picture shows, once around clockwise from the top left."""
        across, down = np.linspace(0, self.width_px, per_side), np.linspace(0, self.height_px, per_side)
        zero, right, low = np.zeros(per_side), np.full(per_side, self.width_px), np.full(per_side, self.height_px)
        u = np.concatenate([across, right, across[::-1], zero])
        v = np.concatenate([zero, down, low, down[::-1]])
        return self.within(u, v)

    @cached_property
    def _circle(self) -> float:
        """Radius around the principal point, in focal lengths, inside which every pixel has a ray."""
        if not np.isfinite(self.limit):
            return float("inf")
        # A hair inside, so that a place along the ray of such a pixel is shown, however it was rounded.
        if self.kind == FISHEYE:
            return float(fisheye_radius(self.limit, self.coefficients)[0]) * (1 - 1e-6)
        # The tangential terms shift a place by no more than 3 r² (|p1| + |p2|).
        edge = _bent(np.array([[self.limit, 0.0, 1.0]]), self.coefficients * np.array([1, 1, 0, 0, 1, 1, 1, 1]))[0][0]
        return float(edge - 3.0 * self.limit**2 * np.abs(self.coefficients[2:4]).sum()) * (1 - 1e-6)


def kinds_of(models: Any, bent: Any) -> NDArray[np.int64]:
    """Numbers of `layers.cameras.lens` for lens models (n,), and whether each has distortion (n,)."""
    names = np.asarray(models)
    flat = np.where(np.asarray(bent, bool), BROWN, PLAIN)
    return np.where(names == "fisheye", FISHEYE, np.where(names == "panorama", PANORAMA, flat)).astype(np.int64)


def focal_from_hfov(width_px: ArrayLike, hfov_deg: ArrayLike, model: Any = "rectilinear") -> Floats:
    """Focal length in pixels (per radian: fisheye, panorama) of a picture with that horizontal field of view."""
    width, field = np.asarray(width_px, float), np.radians(np.asarray(hfov_deg, float))
    flat = np.asarray(model) == "rectilinear"
    return np.asarray(np.where(flat, width / 2 / np.tan(np.where(flat, field, 1.0) / 2), width / field))


def _field_deg(size_px: float, focal_px: float, model: LensModel) -> float:
    if model == "rectilinear":
        return float(np.degrees(2 * np.arctan(size_px / 2 / focal_px)))
    return float(np.degrees(size_px / focal_px))


def _across_the_seam(u_px: Floats, width_px: float, turn_px: float) -> Floats:
    """A whole circle has a place twice; take the one in the picture if there is one."""
    u = np.where((u_px < 0) & (u_px + turn_px <= width_px), u_px + turn_px, u_px)
    return np.where((u > width_px) & (u - turn_px >= 0), u - turn_px, u)


def _bent(flat_xyz: Floats, coefficients: Floats) -> tuple[Floats, Floats]:
    """Brown-Conrady's picture plane of directions (n, 3) with z = 1."""
    if not len(flat_xyz):
        return np.empty(0), np.empty(0)
    zero = np.zeros(3)
    seen = cv2.projectPoints(flat_xyz.reshape(-1, 1, 3), zero, zero, np.eye(3), coefficients)[0].reshape(-1, 2)
    return np.asarray(seen[:, 0], np.float64), np.asarray(seen[:, 1], np.float64)


def _straight(bent: Floats, coefficients: Floats, limit: float) -> Floats:
    """Undo `_bent` for points (n, 2); NaN beyond the limit. Where OpenCV's iteration does not settle, ours does."""
    found = _undone(bent, coefficients)
    missed = _missed(found, bent, coefficients) | (np.hypot(*found.T) > limit)
    if missed.any():
        found[missed] = _by_radius(bent[missed], coefficients, limit)
        lost = np.zeros(len(bent), bool)
        lost[missed] = _missed(found[missed], bent[missed], coefficients)
        found[lost | (np.hypot(*found.T) > limit * (1 + 1e-9))] = np.nan
    return found


def _undone(bent: Floats, coefficients: Floats) -> Floats:
    if not len(bent):
        return np.empty((0, 2))
    found = cv2.undistortPoints(bent.reshape(-1, 1, 2).copy(), np.eye(3), coefficients, None, None, None, ITERATIONS)
    return np.asarray(found, float).reshape(-1, 2)


def _missed(found: Floats, bent: Floats, coefficients: Floats) -> Mask:
    again = np.stack(_bent(np.column_stack([found, np.ones(len(found))]), coefficients), axis=1)
    return np.asarray(~(np.abs(again - bent).max(axis=1, initial=0.0) < SETTLED))


def _by_radius(bent: Floats, coefficients: Floats, limit: float) -> Floats:
    """Radial terms undone exactly, in turns with taking away the small tangential shift."""
    radial_only = coefficients * np.array([1, 1, 0, 0, 1, 1, 1, 1])
    found, shift = np.zeros_like(bent), np.zeros_like(bent)
    for _ in range(60):
        aim = bent - shift
        radius = np.hypot(*aim.T)
        straight = undistorted(BROWN, radius, coefficients, limit)
        found = aim * (straight / np.where(radius > 0, radius, 1.0))[:, None]
        flat_xyz = np.column_stack([found, np.ones(len(found))])
        shift = np.stack(_bent(flat_xyz, coefficients), axis=1) - np.stack(_bent(flat_xyz, radial_only), axis=1)
    return found
