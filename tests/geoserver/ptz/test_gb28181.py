"""A head behind a platform: what is sent, and what comes of its answers."""

from typing import Any

import pytest

from geoserver.faults import SteeringFailed
from geoserver.ptz.head import nobody
from geoserver.ptz.heads import Heads
from geoserver.ptz.steering import Outcome, Steering
from layers.cameras.model import Credential, PtzAim
from layers.cameras.steering import moves
from layers.cameras.steering.verdict import off_deg
from tests.geoserver.ptz.platform_simulator import Platform, running
from tests.geoserver.ptz.test_onvif import BOMB
from tests.geoserver.ptz.test_steering import ANNE, CHIEF, Bench, a_ptz, run

AIM = PtzAim(pan=40.0, tilt=-30.0, zoom=4.0)


def key(platform: Platform, path: str = "/api/control/{device}?cmd={ptzcmd}") -> Credential:
    url = f"gb28181://127.0.0.1:{platform.port}{path}"
    return Credential(camera="c1", stream="main", url=url, user=platform.device, password=platform.token)


def moved(platform: Platform, move: moves.Move, **over: Any) -> Outcome:
    camera = a_ptz(streams=("main",), presets=({"name": "gate", "pan": 40, "tilt": -30, "zoom": 4},), **over)
    made: Outcome = run(Bench(key(platform)), lambda bench: bench.move(camera, move))
    return made


def failed(platform: Platform, move: moves.Move, **over: Any) -> str:
    with pytest.raises(SteeringFailed) as lost:
        moved(platform, move, **over)
    return str(lost.value.values["reason"])


def test_a_platform_of_2022_is_told_an_aim_and_read_back() -> None:
    with running(Platform()) as platform:
        made = moved(platform, moves.Absolute(AIM))
        # Pan from the middle of its range (350°), tilt positive downwards.
        assert (platform.pan, platform.tilt, platform.zoom) == (50.0, 30.0, 4.0)
        assert made.reached is True
        assert off_deg(made.aim, AIM) < 0.01  # type: ignore[arg-type]
        home = moved(platform, moves.Home())
        assert home.reached is True
        assert (platform.pan, platform.tilt) == (0.0, 10.0)
        assert moved(platform, moves.Relative(pan=-10)).reached is True
        assert platform.pan == 350.0


def test_a_platform_of_2016_is_told_moves_and_says_nothing_of_positions() -> None:
    with running(Platform(edition=2016)) as platform:
        assert failed(platform, moves.Absolute(AIM)) == "unsupported"
        assert moved(platform, moves.Preset("gate")).reached is None
        # Call preset 1, as annex A.3 writes it.
        assert platform.moves == [bytes.fromhex("A50F018200010038")]
        assert "cmd=A50F018200010038" in platform.paths[-2]
        assert platform.device in platform.paths[-1]
        assert moved(platform, moves.Continuous(-1, 0.001, 0.5)).reached is None
        # Left, up, in; full speed, the least, half; then stopped, as the server ends.
        assert platform.moves[1] == bytes.fromhex("A50F011AFF01804F")
        assert platform.moves[-1] == bytes.fromhex("A50F0100000000B5")
        assert moved(platform, moves.Home()).reached is None
        assert set(platform.priorities) == {"5"}


def test_the_priority_goes_along() -> None:
    with running(Platform()) as platform:
        run(Bench(key(platform)), lambda bench: bench.move(a_ptz(streams=("main",)), moves.Absolute(AIM), CHIEF))
        assert platform.priorities == ["8"]


def test_reasons() -> None:
    with running(Platform(token="another")) as platform:
        platform_key = key(platform).model_copy(update={"password": "wrong"})
        with pytest.raises(SteeringFailed) as lost:
            run(Bench(platform_key), lambda bench: bench.move(a_ptz(streams=("main",)), moves.Stop()))
        assert lost.value.values["reason"] == "refused"
    for body, status, reason in (
        (BOMB, 200, "malformed"),
        (b"<html>", 200, "malformed"),
        (b"x" * 1_100_000, 200, "too-large"),
        (b"", 500, "declined"),
        (Platform().told("DeviceControl", "<Result>Error</Result>"), 200, "declined"),
    ):
        with running(Platform(body=body, status=status)) as platform:
            assert failed(platform, moves.Preset("gate")) == reason
    with running(Platform()) as platform:
        assert failed(platform, moves.Preset("nowhere")) == "no-preset"
        odd = key(platform).model_copy(update={"user": "../../etc"})
        with pytest.raises(SteeringFailed, match="not-allowed"):
            run(Bench(odd), lambda bench: bench.move(a_ptz(streams=("main",)), moves.Stop()))


def test_an_answer_without_a_body_is_taken_for_done() -> None:
    with running(Platform(body=b"", status=204)) as platform:
        assert moved(platform, moves.Preset("gate")).reached is None


def test_only_allowed_addresses_are_reached() -> None:
    with running(Platform()) as platform:
        bench = Bench(key(platform))
        heads = Heads(bench.store, bench.aims, nobody)  # type: ignore[arg-type]
        bench.steering = Steering(heads, bench.aims, bench.journal)
        with pytest.raises(SteeringFailed, match="not-allowed"):
            run(bench, lambda bench: bench.steering.move(a_ptz(streams=("main",)), moves.Stop(), ANNE, {}))
        assert platform.paths == []
