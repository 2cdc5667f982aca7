"""Calibrate: pairs of pixel and place → pose, focal length and distortion, with how well each is known.

1. Pairs that cannot bear it are refused first: too few, repeated, on one line, crowded.
2. Turn, place and focal length are solved; then k1 (from 6 pairs) and k2 (from 9) are added one by one. A
   coefficient stays when an F-test at 5 % finds it and the error of pairs left out does not grow.
3. The noise of a click is estimated from the residuals, but taken for no less than ``click_px``; with it
   the normal equations give the standard deviations, with leeway for a distortion that neither the record
   knows nor the pairs show. Unknowns that stay too open are refused.
4. Each pair is left out in turn. One that the others speak against with odds of 1 in 1000 (an F-test on the
   distance of its pixel from where the others put its place, Bonferroni over the pairs) is named and refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from layers.cameras.calibration import pair_faults as faults
from layers.cameras.calibration.judging import (
    K1_FROM,
    K2_FROM,
    LeftOut,
    check_agreement,
    check_pairs,
    check_strength,
    found,
    leave_one_out,
    missed_less,
)
from layers.cameras.calibration.solving import (
    Fit,
    Problem,
    State,
    Term,
    behind,
    moved,
    refine,
    size_of,
    solve,
    with_leeway,
)
from layers.cameras.lens import FISHEYE, PANORAMA, PLAIN
from layers.cameras.model import Camera, Uncertainty
from layers.cameras.optics import Optics
from layers.cameras.pose import Pose, angles_of, picture_axes
from tiles.geodesy import Floats, ecef_to_geodetic, enu_rotation, geodetic_to_ecef

CLICK_PX = 1.0
TURN_STEP = 1e-6


@dataclass(frozen=True, slots=True)
class Pair:
    """A pixel of the picture and the place (degrees, ellipsoidal metres) that it shows."""

    u_px: float
    v_px: float
    lon: float
    lat: float
    height_m: float
    name: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """What to solve.

    Attributes
    ----------
    place, focal, distortion : solve them; else they are held as on record
    click_px : what a click can do at best, one standard deviation of one coordinate
    """

    place: bool = True
    focal: bool = True
    distortion: bool = True
    click_px: float = CLICK_PX


@dataclass(frozen=True, slots=True)
class Residual:
    """One pair, judged.

    Attributes
    ----------
    projected : where the solved camera shows the place
    error_px : from there to the clicked pixel
    loo_px, loo_m : the same with the camera solved from the other pairs, and how far on the level of the place
        the clicked pixel then misses it; None where the others alone cannot say
    """

    number: int
    pair: Pair
    projected: tuple[float, float]
    error_px: float
    loo_px: float | None
    loo_m: float | None


@dataclass(frozen=True, slots=True)
class Tried:
    """A set of unknowns that was tried: its fit, and what leaving out says of it."""

    terms: tuple[Term, ...]
    rms_px: float
    loo_px: float | None
    chosen: bool


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """A camera solved from pairs.

    Attributes
    ----------
    pose, optics : as solved
    noise_px : of one coordinate of a click, as taken for the uncertainty
    uncertainty : one standard deviation each
    covariance : (6, 6) of east, north, up (m), heading, pitch, roll (degrees)
    verdict : good; rough = the pairs agree to no better than 3 pixels; unchecked = too few to leave one out
    """

    pose: Pose
    optics: Optics
    terms: tuple[Term, ...]
    noise_px: float
    uncertainty: Uncertainty
    covariance: Floats
    residuals: tuple[Residual, ...]
    tried: tuple[Tried, ...]
    verdict: str


ROUGH_PX = 3.0


def calibrate(
    camera: Camera, pairs: Sequence[Pair], wish: Wish | None = None, optics: Optics | None = None
) -> Calibration:
    """Solve a camera from four or more pairs (three when its place is held).

    Pixels are of the record's picture. What is held, and the principal point, are as on record, or as in
    ``optics`` where a lens is known better than a record can say.

    Raises
    ------
    BadPairs
        The pairs cannot bear it; a subclass for each reason.
    """
    wish = wish or Wish()
    problem = _problem(camera, pairs, optics or Optics.of(camera))
    base = _base(problem, wish)
    names = [pair.name for pair in pairs]
    check_pairs(problem, 4 if wish.place else 3, names)
    fit, left_out, tried = _choose(problem, base, wish)
    check_agreement(problem, fit, left_out, wish.click_px, names)
    hidden = behind(problem, fit.state)
    if hidden:
        raise faults.PairBehind(number=hidden[0] + 1, label=faults.label(hidden[0], names))
    return _report(camera, problem, pairs, (fit, left_out, tried), wish)


def _problem(camera: Camera, pairs: Sequence[Pair], optics: Optics) -> Problem:
    anchor = geodetic_to_ecef(camera.lon, camera.lat, camera.height_m)
    places = np.array([(pair.lon, pair.lat, pair.height_m) for pair in pairs], float).reshape(-1, 3)
    local = (geodetic_to_ecef(*places.T) - anchor) @ enu_rotation(camera.lon, camera.lat).T
    turned = None
    if camera.heading_deg is not None:
        turned = picture_axes(camera.heading_deg, camera.pitch_deg, camera.roll_deg)
    pixels = np.array([(pair.u_px, pair.v_px) for pair in pairs], float).reshape(-1, 2)
    return Problem(local, pixels, optics, turned)


def _base(problem: Problem, wish: Wish) -> tuple[Term, ...]:
    """The unknowns that are always solved. A whole circle's focal length is known; three pairs bear no more."""
    whole = problem.optics.kind == PANORAMA and problem.optics.hfov_deg > 359.9
    terms: list[Term] = ["place"] if wish.place else []
    terms.append("turn")
    if wish.focal and not whole:
        terms.append("focal")
    return tuple(terms)


