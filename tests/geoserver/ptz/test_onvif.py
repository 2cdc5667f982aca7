"""A device that speaks real SOAP is steered, and whatever it does wrong comes to a reason and never to more."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st

from geoserver.ptz.guarded_http import session
from geoserver.ptz.head import HeadLost, Reason, nobody
from geoserver.ptz.onvif_device import DEGREES, GENERIC, OnvifDevice, aim_told, place_of
from geoserver.ptz.onvif_library import Service
from geoserver.ptz.onvif_xml import checked
from layers.cameras.model import Camera, Credential, PtzAim
from layers.cameras.steering import moves
from layers.cameras.steering.spaces import Mount, zoom_max
from layers.cameras.steering.verdict import off_deg
from tests.geoserver.builders import a_camera
from tests.geoserver.ptz import device_simulator as simulator
from tests.geoserver.ptz.device_simulator import Device, envelope, running

AIM = PtzAim(pan=40.0, tilt=-30.0, zoom=4.0)


def a_head_of(device: Device, camera: Camera | None = None, **over: Any) -> OnvifDevice:
    secret = {"url": device.url, "user": device.user, "password": device.password} | over.pop("secret", {})
    credential = Credential(camera="c1", stream="ptz", **secret)
    return OnvifDevice(camera or a_ptz(), credential, over.pop("allowed", lambda _host, _port: "127.0.0.1"), **over)


def a_ptz(**over: Any) -> Camera:
    values: dict[str, Any] = {"pan_range_deg": 200, "tilt_min_deg": -60, "tilt_max_deg": 20, "hfov_tele_deg": 3}
    return a_camera(type="ptz", heading_deg=over.pop("heading_deg", 350.0), **(values | over))


def with_head(head: OnvifDevice, work: Callable[[OnvifDevice], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        try:
            return await work(head)
        finally:
            await head.close()

    return asyncio.run(run())


async def arrived(head: OnvifDevice) -> PtzAim:
    """Where the head is once it stands still."""
    before = await head.position()
    while True:
        await asyncio.sleep(0.1)
        now = await head.position()
        assert now is not None
        if now == before:
            return now
        before = now


def reason_of(head: OnvifDevice, move: moves.Move | None = None, aim: PtzAim | None = None) -> Reason:
    """Why it fails."""

    async def try_it(head: OnvifDevice) -> Reason:
        with pytest.raises(HeadLost) as lost:
            await (head.position() if move is None else head.go(move, aim, 5))
        return lost.value.reason

    return with_head(head, try_it)


@pytest.mark.parametrize("degrees", [False, True])
def test_it_looks_where_it_is_told(degrees: bool) -> None:
    async def work(head: OnvifDevice) -> PtzAim:
        await head.go(moves.Absolute(AIM), AIM, 5)
        return await arrived(head)

    with running(Device(degrees=degrees)) as device:
        seen = with_head(a_head_of(device), work)
        assert off_deg(seen, AIM) < 1e-3
        assert seen.zoom == pytest.approx(4.0, abs=1e-3)
        # What the device itself counts, by hand: 50° of 100° to the right; −30° lies at −0.25 of −60…20.
        expected = (50 / 180, -30 / 90) if degrees else (0.5, -0.25)
        assert device.head.place[:2] == pytest.approx(expected, abs=1e-4)
        assert device.head.place[2] == pytest.approx(3 / (zoom_max(a_ptz()) - 1), abs=1e-4)
        assert device.bad_signatures == 0


def test_presets_home_turning_on_and_stopping() -> None:
    async def work(head: OnvifDevice) -> None:
        assert list(await head.presets()) == ["gate"]
        await head.go(moves.Preset("gate"), None, 5)
        gate = await arrived(head)
        assert (gate.pan, gate.tilt) == pytest.approx((15.0, -40.0))
        await head.go(moves.Continuous(-0.5, 0, 0), None, 5)
        await asyncio.sleep(0.1)
        await head.go(moves.Stop(), None, 5)
        stopped = await arrived(head)
        assert 1 < off_deg(gate, stopped) < 90
        await head.go(moves.Home(), None, 5)
        home = await arrived(head)
        assert (home.pan, home.tilt) == pytest.approx((350.0, -20.0))

    with running(Device()) as device:
        with_head(a_head_of(device), work)


def test_a_preset_that_only_the_record_knows_is_an_aim() -> None:
    async def work(head: OnvifDevice) -> PtzAim:
        await head.go(moves.Preset("yard"), AIM, 5)
        return await arrived(head)

    with running(Device()) as device:
        assert off_deg(with_head(a_head_of(device), work), AIM) < 1e-3
        assert reason_of(a_head_of(device), moves.Preset("nowhere")) == "no-preset"


def test_a_head_tied_to_no_bearing_turns_by_degrees() -> None:
    async def work(head: OnvifDevice) -> None:
        assert await head.position() is None
        await head.go(moves.Relative(pan=50, tilt=8), None, 5)
        await asyncio.sleep(0.3)
        assert await head.position() is None

    with running(Device()) as device:
        with_head(a_head_of(device, a_ptz(heading_deg=None)), work)
        assert device.head.place[:2] == pytest.approx((0.5, 0.2))
        assert reason_of(a_head_of(device, a_ptz(heading_deg=None)), moves.Absolute(AIM), AIM) == "unsupported"


def test_a_device_with_a_wrong_clock_is_signed_for_by_its_own() -> None:
    with running(Device(clock_ahead_s=-7200)) as device:
        assert with_head(a_head_of(device), lambda head: head.position()) is not None
        assert device.bad_signatures == 0


def test_an_unknown_password_is_refused() -> None:
    with running(Device()) as device:
        head = a_head_of(device, secret={"password": "wrong"})
        assert reason_of(head) == "refused"
        assert device.bad_signatures > 0


def test_what_a_device_says_of_its_own_host_is_not_followed() -> None:
    # Its services lie on 192.0.2.1, it says; only the paths are taken.
    with running(Device(host="192.0.2.1")) as device:
        assert with_head(a_head_of(device), lambda head: head.position()) is not None


def test_only_allowed_addresses_are_reached() -> None:
    with running(Device()) as device:
        assert reason_of(a_head_of(device, allowed=nobody)) == "not-allowed"
        assert device.asked == []
        for url in (
            "file:///etc/passwd",
            "gopher://127.0.0.1/",
            "onvif://",
            "onvif://a b/",
            "onvif://[::1/",
            "rtsp://h/",
        ):
            assert reason_of(a_head_of(device, secret={"url": url})) == "not-allowed"


def test_the_checked_address_is_the_one_connected_to() -> None:
    # The name leads nowhere; what was checked for it does.
    with running(Device()) as device:
        head = a_head_of(device, secret={"url": f"onvif://camera.invalid:{device.port}"})
        assert with_head(head, lambda head: head.position()) is not None


def test_a_redirect_is_not_followed() -> None:
    with running(Device()) as device, socket.create_server(("127.0.0.1", 0)) as bounce:
        import threading

        def answer() -> None:
            web, _ = bounce.accept()
            with web:
                web.recv(65_536)
                told = f"HTTP/1.1 307 No\r\nLocation: {device.url.replace('onvif', 'http')}/onvif/device_service\r\n"
                web.sendall(f"{told}Content-Length: 0\r\nConnection: close\r\n\r\n".encode())

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        head = a_head_of(device, secret={"url": f"onvif://127.0.0.1:{bounce.getsockname()[1]}"})
        assert reason_of(head) == "malformed"
        thread.join(5)
        assert device.asked == []


def test_nobody_there_and_nobody_answering() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    gone = Device(port=port)
    assert reason_of(a_head_of(gone)) == "unreachable"
    with running(Device(slow_s=3.0)) as device:
        assert reason_of(a_head_of(device, timeout_s=0.3)) == "timed-out"


def test_a_device_that_cannot_be_steered() -> None:
    with running(Device(steerable=False)) as device:
        assert reason_of(a_head_of(device)) == "no-ptz"
    with running(Device(absolute=False)) as device:
        assert reason_of(a_head_of(device), moves.Absolute(AIM), AIM) == "unsupported"
    with running(Device(silent_position=True)) as device:
        assert with_head(a_head_of(device), lambda head: head.position()) is None


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>' + envelope("&b;")[38:]
)
FILE = b'<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + envelope("&a;")[38:]
DTD = b'<?xml version="1.0"?><!DOCTYPE z SYSTEM "http://127.0.0.1:1/x.dtd">' + envelope("")[38:]
TPTZ, TT = simulator.TPTZ, simulator.TT


def status(x: str) -> bytes:
    return envelope(
        f'<tptz:GetStatusResponse xmlns:tptz="{TPTZ}" xmlns:tt="{TT}"><tptz:PTZStatus><tt:Position>'
        f'<tt:PanTilt x="{x}" y="0"/></tt:Position><tt:UtcTime>2020-01-01T00:00:00Z</tt:UtcTime>'
        "</tptz:PTZStatus></tptz:GetStatusResponse>"
    )


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (BOMB, "hostile"),
        (FILE, "hostile"),
        (DTD, "hostile"),
        (envelope("<a>" * 200 + "</a>" * 200), "hostile"),
        (envelope("<a/>" * 60_000), "too-large"),
        (envelope("a" * 1_100_000), "too-large"),
        (b"", "malformed"),
        (b"<html><body>Login</body></html>", "malformed"),
        (b"not xml at all", "malformed"),
        (envelope("")[:-8], "malformed"),
        (b"<a/>", "malformed"),
        (status("NaN"), "malformed"),
        (status("1e300"), "malformed"),
        (status("east"), "malformed"),
        (simulator.fault("Receiver", "ter:Action", "out of order"), "declined"),
        (simulator.fault("Sender", "ter:NotAuthorized", "who?"), "refused"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_wrong_answer_has_its_reason(told: bytes, reason: str) -> None:
    with running(Device(answers={"GetStatus": told})) as device:
        assert reason_of(a_head_of(device)) == reason


@pytest.mark.parametrize("operation", ["GetSystemDateAndTime", "GetServices", "GetProfiles", "GetConfigurationOptions"])
@pytest.mark.parametrize(
    "told", [BOMB, b"", b"<html/>", envelope(""), envelope("<x/>"), envelope("<x>" * 9 + "</x>" * 9)]
)
def test_no_answer_on_the_way_there_does_more_than_fail(operation: str, told: bytes) -> None:
    async def work(head: OnvifDevice) -> None:
        try:
            await head.position()
        except HeadLost:
            return

    with running(Device(answers={operation: told})) as device:
        with_head(a_head_of(device), work)


@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda text: envelope(text)))
def test_no_bytes_bring_the_check_down(data: bytes) -> None:
    try:
        checked(data)
    except HeadLost:
        return


@given(
    st.floats(0, 359.9), st.floats(-60, 20), st.floats(1, 20), st.sampled_from([GENERIC, DEGREES]), st.floats(-20, 20)
)
@settings(max_examples=200)
def test_an_aim_comes_back_from_a_device(pan: float, tilt: float, zoom: float, space: str, roll: float) -> None:
    mount = Mount.of(a_ptz(pan_range_deg=None, roll_deg=roll, tilt_min_deg=-90, tilt_max_deg=90))
    aim = PtzAim(pan=pan, tilt=tilt, zoom=zoom)
    back = aim_told(mount, place_of(mount, aim, space), space)
    assert off_deg(aim, back) < 1e-6
    assert back.zoom == pytest.approx(min(zoom, mount.zoom_max))


SERVICES = {simulator.TDS: "devicemgmt", simulator.TRT: "media", simulator.TPTZ: "ptz"}


REFUSED = {
    "Probe.xml": "other: ProbeMatches",  # of discovery, which is no request to a device's services
    # What they answer with is no answer of their service: AuxiliaryCommandResponse; Media's under Device's name.
    "device.SendAuxiliaryCommand.xml": "refused: malformed",
    "media.AddAudioEncoderConfiguration.xml": "refused: malformed",
    "media.AddAudioSourceConfiguration.xml": "refused: malformed",
    "media.AddVideoEncoderConfiguration.xml": "refused: malformed",
    "media.AddVideoSourceConfiguration.xml": "refused: malformed",
    "media.RemoveAudioEncoderConfiguration.xml": "refused: malformed",
    "media.RemoveAudioSourceConfiguration.xml": "refused: malformed",
}


async def read_all(folder: Path) -> dict[str, str]:
    """What becomes of each file: what it answers, or the reason why it is refused."""
    async with session("127.0.0.1") as web:
        services = {ns: await Service.open(name, "http://127.0.0.1/", web, ("", "")) for ns, name in SERVICES.items()}
        told = {file.name: outcome(services, file.read_bytes()) for file in folder.iterdir() if file.name != "LICENSE"}
        for service in services.values():
            await service.close()
        return told


def outcome(services: dict[str, Service], data: bytes) -> str:
    try:
        body = fromstring(checked(data), forbid_dtd=True).find(f"{{{simulator.S}}}Body")
        namespace, _, tag = next(iter(body)).tag[1:].partition("}")
        if namespace not in services:
            return f"other: {tag}"
        said = services[namespace].read(tag.removesuffix("Response"), data)
    except HeadLost as lost:
        return f"refused: {lost.reason}"
    return f"read: {tag}: {type(said).__name__}"


@pytest.mark.shared
def test_every_shared_answer_is_read_or_refused(shared_data: Path) -> None:
    """Each through the library's own reader of the operation that it answers, after our check."""
    told = asyncio.run(read_all(shared_data / "interop" / "onvif"))
    assert len(told) == 60
    assert {name: one for name, one in told.items() if not one.startswith("read")} == REFUSED


