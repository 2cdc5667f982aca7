"""One layer of a vector file, of any kind that pyogrio reads: geometries as they stand, and columns.

Which columns mean what is decided by the reader of each kind of thing, not here.
"""

import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyogrio.errors
import pyogrio.raw
import shapely
from numpy.typing import NDArray

from tiles.errors import BadSource

_TAG = re.compile(r'"((?:[^"\\]|\\.)*)"=>"((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, eq=False)
class Features:
    """A layer: ``geometry`` (n,) of shapely objects or None, and ``columns`` of n values each."""

    file: Path
    layer: str
    crs: str | None
    geometry: NDArray[np.object_]
    columns: Mapping[str, NDArray[Any]]

    def __len__(self) -> int:
        return len(self.geometry)


def read_features(file: Path, layer: str | None, wanted: re.Pattern[str]) -> Features:
    """Read a layer; without a name, the only one, else the first whose name matches ``wanted``.

    Raises
    ------
    BadSource
        The file is not there, cannot be read, or has no such layer.
    """
    if not file.exists():
        raise BadSource(file=file, detail="no such file.", remedy="Correct the path in the city file.")
    chosen = _choose(file, layer, wanted)
    osm = file.name.endswith((".osm", ".osm.pbf", ".pbf"))
    where = "building IS NOT NULL" if osm and chosen == "multipolygons" else None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # GDAL's remarks on fields and rings; rings are judged by us.
            meta, _, wkb, fields = pyogrio.raw.read(file, layer=chosen, force_2d=True, where=where)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as problem:
        raise _unreadable(file, problem) from problem
    except (pyogrio.errors.GeometryError, pyogrio.errors.FeatureError, ValueError) as problem:
        raise _unreadable(file, problem) from problem
    if wkb is None:
        raise BadSource(file=file, detail=f"layer {chosen} has no geometry.", remedy="Name another with layer = ….")
    columns = dict(zip(meta["fields"].tolist(), fields, strict=True))
    columns.update(_tags(columns.pop("other_tags")) if osm and "other_tags" in columns else {})
    geometry = shapely.from_wkb(wkb, on_invalid="ignore")
    return Features(file, chosen, meta["crs"], np.asarray(geometry, dtype=object), columns)


def _choose(file: Path, layer: str | None, wanted: re.Pattern[str]) -> str:
    try:
        names = [str(name) for name, _ in pyogrio.list_layers(file)]
    except pyogrio.errors.DataSourceError as problem:
        raise _unreadable(file, problem) from problem
    if layer is not None:
        if layer not in names:
            detail = f"no layer {layer!r}; it has {', '.join(names) or 'none'}."
            raise BadSource(file=file, detail=detail, remedy="Correct layer = … in the city file.")
        return layer
    fitting = [name for name in names if wanted.search(name)]
    if len(names) > 1 and not fitting:
        detail = f"several layers: {', '.join(names)}."
        raise BadSource(file=file, detail=detail, remedy="Choose one with layer = … in the city file.")
    if not names:
        raise BadSource(file=file, detail="no layer in it.", remedy="Give a file with polygons.")
    return fitting[0] if fitting else names[0]


def _unreadable(file: Path, problem: Exception) -> BadSource:
    said = str(problem).split(";")[0].replace(str(file), file.name)
    return BadSource(file=file, detail=f"cannot be read: {said}.", remedy="Give any vector file that GDAL reads.")


def _tags(packed: Iterable[str | None]) -> dict[str, NDArray[Any]]:
    """OpenStreetMap's packed tags (``"key"=>"value",…``) as columns."""
    rows = [dict(_TAG.findall(text)) if text else {} for text in packed]
    keys = sorted({key for row in rows for key in row})
    return {key: np.array([row.get(key) for row in rows], dtype=object) for key in keys}
