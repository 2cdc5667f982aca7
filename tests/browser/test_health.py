"""Camera health as its administrator meets it: the board, a fault with its picture, its order, the settings."""

import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests import door
from tests.browser.conftest import own_copy, serve

pytestmark = [pytest.mark.browser, pytest.mark.city]
CHECKS = 3
"""Checks in a row that tell a fault; a good picture takes two."""


@dataclass(frozen=True)
class Checked:
    """A server that checks simulated cameras, two of which have a fault."""

    url: str
    faults: Path
    black: dict[str, Any]
    silent: dict[str, Any]

    def check(self, camera: dict[str, Any], times: int) -> dict[str, Any]:
        """Check a camera so often; what is known of it then."""
        for _ in range(times):
            answer = self._checked(camera)
            while answer.status_code == 409:  # it is just its turn
                time.sleep(0.2)
                answer = self._checked(camera)
            assert answer.status_code == 200, answer.text
        return dict(door.get(f"{self.url}/api/health/cameras/{camera['id']}", timeout=60).json())

    def _checked(self, camera: dict[str, Any]) -> httpx.Response:
        return door.post(f"{self.url}/api/health/cameras/{camera['id']}/check", timeout=120)

    def spoil(self, camera: dict[str, Any], fault: str) -> None:
        """This is wrong with that camera, and nothing with any other."""
        self.faults.write_text(f"camera,fault\n{camera['id']},{fault}\n", encoding="utf-8")

    def mend(self) -> None:
        """Nothing is wrong with any camera any more."""
        self.faults.write_text("camera,fault\n", encoding="utf-8")


@pytest.fixture(scope="module")
def checked(demo_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checked]:
    folder = tmp_path_factory.mktemp("health")
    copy, faults = own_copy(demo_city, folder / "city"), folder / "faults.csv"
    faults.write_text("camera,fault\n", encoding="utf-8")
    for url in serve(copy, GEOSERVER_SIMULATED="1", GEOSERVER_HEALTH="on", GEOSERVER_SIMULATED_FAULTS=str(faults)):
        every = door.get(f"{url}/api/cameras", params={"limit": 20_000}, timeout=60).json()["cameras"]
        fixed = [one for one in every if one["type"] == "fixed" and one["heading"] is not None and one["tier"] == 3]
        known = door.get(f"{url}/api/health/cameras", params={"limit": 500, "sort": "camera"}, timeout=60).json()
        working = {one["camera"] for one in known["items"]}
        black, silent = [one for one in fixed if one["id"] in working][:2]
        yield Checked(url, faults, black, silent)
    shutil.rmtree(copy, ignore_errors=True)


