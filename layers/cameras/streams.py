"""Stream addresses taken out of a list's row, and turned into ids and credentials."""

from collections.abc import Mapping
from urllib.parse import unquote, urlsplit, urlunsplit

from layers.cameras.model import Credential


def split_streams(camera: str, cells: Mapping[str, str]) -> tuple[tuple[str, ...], list[Credential]]:
    """Stream ids of a camera, best first, and what is needed to fetch them.

    An address in the ``streams`` column is taken for one; anything else there is an id.
    """
    ids: list[str] = []
    credentials: list[Credential] = []
    listed = [part.strip() for part in cells.get("streams", "").replace(",", ";").split(";") if part.strip()]
    ids += [part for part in listed if "://" not in part and "@" not in part]
    addresses = [(f"{camera}-main", cells.get("url_main", "")), (f"{camera}-sub", cells.get("url_sub", ""))]
    addresses += [(f"{camera}-{k}", part) for k, part in enumerate(listed, 1) if "://" in part or "@" in part]
    for stream, address in addresses:
        if address:
            credentials.append(_credential(camera, stream, address, cells))
            if stream not in ids:
                ids.append(stream)
    return tuple(ids), credentials


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
