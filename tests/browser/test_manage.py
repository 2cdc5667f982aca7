"""Manage as an administrator meets it: people, what they may do, and the journal."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests import door
from tests.browser.accounts import PASSWORD, arrived, post, settled_person, stranger

pytestmark = [pytest.mark.browser, pytest.mark.city]


@pytest.fixture
def manage(browser: Browser, second_server: str) -> Iterator[Page]:
    """The Manage workspace, as somebody who may everything; afterwards the page complained of nothing."""
    with stranger(browser) as page:
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.context.add_cookies([door.cookie(second_server)])
        page.goto(f"{second_server}/?gfx=low#/manage/people")
        expect(page.locator("#people")).to_be_visible()
        yield page
        assert complaints == []


def person(page: Page, name: str) -> Any:
    """Chooses somebody in the list; their pane."""
    page.locator("#people .ant-table-row", has_text=name).first.click()
    pane = page.locator(f"#person[data-person='{name}']")
    expect(pane).to_be_visible()
    return pane


def agree(page: Page, word: str) -> None:
    """Answers the question that pops up at a button."""
    page.locator(".ant-popover:visible").get_by_role("button", name=word).click()


def some_area(server: str, level: str) -> dict[str, Any]:
    """An area of a level."""
    areas = door.get(f"{server}/api/areas", timeout=60).json()["areas"]
    return dict(next(area for area in areas if area["level"] == level))


def test_a_person_is_added_with_a_role_for_an_area(manage: Page, second_server: str) -> None:
    district = some_area(second_server, "district")
    manage.click("#add-person")
    manage.fill("#new-person_name", "zhang.wei")
    manage.fill("#new-person_title", "张伟")
    manage.get_by_label("区域", exact=True).last.click()
    manage.keyboard.type(district["name"])
    manage.locator(".ant-select-tree-title", has_text=district["name"]).first.click()
    manage.keyboard.press("Escape")
    manage.get_by_role("button", name="开设账号").click()
    once = manage.locator("#once").input_value()
    assert len(once) >= 12
    manage.locator(".ant-modal:visible").get_by_role("button", name="关 闭").click()
    expect(manage.locator("#once")).to_have_count(0)
    expect(manage.locator("#person")).to_have_attribute("data-person", "zhang.wei")
    expect(manage.locator("#people .ant-table-row.chosen")).to_contain_text(f"值班员 · {district['name']}")
    assert once not in manage.content()

    body = {"name": "zhang.wei", "password": once}
    page = {"Sec-Fetch-Site": "same-origin"}
    account = httpx.post(f"{second_server}/api/session", json=body, headers=page, timeout=60).json()["account"]
    assert account["must_change"]
    assert account["roles"] == [{"role": "operator", "areas": [district["code"]], "tiers": None}]


def test_roles_are_changed_and_a_second_one_is_narrowed(manage: Page, second_server: str) -> None:
    settled_person(second_server, "roles.of", "钱多", post("operator"))
    manage.reload()
    expect(manage.locator("#people")).to_be_visible()
    pane = person(manage, "roles.of")
    pane.get_by_role("button", name="添加角色").click()
    expect(pane.locator("#save-posts")).to_be_disabled()
    second = pane.locator(".post").nth(1)
    second.get_by_label("区域").click()
    manage.locator(".ant-select-tree-title:visible", has_text="全市").first.click()
    manage.keyboard.press("Escape")
    second.get_by_label("摄像机层级").click()
    manage.locator(".ant-select-item-option:visible", has_text="三级").click()
    manage.keyboard.press("Escape")
    second.get_by_text("限定时间").click()
    second.get_by_label("日", exact=True).uncheck()
    pane.locator("#save-posts").click()
    expect(pane.locator("#save-posts")).to_have_count(0)
    users = door.get(f"{second_server}/api/users", timeout=60).json()["users"]
    held = next(user["posts"] for user in users if user["name"] == "roles.of")
    assert held[1]["areas"] == ["*"]
    assert held[1]["tiers"] == [3]
    assert held[1]["window"]["days"] == [1, 2, 3, 4, 5, 6]


def test_a_person_is_put_out_and_let_in_again(manage: Page, second_server: str) -> None:
    settled_person(second_server, "in.and.out", "孙进", post("operator"))
    manage.reload()
    expect(manage.locator("#people")).to_be_visible()
    pane = person(manage, "in.and.out")
    expect(pane.locator("#end-sessions")).to_be_visible()
    pane.locator("#end-sessions").click()
    agree(manage, "全部结束")
    expect(pane).to_contain_text("没有登录")
    pane.get_by_role("button", name="停 用").click()
    agree(manage, "停 用")
    expect(manage.locator("#people .ant-table-row.chosen")).to_contain_text("已停用")
    body = {"name": "in.and.out", "password": PASSWORD}
    page = {"Sec-Fetch-Site": "same-origin"}
    assert httpx.post(f"{second_server}/api/session", json=body, headers=page, timeout=60).status_code == 401
    pane.get_by_role("button", name="启 用").click()
    expect(manage.locator("#people .ant-table-row.chosen")).to_contain_text("正常")
    pane.get_by_role("button", name="重设密码").click()
    agree(manage, "重设密码")
    expect(manage.locator("#once")).not_to_have_value("")


def test_a_token_is_made_used_and_revoked(manage: Page, second_server: str) -> None:
    settled_person(second_server, "dispatch", "接警系统", post("integrator"))
    manage.reload()
    expect(manage.locator("#people")).to_be_visible()
    pane = person(manage, "dispatch")
    pane.locator("#add-token").click()
    manage.fill("#new-token_label", "119 接口")
    manage.locator(".ant-modal:visible").get_by_role("button", name="新建令牌").click()
    secret = manage.locator("#once").input_value()
    manage.locator(".ant-modal:visible").get_by_role("button", name="关 闭").click()
    key = {"Authorization": f"Bearer {secret}"}
    assert httpx.get(f"{second_server}/api/cameras?limit=1", headers=key, timeout=60).status_code == 200
    row = pane.locator("#tokens li", has_text="119 接口")
    row.get_by_role("button").click()
    agree(manage, "吊 销")
    expect(row).to_have_count(0)
    assert httpx.get(f"{second_server}/api/cameras?limit=1", headers=key, timeout=60).status_code == 401


def test_grants_are_read_in_words(manage: Page, second_server: str) -> None:
    district = some_area(second_server, "district")
    settled_person(second_server, "only.here", "周边", post("operator", district["code"]))
    manage.reload()
    expect(manage.locator("#people")).to_be_visible()
    manage.click("[data-page=roles]")
    commander = manage.locator(".role[data-role=commander]")
    expect(commander).to_contain_text("督办")
    expect(commander).to_contain_text("须另一人同意")
    expect(manage.locator("#holders")).not_to_contain_text("周边")
    manage.locator("#who-may").get_by_label("区域").click()
    manage.locator(".ant-select-tree-title:visible", has_text=district["name"]).first.click()
    expect(manage.locator("#holders")).to_contain_text("周边")
    manage.locator("#holders [data-person='only.here']").click()
    expect(manage.locator("#person[data-person='only.here']")).to_be_visible()


def test_a_change_is_found_read_and_taken_away(manage: Page, second_server: str, tmp_path: Path) -> None:
    (camera,) = door.get(f"{second_server}/api/cameras?limit=1", timeout=60).json()["cameras"]
    there = door.get(f"{second_server}/api/cameras/{camera['id']}", timeout=60).json()
    change = {"remarks": "镜头有水渍"}
    seen = {"If-Match": f'"{there["version"]}"'}
    door.patch(f"{second_server}/api/cameras/{camera['id']}", json=change, headers=seen).raise_for_status()
    try:
        arrived(manage)
        manage.click("[data-page=journal]")
        manage.get_by_label("编号", exact=True).fill(camera["id"])
        manage.get_by_label("操作", exact=True).click()
        manage.locator(".ant-select-item-option:visible", has_text="修改").click()
        rows = manage.locator("tr.found")
        expect(rows.first).to_contain_text("修改摄像机")
        rows.first.focus()
        manage.keyboard.press("Enter")
        detail = manage.locator(".rowdetail").first
        expect(detail.locator(".come")).to_have_text("镜头有水渍")
        with manage.expect_download() as download:
            manage.click("#export-journal")
        file = tmp_path / "journal.jsonl"
        download.value.save_as(file)
        *lines, seal = [json.loads(line) for line in file.read_text().splitlines()]
        assert {line["id"] for line in lines} == {camera["id"]}
        assert seal["seal"]["rows"] == len(lines)
        detail.get_by_role("button", name="在地图上查看").click()
        manage.wait_for_function(
            "([lon, lat]) => { const v = window.geoserver.state().extent;"
            " return v && v[0] < lon && lon < v[2] && v[1] < lat && lat < v[3] }",
            arg=[camera["lon"], camera["lat"]],
        )
        manage.get_by_label("仅地图当前范围").check()
        expect(rows.first).to_contain_text("修改摄像机")
    finally:
        door.post(f"{second_server}/api/undo", json={}).raise_for_status()


def test_the_journal_is_read_page_by_page_with_keys(manage: Page) -> None:
    manage.click("[data-page=journal]")
    rows = manage.locator("tr.found")
    expect(rows).to_have_count(100)
    first = [int(seq) for seq in rows.evaluate_all("rows => rows.map(row => row.dataset.seq)")]
    assert first == sorted(first, reverse=True)
    manage.click("#older")
    expect(rows).to_have_count(200)
    rows.nth(0).focus()
    manage.keyboard.press("ArrowDown")
    manage.keyboard.press("ArrowDown")
    expect(rows.nth(2)).to_be_focused()
    manage.keyboard.press("Enter")
    expect(rows.nth(2)).to_have_attribute("aria-expanded", "true")
    manage.get_by_label("编号", exact=True).fill("no such thing")
    expect(manage.locator("#journal")).to_contain_text("没有符合条件的记录")
    manage.get_by_role("button", name="清除条件").click()
    expect(rows.first).to_be_visible()


def test_whoever_reads_english_reads_nothing_else(manage: Page) -> None:
    manage.locator(".topbar").get_by_text("EN", exact=True).click()
    for page in ("health", "orders", "assessment", "people", "roles", "journal"):
        manage.click(f"[data-page={page}]")
        manage.wait_for_timeout(800)
        nav = manage.inner_text("#manage > nav")
        assert nav.split("\n") == ["Camera health", "Repair orders", "Assessment", "People", "Grants", "Journal"]
    expect(manage.get_by_role("button", name="Export, signed")).to_be_visible()
