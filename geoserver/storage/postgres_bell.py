"""Hears of writes by any process: LISTEN on a connection of its own, in a thread of its own."""

import logging
import threading

import psycopg

log = logging.getLogger("geoserver")
CHANNEL = "geoserver_journal"
LISTEN_S = 1.0
"""How long the thread hears before it looks whether it is to stop."""
AGAIN_S = 2.0
"""How long it waits before it connects again."""


class Bell:
    """Rings for every write; begins to hear when it is first waited for."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._heard = threading.Condition()
        self._count = 0
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def count(self) -> int:
        """How often it has rung."""
        return self._count

    def ring(self) -> None:
        """Have those who wait look."""
        with self._heard:
            self._count += 1
            self._heard.notify_all()

    def wait(self, count: int, timeout_s: float) -> None:
        """Wait until it has rung more than so many times, or until the time is over."""
        with self._heard:
            if self._thread is None:
                self._thread = threading.Thread(target=self._listen, name="bell", daemon=True)
                self._thread.start()
            self._heard.wait_for(lambda: self._count > count, timeout_s)

    def close(self) -> None:
        """Stop hearing."""
        self._stop.set()
        self.ring()
        if self._thread:
            self._thread.join(timeout=10)

    def _listen(self) -> None:
        while not self._stop.is_set():
            try:
                with psycopg.connect(self._address, autocommit=True, connect_timeout=10) as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    self.ring()  # what was written before it could be heard
                    while not self._stop.is_set():
                        for _ in connection.notifies(timeout=LISTEN_S, stop_after=1):
                            self.ring()
            except psycopg.Error:
                log.warning("the database's messages are not heard; trying again")
                self._stop.wait(AGAIN_S)
