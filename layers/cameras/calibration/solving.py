"""From pairs of pixel and place to pose and lens: least squares in the lens's own east-north-up metres.

Starts come from the record and from OpenCV's direct solutions for a ladder of focal lengths; scipy's
Levenberg-Marquardt does the rest. A turn is a rotation vector about the picture's axes, so that nothing
is singular, not even straight down.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import cv2
import numpy as np
from scipy.optimize import least_squares
from scipy.spatial.transform import Rotation

from layers.cameras.lens import BROWN, PANORAMA, PLAIN, limit_of, planes
from layers.cameras.optics import Optics, focal_from_hfov
from tiles.geodesy import Floats

Term = Literal["place", "turn", "focal", "k1", "k2"]
SIZE = {"place": 3, "turn": 3, "focal": 1, "k1": 1, "k2": 1}
STEP = {"place": 1e-4, "turn": 1e-6, "focal": 1e-6, "k1": 1e-5, "k2": 1e-5}
"""Central differences: metres, radians, logarithm of the focal length, coefficients."""
LADDER_DEG = {
    "rectilinear": (4.0, 8.0, 15.0, 25.0, 40.0, 58.0, 80.0, 105.0),
    "fisheye": (90.0, 120.0, 150.0, 180.0, 205.0),
    "panorama": (90.0, 180.0, 270.0, 360.0),
}
USUAL_K1 = {"rectilinear": 0.1, "fisheye": 0.02}
"""Standard deviation of k1 among lenses as they are sold; corners of a wide rectilinear one lose some 10 %."""
STARTS = 8
CLOSE_PX = 5.0
MIN_AHEAD = 0.05
COPLANAR = 1e-3
"""Places count as in one plane when they leave it by less than this share of their extent."""


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """Lens at ``centre`` (3,) m, ``axes`` (3, 3) rows right, down, forward, focal length (px), eight coefficients."""

    centre: Floats
    axes: Floats
    focal: float
    bend: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """What is to be solved.

    Attributes
    ----------
    places (n, 3) : east, north, up of the record's lens, metres
    pixels (n, 2)
    optics : the record's lens
    turned : the record's picture axes, None where its direction is not known
    """

    places: Floats
    pixels: Floats
    optics: Optics
    turned: Floats | None

    def __len__(self) -> int:
        return len(self.pixels)

    def without(self, row: int) -> "Problem":
        """The same without one pair."""
        return replace(self, places=np.delete(self.places, row, axis=0), pixels=np.delete(self.pixels, row, axis=0))

    def mirrored(self) -> "Problem":
        """The same with left and right swapped."""
        flipped = self.pixels * np.array([-1.0, 1.0]) + np.array([self.optics.width_px, 0.0])
        return replace(self, pixels=flipped)

    def shown(self, state: State, places: Floats | None = None) -> Floats:
        """Pixels (n, 2) of places (the problem's own unless said)."""
        at = self.places if places is None else places
        optics, kind = self.optics, self.optics.kind
        if kind == PLAIN and state.bend.any():
            kind = BROWN
        limit = limit_of(kind, state.bend, optics.width_px / 2 / state.focal)
        xy = planes(kind, np.ascontiguousarray((at - state.centre) @ state.axes.T), state.bend, limit)
        aspect = optics.focals_px[1] / optics.focal_px
        seen = xy * np.array([state.focal, state.focal * aspect]) + np.array(optics.centre_px)
        if kind == PANORAMA:
            around = 2 * np.pi * state.focal
            seen[:, 0] -= around * np.round((seen[:, 0] - optics.centre_px[0]) / around)
        return np.asarray(seen)

    def misses(self, state: State) -> Floats:
        """Shown minus clicked, (n, 2) pixels; over a panorama's seam the short way."""
        off = self.shown(state) - self.pixels
        if self.optics.kind == PANORAMA:
            around = 2 * np.pi * state.focal
            off[:, 0] -= around * np.round(off[:, 0] / around)
        return off

    def lens(self, state: State) -> Optics:
        """The lens of a state."""
        optics = self.optics
        tall = None if optics.focal_y_px is None else optics.focal_y_px * state.focal / optics.focal_px
        bend = tuple(float(k) for k in state.bend)
        kept = {"rectilinear": bend if any(bend[5:]) else bend[:5] if bend[4] else bend[:4], "fisheye": bend[:4]}
        coefficients = kept.get(optics.model, ()) if any(bend) else ()
        return replace(optics, focal_px=state.focal, focal_y_px=tall, distortion=coefficients)


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A solution: state, the terms that were free, sum of squares (px²), degrees of freedom, jacobian (2n, p).

    ``leeway`` (p, p) is what an unknown that was not solved adds to the covariance, if anything.
    """

    state: State
    terms: tuple[Term, ...]
    sse: float
    dof: int
    jacobian: Floats
    leeway: Floats | None = None

    @property
    def rms_px(self) -> float:
        """Root mean square distance between clicked and shown, pixels."""
        return float(np.sqrt(self.sse / (len(self.jacobian) / 2)))

    def noise_px(self, floor_px: float) -> float:
        """Standard deviation of one coordinate, from the residuals but not below what a click can do."""
        return max(floor_px, float(np.sqrt(self.sse / self.dof)) if self.dof > 0 else 0.0)

    def cofactor(self) -> Floats | None:
        """Inverse of the normal matrix (p, p); None where the pairs leave something wholly open."""
        scale = np.linalg.norm(self.jacobian, axis=0)
        if not (np.isfinite(scale).all() and (scale > 0).all()):
            return None
        _, singular, axes = np.linalg.svd(self.jacobian / scale, full_matrices=False)
        if singular[-1] < 1e-7 * singular[0]:
            return None
        half = axes.T / singular / scale[:, None]
        return np.asarray(half @ half.T)

    def covariance(self, noise_px: float) -> Floats | None:
        """Of the unknowns (p, p), for clicks that miss by so much; None as for `cofactor`."""
        cofactor = self.cofactor()
        if cofactor is None:
            return None
        return noise_px**2 * cofactor + (0.0 if self.leeway is None else self.leeway)


def size_of(terms: Sequence[Term]) -> int:
    """Number of unknowns."""
    return sum(SIZE[term] for term in terms)


def moved(state: State, terms: Sequence[Term], step: Floats) -> State:
    """A state changed by a vector of unknowns."""
    centre, axes, focal, bend = state.centre, state.axes, state.focal, state.bend
    at = 0
    for term in terms:
        part = step[at : at + SIZE[term]]
        at += SIZE[term]
        if term == "place":
            centre = centre + part
        elif term == "turn":
            axes = cv2.Rodrigues(part)[0].T @ axes
        elif term == "focal":
            focal = focal * math.exp(min(max(float(part[0]), -3.0), 3.0))
        else:
            bend = bend.copy()
            bend[0 if term == "k1" else 1] += part[0]
    return State(centre, axes, focal, bend)


def jacobian(problem: Problem, state: State, terms: Sequence[Term]) -> Floats:
    """Change of the shown pixels (2n,) with each unknown, by central differences: (2n, p)."""
    steps = np.concatenate([np.full(SIZE[term], STEP[term]) for term in terms])
    columns = []
    for k, step in enumerate(steps):
        by = np.zeros(len(steps))
        by[k] = step
        ahead, back = problem.misses(moved(state, terms, by)), problem.misses(moved(state, terms, -by))
        columns.append((ahead - back).ravel() / (2 * step))
    return np.stack(columns, axis=1)


def with_leeway(problem: Problem, fit: Fit, noise_px: float) -> Fit:
    """A fit that owns up to a distortion which the pairs could not show and the record does not know.

    Left out, k1 may still be as large as lenses have it or as the pairs let it be, whichever is less; what that
    would move the other unknowns by is their leeway.
    """
    wider = replace(fit, jacobian=jacobian(problem, fit.state, (*fit.terms, "k1")))
    cofactor, whole = fit.cofactor(), wider.cofactor()
    if cofactor is None:
        return fit
    data = np.inf if whole is None else noise_px**2 * float(whole[-1, -1])
    share = 1.0 / (1.0 / USUAL_K1[problem.optics.model] ** 2 + 1.0 / data)
    moves = cofactor @ fit.jacobian.T @ wider.jacobian[:, -1]
    return replace(fit, leeway=np.asarray(share * np.outer(moves, moves), np.float64))


def refine(problem: Problem, start: State, terms: Sequence[Term]) -> Fit | None:
    """Least squares from a start; None when it runs away."""
    unknowns = size_of(terms)
    if 2 * len(problem) < unknowns:
        return None

    def off(x: Floats) -> Floats:
        return np.asarray(np.minimum(np.maximum(problem.misses(moved(start, terms, x)).ravel(), -1e9), 1e9))

    def slope(x: Floats) -> Floats:
        # About the point reached: a turn of x plus a bit is not the bit after the turn, so differ in x itself.
        columns = []
        for k, step in enumerate(steps):
            by = np.zeros(unknowns)
            by[k] = step
            columns.append((off(x + by) - off(x - by)) / (2 * step))
        return np.stack(columns, axis=1)

    steps = np.concatenate([np.full(SIZE[term], STEP[term]) for term in terms])
    found = least_squares(off, np.zeros(unknowns), jac=slope, method="lm", x_scale="jac", max_nfev=60)
    if not np.isfinite(found.x).all():
        return None
    state = moved(start, terms, found.x)
    return Fit(state, tuple(terms), float(2 * found.cost), 2 * len(problem) - unknowns, jacobian(problem, state, terms))


def solve(problem: Problem, terms: Sequence[Term]) -> Fit | None:
    """The best solution over all starts."""
    starts = sorted(
        ((float((problem.misses(state) ** 2).sum()), k, state) for k, state in enumerate(_starts(problem, terms))),
        key=lambda row: row[:2],
    )
    best: Fit | None = None
    for _, _, state in starts[:STARTS]:
        fit = refine(problem, state, terms)
        if fit is None:
            continue
        if best is not None and fit.rms_px < CLOSE_PX and abs(fit.sse - best.sse) <= 1e-4 * best.sse + 1e-9:
            break  # two ways led to the same good place
        if best is None or _rank(problem, fit) < _rank(problem, best):
            best = fit
    return best


def behind(problem: Problem, state: State) -> list[int]:
    """Rows of the pairs whose places the lens would not show."""
    away = (problem.places - state.centre) @ state.axes.T
    return [int(row) for row in np.flatnonzero(~problem.lens(state).pixels(away)[2])]


def _rank(problem: Problem, fit: Fit) -> tuple[bool, float]:
    return not _all_ahead(problem, fit.state), fit.sse


def _all_ahead(problem: Problem, state: State) -> bool:
    return not behind(problem, state)


def _starts(problem: Problem, terms: Sequence[Term]) -> Iterator[State]:
    """The record as it stands, then direct solutions for each focal length that comes into question."""
    optics = problem.optics
    bend = optics.coefficients
    if problem.turned is not None:
        yield State(np.zeros(3), problem.turned, optics.focal_px, bend)
    focals = [optics.focal_px]
    if "focal" in terms:
        focals += [float(focal_from_hfov(optics.width_px, hfov, optics.model)) for hfov in LADDER_DEG[optics.model]]
    for focal in focals:
        lens = replace(optics, focal_px=focal)
        rays = lens.directions(problem.pixels[:, 0], problem.pixels[:, 1])
        seen = np.isfinite(rays[:, 2])
        turn = _turned_to(rays[seen], problem.places[seen])
        if turn is not None:
            yield State(np.zeros(3), turn, focal, bend)
        if "place" in terms:
            for centre, axes in _direct(rays[seen], problem.places[seen]):
                yield State(centre, axes, focal, bend)


def _turned_to(rays: Floats, places: Floats) -> Floats | None:
    """Axes that best turn the directions to places onto rays, from the record's place (Wahba's problem)."""
    far = np.linalg.norm(places, axis=1, keepdims=True)
    if len(rays) < 2 or (far < 1e-6).any():
        return None
    turn, _ = Rotation.align_vectors(rays, places / far)
    return np.asarray(turn.as_matrix())


def _direct(rays: Floats, places: Floats) -> Iterator[tuple[Floats, Floats]]:
    """OpenCV's closed solutions: SQPNP, and for places in one plane IPPE (two of them)."""
    ahead = rays[:, 2] > MIN_AHEAD
    if ahead.sum() < 4:
        return
    flat = np.ascontiguousarray(rays[ahead, :2] / rays[ahead, 2:])
    middle = places[ahead].mean(axis=0)
    about = np.ascontiguousarray(places[ahead] - middle)
    extent = np.linalg.svd(about, compute_uv=False)
    methods = [cv2.SOLVEPNP_SQPNP] + ([cv2.SOLVEPNP_IPPE] if extent[2] < COPLANAR * extent[0] else [])
    for method in methods:
        for turn, shift in _pnp(about, flat, method):
            axes = cv2.Rodrigues(turn)[0]
            if np.isfinite(axes).all() and np.isfinite(shift).all():
                yield middle - axes.T @ shift.ravel(), np.asarray(axes)


def _pnp(places: Floats, flat: Floats, method: int) -> list[tuple[Any, Any]]:
    try:
        _, turns, shifts, _ = cv2.solvePnPGeneric(places, flat, np.eye(3), None, flags=method)
    except cv2.error:
        return []
    return list(zip(turns, shifts, strict=True))