def _choose(
    problem: Problem, base: tuple[Term, ...], wish: Wish
) -> tuple[Fit, list[LeftOut | None], tuple[Tried, ...]]:
    """The fit with as much of the distortion as the pairs bear, and what was tried."""
    ladder = [base]
    if wish.distortion and problem.optics.kind != PANORAMA:
        ladder += [(*base, "k1")] if len(problem) >= K1_FROM else []
        ladder += [(*base, "k1", "k2")] if len(problem) >= K2_FROM else []
    fit = solve(problem, ladder[0])
    if fit is None:
        raise faults.NoPose()
    left_out = leave_one_out(problem, fit, wish.click_px)
    tried = [(fit, _typical(left_out))]
    for terms in ladder[1:]:
        more = refine(problem, fit.state, terms)
        if more is None or not found(more, fit):
            tried += [(more, None)] if more is not None else []
            continue
        again = leave_one_out(problem, more, wish.click_px)
        tried.append((more, _typical(again)))
        if missed_less(again, left_out):
            fit, left_out = more, again
    summary = tuple(Tried(one.terms, one.rms_px, loo, one is fit) for one, loo in tried)
    return fit, left_out, summary


def _typical(left_out: Sequence[LeftOut | None]) -> float | None:
    missed = [one.miss_px for one in left_out if one is not None]
    return float(np.sqrt(np.mean(np.square(missed)))) if missed else None


