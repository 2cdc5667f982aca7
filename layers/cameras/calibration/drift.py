"""How far a solved pose has moved from the one on record: what an image fault "moved" is judged by."""

from dataclasses import dataclass

import numpy as np

from layers.cameras.calibration.calibrate import Calibration
from layers.cameras.model import Camera
from layers.cameras.pose import wrap_deg
from layers.cameras.view import View
from tiles.geodesy import enu_rotation

SURE = 3.0
"""A difference counts when it is more than so many standard deviations."""


@dataclass(frozen=True, slots=True)
class Drift:
    """Solved minus on record.

    Attributes
    ----------
    heading_deg, pitch_deg, roll_deg, hfov_deg
    east_m, north_m, up_m : of the lens
    shift_px : median distance, over the pairs, between where the record and where the solution shows a place;
        None where the record shows none of them
    moved : turned by more than three standard deviations, and the picture by more than the clicks' noise explains
    """

    heading_deg: float
    pitch_deg: float
    roll_deg: float
    hfov_deg: float
    east_m: float
    north_m: float
    up_m: float
    shift_px: float | None
    moved: bool


def drift(record: Camera, solved: Calibration) -> Drift | None:
    """Compare a solution with its record; None when the record's direction is not known."""
    if record.heading_deg is None:
        return None
    view = View.of(record)
    sigma = solved.uncertainty
    heading, pitch, roll = (
        float(wrap_deg(getattr(solved.pose, name) - getattr(view.pose, name)))
        for name in ("heading_deg", "pitch_deg", "roll_deg")
    )
    east, north, up = (solved.pose.ecef_m - view.pose.ecef_m) @ enu_rotation(record.lon, record.lat).T
    shift = _shift_px(view, solved)
    sigmas = (sigma.heading_deg, sigma.pitch_deg, sigma.roll_deg)
    sure = any(abs(by) > SURE * one for by, one in zip((heading, pitch, roll), sigmas, strict=True))
    gone = shift is None or shift > SURE * solved.noise_px
    hfov = solved.optics.hfov_deg - view.optics.hfov_deg
    return Drift(heading, pitch, roll, hfov, float(east), float(north), float(up), shift, sure and gone)


def _shift_px(view: View, solved: Calibration) -> float | None:
    pairs = [one.pair for one in solved.residuals]
    u, v, _ = view.project(*([getattr(pair, name) for pair in pairs] for name in ("lon", "lat", "height_m")))
    now = np.array([one.projected for one in solved.residuals])
    off = np.hypot(u - now[:, 0], v - now[:, 1])
    known = off[np.isfinite(off)]
    return float(np.median(known)) if known.size else None
