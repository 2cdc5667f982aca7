"""The service: verdicts by reading back, who may, what is journalled, and what a device that misbehaves comes to."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import pytest

from geoserver.faults import CannotSteer, SteeringFailed, SteeringHeld
from geoserver.ptz import steering as service
from geoserver.ptz.head import HeadLost
from geoserver.ptz.heads import Heads
from geoserver.ptz.present import PresentAims
from geoserver.ptz.simulated_head import SimulatedHead
from geoserver.ptz.steering import Steering
from layers.cameras.model import Camera, Credential, PtzAim
from layers.cameras.steering import moves
from layers.cameras.steering.hold import Steerer
from layers.cameras.steering.verdict import off_deg
from tests.geoserver.builders import a_camera
from tests.geoserver.ptz.device_simulator import Device, fault, running
from tests.geoserver.ptz.test_onvif import BOMB

ANNE, BO, CHIEF = Steerer("anne", "Anne", 5), Steerer("bo", "Bo", 5), Steerer("chief", "The chief", 8)
AIM = PtzAim(pan=40.0, tilt=-30.0, zoom=4.0)


class Journal:
    """Rows as they were noted."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def __call__(self, actor: str, kind: str, id_: str, detail: Mapping[str, Any]) -> None:
        assert kind == "camera"
        self.rows.append({"actor": actor, "id": id_, **detail})


class Credentials:
    """Of a store what heads ask it for."""

    def __init__(self, *kept: Credential) -> None:
        self.kept = {(one.camera, one.stream): one for one in kept}

    def credential(self, camera: str, stream: str) -> Credential | None:
        return self.kept.get((camera, stream))


class Bench:
    """A steering service and what it wrote."""

    def __init__(self, *kept: Credential, simulated: bool = False) -> None:
        self.aims, self.journal = PresentAims(), Journal()
        self.store = Credentials(*kept)
        heads = Heads(self.store, self.aims, lambda _host, _port: "127.0.0.1", simulated=simulated)  # type: ignore[arg-type]
        self.moment = 1_000.0
        self.steering = Steering(heads, self.aims, self.journal)

    async def move(self, camera: Camera, move: moves.Move, who: Steerer = ANNE) -> service.Outcome:
        return await self.steering.move(camera, move, who, {"move": type(move).__name__.lower()})


def a_ptz(**over: Any) -> Camera:
    values: dict[str, Any] = {"pan_range_deg": 200, "tilt_min_deg": -60, "tilt_max_deg": 20, "hfov_tele_deg": 3}
    return a_camera(type="ptz", heading_deg=over.pop("heading_deg", 350.0), **(values | over))


def run(bench: Bench, work: Callable[[Bench], Awaitable[Any]]) -> Any:
    @contextlib.asynccontextmanager
    async def open_() -> AsyncIterator[Bench]:
        try:
            yield bench
        finally:
            await bench.steering.close()

    async def all_of_it() -> Any:
        async with open_():
            return await work(bench)

    return asyncio.run(all_of_it())


