"""Opens a store by its address: a file is SQLite, postgresql:// is PostgreSQL."""

from pathlib import Path

from geoserver.storage.store import Store

SCHEMES = ("postgresql://", "postgres://")


def open_store(address: str | Path) -> Store:
    """The store at an address, made or brought up to date where needed.

    Raises
    ------
    BadDatabase
        There is no usable database, or no server answers.
    """
    if isinstance(address, str) and address.startswith(SCHEMES):
        from geoserver.storage.postgres import PostgresStore  # its driver is loaded where it is used

        return PostgresStore.open(address)
    from geoserver.storage.sqlite import SqliteStore

    return SqliteStore.open(Path(address))
