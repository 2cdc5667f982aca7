"""Messages that steer: there and back, hostile ones refused, all shared files read or refused with a reason."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.cameras.steering.control_xml import (
    MOST_BYTES,
    Precise,
    home_control,
    position_query,
    precise_control,
    ptz_control,
    read_message,
)
from layers.cameras.steering.ptz_cmd import PresetOrder, Turn
from layers.errors import BadInput

DEVICE = "34020000001320000001"


def test_a_move_comes_back() -> None:
    told = read_message(ptz_control(DEVICE, 7, Turn(pan=-40, zoom=3), 5))
    assert (told.root, told.cmd_type, told.sn, told.device, told.priority) == ("Control", "DeviceControl", 7, DEVICE, 5)
    assert told.order == Turn(pan=-40, zoom=3)
    assert told.remarks == ()


@given(st.floats(0, 360), st.floats(-30, 90), st.floats(1, 100))
def test_an_aim_comes_back_to_a_hundredth(pan: float, tilt: float, zoom: float) -> None:
    told = read_message(precise_control(DEVICE, 1, Precise(pan, tilt, zoom), 8)).precise
    assert told is not None
    assert (told.pan, told.tilt, told.zoom) == pytest.approx((pan, tilt, zoom), abs=0.005001)


def test_home_and_query_are_what_the_standard_writes() -> None:
    assert b"<HomePosition><Enabled>1</Enabled>" in home_control(DEVICE, 3, 5)
    assert read_message(home_control(DEVICE, 3, 5)).cmd_type == "DeviceControl"
    asked = read_message(position_query(DEVICE, 4))
    assert (asked.root, asked.cmd_type, asked.sn) == ("Query", "PTZPosition", 4)


def test_an_answer_in_gb2312_is_read() -> None:
    text = (
        '<?xml version="1.0" encoding="GB2312"?><Response><CmdType>PTZPosition</CmdType><SN>4</SN>'
        f"<DeviceID>{DEVICE}</DeviceID><Name>摄像机</Name><Pan>12.5</Pan><Tilt>-3</Tilt><Zoom>2</Zoom></Response>"
    )
    assert read_message(text.encode("gb2312")).precise == Precise(12.5, -3.0, 2.0)


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "aaaaaaaaaa"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;">]>'
    "<Response><CmdType>&y;</CmdType></Response>"
)
OUTSIDE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><Response><CmdType>&x;</CmdType></Response>'
BODY = "<SN>1</SN><DeviceID>3</DeviceID>"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nothing",
        BOMB.encode(),
        OUTSIDE.encode(),
        b"<Response>" + b"<a>" * 40 + b"</a>" * 40 + b"</Response>",
        b"<Response>" + b"a" * MOST_BYTES + b"</Response>",
        f"<Elsewhere><CmdType>PTZPosition</CmdType>{BODY}</Elsewhere>".encode(),
        f"<Response>{BODY}</Response>".encode(),
        b"<Response><CmdType>PTZPosition</CmdType><SN>1</SN></Response>",
        b"<Response><CmdType>PTZPosition</CmdType><SN>one</SN><DeviceID>3</DeviceID></Response>",
        f"<Response><CmdType>PTZPosition</CmdType>{BODY}<Pan>NaN</Pan></Response>".encode(),
        f"<Response><CmdType>PTZPosition</CmdType>{BODY}<Pan>1e9</Pan></Response>".encode(),
        f"<Control><CmdType>DeviceControl</CmdType>{BODY}<PTZCmd>A50F</PTZCmd></Control>".encode(),
        f"<Control><CmdType>DeviceControl</CmdType>{BODY}<Cmd>Sideways</Cmd></Control>".encode(),
    ],
)
def test_what_is_no_message_is_refused_with_a_reason(data: bytes) -> None:
    with pytest.raises(BadInput) as refused:
        read_message(data)
    assert refused.value.values["detail"]
    assert "root:" not in str(refused.value), "nothing of this machine is in it"


@given(st.binary(max_size=300))
def test_no_bytes_bring_it_down(data: bytes) -> None:
    try:
        read_message(data)
    except BadInput:
        return


READ = {
    "alarm-notify.xml": "Alarm",
    "catalog_empty.xml": "Catalog",
    "catalog_full_item_gb2312.xml": "Catalog",
    "catalog_one.xml": "Catalog",
    "deviceinfo-response.xml": "DeviceInfo",
    "home-position-response.xml": "HomePosition",
    "keepalive.xml": "Keepalive",
    "ptz-control.xml": "DeviceControl",
    "recordinfo-response.xml": "RecordInfo",
    "subscribe.xml": "Subscribe",
}


@pytest.mark.shared
def test_every_shared_file_is_read(shared_data: Path) -> None:
    files = sorted((shared_data / "interop" / "gb28181").glob("*.xml"))
    told = {file.name: read_message(file.read_bytes()) for file in files}
    assert {name: message.cmd_type for name, message in told.items()} == READ
    # Left at half speed, though it is written in words and not as a PTZCmd.
    move = told["ptz-control.xml"]
    assert move.order == Turn(pan=-128)
    assert move.priority == 5
    assert move.remarks
    assert told["home-position-response.xml"].result == "OK"


def test_a_preset_is_called_by_its_number() -> None:
    assert read_message(ptz_control(DEVICE, 1, PresetOrder("call", 9), 5)).order == PresetOrder("call", 9)
