"""A view for each kind, as a table for QGIS and other readers: its plain fields, and its geometry by its type."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
from psycopg import sql

from layers.catalogue import KINDS, Kind
from layers.record import Record

TYPES: Mapping[str, str] = {"string": "text", "integer": "bigint", "number": "double precision", "boolean": "boolean"}
COLUMNS = frozenset({"id", "version", "valid_from", "valid_to", "height_m", "area"})
"""Fields that stand in columns of their own."""
LEFT_OUT = frozenset({"kind", "lon", "lat"}) | COLUMNS


def make_views(connection: psycopg.Connection) -> None:
    """Make the views that are not there yet, or not as the catalogue has them now."""
    for kind in KINDS.values():
        name = sql.Identifier(kind.plural.replace("-", "_"))
        body = _body(kind).as_string(connection)
        mark = hashlib.sha256(body.encode()).hexdigest()
        known = connection.execute(
            "SELECT obj_description(to_regclass(%s), 'pg_class')", (name.as_string(connection),)
        ).fetchone()
        if known and known[0] == mark:
            continue
        connection.execute(sql.SQL("DROP VIEW IF EXISTS {}").format(name))
        connection.execute(sql.SQL("CREATE VIEW {} AS ").format(name) + sql.SQL(body))  # type: ignore[arg-type]
        connection.execute(sql.SQL("COMMENT ON VIEW {} IS {}").format(name, sql.Literal(mark)))


def has_shape(kind: str) -> bool:
    """Whether records of a kind have a geometry of their own, and are not points."""
    return KINDS[kind].model.geometry is not Record.geometry


def _body(kind: Kind) -> sql.Composed:
    geometry = "shape::geometry(Geometry, 4326)" if has_shape(kind.name) else "place::geometry(Point, 4326)"
    fields = sql.SQL(", ").join(
        sql.SQL(f"(document ->> {{}})::{type_} AS {{}}").format(sql.Literal(name), sql.Identifier(name))
        for name, type_ in _fields(kind.model.model_json_schema())
    )
    return sql.SQL(
        "SELECT number AS fid, id, version, valid_from, valid_to, height_m, area, {}, {} AS geom"
        " FROM record WHERE kind = {}"
    ).format(fields, sql.SQL(geometry), sql.Literal(kind.name))


def _fields(schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Plain fields of a model, and what they are in SQL."""
    for name, field in schema["properties"].items():
        kinds = [one.get("type") for one in field.get("anyOf", [field])]
        type_ = next((TYPES[one] for one in kinds if one in TYPES), None)
        if type_ and name not in LEFT_OUT:
            yield name, type_
