"""Indexes over the fields that the catalogue says are asked for: made when a store is opened, where one is missing."""

from collections.abc import Iterator

from layers.catalogue import KINDS

OWN_COLUMNS = frozenset({"area"})
"""Fields that stand beside the document and have their index in the scripts."""


def wanted() -> Iterator[tuple[str, str, str]]:
    """Name, kind and field of each index. All three are the catalogue's own and need no quoting but the name."""
    for kind in KINDS.values():
        for field in kind.indexed:
            if field not in OWN_COLUMNS:
                yield f"record_{kind.name.replace('-', '_')}_{field}", kind.name, field


def sqlite_index(name: str, kind: str, field: str) -> str:
    """The statement that makes an index, in SQLite's words; by id within a value, so that pages need no sorting."""
    expression = f"json_extract(document, '$.{field}'), id"
    return f"CREATE INDEX IF NOT EXISTS \"{name}\" ON record ({expression}) WHERE kind = '{kind}'"


def postgres_index(name: str, kind: str, field: str) -> str:
    """The same in PostgreSQL's."""
    return f"CREATE INDEX IF NOT EXISTS \"{name}\" ON record ((document -> '{field}'), id) WHERE kind = '{kind}'"
