"""A PTZ head that speaks ONVIF: SOAP with a signed name and password, positions in spaces that the device offers."""

import asyncio
import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from geoserver.ptz.guarded_http import TIMEOUT_S, session
from geoserver.ptz.head import Allowed, HeadLost, Source, parts_of
from geoserver.ptz.onvif_library import Service
from layers.cameras.model import Camera, Credential, PtzAim
from layers.cameras.steering import moves
from layers.cameras.steering.spaces import Generic, Mount, OwnAngles, from_generic, own_angles, to_generic, true_aim

PATH = "/onvif/device_service"
PORTS = {"onvif": 80, "http": 80, "onvifs": 443, "https": 443}
ENCRYPTED = ("onvifs", "https")
MEDIA, PTZ = "http://www.onvif.org/ver10/media/wsdl", "http://www.onvif.org/ver20/ptz/wsdl"
SPACES = "http://www.onvif.org/ver10/tptz"
GENERIC = f"{SPACES}/PanTiltSpaces/PositionGenericSpace"
DEGREES = f"{SPACES}/PanTiltSpaces/SphericalPositionSpaceDegrees"
ZOOM = f"{SPACES}/ZoomSpaces/PositionGenericSpace"
CONTINUOUS_S = 5
"""So long a device turns on by itself when nobody tells it to stop."""
MOST_PRESETS = 500


@dataclass(frozen=True, slots=True)
class _Connection:
    """What is known of a device once it has been asked: the profile that steers, and the space it counts in."""

    ptz: Service
    profile: str
    space: str


