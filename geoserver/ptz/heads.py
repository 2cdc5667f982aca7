"""The head of each camera: made from its credential when it is first steered, kept while record and credential stay."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

from geoserver.ptz.head import Allowed, Head
from geoserver.ptz.present import PresentAims
from geoserver.ptz.simulated_head import SimulatedHead
from geoserver.storage.store import Store
from layers.cameras.model import Camera, Credential

STREAM = "ptz"
"""A credential under this name is of the head; else one of a stream whose address says that it steers."""
ONVIF, GB28181 = ("onvif", "onvifs"), ("gb28181", "gb28181s")
MOST = 256
"""Heads that are kept; the longest unused goes first."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A head and what it was made from."""

    camera: Camera
    credential: Credential | None
    head: Head


class Heads:
    """The heads of a server.

    Parameters
    ----------
    simulated : cameras without a credential have a head in memory
    allowed : where real heads may be reached
    any_certificate : whether encrypted ones may show any certificate
    """

    def __init__(
        self,
        store: Store,
        aims: PresentAims,
        allowed: Allowed,
        *,
        simulated: bool = False,
        any_certificate: bool = False,
    ) -> None:
        self._store = store
        self._aims = aims
        self._allowed = allowed
        self._simulated = simulated
        self._any_certificate = any_certificate
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    async def of(self, camera: Camera) -> Head | None:
        """A PTZ camera's head; None where nothing says how it is reached."""
        credential = await asyncio.to_thread(self._credential, camera)
        kept = self._kept.get(camera.id)
        if kept is not None and (kept.camera, kept.credential) == (camera, credential):
            self._kept.move_to_end(camera.id)
            return kept.head
        if kept is not None:
            del self._kept[camera.id]
            await kept.head.close()
        head = self._made(camera, credential)
        if head is not None:
            self._kept[camera.id] = _Kept(camera, credential, head)
        if len(self._kept) > MOST:
            await self._kept.popitem(last=False)[1].head.close()
        return head

    async def close(self) -> None:
        """Let go of all of them."""
        while self._kept:
            await self._kept.popitem()[1].head.close()

    def _made(self, camera: Camera, credential: Credential | None) -> Head | None:
        if credential is None:
            return SimulatedHead(camera, self._aims.of(camera)) if self._simulated else None
        # The libraries of ONVIF take half a second to load, and most servers of a small city never need them.
        if _scheme(credential) in GB28181:
            from geoserver.ptz.gb28181_platform import Gb28181Platform

            return Gb28181Platform(camera, credential, self._allowed, any_certificate=self._any_certificate)
        from geoserver.ptz.onvif_device import OnvifDevice

        return OnvifDevice(camera, credential, self._allowed, any_certificate=self._any_certificate)

    def _credential(self, camera: Camera) -> Credential | None:
        for stream in (STREAM, *camera.streams):
            found = self._store.credential(camera.id, stream)
            if found is not None and _steers(found):
                return found
        return None


def _steers(credential: Credential) -> bool:
    """Whether an address leads to a head."""
    by_web = _scheme(credential) in ("http", "https") and "/onvif/" in credential.url
    return _scheme(credential) in (*ONVIF, *GB28181) or by_web


def _scheme(credential: Credential) -> str:
    return credential.url.partition(":")[0].lower()
