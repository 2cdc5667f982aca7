"""Who may steer: the clock is a number, so nothing waits."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from layers.cameras.model import PtzAim
from layers.cameras.steering import moves
from layers.cameras.steering.hold import HELD_S, Hold, Steerer, ask, priority_of
from layers.grants.permissions import Permissions
from layers.grants.roles import Post
from layers.grants.tree import AreaTree
from tests.geoserver.builders import a_camera

ANNE, BO, CHIEF = Steerer("anne", "Anne", 5), Steerer("bo", "Bo", 5), Steerer("chief", "Chief", 8)


def test_a_free_camera_is_taken_and_kept() -> None:
    taken = ask(None, ANNE, 100.0)
    assert taken.granted
    assert taken.hold == Hold(ANNE, 100.0 + HELD_S)
    assert ask(taken.hold, ANNE, 110.0).hold.until_s == 110.0 + HELD_S


def test_an_equal_waits_until_the_time_is_over() -> None:
    held = Hold(ANNE, 120.0)
    refused = ask(held, BO, 119.9)
    assert not refused.granted
    assert refused.hold == held
    assert ask(held, BO, 120.0).granted


def test_a_higher_one_takes_over_and_a_lower_one_does_not() -> None:
    taken = ask(Hold(ANNE, 120.0), CHIEF, 101.0)
    assert taken.granted
    assert taken.from_whom == ANNE
    assert not ask(taken.hold, ANNE, 102.0).granted
    assert ask(taken.hold, ANNE, 101.0 + HELD_S).granted


STEPS = st.lists(st.tuples(st.sampled_from([ANNE, BO, CHIEF]), st.floats(0, 30)), max_size=40)


@given(STEPS)
def test_nobody_loses_a_camera_to_an_equal_or_lower_one_in_time(steps: list[tuple[Steerer, float]]) -> None:
    held: Hold | None = None
    now = 0.0
    for who, later in steps:
        now += later
        before = held
        taken = ask(before, who, now)
        held = taken.hold
        if taken.granted:
            assert held == Hold(who, now + HELD_S)
        if before is not None and before.holds(now) and before.who.name != who.name:
            assert taken.granted == (who.priority > before.who.priority)


def held(*posts: Post) -> Permissions:
    grants = [grant for post in posts for grant in post.grants()]
    return Permissions.of(grants, datetime.now(UTC), AreaTree(), tz=UTC)


def test_the_priority_is_that_of_the_role_where_it_reaches() -> None:
    here, away = frozenset({"150302001"}), frozenset({"150302009"})
    camera = a_camera(area="150302001")
    operator = held(Post(role="operator", areas=here))
    commander = held(Post(role="commander", areas=here))
    assert priority_of(operator, camera) < priority_of(commander, camera)
    both = held(Post(role="operator", areas=here), Post(role="commander", areas=away))
    assert priority_of(both, camera) == priority_of(operator, camera)
    assert priority_of(held(Post(role="planner", areas=here)), camera) == 0
    everywhere = held(Post(role="operator", areas=frozenset({"*"})))
    assert priority_of(operator, camera) < priority_of(everywhere, camera) < priority_of(commander, camera)


def test_the_goal_of_each_move() -> None:
    preset = {"name": "gate", "pan": 10.0, "tilt": -5.0, "zoom": 4.0}
    camera = a_camera(type="ptz", heading_deg=90.0, pitch_deg=-10.0, presets=(preset,))
    now = PtzAim(pan=350, tilt=-80, zoom=4)
    assert moves.goal(camera, moves.Home(), now) == PtzAim(pan=90, tilt=-10, zoom=1)
    assert moves.goal(camera, moves.Preset("gate"), now) == PtzAim(pan=10, tilt=-5, zoom=4)
    assert moves.goal(camera, moves.Preset("yard"), now) is None
    assert moves.goal(camera, moves.Relative(pan=20, tilt=-20, zoom=0.1), now) == PtzAim(pan=10, tilt=-90, zoom=1)
    assert moves.goal(camera, moves.Relative(pan=20), None) is None
    assert moves.goal(camera, moves.Continuous(1, 0, 0), now) is None
    assert moves.goal(a_camera(type="ptz", heading_deg=None), moves.Home(), now) is None