class OnvifDevice:
    """One device. Connects when it is first asked, and anew after a failure."""

    source: Source = "onvif"

    def __init__(
        self,
        camera: Camera,
        credential: Credential,
        allowed: Allowed,
        *,
        any_certificate: bool = False,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._camera = camera
        self._mount = Mount.of(camera) if camera.heading_deg is not None else None
        self._credential = credential
        self._allowed = allowed
        self._any_certificate = any_certificate
        self._timeout_s = timeout_s
        self._web: aiohttp.ClientSession | None = None
        self._services: list[Service] = []
        self._connected: _Connection | None = None
        self._connecting = asyncio.Lock()

    async def position(self) -> PtzAim | None:
        """Where it looks now; None where it does not tell, or its pan is tied to no bearing.

        Raises
        ------
        HeadLost
        """
        at = await self._connection()
        status = await self._told(at.ptz, "GetStatus", {"ProfileToken": at.profile})
        place = getattr(status, "Position", None)
        if self._mount is None or place is None or getattr(place, "PanTilt", None) is None:
            return None
        zoom = place.Zoom.x if getattr(place, "Zoom", None) is not None else 0.0
        return aim_told(self._mount, (place.PanTilt.x, place.PanTilt.y, zoom), place.PanTilt.space or at.space)

    async def go(self, move: moves.Move, aim: PtzAim | None, priority: int) -> None:  # noqa: ARG002
        """Begin a move.

        Raises
        ------
        HeadLost
        """
        at = await self._connection()
        operation, values = await self._request(at, move, aim)
        await self._told(at.ptz, operation, {"ProfileToken": at.profile, **values})

    async def presets(self) -> Sequence[str]:
        """Names of the presets that the device keeps.

        Raises
        ------
        HeadLost
        """
        return list(await self._preset_tokens(await self._connection()))

    async def close(self) -> None:
        """Let go of the connections."""
        services, self._services, self._connected = self._services, [], None
        for service in services:
            await service.close()
        if self._web is not None:
            web, self._web = self._web, None
            await web.close()

    async def _request(self, at: _Connection, move: moves.Move, aim: PtzAim | None) -> tuple[str, Mapping[str, Any]]:
        """Operation and values of a move."""
        if isinstance(move, moves.Stop):
            return "Stop", {"PanTilt": True, "Zoom": True}
        if isinstance(move, moves.Continuous):
            speed = {"PanTilt": {"x": move.pan, "y": move.tilt}, "Zoom": {"x": move.zoom}}
            return "ContinuousMove", {"Velocity": speed, "Timeout": dt.timedelta(seconds=CONTINUOUS_S)}
        if isinstance(move, moves.Home):
            return "GotoHomePosition", {}
        if isinstance(move, moves.Preset):
            token = (await self._preset_tokens(at)).get(move.name)
            if token is not None:
                return "GotoPreset", {"PresetToken": token}
            if aim is None:
                raise HeadLost("no-preset")
        if aim is None and isinstance(move, moves.Relative):
            return "RelativeMove", {"Translation": self._translation(move)}
        if aim is None or self._mount is None or not at.space:
            raise HeadLost("unsupported")
        x, y, zoom = place_of(self._mount, aim, at.space)
        return "AbsoluteMove", {
            "Position": {"PanTilt": {"x": x, "y": y, "space": at.space}, "Zoom": {"x": zoom, "space": ZOOM}}
        }

    def _translation(self, move: moves.Relative) -> Mapping[str, Any]:
        """A turn by degrees in the generic translation space, where the whole range of a head is from −1 to 1."""
        camera = self._camera
        half = 180.0 if camera.turns_full_circle else (camera.pan_range_deg or 360.0) / 2
        tall = max((camera.tilt_max_deg - camera.tilt_min_deg) / 2, 1.0)
        x, y = (min(max(value, -1.0), 1.0) for value in (move.pan / half, move.tilt / tall))
        zoom = min(max(math.log2(max(move.zoom, 1e-3)) / 5, -1.0), 1.0)
        return {"PanTilt": {"x": x, "y": y}, "Zoom": {"x": zoom}}

    async def _preset_tokens(self, at: _Connection) -> dict[str, str]:
        told = await self._told(at.ptz, "GetPresets", {"ProfileToken": at.profile})
        named = [(one.Name, one.token) for one in list(told or ())[:MOST_PRESETS]]
        return {str(name)[:80]: str(token) for name, token in named if name and token}

    async def _told(self, service: Service, operation: str, values: Mapping[str, Any]) -> Any:
        try:
            return await service.call(operation, dict(values))
        except HeadLost as lost:
            if lost.reason in ("unreachable", "timed-out", "refused"):
                # It may have restarted, under another clock or address: the next one asks from the beginning.
                await self.close()
            raise

    async def _connection(self) -> _Connection:
        async with self._connecting:
            if self._connected is None:
                try:
                    self._connected = await self._connect()
                except BaseException:
                    await self.close()
                    raise
            return self._connected

    async def _connect(self) -> _Connection:
        parts, host, port = parts_of(self._credential.url)
        if parts.scheme not in PORTS:
            raise HeadLost("not-allowed")
        port = port or PORTS[parts.scheme]
        ip = await asyncio.to_thread(self._allowed, host, port)
        user, password = (
            self._credential.user or parts.username or "",
            self._credential.password or parts.password or "",
        )
        self._web = session(
            ip, user=user, password=password, any_certificate=self._any_certificate, timeout_s=self._timeout_s
        )
        name = f"[{host}]" if ":" in host else host
        origin = f"{'https' if parts.scheme in ENCRYPTED else 'http'}://{name}:{port}"
        path = parts.path if parts.path not in ("", "/") else PATH
        person = (user, password)
        device = await self._open("devicemgmt", origin + path, person, None)
        ahead = await _clock_ahead(device)
        if ahead is not None:
            device = await self._open("devicemgmt", origin + path, person, ahead)
        paths = await _paths(device)
        media = await self._open("media", origin + paths.get(MEDIA, path), person, ahead)
        ptz = await self._open("ptz", origin + paths.get(PTZ, path), person, ahead)
        profile, configuration = _steering_profile(await media.call("GetProfiles"))
        return _Connection(ptz, profile, await _space(ptz, configuration))

    async def _open(self, name: str, address: str, person: tuple[str, str], ahead: dt.timedelta | None) -> Service:
        if self._web is None:
            raise HeadLost("unreachable")
        made = await Service.open(name, address, self._web, person, ahead)
        self._services.append(made)
        return made


def aim_told(mount: Mount, place: tuple[float, float, float], space: str) -> PtzAim:
    """The aim that a device's position means; pan, tilt in a space, zoom 0…1.

    Raises
    ------
    HeadLost
        ``malformed``: no numbers, or far outside the space.
    """
    try:
        x, y, zoom = (float(value) for value in place)
    except (TypeError, ValueError):
        raise HeadLost("malformed") from None
    widest = 540.0 if space == DEGREES else 3.0
    if not (abs(x) <= widest and abs(y) <= widest and abs(zoom) <= 3.0):
        raise HeadLost("malformed")
    zoom = min(max(zoom, 0.0), 1.0)
    if space == DEGREES:
        return true_aim(mount, OwnAngles(x, y), 1.0 + zoom * (mount.zoom_max - 1.0))
    if space in ("", GENERIC):
        return from_generic(mount, Generic(x, y, zoom))
    raise HeadLost("unsupported")


def place_of(mount: Mount, aim: PtzAim, space: str) -> tuple[float, float, float]:
    """The inverse of `aim_told`, within what the space holds."""
    there = to_generic(mount, aim)
    zoom = min(max(there.zoom, 0.0), 1.0)
    if space == DEGREES:
        own = own_angles(mount, aim)
        return own.pan, own.tilt, zoom
    return min(max(there.pan, -1.0), 1.0), min(max(there.tilt, -1.0), 1.0), zoom


async def _clock_ahead(device: Service) -> dt.timedelta | None:
    """By how much the device's clock is ahead of ours; None where it does not say, or it does not matter.

    A signature is good for some seconds of the device's own time.
    """
    try:
        told = (await device.call("GetSystemDateAndTime", signed=False)).UTCDateTime
        day, clock = told.Date, told.Time
        theirs = dt.datetime(
            day.Year, day.Month, day.Day, clock.Hour, clock.Minute, min(clock.Second, 59), tzinfo=dt.UTC
        )
    except HeadLost as lost:
        if lost.reason in ("declined", "refused", "unsupported"):
            return None
        raise
    except (AttributeError, TypeError, ValueError):
        return None
    ahead = theirs - dt.datetime.now(dt.UTC)
    return ahead if abs(ahead) > dt.timedelta(seconds=2) else None


async def _paths(device: Service) -> dict[str, str]:
    """Path of each service by its namespace. The host that a device names for itself is not followed."""
    try:
        told = await device.call("GetServices", {"IncludeCapability": False})
    except HeadLost as lost:
        if lost.reason != "declined":
            raise
        return await _old_paths(device)
    found: dict[str, str] = {}
    for one in list(told or ())[:100]:
        name, address = getattr(one, "Namespace", None), getattr(one, "XAddr", None)
        if isinstance(name, str) and isinstance(address, str):
            found[name] = _path(address)
    return found


async def _old_paths(device: Service) -> dict[str, str]:
    told = await device.call("GetCapabilities", {"Category": "All"})
    named = ((MEDIA, getattr(told, "Media", None)), (PTZ, getattr(told, "PTZ", None)))
    known = ((name, getattr(one, "XAddr", None)) for name, one in named)
    return {name: _path(address) for name, address in known if isinstance(address, str)}


def _path(address: str) -> str:
    try:
        return urlsplit(address.strip()).path or PATH
    except ValueError:
        return PATH


def _steering_profile(profiles: Any) -> tuple[str, str]:
    """Token of the first profile that can be steered, and of its configuration."""
    for one in list(profiles or ())[:100]:
        configuration = getattr(one, "PTZConfiguration", None)
        if configuration is not None and getattr(one, "token", None):
            return str(one.token), str(configuration.token)
    raise HeadLost("no-ptz")


async def _space(ptz: Service, configuration: str) -> str:
    """The space for absolute moves: degrees where they are offered, else the generic one, "" where there is none."""
    try:
        told = await ptz.call("GetConfigurationOptions", {"ConfigurationToken": configuration})
    except HeadLost as lost:
        if lost.reason not in ("declined", "unsupported"):
            raise
        return GENERIC
    offered = getattr(getattr(told, "Spaces", None), "AbsolutePanTiltPositionSpace", None) or ()
    known = [str(getattr(one, "URI", "")) for one in offered]
    return DEGREES if DEGREES in known else GENERIC if GENERIC in known else ""
