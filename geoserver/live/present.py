"""Who has a live connection now: people, however many screens each of them has."""

import contextlib
from collections import Counter
from collections.abc import Iterator


class Present:
    """The people of one process. Used in the event loop only; the count may be read from anywhere."""

    def __init__(self) -> None:
        self._screens: Counter[str] = Counter()

    @property
    def people(self) -> int:
        """How many different people are connected."""
        return len(self._screens)

    @contextlib.contextmanager
    def joined(self, name: str) -> Iterator[None]:
        """Count one screen of a person, until left."""
        self._screens[name] += 1
        try:
            yield
        finally:
            self._screens[name] -= 1
            if not self._screens[name]:
                del self._screens[name]
