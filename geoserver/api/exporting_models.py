"""Files as answers."""

from typing import Any, Literal

from starlette.responses import Response

from geoserver.exporting import FORMS

FormName = Literal["geojson", "csv", "gpkg", "kml", "czml"]
FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A file",
        "content": {form.media_type: {"schema": {"type": "string", "format": "binary"}} for form in FORMS.values()},
    }
}


def as_file(content: bytes, name: str, form: FormName) -> Response:
    """An answer that a browser saves, and nobody on the way keeps."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"', "Cache-Control": "private, no-store"}
    return Response(content, media_type=FORMS[form].media_type, headers=headers)
