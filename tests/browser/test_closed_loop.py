"""The closed loop on the demo city: what the link and an aim say, seen in decoded video."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.judges.closed_loop import LIMIT_PX, LIMIT_SHARE, judge, told

pytestmark = [pytest.mark.browser, pytest.mark.city]


@pytest.mark.timeout(1200)  # full detail, drawn without a graphics card
def test_poles_are_where_the_link_and_an_aim_put_them(
    browser: Browser, demo_city: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    linked, aimed = judge(browser, demo_city, views=6, aims=6, seed=3)
    with capsys.disabled():
        print(f"\nthe link's pixel:\n{told(linked, True)}\nafter an aim:\n{told(aimed, False)}")
    assert len(linked) == 21
    assert len(aimed) == 6
    assert [one for one in linked if not one.off_px <= LIMIT_PX] == []
    assert [one for one in aimed if not one.off_share <= LIMIT_SHARE] == []
