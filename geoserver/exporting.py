"""The forms in which records go out, listed once: for the command line by suffix, over HTTP by ``f``."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import orjson

from geoserver.export_czml import as_czml
from geoserver.export_gdal import as_gpkg, as_kml
from geoserver.export_rows import HIDDEN, columns, harmless, row
from geoserver.ogc_items import feature
from layers.record import Record

Written = Callable[[Sequence[Record], str], bytes]


@dataclass(frozen=True, slots=True)
class Form:
    """A form of file.

    Attributes
    ----------
    name : in addresses, and the file's suffix
    media_type : as in HTTP
    write : records and the name of their collection → the file's bytes
    """

    name: str
    media_type: str
    write: Written


def _geojson(records: Sequence[Record], layer: str) -> bytes:
    features = [feature(record) for record in records]
    for one in features:
        one["properties"] = {name: value for name, value in one["properties"].items() if name not in HIDDEN}
    return orjson.dumps({"type": "FeatureCollection", "name": layer, "features": features})


def as_csv(records: Sequence[Record], *, guarded: bool) -> bytes:
    """A table; where it is guarded, what a spreadsheet would take for a formula begins with an apostrophe."""
    names = columns(records)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(names)
    for record in records:
        cells = row(record, names)
        writer.writerow([harmless(one) for one in cells] if guarded else cells)
    return out.getvalue().encode("utf-8-sig")


FORMS: Mapping[str, Form] = MappingProxyType(
    {
        form.name: form
        for form in (
            Form("geojson", "application/geo+json", _geojson),
            Form("csv", "text/csv; charset=utf-8", lambda records, _: as_csv(records, guarded=True)),
            Form("gpkg", "application/geopackage+sqlite3", as_gpkg),
            Form("kml", "application/vnd.google-earth.kml+xml", as_kml),
            Form("czml", "application/vnd.cesium.czml+json", as_czml),
        )
    }
)
"""By name."""


def written(records: Iterable[Record], collection: str, form: str) -> bytes:
    """Records as the bytes of a file, for people and their programs."""
    return FORMS[form].write(list(records), collection)
