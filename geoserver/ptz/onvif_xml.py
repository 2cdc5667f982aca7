"""Answers of ONVIF devices before the library reads them: hostile ones refused, one known fault repaired.

The library parses leniently and lets documents be huge. So each answer is first parsed strictly, without DTDs,
entities or anything from elsewhere, and within limits; only what passes is handed on.
"""

import re
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from geoserver.ptz.head import HeadLost

MOST_DEEP = 64
MOST_ELEMENTS = 50_000
SOAP = "http://www.w3.org/2003/05/soap-envelope"
_SECURITY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity"
_USUAL: Mapping[bytes, str] = {
    **dict.fromkeys((b"SOAP-ENV", b"soap", b"env", b"s"), SOAP),
    b"wsse": f"{_SECURITY}-secext-1.0.xsd",
    b"wsu": f"{_SECURITY}-utility-1.0.xsd",
    b"tt": "http://www.onvif.org/ver10/schema",
    b"tds": "http://www.onvif.org/ver10/device/wsdl",
    b"trt": "http://www.onvif.org/ver10/media/wsdl",
    b"tptz": "http://www.onvif.org/ver20/ptz/wsdl",
}
"""As the ONVIF core specification writes them; all its examples use these."""
_ROOT = re.compile(rb"<[\w-]{1,20}:Envelope(?=[\s>])")


def checked(data: bytes) -> bytes:
    """An answer that may be handed on; usual prefixes are declared where a device forgot to.

    Raises
    ------
    HeadLost
        ``hostile``, ``too-large``, ``malformed``
    """
    try:
        root = _parsed(data)
    except ParseError:
        data = _declared(data)
        try:
            root = _parsed(data)
        except ParseError:
            raise HeadLost("malformed") from None
    _limited(root)
    if root.tag != f"{{{SOAP}}}Envelope":
        raise HeadLost("malformed")
    return data


def _parsed(data: bytes) -> Any:
    try:
        return fromstring(data, forbid_dtd=True)
    except DefusedXmlException:
        raise HeadLost("hostile") from None
    except (ValueError, LookupError, RecursionError):
        raise HeadLost("malformed") from None


def _declared(data: bytes) -> bytes:
    """The answer with the usual prefixes declared that it uses and does not declare; some firmware forgets them."""
    root = _ROOT.search(data[:2_000])
    missing = [name for name in _USUAL if b"<" + name + b":" in data and b"xmlns:" + name + b"=" not in data]
    if root is None or not missing:
        raise HeadLost("malformed")
    told = b"".join(b" xmlns:" + name + b'="' + _USUAL[name].encode() + b'"' for name in missing)
    return data[: root.end()] + told + data[root.end() :]


def _limited(root: Any) -> None:
    level, count = [root], 1
    for _ in range(MOST_DEEP):
        level = [child for one in level for child in one]
        count += len(level)
        if count > MOST_ELEMENTS:
            raise HeadLost("too-large")
        if not level:
            return
    raise HeadLost("hostile")
