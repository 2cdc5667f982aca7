"""How a request asks for a write: who asks, the version that was read, the key by which it is known again."""

from typing import Annotated

from fastapi import Depends, Header, Request

from geoserver.accounts.asking import CallerDep
from geoserver.editing import Ask
from geoserver.faults import BadParameter, MissingVersion

MOST_DIGITS = 16
IfMatch = Annotated[str | None, Header(description='version that was read, as an ETag: "7"')]
Key = Annotated[
    str | None, Header(alias="Idempotency-Key", max_length=200, description="repeating it changes nothing more")
]


async def _new(request: Request, caller: CallerDep, key: Key = None) -> Ask:
    return Ask(caller, _keyed(request, caller.name, key))


async def _known(request: Request, caller: CallerDep, if_match: IfMatch = None, key: Key = None) -> Ask:
    return Ask(caller, _keyed(request, caller.name, key), strict=if_match is not None)


AskDep = Annotated[Ask, Depends(_new)]
"""For what names no version."""
ChangeDep = Annotated[Ask, Depends(_known)]
"""For what names the version that was read."""


def version_seen(if_match: str | None, stated: int | None, kind: str, id_: str) -> int:
    """The version that a caller read, from If-Match or from the request itself.

    A weak tag is taken for the strong one: proxies weaken those of what they compress.
    """
    if if_match is None:
        if stated is None:
            raise MissingVersion(kind=kind, id=id_)
        return stated
    tag = if_match.strip().removeprefix("W/").strip('"')
    if not (tag.isascii() and tag.isdigit() and len(tag) < MOST_DIGITS):
        raise BadParameter(parameter="If-Match", value=if_match, reason="not-a-version", detail="is no version.")
    return int(tag)


def _keyed(request: Request, name: str, key: str | None) -> str | None:
    """An idempotency key that holds for one person's operation at one address."""
    return f"{name} {request.method} {request.url.path} {key}" if key else None
