"""What a client of the live feed knows: everything it was told, folded as a screen folds it."""

import json
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from geoserver.live.asks import POSITIONS
from geoserver.live.conditions import CONDITIONS
from geoserver.live.positions import HEADER, ROW
from tests import door

PATIENCE_S = 20.0
Place = tuple[int, int, int]
"""Longitude and latitude in 1e-7 degrees, and when, in milliseconds since 1970."""


class Listener:
    """One client, in a thread of its own."""

    def __init__(self, web: ClientConnection, topics: tuple[str, ...]) -> None:
        self.records: dict[str, dict[str, Any]] = {topic: {} for topic in topics}
        self.places: dict[str, Place] = {}
        self.conditions: dict[str, tuple[bool | None, tuple[str, ...]]] = {}
        self._names: dict[int, str] = {}
        self._reached: dict[str, int] = dict.fromkeys(topics, -1)
        self._web = web
        self._changed = threading.Condition()
        for topic in (*topics, POSITIONS, CONDITIONS):
            web.send(json.dumps({"type": "subscribe", "topic": topic}))
        threading.Thread(target=self._hear, daemon=True).start()

    def wait(self, holds: Callable[["Listener"], bool]) -> None:
        """Until something holds of what is known."""
        end = time.monotonic() + PATIENCE_S
        with self._changed:
            while not holds(self):
                if time.monotonic() > end:
                    raise TimeoutError(f"the live feed has not told what was done: {self._reached}")
                self._web.send(json.dumps({"type": "ping"}))
                self._changed.wait(0.05)

    def has_reached(self, seq: int) -> bool:
        """Whether all rows up to one were told."""
        return min(self._reached.values()) >= seq

    def _hear(self) -> None:
        try:
            for message in self._web:
                with self._changed:
                    self._take(message)
                    self._changed.notify_all()
        except ConnectionClosed:
            return

    def _take(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            self._take_batch(message)
            return
        told = json.loads(message)
        topic = told.get("topic", "")
        match told["type"]:
            case "snapshot":
                self.records[topic] |= {one["id"]: one for one in told["records"]}
                if told["last"]:
                    self._reached[topic] = told["seq"]
            case "change" if told["feature"] is None:
                self.records[topic].pop(told["id"], None)
            case "change":
                self.records[topic][told["id"]] = told["feature"]
            case "pong":
                self._reached |= {name: seq for name, seq in told["topics"].items() if seq and name in self._reached}
            case "names":
                self._names |= {int(number): thing["id"] for number, thing in told["names"].items()}
            case "conditions":
                if told["whole"]:
                    self.conditions = {}
                self.conditions |= {one[0]: (one[1], tuple(one[2])) for one in told["cameras"]}

    def _take_batch(self, batch: bytes) -> None:
        _, _, size, count, newest_ms = HEADER.unpack_from(batch)
        for i in range(count):
            row = struct.unpack_from("<IiifHHi", batch, HEADER.size + i * size)
            assert size == ROW.itemsize
            if row[0] in self._names:
                self.places[self._names[row[0]]] = (row[1], row[2], round(newest_ms - row[6]))


@contextmanager
def listening(address: str, topics: tuple[str, ...]) -> Iterator[Listener]:
    """A client of a server's live feed that sees everything."""
    url = address.replace("http", "ws") + "/api/live"
    with connect(url, additional_headers=door.headers(address), max_size=None) as web:
        yield Listener(web, topics)
