"""Keeps pages of other sites from writing: browsers say where a request comes from, and it must be here."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Header, Request

from geoserver.faults import ForeignPage

OWN_SITES = frozenset({"same-origin", "none"})
"""What browsers call a page of ours, and an address that a person typed."""
FORM_TYPES = frozenset({"text/plain", "multipart/form-data", "application/x-www-form-urlencoded"})
"""What any page may send anywhere without being asked first."""


def _from_here(
    request: Request,
    origin: Annotated[str | None, Header(include_in_schema=False)] = None,
    sec_fetch_site: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> None:
    """Refuse what a browser sends for a foreign page, and what a form of such a page could send."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    foreign = origin is not None and urlsplit(origin).netloc.lower() != request.headers.get("host", "").lower()
    if foreign or (sec_fetch_site or "none") not in OWN_SITES or kind in FORM_TYPES:
        raise ForeignPage(origin=origin or sec_fetch_site or kind)


FromHere = Depends(_from_here)
