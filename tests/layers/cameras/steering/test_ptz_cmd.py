"""PTZCmd: known codes of the standard and of platforms in use, there and back, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.cameras.steering.ptz_cmd import (
    STOP,
    Command,
    Cruise,
    Lens,
    Order,
    PresetOrder,
    Scan,
    Switch,
    Turn,
    decode,
    encode,
)
from layers.errors import BadInput

BYTE, WIDE = st.integers(0, 255), st.integers(0, 0xFFF)
SIGNED = st.integers(-255, 255)
ORDERS: st.SearchStrategy[Order] = st.one_of(
    st.builds(Turn, SIGNED, SIGNED, st.integers(-15, 15)),
    st.builds(Lens, SIGNED, SIGNED),
    st.builds(PresetOrder, st.sampled_from(["set", "call", "delete"]), st.integers(1, 255)),
    st.builds(Cruise, st.sampled_from(["add", "delete"]), BYTE, BYTE),
    st.builds(Cruise, st.sampled_from(["speed", "dwell"]), BYTE, WIDE),
    st.builds(Cruise, st.just("start"), BYTE),
    st.builds(Scan, st.sampled_from(["start", "left", "right"]), BYTE),
    st.builds(Scan, st.just("speed"), BYTE, WIDE),
    st.builds(Switch, BYTE, st.booleans()),
)

KNOWN: list[tuple[str, int, Order]] = [
    # What platforms are seen to send.
    ("A50F4D0000000001", 0x4D, STOP),
    ("A50F4D1000001021", 0x4D, Turn(zoom=1)),
    ("A50F01021F0000D6", 1, Turn(pan=-0x1F)),
    # Worked by hand from the tables of annex A.3.
    ("A50F0100000000B5", 1, STOP),
    ("A50F01011F0000D5", 1, Turn(pan=0x1F)),
    ("A50F0108001F00DC", 1, Turn(tilt=0x1F)),
    ("A50F0104001F00D8", 1, Turn(tilt=-0x1F)),
    ("A50F01200000F0C5", 1, Turn(zoom=-15)),
    ("A50F01416400005A", 1, Lens(focus=100)),
    ("A50F018200010038", 1, PresetOrder("call", 1)),
    ("A50F018100FF0035", 1, PresetOrder("set", 255)),
    ("A50F01880200003F", 1, Cruise("start", 2)),
    ("A50F0186022C1079", 1, Cruise("speed", 2, 300)),
    ("A50F018901010040", 1, Scan("left", 1)),
    ("A50F018C01000042", 1, Switch(1, on=True)),
]


@pytest.mark.parametrize(("digits", "address", "order"), KNOWN)
def test_known_codes(digits: str, address: int, order: Order) -> None:
    assert decode(digits) == Command(order, address)
    assert encode(Command(order, address)) == digits


@given(ORDERS, st.integers(0, 0xFFF))
def test_every_order_comes_back(order: Order, address: int) -> None:
    digits = encode(Command(order, address))
    assert len(digits) == 16
    assert decode(digits) == Command(order, address)
    assert decode(digits.lower()) == Command(order, address)


@given(ORDERS, st.integers(0, 15), st.integers(1, 15))
def test_one_wrong_digit_is_found(order: Order, at: int, by: int) -> None:
    digits = encode(Command(order, 1))
    wrong = digits[:at] + f"{(int(digits[at], 16) + by) % 16:X}" + digits[at + 1 :]
    with pytest.raises(BadInput):
        decode(wrong)


@pytest.mark.parametrize(
    "text", ["", "A50F", "A50F0100000000B5A5", "A50F01000000ZZB5", "B50F0100000000C5", "A50E0100000000B4"]
)
def test_what_is_no_command_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        decode(text)


def test_both_ways_at_once_is_refused() -> None:
    with pytest.raises(BadInput, match="both ways"):
        decode("A50F01030A0A00CC")


@pytest.mark.parametrize(
    "order",
    [
        Turn(pan=256),
        Turn(zoom=16),
        Lens(iris=-256),
        PresetOrder("call", 0),
        Cruise("add", 0, 256),
        Scan("speed", 0, 4096),
    ],
)
def test_what_does_not_fit_is_refused(order: Order) -> None:
    with pytest.raises(BadInput):
        encode(Command(order))
