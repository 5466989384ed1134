"""A provider in a real browser: sees what employers ask for, and closes gaps by keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import assert_accessible, assert_fits, be

PROVIDER = "provider@demo.example"
STAFF = "staff@demo.example"


def open_coverage(page: Page) -> None:
    be(page, PROVIDER)
    page.locator(".bc-needs-you a[href*='/coverage/']").first.click()
    expect(page.get_by_role("heading", name="What employers ask for")).to_be_visible()


def gaps(page: Page) -> int:
    said = page.locator(".bc-lead").first.inner_text()
    found = re.search(r"(\d+) gaps?\.", said)
    assert found, said
    return int(found[1])


def test_a_provider_closes_gaps_by_keyboard(page: Page) -> None:
    open_coverage(page)
    before = gaps(page)
    assert before > 1
    assert_accessible(page)
    # In the list: from the choice of a module to its button, and Enter.
    page.locator(".bc-close select").first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("is now practiced and assessed in")).to_be_visible()
    assert gaps(page) == before - 1
    expect(page.get_by_text("which is taught now, covers")).to_be_visible()
    assert_accessible(page)

    # In the matrix: to the first gap's row, then letters and a digit.
    page.get_by_role("link", name="Open the matrix").click()
    expect(page.get_by_role("grid")).to_be_visible()
    rows = page.locator("table[data-matrix] tbody tr")
    place = next(n for n in range(rows.count()) if rows.nth(n).locator("th.gap").count())
    page.locator("td[tabindex='0']").focus()
    for _n in range(place):
        page.keyboard.press("ArrowDown")
    cell = rows.nth(place).locator("td").first
    expect(cell).to_be_focused()
    had = cell.inner_text()
    for key in [letter for letter in "ipa" if letter.upper() not in had] + ["5"]:
        page.keyboard.press(key)
    expect(page.locator("[data-bar-status]")).to_have_text(
        "Saved: introduced, practiced, assessed, level 5"
    )
    expect(rows.nth(place).locator("th.covered")).to_be_visible()
    expect(cell).to_be_focused()
    assert_accessible(page)
    page.reload()
    expect(rows.nth(place).locator("td").first).to_have_text("IPA 5")

    # A level that the scale does not have is refused in words, and nothing is lost.
    page.locator("td[tabindex='0']").focus()
    for _n in range(place):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("9")
    expect(page.locator("[data-bar-status]")).to_contain_text("lies between 1 and 5")
    expect(rows.nth(place).locator("td").first).to_have_text("IPA 5")

    # What is taught is changed by one step more, when the draft is ready.
    page.get_by_role("link", name="Back to the modules").click()
    page.get_by_role("button", name="Teach by this version").click()
    expect(page.get_by_text("is what is taught now")).to_be_visible()
    assert_accessible(page)


def test_coverage_fits_a_phone(phone: Page) -> None:
    be(phone, PROVIDER)
    phone.goto("/programs/")
    for link in [each.get_attribute("href") for each in phone.locator("main th a").all()]:
        phone.goto(f"{link}coverage/")
        assert_fits(phone)
        assert_accessible(phone)
        phone.goto(f"{link}modules/")
        assert_fits(phone)
        matrix = phone.get_by_role("link", name="Open the matrix")
        if matrix.count():
            matrix.click()
            expect(phone.get_by_role("grid")).to_be_visible()
            assert_fits(phone)
            assert_accessible(phone)


@pytest.mark.parametrize("device", ["page", "phone"])
def test_staff_see_where_people_come_from(device: str, request: pytest.FixtureRequest) -> None:
    page: Page = request.getfixturevalue(device)
    be(page, STAFF)
    page.goto("/collaboratives/")
    page.locator("main a[href^='/collaboratives/']").filter(has_text="Demo").first.click()
    page.get_by_role("link", name=re.compile("^Where people come from")).first.click()
    expect(page.locator("#came svg")).to_be_visible()
    page.get_by_text("Show as a table").first.click()
    expect(page.get_by_role("columnheader", name="People a year").first).to_be_visible()
    assert_fits(page)
    assert_accessible(page)
