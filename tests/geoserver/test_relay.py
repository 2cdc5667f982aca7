"""What processes tell each other: positions and people, packed, taken up, and never twice."""

import threading
import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoserver.live.positions import Board, Position
from geoserver.live.present import FORGOTTEN_S, Present
from geoserver.live.relay import Relay, relaying
from geoserver.live.relayed import Here, Moved, pack_here, pack_moved, unpack
from tests.geoserver.test_live_positions import Client

MOST = 5_900
IDS = st.text(st.sampled_from('abcXYZ019-_.~乌海 \t\n\x1c\u2028"\\'), min_size=1, max_size=60)


class Wire:
    """Processes in one thread, and what goes between them."""

    def __init__(self) -> None:
        self.heard: list[list[str]] = []
        self.ends: list[tuple[Relay, Board, Present]] = []
        self.messages = 0

    def end(self) -> tuple[Relay, Board, Present]:
        board, present, heard = Board(), Present(), list[str]()
        self.heard.append(heard)

        def moved(positions: Sequence[Position]) -> None:
            heard.extend(one.id for one in positions)

        made = Relay(board, present, moved, threading.Event(), MOST), board, present
        self.ends.append(made)
        return made

    def turn(self) -> None:
        said = [message for relay, _, _ in self.ends for message in relay.say()]
        self.messages += len(said)
        for message in said:
            for relay, _, _ in self.ends:
                relay.hear(message)


def at(id_: str, lon: float = 106.5, ago_s: float = 0.0, **more: float) -> Position:
    return Position("unit", id_, lon, 39.5, time.time() - ago_s, **more)


@given(st.lists(st.tuples(IDS, st.floats(-180, 180), st.floats(-90, 90)), max_size=400, unique_by=lambda one: one[0]))
def test_what_is_packed_is_unpacked(things: list[tuple[str, float, float]]) -> None:
    board, now = Board(), time.time()
    board.put(Position("unit", id_, lon, lat, now, None, 12.34, None) for id_, lon, lat in things)
    _, rows, names = board.own_since(0)
    messages = pack_moved(b"12345678", rows, names, MOST)
    assert all(len(one) <= MOST for one in messages)
    parts = [unpack(one) for one in messages]
    found = {one.id: one for part in parts if isinstance(part, Moved) for one in part.positions}
    assert found.keys() == {id_ for id_, _, _ in things}
    for id_, lon, lat in things:
        one = found[id_]
        assert [one.lon, one.lat] == pytest.approx([lon, lat], abs=1e-7)
        assert (one.height_m, one.heading_deg, one.speed_m_s) == (None, 12.34, None)
        assert one.time_s == pytest.approx(now, abs=1e-4)


def test_positions_go_to_all_others_once() -> None:
    wire = Wire()
    (_, a, _), (_, b, _), (_, c, _) = wire.end(), wire.end(), wire.end()
    client = Client(b)
    wire.turn()
    wire.turn()
    a.put([at("car"), at("car", 106.6, height_m=1100.5, speed_m_s=3.5)])
    wire.turn()
    assert client.listen() == {"car": (106.6, 39.5)}
    said = wire.messages
    wire.turn()
    assert (wire.messages, wire.heard) == (said, [[], ["car"], ["car"]])
    stamps = a.stamp, c.stamp
    c.put([at("car", 106.7)])
    wire.turn()
    assert client.listen() == {"car": (106.7, 39.5)}
    assert (a.stamp, c.stamp) == (stamps[0] + 1, stamps[1] + 1)
    assert wire.heard == [["car"], ["car", "car"], ["car"]]


def test_the_latest_wins_whoever_says_it() -> None:
    wire = Wire()
    (_, a, _), (_, b, _) = wire.end(), wire.end()
    wire.turn()
    b.put([at("car", 106.9)])
    a.put([at("car", 106.1, ago_s=5)])
    wire.turn()
    assert [Client(board).listen() for board in (a, b)] == [{"car": (106.9, 39.5)}] * 2


def test_who_comes_is_told_what_stands_still() -> None:
    wire = Wire()
    _, a, _ = wire.end()
    a.put([at("parked"), at("long gone", ago_s=3600)])
    wire.turn()
    _, b, _ = wire.end()
    for _ in range(3):
        wire.turn()
    assert set(Client(b).listen()) == {"parked"}


def test_people_count_once_wherever_their_screens_are() -> None:
    clock = [100.0]
    ours, theirs = Present(lambda: clock[0]), Present()
    with ours.joined("li"), ours.joined("li"), ours.joined("wang"), theirs.joined("li"), theirs.joined("zhao"):
        for message in pack_here(b"theirs..", theirs.names, MOST):
            here = unpack(message)
            assert isinstance(here, Here)
            assert ours.hear(here)
            assert not ours.hear(here)
        assert ours.people == 3
        clock[0] += FORGOTTEN_S + 1
        assert ours.people == 2


def test_many_people_take_several_messages_and_the_gone_are_gone() -> None:
    ours = Present()
    many = [unpack(one) for one in pack_here(b"theirs..", (f"p{i}" for i in range(2000)), MOST)]
    assert len(many) == 3
    for here in (*many, many[0]):
        assert isinstance(here, Here)
        ours.hear(here)
    assert ours.people == 2000
    for message in pack_here(b"theirs..", ["one"], MOST):
        ours.hear(unpack(message))  # type: ignore[arg-type]
    assert ours.people == 1
    ours.hear(Here(b"theirs..", 0, 0, frozenset()))
    assert ours.people == 0


@pytest.mark.parametrize("message", [b"", b"x", b"\x01p12345678\xff\xff", b"\x07p12345678", b"\x01z12345678abc"])
def test_what_cannot_be_read_does_no_harm(message: bytes) -> None:
    wire = Wire()
    relay, board, present = wire.end()
    relay.hear(message)
    assert (board.count, present.people) == (0, 0)


def test_without_a_line_nothing_is_started() -> None:
    before = threading.active_count()
    with relaying(None, Board(), Present(), lambda _: None):
        assert threading.active_count() == before
