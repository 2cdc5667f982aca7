"""Stream addresses taken out of a list's row, and turned into ids and credentials."""

import re
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit, urlunsplit

from layers.cameras.model import Credential

_NETWORK = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?|\[?[0-9a-fA-F]*:[0-9a-fA-F:]{4,}\]?(?::\d{1,5})?")
_ADDRESS = re.compile(
    r"\b(?:rtsps?|rtmps?|rtp|sip|onvif|mms|gb28181)://\S+|\b\w+://[^\s/]*@\S+|\b(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?\b",
    re.IGNORECASE,
)
HIDDEN = "…"
"""What stands in the place of an address of a stream."""


def is_network(text: str) -> bool:
    """Whether a text is an address in a network, with or without its port."""
    return bool(_NETWORK.fullmatch(text.strip()))


def without_addresses(text: str) -> str:
    """A text without addresses of streams and devices."""
    return _ADDRESS.sub(HIDDEN, text)


def split_streams(camera: str, cells: Mapping[str, str]) -> tuple[tuple[str, ...], list[Credential]]:
    """Stream ids of a camera, best first, and what is needed to fetch them.

    An address in the ``streams`` column is taken for one; anything else there is an id.
    """
    ids: list[str] = []
    credentials: list[Credential] = []
    listed = [part.strip() for part in cells.get("streams", "").replace(",", ";").split(";") if part.strip()]
    ids += [part for part in listed if not _is_address(part)]
    addresses = [(f"{camera}-main", cells.get("url_main", "")), (f"{camera}-sub", cells.get("url_sub", ""))]
    addresses += [(f"{camera}-{k}", part) for k, part in enumerate(listed, 1) if _is_address(part)]
    for stream, address in addresses:
        if address:
            credentials.append(_credential(camera, stream, address, cells))
            if stream not in ids:
                ids.append(stream)
    if cells.get("url_still"):
        credentials.append(_credential(camera, f"{camera}-still", cells["url_still"], cells))
    if not credentials and any(cells.get(name) for name in ("ip", "port", "user", "password")):
        device = ":".join(filter(None, (cells.get("ip", ""), cells.get("port", ""))))
        credentials.append(_credential(camera, f"{camera}-device", device, cells))
    return tuple(ids), credentials


def _is_address(part: str) -> bool:
    return "://" in part or "@" in part or bool(_ADDRESS.search(part))


def _credential(camera: str, stream: str, address: str, cells: Mapping[str, str]) -> Credential:
    user, password = cells.get("user", ""), cells.get("password", "")
    try:
        parts = urlsplit(address)
        if "@" in parts.netloc:
            login, _, host = parts.netloc.rpartition("@")
            name, _, word = login.partition(":")
            user, password = user or unquote(name), password or unquote(word)
            address = urlunsplit(parts._replace(netloc=host))
    except ValueError:
        pass  # kept as it is: whoever opens the stream will say what is wrong with it
    return Credential(camera=camera, stream=stream, url=address, user=user, password=password)
