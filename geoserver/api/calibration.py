"""Calibration: a camera's pose and lens from pairs of pixel and place."""

from fastapi import APIRouter
from starlette.responses import Response

from geoserver.api.calibration_models import Calibrated, CalibrationQuestion
from geoserver.api.deps import FleetDep, Id, LangDep, NowDep, answer
from geoserver.api.trial import TrialDep
from geoserver.calibration import calibrated

router = APIRouter(prefix="/api", tags=["calibration"])


@router.post("/cameras/{id}/calibrate", response_model=Calibrated)
def calibrate(
    id: Id, body: CalibrationQuestion, now: NowDep, fleet: FleetDep, lang: LangDep, trial: TrialDep
) -> Response:
    """Solve a camera from four or more pairs of pixel and place; nothing is written.

    Answers pose, lens, what each pair is missed by (also when it is left out), and standard deviations; pairs
    that cannot bear it are refused with the reason. The pose that is tried or on record is only the start.
    """
    return answer(calibrated(now, trial.of(fleet.camera(id), now), body, lang))
