"""The browser client's files at ``/``: hashed assets for ever, the page itself always fresh."""

from pathlib import Path

from fastapi import FastAPI, Request
from starlette.responses import FileResponse, HTMLResponse, Response

from geoserver import pages
from geoserver.api.deps import IMMUTABLE, REVALIDATE, has_already
from geoserver.faults import UnknownPath
from geoserver.words import language

RESERVED = ("api", "tiles", "ogc", "problems", "health", "metrics", "docs", "openapi.json")


def serve(app: FastAPI, folder: Path) -> None:
    """Answer what no other route answers from the client's folder."""

    def client(request: Request, path: str = "") -> Response:
        """A file of the client, or its page."""
        if path.split("/")[0] in RESERVED:
            raise UnknownPath(path=request.url.path)
        file = _inside(folder, path)
        if file is not None:
            return _file(request, file, IMMUTABLE if path.startswith("assets/") else REVALIDATE)
        if Path(path).suffix:
            raise UnknownPath(path=request.url.path)
        page = folder / "index.html"
        if page.is_file():
            return _file(request, page, REVALIDATE)
        return HTMLResponse(pages.no_client(language(request.headers.get("accept-language"))), status_code=503)

    app.add_api_route("/", client, methods=["GET", "HEAD"], include_in_schema=False)
    app.add_api_route("/{path:path}", client, methods=["GET", "HEAD"], include_in_schema=False)


def is_page(folder: Path, path: str) -> bool:
    """Whether a path is the client's page or one of its files: what a browser needs before anyone can sign in."""
    inner = path.lstrip("/")
    return not inner or (inner.split("/")[0] not in RESERVED and _inside(folder, inner) is not None)


def _file(request: Request, file: Path, cache: str) -> Response:
    """A file, or 304 where the caller has it already."""
    state = file.stat()
    tag = f'"{state.st_mtime_ns:x}-{state.st_size:x}"'
    headers = {"Cache-Control": cache, "ETag": tag}
    if has_already(request, tag):
        return Response(status_code=304, headers=headers)
    return FileResponse(file, headers=headers)


def _inside(folder: Path, path: str) -> Path | None:
    """The file of a path, if it is a file inside the folder and nowhere else."""
    if not path or "\x00" in path:
        return None
    root = folder.resolve()
    file = (root / path).resolve()
    return file if file.is_relative_to(root) and file.is_file() else None
