"""Whether pairs can bear a calibration: where they lie, what each says of the others, how open they leave it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import fdtrc

from layers.cameras.calibration import pair_faults as faults
from layers.cameras.calibration.solving import Fit, Problem, jacobian, refine, size_of, solve
from tiles.geodesy import Floats

K1_FROM, K2_FROM = 6, 9
F_TEST = 0.05
ODDS = 1e-3
CLICK_DOF = 8
"""What is known beforehand of how well one clicks counts as much as so many observations."""
LINE_SHARE, BUT_ONE_SHARE = 0.01, 0.002
"""Pixels count as on one line when they leave it by no more than this share of the picture's diagonal."""
CROWDED_SHARE = 0.02
"""Least share of the picture that a box around all pixels must have (turned along them)."""
MOST_TURN_DEG, MOST_FIELD, MOST_PLACE = 2.0, 0.15, 0.25
"""Most open that direction, field of view (of itself) and place (of the distance to the pairs) may stay."""
LEAST_PLACE_M = 2.0
MOST_RMS = 0.01
"""Largest root mean square residual, as a share of the picture's width."""
BAD_RMS_PX = 5.0
"""With fewer than three redundant observations no wild pair shows itself, and this much is refused."""
GRAZING = 0.01
REMADE = 12
"""Up to so many pairs, a left-out fit is sought anew where the one with all of them is poor."""


@dataclass(frozen=True, slots=True, eq=False)
class LeftOut:
    """One pair, with the camera solved from the others.

    Attributes
    ----------
    miss_px : from its pixel to where the others put its place
    miss_m : on the level of its place, from the place to where its pixel points; None for grazing rays
    p : how likely chance alone makes it miss so much
    sse : of the others' fit
    """

    miss_px: float
    miss_m: float | None
    p: float
    sse: float


def check_pairs(problem: Problem, needed: int, names: Sequence[str]) -> None:
    """Refuse too few pairs, pixels outside the picture, repeated, on one line or crowded.

    Raises
    ------
    TooFewPairs, PairOutsidePicture, PairRepeated, PairsInLine, PairsCrowded
    """
    count = len(problem)
    if count < needed:
        raise faults.TooFewPairs(count=count, needed=needed, missing=needed - count)
    width, height = problem.optics.width_px, problem.optics.height_px
    for row, (u, v) in enumerate(problem.pixels.tolist()):
        if not (0 <= u <= width and 0 <= v <= height):
            raise faults.PairOutsidePicture(
                number=row + 1, label=faults.label(row, names), u=u, v=v, width=width, height=height
            )
    for row in range(count):
        for other in range(row):
            near = np.hypot(*(problem.pixels[row] - problem.pixels[other])) < 0.5
            if near or np.linalg.norm(problem.places[row] - problem.places[other]) < 1e-3:
                raise faults.PairRepeated(
                    number=row + 1,
                    label=faults.label(row, names),
                    other=other + 1,
                    other_label=faults.label(other, names),
                )
    _check_spread(problem)


def _check_spread(problem: Problem) -> None:
    pixels, count = problem.pixels, len(problem)
    diagonal = float(np.hypot(problem.optics.width_px, problem.optics.height_px))
    if (off := _off_line(pixels)) <= LINE_SHARE * diagonal:
        raise faults.PairsInLine(count=0, off_px=max(off, 1.0))
    # All but one: what remains free then is a turn about that line.
    for left in range(count) if count >= 4 else ():
        if (off := _off_line(np.delete(pixels, left, axis=0))) <= BUT_ONE_SHARE * diagonal:
            raise faults.PairsInLine(count=1, off_px=max(off, 1.0))
    about = pixels - pixels.mean(axis=0)
    along = about @ np.linalg.svd(about, full_matrices=False)[2].T
    share = float(np.prod(np.ptp(along, axis=0)) / (problem.optics.width_px * problem.optics.height_px))
    if share < CROWDED_SHARE:
        raise faults.PairsCrowded(share=100 * share)


def _off_line(pixels: Floats) -> float:
    """Largest distance from the best line, pixels."""
    about = pixels - pixels.mean(axis=0)
    _, _, axes = np.linalg.svd(about, full_matrices=False)
    return float(np.abs(about @ axes[-1]).max())


def found(new: Fit, old: Fit) -> bool:
    """Whether an F-test finds the unknowns that a fit has more than another."""
    more = size_of(new.terms) - size_of(old.terms)
    if new.dof < 1 or new.sse >= old.sse:
        return False
    ratio = (old.sse - new.sse) / more / (new.sse / new.dof)
    return bool(fdtrc(more, new.dof, ratio) <= F_TEST)


def missed_less(new: Sequence["LeftOut | None"], old: Sequence["LeftOut | None"]) -> bool:
    """Whether pairs that are left out are missed by no more than before."""
    both = [(a.miss_px, b.miss_px) for a, b in zip(new, old, strict=True) if a is not None and b is not None]
    return bool(both) and sum(a * a for a, _ in both) <= sum(b * b for _, b in both)


def leave_one_out(problem: Problem, fit: Fit, click_px: float) -> list[LeftOut | None]:
    """Each pair against the camera solved from the others; None where these are too few."""
    if 2 * (len(problem) - 1) - size_of(fit.terms) < 1:
        return [None] * len(problem)
    poor = fit.rms_px > BAD_RMS_PX * click_px and len(problem) <= REMADE
    return [_left_out(problem, fit, row, click_px, poor) for row in range(len(problem))]


