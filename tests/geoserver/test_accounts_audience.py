"""The live feed tells a caller what they may see, and falls silent when they are nobody any more."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from geoserver.accounts.audience import EVERY_S, CallerAudience
from geoserver.accounts.service import Lasting
from geoserver.live.audience import Audience
from layers.grants.model import ANY
from layers.grants.roles import Post
from layers.privacy import PrivacyVolume
from tests.geoserver.builders import a_camera
from tests.geoserver.test_accounts import Desk

HERE, THERE, NOWHERE = (a_camera(code or "none", area=code) for code in ("1501", "1502", ""))
RING = ((106.8, 39.6), (106.801, 39.6), (106.801, 39.601), (106.8, 39.6))
VOLUME = PrivacyVolume.model_validate({"id": "v", "area": "1502", "rings": [RING], "base_m": 1, "top_m": 2})


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "city.sqlite")
    desk.person(areas=("1501",))
    yield desk
    desk.store.close()


def audience(desk: Desk) -> Audience:
    secret = desk.sign_in()
    return CallerAudience(lambda: desk.door.by_session(secret, used=False), clock=lambda: desk.time)


def test_only_what_lies_in_ones_areas_is_told(desk: Desk) -> None:
    told = audience(desk)
    assert told.may_see(HERE)
    assert not any(told.may_see(record) for record in (THERE, NOWHERE, VOLUME))
    assert not told.may_see(HERE.model_copy(update={"area": "1502"})), "it has moved away"


@pytest.mark.parametrize("how", ["sessions", "disabled", "post"])
def test_who_is_nobody_any_more_hears_nothing_within_seconds(desk: Desk, how: str) -> None:
    told = audience(desk)
    assert told.may_see(HERE)
    if how == "sessions":
        desk.people.end_sessions("wang")
    elif how == "disabled":
        desk.people.disable("wang")
    else:
        desk.people.give("wang", [])
    desk.time += EVERY_S
    told.renew()
    assert not told.may_see(HERE)


def test_who_is_not_asked_again_in_time_hears_nothing_until_they_are(desk: Desk) -> None:
    told = audience(desk)
    assert told.may_see(HERE)
    desk.time += EVERY_S
    assert not told.may_see(HERE), "nobody has said that they may"
    assert told.renew() == "changed", "what was kept from them is to be told"
    assert told.may_see(HERE)
    assert told.renew() == "same"


def test_a_screen_left_alone_is_not_kept_signed_in_by_its_live_feed(desk: Desk) -> None:
    told = audience(desk)
    for _ in range(int(Lasting().idle_s // 60)):
        told.renew()
        assert told.may_see(HERE)
        desk.time += 60
    told.renew()
    assert not told.may_see(HERE)


def test_moving_things_are_followed_by_those_who_see_them_everywhere(desk: Desk) -> None:
    assert not audience(desk).may_follow("unit", "car-1")
    desk.people.give("wang", [Post(role="operator", areas=frozenset({ANY}))])
    assert audience(desk).may_follow("unit", "car-1")
    assert not audience(desk).may_follow("account", "wang")


def test_of_a_vehicle_that_is_struck_off_nothing_is_told(desk: Desk) -> None:
    desk.people.give("wang", [Post(role="operator", areas=frozenset({ANY}))])
    secret = desk.sign_in()
    told = CallerAudience(
        lambda: desk.door.by_session(secret, used=False), clock=lambda: desk.time, recorded=frozenset({"vehicle"})
    )
    assert not told.may_follow("vehicle", "struck-off")
    assert told.may_follow("unit", "car-1")
