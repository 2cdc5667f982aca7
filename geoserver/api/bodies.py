"""Bodies of requests, read no further than is taken."""

from starlette.requests import Request

from geoserver.faults import TooLarge


async def bounded(request: Request, limit: int, fault: type[TooLarge] = TooLarge, what: str = "body") -> bytes:
    """The body of a request, of at most so many bytes.

    Raises
    ------
    TooLarge
        The class given; told before the body is read, where its length is stated.
    """
    stated = request.headers.get("content-length", "")
    if stated.isascii() and stated.isdecimal() and int(stated) > limit:
        raise fault(what=what, size=int(stated), limit=limit)
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise fault(what=what, size=size, limit=limit)
        parts.append(part)
    return b"".join(parts)
