"""Judges pictures of cameras against what they were when good, and keeps the pictures that go with it. Blocks."""

import time
from functools import partial

from geoserver.health.keeping import Change
from geoserver.health.kept import Outcome, Reference
from geoserver.health.looking import Looking
from geoserver.health.sampling import Taken
from geoserver.health.service import Health
from geoserver.services import Services
from layers.cameras.model import Camera
from layers.health.diagnosis import Diagnosis, diagnose
from layers.health.plan import HealthPlan
from layers.health.state import Known, judged

AIM_DEG = 0.5
Aim = tuple[float, float, float]


class Judging:
    """Judges for the checker."""

    def __init__(self, services: Services, health: Health, looking: Looking) -> None:
        self._services, self._health, self._looking = services, health, looking

    def judge(self, camera: Camera, plan: HealthPlan) -> Change | None:
        """What a look at a camera's picture changes; None where it looks elsewhere than when it was good.

        Raises
        ------
        SourceLost, NoDirection
        """
        taken = self._looking.take(camera, plan.schedule.window_s)
        reference = self._health.kept.reference(camera.id) or self._as_installed(camera)
        if reference is not None and not _same_aim(reference.aim, self._aim(camera)):
            return None
        picture = self._health.pictures.read(camera.id, reference.name) if reference else None
        found = diagnose(taken.sample, picture, plan.thresholds, asked_frames=taken.asked)
        if found.good and picture is None:
            self._keep_reference(camera, taken)
        return partial(self._after, camera, taken, found, plan)

    def take_reference(self, camera: Camera) -> None:
        """Take the picture of now as the good one.

        Raises
        ------
        SourceLost, NoDirection
        """
        self._keep_reference(camera, self._looking.take(camera, 2.0))

    def _after(self, camera: Camera, taken: Taken, found: Diagnosis, plan: HealthPlan, before: Known) -> Outcome:
        at = time.time()
        after = judged(before, found, at, plan.orders)
        name = None
        if found.found and set(after.faults) != set(before.faults):
            name = self._health.pictures.put(camera.id, at, taken.sample.colour[-1], found.found)
        return Outcome(before, after, found.verdicts, found.found, name)

    def _as_installed(self, camera: Camera) -> Reference | None:
        taken = self._looking.as_installed(camera)
        return None if taken is None else self._keep_reference(camera, taken)

    def _keep_reference(self, camera: Camera, taken: Taken) -> Reference:
        at = time.time()
        name = self._health.pictures.put(camera.id, at, taken.sample.colour[-1])
        reference = Reference(at, name, self._aim(camera))
        self._health.kept.set_reference(camera.id, reference)
        return reference

    def _aim(self, camera: Camera) -> Aim | None:
        aim = self._services.aims.of(camera) if camera.is_ptz else None
        return None if aim is None else (aim.pan, aim.tilt, aim.zoom)


def _same_aim(one: Aim | None, other: Aim | None) -> bool:
    if one is None or other is None:
        return one is other
    turned = abs((one[0] - other[0] + 180) % 360 - 180)
    return turned < AIM_DEG and abs(one[1] - other[1]) < AIM_DEG and abs(one[2] / other[2] - 1) < 0.02
