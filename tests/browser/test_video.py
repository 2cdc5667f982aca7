"""Moving pictures in the real browser: the picture window, the wall, what lies over the picture, what ends it."""

import io
import time

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests import door
from tests.browser.conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.city]
PLAYS = "n => [...document.querySelectorAll('video')].filter(v => v.readyState >= 2 && v.currentTime > 0).length >= n"
TIMES = "() => [...document.querySelectorAll('video')].map(v => v.currentTime)"
FIRST_MS = 90_000
"""In a fresh clone what draws vehicles is compiled first."""


@pytest.fixture(scope="module")
def street(simulated: str) -> list[str]:
    """Fixed street cameras."""
    cameras = door.get(f"{simulated}/api/cameras", timeout=60).json()["cameras"]
    fixed = [one["id"] for one in cameras if one["tier"] == 3 and one["type"] == "fixed" and one["heading"] is not None]
    return fixed[:4]


def test_a_picture_moves_and_carries_who_watches(watching: Watched, street: list[str]) -> None:
    page = watching.open().page
    began = time.monotonic()
    page.evaluate("id => window.geoserver.state().openPicture(id)", street[0])
    page.wait_for_function(PLAYS, arg=1, timeout=FIRST_MS)
    print(f"motion {time.monotonic() - began:.2f} s after the picture was opened")
    expect(page.locator(".viewmark").first).to_contain_text("everyone")
    video = page.locator("video").first
    shots = []
    for _ in range(2):
        shots.append(np.asarray(Image.open(io.BytesIO(video.screenshot())).convert("RGB"), int))
        page.wait_for_timeout(1_500)
    assert (np.abs(shots[0] - shots[1]).sum(axis=2) > 60).mean() > 0.0005, "vehicles have moved"
    before = page.evaluate(TIMES)[0]
    page.wait_for_timeout(2_000)
    assert page.evaluate(TIMES)[0] > before + 0.5


def test_a_wall_of_four_plays_and_is_kept_in_the_address(watching: Watched, street: list[str]) -> None:
    watching.open(f"#/operate?wall=4,{','.join(street)}")
    page = watching.page
    page.wait_for_function(PLAYS, arg=4, timeout=FIRST_MS)
    before = page.evaluate(TIMES)
    page.wait_for_timeout(3_000)
    assert all(now > then for now, then in zip(page.evaluate(TIMES), before, strict=True))
    assert f"wall=4,{street[0]}" in page.evaluate("() => location.hash")
    page.keyboard.press("Escape")
    expect(page.locator("video")).to_have_count(0)


def test_closing_the_picture_ends_the_viewing_and_the_journal_says_so(watching: Watched, street: list[str]) -> None:
    page = watching.open().page
    page.evaluate("id => window.geoserver.state().openPicture(id)", street[0])
    page.wait_for_function(PLAYS, arg=1, timeout=FIRST_MS)
    watched = door.get(f"{watching.base}/api/streams/{street[0]}", timeout=60).json()
    assert watched["streams"][0]["playable"] is True
    page.evaluate("() => window.geoserver.state().closePicture([...window.geoserver.state().pictures][0])")
    expect(page.locator("video")).to_have_count(0)
    rows = door.get(f"{watching.base}/api/journal", params={"kind": "camera", "action": "watched"}, timeout=60)
    deadline = time.monotonic() + 20
    while not rows.json()["rows"] and time.monotonic() < deadline:
        time.sleep(0.5)
        rows = door.get(f"{watching.base}/api/journal", params={"kind": "camera", "action": "watched"}, timeout=60)
    assert rows.json()["rows"][0]["detail"]["why"] == "closed"
