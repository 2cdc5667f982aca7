"""The ONVIF library as it is used here: its bundled WSDL files, our own way to the device.

Importing it would turn on logging for the whole process; that is taken back. Nothing is fetched at run time.
"""

import datetime as dt
import logging
from pathlib import Path
from typing import Any

import aiohttp

from geoserver.ptz.guarded_http import post
from geoserver.ptz.head import HeadLost
from geoserver.ptz.onvif_xml import checked

_root = logging.getLogger()
_before = (list(_root.handlers), _root.level)
import onvif.client  # noqa: E402
import zeep.exceptions  # noqa: E402
from onvif.definition import SERVICES  # noqa: E402
from onvif.zeep_aiohttp import AIOHTTPTransport  # noqa: E402
from requests import Response  # noqa: E402
from zeep.wsdl.utils import etree_to_string  # noqa: E402

for _handler in [one for one in _root.handlers if one not in _before[0]]:
    _root.removeHandler(_handler)
_root.setLevel(_before[1])
# Its messages would hold addresses and whole answers.
for _name in ("onvif", "zeep"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)

WSDL = Path(onvif.client.__file__).parent / "wsdl"
NOT_AUTHORIZED = "NotAuthorized"


class _Transport(AIOHTTPTransport):  # type: ignore[misc]  # the library has no types
    """Sends through our session, and hands on only what has been checked."""

    async def post_xml(self, address: str, envelope: Any, headers: dict[str, str]) -> Response:
        """One request and its answer.

        Raises
        ------
        HeadLost
        """
        body: bytes = etree_to_string(envelope)  # type: ignore[no-untyped-call]
        told = await post(self.session, address, body, headers or {})
        answer = Response()
        answer.status_code = told.status
        # Whatever it is called: it has been read as one XML document, and is none of several parts.
        answer.headers["Content-Type"] = "application/soap+xml; charset=utf-8"
        answer._content = checked(told.body)
        return answer


class Service:
    """One ONVIF service of a device."""

    def __init__(self, name: str, address: str, service: Any) -> None:
        self.name, self.address, self._service = name, address, service

    @classmethod
    async def open(
        cls,
        name: str,
        address: str,
        web: aiohttp.ClientSession,
        person: tuple[str, str],
        ahead: dt.timedelta | None = None,
    ) -> "Service":
        """A service (devicemgmt, media, ptz) at an address; ``ahead``: of the device's clock before ours."""
        known = SERVICES[name]
        made = onvif.client.ONVIFService(
            xaddr=address,
            user=person[0] or None,
            passwd=person[1] or None,
            url=str(WSDL / known["wsdl"]),
            no_cache=True,
            dt_diff=ahead,
            binding_name=f"{{{known['ns']}}}{known['binding']}",
        )
        made.transport = _Transport(session=web)
        await made.setup()
        return cls(name, address, made)

    async def call(self, operation: str, values: dict[str, Any] | None = None, *, signed: bool = True) -> Any:
        """What an operation answers.

        Raises
        ------
        HeadLost
            Whatever goes wrong, within the library too: what a device sends decides what it stumbles over.
        """
        name = operation if signed else f"authless_{operation}"
        try:
            return await getattr(self._service, name)(values)
        except HeadLost:
            raise
        except zeep.exceptions.Fault as fault:
            codes = " ".join(str(code) for code in (fault.code, *(fault.subcodes or ())))
            raise HeadLost("refused" if NOT_AUTHORIZED in codes else "declined") from None
        except zeep.exceptions.ValidationError:
            raise HeadLost("unsupported") from None
        except Exception:
            raise HeadLost("malformed") from None

    def read(self, operation: str, envelope: bytes) -> Any:
        """What an answer to an operation says, without asking anybody.

        Raises
        ------
        HeadLost
        """
        from lxml import etree

        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        try:
            known = self._service.ws_client._binding.get(operation)
            return known.process_reply(etree.fromstring(checked(envelope), parser))
        except HeadLost:
            raise
        except Exception:
            raise HeadLost("malformed") from None

    async def close(self) -> None:
        """Let go of what the library opened; the session is its owner's."""
        await self._service.close()
