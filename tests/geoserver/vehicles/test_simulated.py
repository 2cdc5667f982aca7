"""Simulated vehicles report like others, fall silent, look back once, and go where they are sent."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from geoserver.crossings import Warden
from geoserver.live.positions import Board
from geoserver.series.sqlite import SqliteSeries
from geoserver.services import Services
from geoserver.storage.store import Write
from geoserver.vehicles import simulated
from geoserver.vehicles.garage import Garage
from geoserver.vehicles.simulated import BACK_EVERY_S, BACK_S, Simulated
from geoserver.vehicles.taking import Taking
from layers.routing.network import Network, Street
from layers.routing.ways import Router
from layers.vehicles import Vehicle
from tests.geoserver.conftest import flat_services
from tests.layers.incidents.builders import an_incident

NOW = 1_790_000_000.0
HEARD = next(
    id_
    for id_ in (f"SIM-{k:03d}" for k in range(40))
    if not any(simulated.silent(id_, NOW + k * simulated.SILENT_S) for k in range(-10, 10))
)
"""One that never falls silent."""


class Clock:
    now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with flat_services(tmp_path) as services:
        middle = np.stack(services.now.town.scene.to_metric(np.array([106.8]), np.array([39.6])), axis=1)[0]
        lines = [[(-700, 0), (0, 0)], [(0, 0), (700, 0)], [(0, 0), (0, 600)], [(0, 600), (700, 0)]]
        streets = [Street(middle + np.array(line, float), 10.0) for line in lines]
        services.now.town.derived.get("router", lambda: Router(Network.of(streets)))
        cars = [Vehicle(id=f"SIM-{k:03d}", name="x", lon=106.8, lat=39.6) for k in range(40)]
        cars.append(Vehicle(id="SIM-900", name="off", lon=106.8, lat=39.6, duty="off-duty"))
        cars.append(Vehicle(id="other", name="somebody's own", lon=106.8, lat=39.6))
        services.store.commit([Write.put(one, 0) for one in cars])
        services.apply_now()
        yield services


@pytest.fixture
def taking(services: Services, tmp_path: Path) -> Iterator[Taking]:
    with Garage.over(services) as garage:
        series = SqliteSeries.open(tmp_path / "series")
        yield Taking(series, garage, Board(), Warden(services), keep_days=30, clock=Clock())
        series.close()


def test_it_looks_back_once_and_then_drives_on(services: Services, taking: Taking) -> None:
    driven = Simulated(services, taking)
    made = driven.begin(NOW)
    whole = 40 * BACK_S / BACK_EVERY_S
    assert 0.8 * whole < made < whole
    first = taking.series.track(HEARD, round((NOW - BACK_S) * 1e3), round(NOW * 1e3), 10_000)
    assert len(first) == BACK_S / BACK_EVERY_S
    assert driven.step(NOW) > 30
    last = taking.series.track(HEARD, round(NOW * 1e3), round(NOW * 1e3), 10)
    leap = np.hypot(*(float(last[name][0] - first[name][-1]) * 1e5 for name in ("lon", "lat")))
    assert leap < 10.0 * BACK_EVERY_S * 1.3
    # A server that starts again finds what is known, and makes nothing up beside it.
    again = Simulated(services, taking)
    assert again.begin(NOW + 10) == 0
    assert again.step(NOW + 10) > 30


def test_others_and_those_off_duty_are_left_alone(services: Services, taking: Taking) -> None:
    driven = Simulated(services, taking)
    driven.begin(NOW)
    driven.step(NOW)
    assert taking.series.ends("other") is None
    assert taking.series.ends("SIM-900") is None


def test_some_fall_silent_for_a_while(services: Services, taking: Taking) -> None:
    times = np.arange(NOW, NOW + 4 * simulated.SILENT_S, 30.0)
    ids = [f"SIM-{k:03d}" for k in range(300)]
    mute = np.array([[simulated.silent(id_, at) for at in times.tolist()] for id_ in ids])
    share = mute.any(axis=1).mean()
    assert 0.02 < share < 0.2
    assert not mute.all(axis=1).any()


def test_one_that_is_sent_drives_there(services: Services, taking: Taking) -> None:
    driven = Simulated(services, taking)
    driven.begin(NOW)
    driven.step(NOW)
    call = an_incident("i-1", lon=106.8 + 690 / 85_900, lat=39.6)
    kept = services.store.get("vehicle", HEARD)
    assert isinstance(kept, Vehicle)
    sent = kept.model_copy(update={"duty": "busy", "incident": "i-1"})
    services.store.commit([Write.put(call, 0), Write.put(sent, kept.version)])
    services.apply_now()
    driven.step(NOW + 2)
    driven.step(NOW + 250)
    there = taking.series.track(HEARD, round((NOW + 250) * 1e3), round((NOW + 250) * 1e3), 5)
    assert (float(there["lon"][0]), float(there["lat"][0])) == pytest.approx((call.lon, call.lat), abs=3e-4)
    assert float(there["speed_m_s"][0]) == 0.0
