"""What checks come to is kept by the moment: one transaction, however many cameras."""

import asyncio
from pathlib import Path

import pytest

from geoserver.health import orders
from geoserver.health.keeping import Keeping
from geoserver.health.kept import KeptHealth, Outcome
from geoserver.health.service import Health
from geoserver.settings import Settings
from layers.health.plan import OrderRules
from layers.health.state import Known, missed, reached
from tests.geoserver.conftest import cameras, flat_services

RULES = OrderRules(offline_checks=2)


@pytest.fixture
def health(tmp_path: Path):
    kept = KeptHealth.open(tmp_path / "city.sqlite")
    with flat_services(tmp_path) as services:
        yield Health(services, Settings(folder=tmp_path), kept)
    kept.close()


def silent(before: Known) -> Outcome:
    return Outcome(before, missed(before, 100.0, "silent", RULES))


def test_all_of_a_moment_is_one_transaction(health: Health, monkeypatch: pytest.MonkeyPatch) -> None:
    puts: list[int] = []
    put = health.kept.put
    monkeypatch.setattr(health.kept, "put", lambda outcomes: puts.append(len(outcomes)) or put(outcomes))

    async def scenario() -> None:
        keeping = Keeping(health.services, health, asyncio.to_thread)
        twice = [one for one in cameras() for _ in range(2)]
        await asyncio.gather(*(keeping.keep(one, silent) for one in twice))
        await keeping.end()

    head = health.services.store.head()
    asyncio.run(scenario())
    assert puts == [2 * len(cameras())]
    assert {one.camera: one.missed for one in health.kept.all().values()} == {one.id: 2 for one in cameras()}
    stand = orders.standing(health.services.store)
    assert set(stand) == {one.id for one in cameras()}, "the second miss of each counts on the first"
    assert health.services.store.head() == head + len(cameras())
    assert health.present.online == {one.id: False for one in cameras()}


def test_what_fails_is_told_to_who_waits_and_harms_no_later_one(
    health: Health, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: object) -> None:
        raise OSError("the database is away")

    async def scenario() -> None:
        keeping = Keeping(health.services, health, asyncio.to_thread)
        with monkeypatch.context() as patched:
            patched.setattr(health.kept, "put", away)
            with pytest.raises(OSError, match="away"):
                await keeping.keep(cameras()[0], silent)
        await keeping.keep(cameras()[0], lambda before: Outcome(before, reached(before, 200.0)))

    asyncio.run(scenario())
    assert health.kept.one("north").online is True


def test_one_order_that_changed_meanwhile_does_not_hold_up_the_others(health: Health) -> None:
    some = cameras()[:2]
    down = {one.id: missed(Known(one.id), 1.0, "silent", OrderRules(offline_checks=1)) for one in some}
    commit, refused = health.services.store.commit, []

    def quicker(writes, **more):
        if len(writes) > 1:
            refused.append(len(writes))
            raise orders.Conflict("repair-order", "x", 0, None, None)
        return commit(writes, **more)

    health.services.store.commit = quicker  # type: ignore[method-assign]
    orders.follow(health.services, [(one, down[one.id]) for one in some], OrderRules())
    assert refused == [2]
    assert set(orders.standing(health.services.store)) == {one.id for one in some}