def key(device: Device) -> Credential:
    return Credential(camera="c1", stream="ptz", url=device.url, user=device.user, password=device.password)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The simulated device is quick."""
    monkeypatch.setattr(service, "READ_S", 0.05)
    monkeypatch.setattr(service, "STARTS_S", 0.3)


def test_a_device_that_turns_is_told_to_have_arrived() -> None:
    with running(Device()) as device:
        bench = Bench(key(device))
        made = run(bench, lambda bench: bench.move(a_ptz(), moves.Absolute(AIM)))
    assert made.reached is True
    assert made.off_deg < 0.01
    assert made.wanted == AIM
    assert off_deg(bench.aims.of(a_ptz()), AIM) < 0.01
    (row,) = bench.journal.rows
    assert (row["actor"], row["id"], row["deed"], row["reached"]) == ("anne", "c1", "aim", True)
    assert row["wanted"] == {"pan": 40.0, "tilt": -30.0, "zoom": 4.0}


def test_a_device_that_does_not_turn_is_told() -> None:
    with running(Device(stuck=True)) as device:
        bench = Bench(key(device))
        made = run(bench, lambda bench: bench.move(a_ptz(), moves.Absolute(AIM)))
    assert made.reached is False
    # From 350°, −20° to 40°, −30°: it has not moved at all.
    assert made.off_deg == pytest.approx(off_deg(PtzAim(pan=350, tilt=-20), AIM), abs=0.01)
    assert (made.aim.pan, made.aim.tilt) == pytest.approx((350.0, -20.0))
    assert bench.journal.rows[0]["reached"] is False


def test_a_device_that_never_arrives_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST_S", 0.5)
    device = Device()
    device.head.per_s = (0.01, 0.01, 0.01)
    with running(device):
        made = run(Bench(key(device)), lambda bench: bench.move(a_ptz(), moves.Absolute(AIM)))
    assert made.reached is False


def test_a_device_that_does_not_tell_where_it_is() -> None:
    with running(Device(silent_position=True)) as device:
        bench = Bench(key(device))
        made = run(bench, lambda bench: bench.move(a_ptz(), moves.Absolute(AIM)))
    assert (made.reached, made.aim, made.off_deg) == (None, None, None)
    assert bench.journal.rows[0]["reached"] is None


def test_beyond_reach_is_told_and_is_not_reached() -> None:
    far = PtzAim(pan=200.0, tilt=-80.0, zoom=500.0)
    with running(Device()) as device:
        bench = Bench(key(device))
        made = run(bench, lambda bench: bench.move(a_ptz(), moves.Absolute(far)))
    assert made.limited == ("pan", "tilt", "zoom")
    assert made.reached is False
    assert bench.journal.rows[0]["limited"] == ["pan", "tilt", "zoom"]


def test_relative_preset_home_stop() -> None:
    async def work(bench: Bench) -> None:
        camera = a_ptz(pitch_deg=-20.0)
        turned = await bench.move(camera, moves.Relative(pan=20, tilt=5, zoom=3))
        assert turned.reached
        assert (turned.aim.pan, turned.aim.tilt, turned.aim.zoom) == pytest.approx((10, -15, 3), abs=0.01)
        # The device's own preset, of which the record knows nothing: it is not known where it ends.
        gate = await bench.move(camera, moves.Preset("gate"))
        assert (gate.reached, gate.wanted) == (None, None)
        assert (gate.aim.pan, gate.aim.tilt) == pytest.approx((15.0, -40.0), abs=0.01)
        # A record that says otherwise than the device does.
        kept = a_ptz(pitch_deg=-20.0, presets=({"name": "gate", "pan": 100, "tilt": 0},))
        assert (await bench.move(kept, moves.Preset("gate"))).reached is False
        home = await bench.move(camera, moves.Home())
        assert home.reached
        await bench.move(camera, moves.Continuous(0.2, 0, 0))
        await asyncio.sleep(0.1)
        stopped = await bench.move(camera, moves.Stop())
        assert stopped.reached
        assert off_deg(stopped.aim, home.aim) > 1
        with pytest.raises(SteeringFailed) as lost:
            await bench.move(camera, moves.Preset("nowhere"))
        assert lost.value.values["reason"] == "no-preset"
        assert len(bench.journal.rows) == 7
        assert bench.journal.rows[-1]["failed"] == "no-preset"

    with running(Device()) as device:
        run(Bench(key(device)), work)


def test_a_head_that_nobody_stops_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "CONTINUOUS_S", 0.3)

    async def work(bench: Bench) -> None:
        await bench.move(a_ptz(), moves.Continuous(0.1, 0, 0))
        await asyncio.sleep(0.8)

    with running(Device()) as device:
        bench = Bench(key(device))
        run(bench, work)
        assert device.asked[-2:] == ["Stop", "GetStatus"]
        assert 1 < off_deg(bench.aims.of(a_ptz()), PtzAim(pan=350, tilt=-20)) < 90


def test_a_server_that_ends_leaves_nothing_turning() -> None:
    with running(Device()) as device:
        run(Bench(key(device)), lambda bench: bench.move(a_ptz(), moves.Continuous(0.1, 0, 0)))
        assert "Stop" in device.asked


def test_two_people() -> None:
    async def work(bench: Bench) -> None:
        camera = a_ptz()
        await bench.move(camera, moves.Absolute(AIM), ANNE)
        with pytest.raises(SteeringHeld) as held:
            await bench.move(camera, moves.Home(), BO)
        assert held.value.values["by"] == "Anne"
        assert held.value.values["priority"] == 5
        hold = bench.steering.held(camera)
        assert hold is not None
        assert hold.who == ANNE
        made = await bench.move(camera, moves.Home(), CHIEF)
        assert made.reached is False, "its home lies elsewhere than the record says"
        with pytest.raises(SteeringHeld):
            await bench.move(camera, moves.Home(), ANNE)
        assert [row["actor"] for row in bench.journal.rows] == ["anne", "chief"]
        assert bench.journal.rows[1]["took_over"] == "anne"

    with running(Device(home=(0.5, 0, 0))) as device:
        run(Bench(key(device)), work)


def test_a_newer_move_ends_the_wait_of_the_older() -> None:
    async def work(bench: Bench) -> None:
        camera = a_ptz()
        older = asyncio.create_task(bench.move(camera, moves.Absolute(AIM)))
        await asyncio.sleep(0.4)
        newer = await bench.move(camera, moves.Absolute(PtzAim(pan=300, tilt=0)))
        assert (await older).reached is None
        assert newer.reached is True
        assert len(bench.journal.rows) == 2

    device = Device()
    device.head.per_s = (0.5, 0.5, 0.5)
    with running(device):
        run(Bench(key(device)), work)


def test_who_goes_away_leaves_a_row() -> None:
    async def work(bench: Bench) -> None:
        task = asyncio.create_task(bench.move(a_ptz(), moves.Absolute(AIM)))
        await asyncio.sleep(0.4)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        assert bench.journal.rows[0]["reached"] is None

    device = Device()
    device.head.per_s = (0.1, 0.1, 0.1)
    with running(device):
        run(Bench(key(device)), work)


@pytest.mark.parametrize(
    ("over", "reason"),
    [
        ({"answers": {"GetStatus": BOMB}}, None),
        ({"answers": {"AbsoluteMove": BOMB}}, "hostile"),
        ({"answers": {"AbsoluteMove": b"<html>"}}, "malformed"),
        ({"answers": {"AbsoluteMove": fault("Sender", "ter:NotAuthorized", "no")}}, "refused"),
        ({"answers": {"AbsoluteMove": fault("Receiver", "ter:Action", "no")}}, "declined"),
        ({"steerable": False}, "no-ptz"),
    ],
)
def test_a_device_that_does_wrong(over: dict[str, Any], reason: str | None) -> None:
    with running(Device(**over)) as device:
        bench = Bench(key(device))
        work = bench.move(a_ptz(), moves.Absolute(AIM))
        if reason is None:
            made = run(bench, lambda _: work)
            assert (made.reached, made.aim) == (None, None)
        else:
            with pytest.raises(SteeringFailed) as lost:
                run(bench, lambda _: work)
            assert lost.value.values["reason"] == reason
            assert "127.0.0.1" not in str(lost.value.values), "no address is told"
        assert len(bench.journal.rows) == 1
        assert device.password not in str(bench.journal.rows)


def test_what_cannot_be_steered() -> None:
    async def refused(bench: Bench, camera: Camera, move: moves.Move) -> str:
        with pytest.raises(CannotSteer) as lost:
            await bench.move(camera, move)
        return str(lost.value.values["reason"])

    assert run(Bench(), lambda bench: refused(bench, a_camera(), moves.Home())) == "fixed"
    assert run(Bench(), lambda bench: refused(bench, a_ptz(), moves.Home())) == "no-address"
    planned = a_ptz(status="planned")
    assert run(Bench(simulated=True), lambda bench: refused(bench, planned, moves.Home())) == "not-in-service"
    adrift = a_ptz(heading_deg=None, pan_range_deg=None)
    bench = Bench(simulated=True)
    assert run(bench, lambda bench: refused(bench, adrift, moves.Absolute(AIM))) == "direction-unknown"
    other = Credential(camera="c1", stream="main", url="rtsp://192.0.2.1/1")
    assert run(Bench(other), lambda bench: refused(bench, a_ptz(streams=("main",)), moves.Home())) == "no-address"


def test_looking_says_what_was_known_when_the_device_is_away() -> None:
    gone = Credential(camera="c1", stream="ptz", url="onvif://127.0.0.1:1")
    camera = a_ptz(aim=AIM, presets=({"name": "gate", "pan": 0, "tilt": 0},))
    looked = run(Bench(gone), lambda bench: bench.steering.look(camera))
    assert (looked.aim, looked.presets, looked.held, looked.source) == (AIM, ("gate",), None, "onvif")
    with running(Device()) as device:
        looked = run(Bench(key(device)), lambda bench: bench.steering.look(a_ptz()))
    assert (looked.aim.pan, looked.aim.tilt, looked.presets) == (350.0, -20.0, ("gate",))


def test_a_record_set_by_hand_says_more_than_what_was_seen_before() -> None:
    aims, camera = PresentAims(), a_ptz()
    aims.note(camera, AIM)
    assert aims.looking(camera).aim == AIM
    by_hand = camera.model_copy(update={"aim": PtzAim(pan=1, tilt=1)})
    assert aims.looking(by_hand) is by_hand
    assert aims.looking(a_camera("other")).aim is None


def simulated(camera: Camera) -> tuple[SimulatedHead, Callable[[float], None]]:
    moment = [0.0]
    head = SimulatedHead(camera, clock=lambda: moment[0])

    def wait(seconds: float) -> None:
        moment[0] += seconds

    return head, wait


def test_a_simulated_head_takes_its_time_and_the_short_way_round() -> None:
    async def work() -> None:
        head, wait = simulated(a_ptz(pan_range_deg=None, heading_deg=0.0, pitch_deg=0.0, hfov_tele_deg=3))
        aim = PtzAim(pan=190, tilt=-30, zoom=4)
        await head.go(moves.Absolute(aim), aim, 5)
        wait(1.0)
        half = await head.position()
        assert half is not None
        assert (half.pan, half.tilt, half.zoom) == pytest.approx((270.0, -30.0, 4.0))
        wait(1.0)
        assert off_deg(await head.position(), aim) < 1e-6  # type: ignore[arg-type]
        await head.go(moves.Continuous(0, 1, 0), None, 5)
        wait(60.0)
        top = await head.position()
        assert top is not None
        assert top.tilt == pytest.approx(20.0), "it stops at the end of its reach"
        await head.go(moves.Stop(), None, 5)
        wait(1.0)
        assert await head.position() == top
        with pytest.raises(HeadLost):
            await head.go(moves.Preset("nowhere"), None, 5)

    asyncio.run(work())