@pytest.mark.shared
def test_a_real_devices_answers_steer(shared_data: Path) -> None:
    """The whole way to a position through a real device's answers."""
    folder = shared_data / "interop" / "onvif"
    names = ("GetServices", "GetProfiles", "GetStatus", "GetSystemDateAndTime")
    answers = {name: (folder / f"{name}.xml").read_bytes() for name in names}
    moved = {name: (folder / f"ptz.{name}.xml").read_bytes() for name in ("AbsoluteMove", "Stop", "ContinuousMove")}

    async def work(head: OnvifDevice) -> PtzAim | None:
        await head.go(moves.Continuous(1, 0, 0), None, 5)
        await head.go(moves.Stop(), None, 5)
        await head.go(moves.Absolute(AIM), AIM, 5)
        return await head.position()

    then = datetime(2014, 12, 24, 19, 14, 37, tzinfo=UTC)  # what it says the time is
    with running(Device(answers=answers | moved, clock_ahead_s=(then - datetime.now(UTC)).total_seconds())) as device:
        seen = with_head(a_head_of(device), work)
    # −0.864665985 of 100° to each side of 350°; 0.267444015 of 40° above −20°.
    assert (seen.pan, seen.tilt) == pytest.approx((350 - 86.4665985, -20 + 40 * 0.267444015))
    assert seen.zoom == pytest.approx(1 + 0.211861998 * (zoom_max(a_ptz()) - 1))