@pytest.fixture
def board(browser: Browser, checked: Checked) -> Iterator[Page]:
    """The health board in Chinese; afterwards the page complained of nothing."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    context.add_cookies([door.cookie(checked.url)])  # type: ignore[list-item]
    page, complaints = context.new_page(), []
    page.set_default_timeout(60_000)
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{checked.url}/?gfx=low#/manage/health")
    expect(page.locator("#health-rates")).to_be_visible()
    yield page
    context.close()
    assert complaints == []


def test_rates_stand_against_their_targets_and_move_by_themselves(board: Page) -> None:
    for name, target in (("online", "98.0 %"), ("intact", "95.0 %"), ("connected", "98.0 %")):
        card = board.locator(f".ratecard[data-rate='{name}']")
        expect(card).to_contain_text(f"目标 {target}")
        expect(card.locator(".target")).to_have_text(re.compile("未达标|尚未判定"))
        lines = card.locator(".figure > div > div").evaluate("node => node.getClientRects().length")
        assert lines == 1, "the target's words stand in one line"
    # Rounds go on by themselves, and the open page hears of it.
    expect(board.locator(".ratecard[data-rate='online'] .counts .good")).not_to_have_text("在线 0")


def test_the_list_ends_within_the_window(board: Page) -> None:
    board.locator(".cameralist tr.found").first.wait_for()
    foot = board.locator(".cameralist .ant-pagination").bounding_box()
    assert foot is not None
    assert foot["y"] + foot["height"] <= 900


def test_a_fault_has_a_picture_and_an_order_that_closes_by_itself(board: Page, checked: Checked) -> None:
    checked.spoil(checked.black, "black")
    told = checked.check(checked.black, CHECKS)
    assert told["faults"] == ["black"]
    board.locator("#health-faults [data-fault='black']").click()
    board.locator(".cameralist tr.found", has_text=checked.black["name"]).click()
    pane = board.locator("#camera-health")
    expect(pane.locator(".statehead")).to_contain_text("黑屏")
    shot = pane.locator("#health-pictures img").first
    board.wait_for_function("img => img.complete && img.naturalWidth >= 320", arg=shot.element_handle())
    expect(pane.locator("#health-verdicts tbody.found")).to_contain_text("黑屏")
    pane.locator("#health-order").click()
    order = board.locator(f"#repair-orders tr.found[data-row-key='{told['order']}']")
    expect(order).to_contain_text("待接单")
    checked.mend()
    assert checked.check(checked.black, 2)["faults"] == []
    # Told live: the list is of what is not over, and the drawer says how it ended.
    expect(order).to_have_count(0)
    expect(board.locator(".sidepane")).to_contain_text("画面已恢复正常，工单自动关闭")


def test_an_order_is_closed_by_hand_with_a_reason(board: Page, checked: Checked) -> None:
    checked.spoil(checked.silent, "offline")
    told = checked.check(checked.silent, CHECKS)
    assert told["online"] is False
    checked.mend()
    board.locator(".manage nav [data-page='orders']").click()
    board.locator(f"#repair-orders tr.found[data-row-key='{told['order']}']").click()
    board.locator("#step-note").fill("现场更换电源")
    board.locator("[data-step='close']").click()
    expect(board.locator(".sidepane")).to_contain_text("已关闭")
    expect(board.locator(".sidepane")).to_contain_text("现场更换电源")
    board.locator(".manage nav [data-page='journal']").click()
    row = board.locator("#journal tr.found", has_text="维修工单：关闭").first
    expect(row).to_contain_text(checked.silent["name"])
    row.click()
    detail = board.locator(".rowdetail").first
    expect(detail).to_contain_text("待接单")
    expect(detail).to_contain_text("人工")


def test_settings_are_typed_in_percent_and_refuse_nonsense(board: Page, checked: Checked) -> None:
    before = door.get(f"{checked.url}/api/health/settings", timeout=60).json()
    board.locator("#health-settings").click()
    field = board.locator("[id='setting-targets.intact']")
    expect(field).to_have_value("95")
    field.fill("150")
    field.blur()
    expect(field).to_have_value("100")
    field.fill("96")
    field.blur()
    board.locator("#save-settings").click()
    expect(board.locator(".ratecard[data-rate='intact']")).to_contain_text("目标 96.0 %")
    kept = door.get(f"{checked.url}/api/health/settings", timeout=60).json()
    assert kept["targets"]["intact"] == 0.96
    bad = kept["targets"] | {"intact": 1.5}
    body = {"version": kept["version"], "targets": bad}
    refused = door.put(f"{checked.url}/api/health/settings", json=body, timeout=60)
    assert refused.status_code == 400, refused.text
    board.locator(".manage nav [data-page='journal']").click()
    row = board.locator("#journal tr.found", has_text="修改检测设置").first
    row.click()
    expect(board.locator(".rowdetail .changes")).to_contain_text("96 %")
    again = {"version": kept["version"], "targets": before["targets"]}
    assert door.put(f"{checked.url}/api/health/settings", json=again, timeout=60).is_success


def test_a_group_narrows_the_list(board: Page) -> None:
    for axis in ("街道", "区", "单位"):
        board.locator("#health-groups").get_by_text(axis, exact=True).click()
        # The worst come first, and which those are changes while cameras are checked.
        code = board.locator("#health-groups .group").first.get_attribute("data-group")
        group = board.locator(f"#health-groups .group[data-group='{code}']")
        total = group.locator(".of").inner_text().split("/")[1]
        group.click()
        expect(group).to_have_attribute("aria-pressed", "true")
        expect(board.locator(".cameralist")).to_contain_text(total.strip())
        group.click()
        expect(group).to_have_attribute("aria-pressed", "false")
