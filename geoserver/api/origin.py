"""Keeps pages of other sites from writing: browsers say where a request comes from, and it must be here."""

from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.datastructures import Headers

from geoserver.faults import ForeignPage

OWN_SITES = frozenset({"same-origin", "none"})
"""What browsers call a page of ours, and an address that a person typed."""
FORM_TYPES = frozenset({"text/plain", "multipart/form-data", "application/x-www-form-urlencoded"})
"""What any page may send anywhere without being asked first."""


def foreign_site(headers: Headers) -> str | None:
    """The foreign site that a browser names as where a request comes from, or None."""
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc.lower() != headers.get("host", "").lower():
        return origin
    site = headers.get("sec-fetch-site", "none")
    return None if site in OWN_SITES else origin or site


async def _from_here(request: Request) -> None:
    """Refuse what a browser sends for a foreign page, and what a form of such a page could send."""
    site = foreign_site(request.headers)
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if site is not None or kind in FORM_TYPES:
        raise ForeignPage(origin=site or request.headers.get("origin") or kind)


FromHere = Depends(_from_here)
