"""SQLite connections, one for each thread that asks."""

import sqlite3
import threading
from collections.abc import Callable


class ThreadConnections:
    """Opens a connection for each thread, and closes it after the thread has ended. Safe to use from many threads.

    Threads come and go: each stream of a camera has one of its own, and idle workers end. Whoever opens a connection
    looks after those that were left.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._local = threading.local()
        self._open: list[tuple[threading.Thread, sqlite3.Connection]] = []
        self._guard = threading.Lock()

    @property
    def own(self) -> sqlite3.Connection:
        """The calling thread's connection."""
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = self._local.connection = self._connect()
            with self._guard:
                self._close_those_of_ended_threads()
                self._open.append((threading.current_thread(), found))
        return found

    def close(self) -> None:
        """Close every thread's connection."""
        with self._guard:
            for _, connection in self._open:
                connection.close()
            self._open.clear()
        self._local = threading.local()

    def _close_those_of_ended_threads(self) -> None:
        ended = [one for one in self._open if not one[0].is_alive()]
        for one in ended:
            self._open.remove(one)
            one[1].close()
