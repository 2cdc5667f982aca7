"""Runs the numbered .sql files that a database has not had yet, each in a transaction, and remembers them."""

import sqlite3
from importlib.resources import files


def migrate(connection: sqlite3.Connection) -> list[str]:
    """Bring a database up to date; the names of the files that were run."""
    connection.execute("CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, time TEXT NOT NULL)")
    known = {name for (name,) in connection.execute("SELECT name FROM migration")}
    folder = files("geoserver.storage") / "sql" / "sqlite"
    run = []
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if not file.name.endswith(".sql") or file.name in known:
            continue
        name = file.name.replace("'", "''")
        script = file.read_text(encoding="utf-8")
        note = f"INSERT OR IGNORE INTO migration VALUES ('{name}', datetime('now'));"
        try:
            connection.executescript(f"BEGIN IMMEDIATE;\n{script}\n{note}\nCOMMIT;")
        except sqlite3.Error:
            if connection.in_transaction:
                connection.rollback()
            raise
        run.append(file.name)
    return run
