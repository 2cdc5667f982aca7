"""Positions: the latest of each, told in binary batches to whoever watches its place."""

import struct
import time

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoserver.live.audience import EVERYBODY
from geoserver.live.positions import Board, Position
from geoserver.live.watching import Watching, tell
from layers.errors import BadInput

BOX = (106.0, 39.0, 107.0, 40.0)


def at(id_: str, lon: float = 106.5, lat: float = 39.5, ago_s: float = 0.0, **more: float) -> Position:
    return Position("unit", id_, lon, lat, time.time() - ago_s, **more)


def unpacked(batch: bytes) -> list[dict]:
    """The rows of a batch, read as its description says and not as it is written."""
    form, zero, size, count, newest = struct.unpack_from("<BBHId", batch)
    assert (form, zero, size, len(batch)) == (1, 0, 24, 16 + 24 * count)
    rows = []
    for i in range(count):
        number, lon, lat, height, heading, speed, age = struct.unpack_from("<IiifHHi", batch, 16 + size * i)
        rows.append(
            {
                "number": number,
                "lon": lon / 1e7,
                "lat": lat / 1e7,
                "height": height,
                "heading": heading,
                "speed": speed,
                "time": newest - age,
            }
        )
    return rows


def heard(board: Board, watching: Watching) -> tuple[str | None, bytes | None]:
    """What one client is sent now."""
    tell(board, [watching])
    sent = watching.names, watching.batch
    watching.names = watching.batch = None
    return sent


class Client:
    """What somebody knows who is told of positions."""

    def __init__(self, board: Board, box: tuple | None = None, audience=EVERYBODY) -> None:
        self.board, self.watching = board, Watching(box, audience)
        self.names: dict[int, str] = {}
        self.places: dict[str, tuple[float, float]] = {}

    def listen(self) -> dict[str, tuple[float, float]]:
        """What came this time."""
        names, batch = heard(self.board, self.watching)
        if names is not None:
            message = orjson.loads(names)
            assert (message["type"], message["topic"]) == ("names", "positions")
            self.names |= {int(number): told["id"] for number, told in message["names"].items()}
        fresh = {
            self.names[row["number"]]: (row["lon"], row["lat"])
            for row in unpacked(batch or struct.pack("<BBHId", 1, 0, 24, 0, 0))
        }
        self.places |= fresh
        return fresh


def test_a_batch_is_what_its_description_says() -> None:
    board = Board()
    now = time.time()
    board.put(
        [
            Position("unit", "a", 106.1234567, -39.7654321, now, 1042.5, 271.25, 13.89),
            Position("vehicle", "b", -179.9999999, 0.0, now - 1.5),
        ]
    )
    names, batch = heard(board, Watching(None, EVERYBODY))
    assert orjson.loads(names or "")["names"] == {
        "1": {"kind": "unit", "id": "a"},
        "2": {"kind": "vehicle", "id": "b"},
    }
    first, second = unpacked(batch or b"")
    assert (first["lon"], first["lat"], first["height"]) == (106.1234567, -39.7654321, 1042.5)
    assert (first["heading"], first["speed"]) == (27125, 1389)
    assert first["time"] == pytest.approx(now * 1e3, abs=1)
    assert second["time"] == pytest.approx((now - 1.5) * 1e3, abs=2)
    assert second["lon"] == -179.9999999
    assert second["height"] != second["height"], "on the ground"
    assert (second["heading"], second["speed"]) == (65535, 65535)


def test_the_latest_wins_and_nothing_is_told_twice() -> None:
    board = Board()
    client = Client(board)
    board.put([at("a", 106.1), at("a", 106.2), at("a", 106.3)])
    assert client.listen() == {"a": (106.3, 39.5)}
    assert client.listen() == {}
    board.put([at("a", 106.9, ago_s=60)])
    assert client.listen() == {}, "late"
    board.put([at("a", 106.4)])
    assert client.listen() == {"a": (106.4, 39.5)}


def test_what_leaves_the_view_is_told_once_more() -> None:
    board = Board()
    client = Client(board, BOX)
    board.put([at("a"), at("far", 120.0)])
    assert client.listen() == {"a": (106.5, 39.5)}
    board.put([at("a", 107.5), at("far", 121.0)])
    assert client.listen() == {"a": (107.5, 39.5)}
    board.put([at("a", 108.5)])
    assert client.listen() == {}
    board.put([at("far", 106.6)])
    assert client.listen() == {"far": (106.6, 39.5)}


def test_a_box_over_the_date_line() -> None:
    board = Board()
    client = Client(board, (170.0, -10.0, -170.0, 10.0))
    board.put([at("a", 179.0, 0.0), at("b", -179.0, 0.0), at("c", 0.0, 0.0)])
    assert set(client.listen()) == {"a", "b"}


def test_what_was_long_silent_is_not_shown_to_those_who_come() -> None:
    board = Board()
    board.put([at("gone", ago_s=3600), at("here")])
    client = Client(board)
    assert set(client.listen()) == {"here"}
    board.put([at("gone")])
    assert set(client.listen()) == {"gone"}


def test_nobody_is_told_of_what_they_may_not_follow() -> None:
    class NotB:
        def may_see(self, record: object) -> bool:
            return True

        def may_follow(self, kind: str, id_: str) -> bool:
            return id_ != "b"

    board = Board()
    client = Client(board, audience=NotB())
    board.put([at("a"), at("b")])
    assert set(client.listen()) == {"a"}
    board.put([at("b", 106.7)])
    names, batch = heard(board, client.watching)
    assert (names, batch) == (None, None)


def test_a_full_board_forgets_what_was_silent_longest() -> None:
    board = Board(most=2)
    client = Client(board, BOX)
    board.put([at("a"), at("b")])
    client.listen()
    board.put([at("b", 106.6), at("c", 106.7)])
    assert client.listen() == {"b": (106.6, 39.5), "c": (106.7, 39.5)}
    assert sorted(client.names.values()) == ["a", "b", "c"], "a new number, so that nobody takes c for a"


@pytest.mark.parametrize(("field", "value"), [("lon", 181.0), ("lat", float("nan")), ("time_s", float("inf"))])
def test_positions_that_are_none(field: str, value: float) -> None:
    values = {"lon": 1.0, "lat": 2.0, "time_s": 3.0} | {field: value}
    with pytest.raises(BadInput, match=field):
        Position("unit", "a", **values)


MOVES = st.lists(
    st.lists(st.tuples(st.integers(0, 12), st.integers(-3, 3)), max_size=20),
    min_size=1,
    max_size=12,
)


@settings(deadline=None, max_examples=60)
@given(MOVES)
def test_who_listens_now_and_then_knows_what_is_in_view(moves: list[list[tuple[int, int]]]) -> None:
    """After each listening the client's places in its view are those of a plain dictionary."""
    board, truth = Board(), {}
    client = Client(board, (-1.5, -1.0, 1.5, 1.0))
    for batch in moves:
        for number, lon in batch:
            board.put([at(f"t{number}", float(lon), 0.0)])
            truth[f"t{number}"] = (float(lon), 0.0)
        client.listen()
        shown = {id_: place for id_, place in client.places.items() if abs(place[0]) <= 1.5}
        assert shown == {id_: place for id_, place in truth.items() if abs(place[0]) <= 1.5}