def _left_out(problem: Problem, fit: Fit, row: int, click_px: float, anew: bool) -> LeftOut | None:
    rest = problem.without(row)
    found = [refine(rest, fit.state, fit.terms)] + ([solve(rest, fit.terms)] if anew else [])
    fits = [one for one in found if one is not None]
    if not fits:
        return None
    other = min(fits, key=lambda one: one.sse)
    miss = problem.misses(other.state)[row]
    noise = max(click_px**2, (CLICK_DOF * click_px**2 + other.sse) / (CLICK_DOF + other.dof))
    cofactor = other.cofactor()
    p = 1.0
    if cofactor is not None:
        own = _row_jacobian(problem, other, row)
        spread = noise * (np.eye(2) + own @ cofactor @ own.T)
        p = float(fdtrc(2, CLICK_DOF + other.dof, float(miss @ np.linalg.solve(spread, miss)) / 2))
    return LeftOut(float(np.hypot(*miss)), _miss_m(problem, other, row), p, other.sse)


def _row_jacobian(problem: Problem, fit: Fit, row: int) -> Floats:
    return jacobian(problem, fit.state, fit.terms)[2 * row : 2 * row + 2]


def _miss_m(problem: Problem, fit: Fit, row: int) -> float | None:
    """How far from its place, on the level of it, the pixel of a pair points."""
    ray = problem.lens(fit.state).directions(*problem.pixels[row]) @ fit.state.axes
    to_place = problem.places[row] - fit.state.centre
    if not np.isfinite(ray).all() or abs(ray[2]) < GRAZING or ray[2] * to_place[2] <= 0:
        return None
    met = ray * (to_place[2] / ray[2])
    return float(np.hypot(*(met - to_place)[:2]))


def check_agreement(
    problem: Problem, fit: Fit, left_out: Sequence[LeftOut | None], click_px: float, names: Sequence[str]
) -> None:
    """Refuse pairs that contradict each other; name the wild one where it can be told.

    Raises
    ------
    WildPair, PairsDisagree, PairsMirrored
    """
    most = MOST_RMS * problem.optics.width_px * max(click_px, 1.0)
    odd = [row for row, one in enumerate(left_out) if one is not None and one.p * len(problem) < ODDS]
    rough = fit.rms_px > (most if fit.dof >= 3 else BAD_RMS_PX * click_px)
    if not odd and not rough:
        return
    _check_mirrored(problem, fit, click_px)
    worst = _suspects(problem, fit, left_out)
    row = worst[0]
    one = left_out[row]
    if odd and one is not None and not _as_good_without(problem, left_out, worst, click_px):
        raise faults.WildPair(number=row + 1, label=faults.label(row, names), miss_px=one.miss_px)
    if not rough:
        return  # odd, but not to be named: the residuals and the uncertainty tell it
    other = worst[1]
    raise faults.PairsDisagree(
        rms_px=fit.rms_px,
        number=row + 1,
        label=faults.label(row, names),
        other=other + 1,
        other_label=faults.label(other, names),
    )


def _suspects(problem: Problem, fit: Fit, left_out: Sequence[LeftOut | None]) -> list[int]:
    """Rows, those first without which the others agree best."""
    off = np.hypot(*problem.misses(fit.state).T)
    return sorted(
        range(len(problem)),
        key=lambda row: (one.sse if (one := left_out[row]) is not None else np.inf, -float(off[row])),
    )


def _as_good_without(
    problem: Problem, left_out: Sequence[LeftOut | None], worst: Sequence[int], click_px: float
) -> bool:
    """Whether leaving out the second suspect explains the others about as well: then neither can be named."""
    first, second = (left_out[row] for row in worst[:2])
    if first is None or second is None:
        return True
    floor = click_px**2 * 2 * len(problem)
    agreed = MOST_RMS * problem.optics.width_px
    still_bad = first.sse > len(problem) * agreed**2
    return still_bad or second.sse + floor < 4 * (first.sse + floor)


def _check_mirrored(problem: Problem, fit: Fit, click_px: float) -> None:
    terms = tuple(term for term in fit.terms if term not in ("k1", "k2"))
    if 2 * len(problem) - size_of(terms) < 2:
        return
    swapped = solve(problem.mirrored(), terms)
    if swapped is not None and swapped.rms_px < max(3 * click_px, fit.rms_px / 5):
        raise faults.PairsMirrored(rms_px=swapped.rms_px)


def check_strength(problem: Problem, fit: Fit, noise_px: float, hfov_sigma: float) -> None:
    """Refuse a solution that is left too open.

    Raises
    ------
    WeakFocal, WeakPlace, WeakTurn
    """
    hfov = problem.lens(fit.state).hfov_deg
    if hfov_sigma > MOST_FIELD * hfov:
        raise faults.WeakFocal(sigma=hfov_sigma, limit=MOST_FIELD * hfov)
    far = float(np.median(np.linalg.norm(problem.places - fit.state.centre, axis=1)))
    limit = max(LEAST_PLACE_M, MOST_PLACE * far)
    place = _worst(fit, "place", noise_px)
    if place > limit:
        raise faults.WeakPlace(sigma=place, limit=limit)
    turn = float(np.degrees(_worst(fit, "turn", noise_px)))
    if turn > MOST_TURN_DEG:
        raise faults.WeakTurn(sigma=turn, limit=MOST_TURN_DEG)


def _worst(fit: Fit, term: Literal["place", "turn"], noise_px: float) -> float:
    """Standard deviation (m or radians) along the axis that is left most open; 0 for what is held."""
    covariance = fit.covariance(noise_px)
    if covariance is None:
        return float("inf")
    if term not in fit.terms:
        return 0.0
    at = 3 * fit.terms.index(term)
    return float(np.sqrt(np.linalg.eigvalsh(covariance[at : at + 3, at : at + 3])[-1].clip(0.0)))
