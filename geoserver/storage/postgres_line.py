"""Short messages between the processes of one database: NOTIFY and LISTEN, on a connection and channel of their own.

Nothing is kept: what is said while the database is away, or before somebody listens, is never heard.
"""

import base64
import binascii
import logging
import threading
from collections.abc import Callable, Sequence

import psycopg

log = logging.getLogger("geoserver")
MOST_BYTES = 5_900
"""Bytes of one message: PostgreSQL takes less than 8,000 of text, and base64 makes four of three."""
GATHER_S = 0.05
"""How often it is asked what is to be said."""
AGAIN_S = 2.0
"""How long it waits before it connects again."""
AWAY_MS = 10_000
"""A database that takes nothing for so long is away."""
Connection = psycopg.Connection[tuple[object, ...]]


class PostgresLine:
    """A channel of a database. All who talk on it hear all that is said, their own words too."""

    def __init__(self, address: str, channel: str) -> None:
        self._address = address
        self._channel = channel

    @property
    def most_bytes(self) -> int:
        """Of one message."""
        return MOST_BYTES

    def talk(self, say: Callable[[], Sequence[bytes]], hear: Callable[[bytes], None], stop: threading.Event) -> None:
        """Hear what is said, and ask every ``GATHER_S`` what there is to say, until stopped; blocks.

        ``say`` is asked once more after ``stop``. Where the database is away a warning is logged once, and it is
        connected again as soon as it is back.
        """
        away = False
        while not stop.is_set():
            try:
                with self._connected() as connection:
                    if away:
                        log.info("messages go between processes again")
                    away = False
                    self._talk(connection, say, hear, stop)
            except psycopg.Error:
                if not away:
                    log.warning("no messages go between processes: the database is away; trying again")
                away = True
                stop.wait(AGAIN_S)

    def _connected(self) -> Connection:
        connection: Connection = psycopg.connect(
            self._address, autocommit=True, connect_timeout=10, tcp_user_timeout=AWAY_MS
        )
        # A notification is a transaction, and would otherwise wait for the disk.
        connection.execute("SET synchronous_commit = off")
        connection.execute(f"LISTEN {self._channel}")
        return connection

    def _talk(
        self,
        connection: Connection,
        say: Callable[[], Sequence[bytes]],
        hear: Callable[[bytes], None],
        stop: threading.Event,
    ) -> None:
        last = False
        while not last:
            last = stop.is_set()
            texts = [base64.b64encode(one).decode() for one in say()]
            if texts:
                connection.execute("SELECT pg_notify(%s, said) FROM unnest(%s::text[]) said", (self._channel, texts))
            for notice in connection.notifies(timeout=0 if last else GATHER_S):
                try:
                    hear(base64.b64decode(notice.payload, validate=True))
                except binascii.Error:
                    log.warning("a message between processes could not be read")