def _report(
    camera: Camera,
    problem: Problem,
    pairs: Sequence[Pair],
    solved: tuple[Fit, list[LeftOut | None], tuple[Tried, ...]],
    wish: Wish,
) -> Calibration:
    fit, left_out, tried = solved
    optics = problem.lens(fit.state)
    pose, own_axes = _pose(camera, fit)
    noise = fit.noise_px(wish.click_px)
    unbent = problem.optics.kind in (PLAIN, FISHEYE) and not problem.optics.coefficients.any()
    if wish.distortion and unbent and "k1" not in fit.terms:
        fit = with_leeway(problem, fit, noise)
    hfov = _field_sigma(problem, fit, noise)
    check_strength(problem, fit, noise, hfov)
    spread = _spread(fit, noise, own_axes)
    shown = problem.shown(fit.state)
    off = np.hypot(*problem.misses(fit.state).T)
    on_ground = [one.miss_m for one in left_out if one is not None and one.miss_m is not None]
    place = float(np.sqrt(np.linalg.eigvalsh(spread[:2, :2])[-1].clip(0.0)))
    uncertainty = Uncertainty(
        pairs=len(pairs),
        rms_px=fit.rms_px,
        loo_m=float(np.median(on_ground)) if on_ground else None,
        heading_deg=float(np.sqrt(spread[3, 3])),
        pitch_deg=float(np.sqrt(spread[4, 4])),
        roll_deg=float(np.sqrt(spread[5, 5])),
        hfov_deg=hfov,
        place_m=place,
        height_m=float(np.sqrt(spread[2, 2])),
    )
    residuals = tuple(
        Residual(
            number=row + 1,
            pair=pair,
            projected=(float(shown[row, 0]), float(shown[row, 1])),
            error_px=float(off[row]),
            loo_px=one.miss_px if one else None,
            loo_m=one.miss_m if one else None,
        )
        for row, (pair, one) in enumerate(zip(pairs, left_out, strict=True))
    )
    verdict = "rough" if fit.rms_px > ROUGH_PX * wish.click_px else "good"
    if all(one is None for one in left_out):
        verdict = "unchecked"
    return Calibration(pose, optics, fit.terms, noise, uncertainty, spread, residuals, tried, verdict)


def _pose(camera: Camera, fit: Fit) -> tuple[Pose, Floats]:
    """The pose at the solved place, and its picture axes in east-north-up there."""
    enu = enu_rotation(camera.lon, camera.lat)
    ecef = geodetic_to_ecef(camera.lon, camera.lat, camera.height_m) + fit.state.centre @ enu
    lon, lat, height = (float(v) for v in ecef_to_geodetic(ecef))
    axes = fit.state.axes @ enu @ enu_rotation(lon, lat).T
    return Pose(lon, lat, height, *angles_of(axes)), axes


def _spread(fit: Fit, noise_px: float, axes: Floats) -> Floats:
    """Covariance (6, 6) of place (m) and angles (degrees)."""
    unknowns = size_of(fit.terms)
    through = np.zeros((6, unknowns))
    at = 0
    if "place" in fit.terms:
        through[:3, :3] = np.eye(3)
        at = 3
    through[3:, at : at + 3] = _angles_with_turn(axes)
    known = fit.covariance(noise_px)
    full = np.full((unknowns, unknowns), np.inf) if known is None else known
    return np.asarray(through @ full @ through.T)


def _field_sigma(problem: Problem, fit: Fit, noise_px: float) -> float:
    """Standard deviation of the field of view, degrees; 0 where it is held."""
    known = fit.covariance(noise_px)
    if "focal" not in fit.terms or known is None:
        return 0.0
    row = size_of(fit.terms[: fit.terms.index("focal")])
    return _field_with_focal(problem.lens(fit.state)) * float(np.sqrt(known[row, row]))


def _angles_with_turn(axes: Floats) -> Floats:
    """Change of heading, pitch, roll (degrees) with a turn about the picture's axes (radians): (3, 3)."""
    state = State(np.zeros(3), axes, 1.0, np.zeros(8))
    columns = []
    for k in range(3):
        by = np.zeros(3)
        by[k] = TURN_STEP
        ahead, back = (np.array(angles_of(moved(state, ("turn",), side * by).axes)) for side in (1.0, -1.0))
        columns.append(((ahead - back + 180.0) % 360.0 - 180.0) / (2 * TURN_STEP))
    return np.stack(columns, axis=1)


def _field_with_focal(optics: Optics) -> float:
    """Change of the field of view (degrees) with the logarithm of the focal length, as a positive number."""
    step = 1e-6
    return abs(optics.zoomed(1 + step).hfov_deg - optics.zoomed(1 - step).hfov_deg) / (2 * step)
