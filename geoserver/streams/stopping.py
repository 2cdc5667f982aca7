"""Having a thread that waits for a network give up at once."""

import contextlib
import socket
import threading
from collections.abc import Iterator


class Stop:
    """An event that also wakes who waits on a connection."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._guard = threading.Lock()
        self._open: set[socket.socket] = set()

    def set(self) -> None:
        """Stop: nobody waits for a connection or sleeps any more. A goodbye can still be said."""
        with self._guard:
            self._event.set()
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RD)

    def is_set(self) -> bool:
        """Whether to stop."""
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Sleep; whether it is to stop."""
        return self._event.wait(max(seconds, 0.0))

    @contextlib.contextmanager
    def ends(self, connection: socket.socket) -> Iterator[None]:
        """A connection that ends when it is to stop, and with the block."""
        with self._guard:
            self._open.add(connection)
            stopped = self._event.is_set()
        try:
            if stopped:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RD)
            yield
        finally:
            with self._guard:
                self._open.discard(connection)
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)  # whoever still holds it, the other side is told
            connection.close()
