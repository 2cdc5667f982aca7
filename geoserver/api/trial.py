"""A camera as it would be: the pose and lens that a person drags, over what the record says."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Query
from pydantic import ValidationError

from geoserver.api.deps import FleetDep, Id, NowDep, ServicesDep
from geoserver.faults import BadParameter
from geoserver.services import Now
from layers.cameras.model import Camera
from tiles.errors import OutsideCity


class Trial:
    """What is changed for a trial; None leaves the record's value. Degrees, metres, WGS 84.

    ``mount_height`` is above the ground; moved, a camera keeps its height over the ground under it.
    """

    def __init__(
        self,
        fields: Mapping[str, float | None],
        mount_height_m: float | None = None,
        place: tuple[float | None, float | None] = (None, None),
    ) -> None:
        self.fields = fields
        self.mount_height_m = mount_height_m
        self.place = place

    def of(self, camera: Camera, now: Now) -> Camera:
        """The camera with the trial's values; the same object where nothing is changed.

        Raises
        ------
        BadParameter, OutsideCity
        """
        changed = {name: value for name, value in self.fields.items() if value is not None}
        lon, lat = (
            own if given is None else given for given, own in zip(self.place, (camera.lon, camera.lat), strict=True)
        )
        if self.mount_height_m is not None or self.place != (None, None):
            ground_m = float(now.town.scene.ground_m(lon, lat))
            if ground_m != ground_m:
                raise OutsideCity(lon=lon, lat=lat)
            mount = camera.mount_height_m if self.mount_height_m is None else self.mount_height_m
            changed |= {"lon": lon, "lat": lat, "mount_height_m": mount, "height_m": ground_m + mount}
        if not changed:
            return camera
        try:
            return Camera(**{**camera.model_dump(), **changed})
        except ValidationError as bad:
            error = bad.errors(include_url=False, include_context=False)[0]
            name = str(error["loc"][0]) if error["loc"] else "hfov"
            reason = error["msg"].removeprefix("Value error, ")
            raise BadParameter(parameter=name, value=changed.get(name), reason="wrong", detail=reason) from bad


async def trial(
    heading: Annotated[float | None, Query(ge=-360, le=360, allow_inf_nan=False)] = None,
    pitch: Annotated[float | None, Query(ge=-90, le=90, allow_inf_nan=False)] = None,
    roll: Annotated[float | None, Query(ge=-180, le=180, allow_inf_nan=False)] = None,
    hfov: Annotated[float | None, Query(ge=0.05, le=360, allow_inf_nan=False)] = None,
    mount_height: Annotated[float | None, Query(ge=-50, le=1000, allow_inf_nan=False)] = None,
    at_lon: Annotated[float | None, Query(ge=-180, le=180, allow_inf_nan=False)] = None,
    at_lat: Annotated[float | None, Query(gt=-90, lt=90, allow_inf_nan=False)] = None,
) -> Trial:
    """The trial of a request; a coroutine, for what is none waits for a thread of the pool."""
    fields = {"heading_deg": heading, "pitch_deg": pitch, "roll_deg": roll, "hfov_deg": hfov}
    return Trial(fields, mount_height, (at_lon, at_lat))


TrialDep = Annotated[Trial, Depends(trial)]


async def _tried(id: Id, now: NowDep, fleet: FleetDep, services: ServicesDep, trial: TrialDep) -> Camera:
    return trial.of(services.aims.looking(fleet.camera(id)), now)


CameraDep = Annotated[Camera, Depends(_tried)]
"""The camera of the address, if it is seen, as it is tried out; a PTZ camera looks where it was last seen to."""
