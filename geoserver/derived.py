"""Keeps what was computed, by what it was computed from: never wrong, only outgrown and then dropped."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any


class Derived:
    """The last ``size`` results. Results of the same key are computed once, one after the other."""

    def __init__(self, size: int = 512) -> None:
        self._size = size
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._guard = threading.Lock()
        self._making: dict[Hashable, threading.Lock] = {}

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What is kept under a key, or is made now."""
        with self._guard:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            making = self._making.setdefault(key, threading.Lock())
        with making:
            if key in self._kept:
                return self._kept[key]
            try:
                value = make()
            finally:
                with self._guard:
                    self._making.pop(key, None)
            with self._guard:
                self._kept[key] = value
                while len(self._kept) > self._size:
                    self._kept.popitem(last=False)
            return value
