"""The main job as two people do it: an employer changes a need in a hand, staff plan again at a desk."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.conftest import Watch
from tests.browser.steps import assert_accessible, assert_fits, be

OUT_OF_DATE = "This plan is out of date."


def newest_plan(page: Page) -> int:
    """Staff open the newest plan, once it is worked out; returns its number."""
    steps.newest_plan(page)
    heading = page.get_by_role("heading", level=1).inner_text()
    return int(heading.removeprefix("Plan "))


def plan_again(page: Page) -> int:
    before = page.url
    page.get_by_role("button", name="Plan again").click()
    expect(page).not_to_have_url(before)
    expect(page.get_by_role("heading", name="Will there be enough people?")).to_be_visible(
        timeout=180_000
    )
    return int(page.get_by_role("heading", level=1).inner_text().removeprefix("Plan "))


def test_an_employer_changes_a_need_and_staff_plan_again_and_read_what_changed(
    phone: Page, page: Page, watch: Watch
) -> None:
    number = newest_plan(page)
    if page.get_by_text(OUT_OF_DATE).count():
        number = plan_again(page)

    be(phone, "employer@demo.example")
    phone.goto("/needs/?status=stated")
    phone.locator("#list-results tbody a").first.click()
    title = phone.get_by_role("heading", level=1).inner_text()
    need = phone.url
    phone.get_by_role("link", name=re.compile("^Change how many")).tap()
    quarter = phone.locator("details[open] [data-quarter]").nth(6)
    more = quarter.get_by_role("button", name=re.compile("One more"))
    before = int(quarter.locator("[data-likely]").input_value() or 0)
    for _tap in range(12):
        more.tap()
    expect(quarter.locator("[data-likely]")).to_have_value(str(before + 12))
    quarter.locator("summary").tap()
    quarter.get_by_label("At most").fill(str(before + 14))
    assert_accessible(phone)
    assert_fits(phone)
    phone.get_by_role("button", name="Save", exact=True).tap()
    expect(phone.get_by_text("Plans that were made before will say so.")).to_be_visible()
    expect(phone).to_have_url(need)
    expect(phone.get_by_role("heading", level=1)).to_have_text(title)
    expect(
        phone.get_by_text("The need has changed since; the next plan will take it in.")
    ).to_be_visible()
    assert_accessible(phone)
    assert_fits(phone)

    page.goto("/")
    page.get_by_role("link", name=re.compile(rf"Plan again.*Plan {number} is out of date")).click()
    expect(page.get_by_text(OUT_OF_DATE)).to_be_visible()
    assert_accessible(page)
    assert plan_again(page) == number + 1
    expect(page.get_by_text(OUT_OF_DATE)).to_have_count(0)
    changes = page.locator("section[aria-labelledby=changes]")
    expect(changes.get_by_role("heading")).to_have_text(f"What changed since plan {number}")
    expect(changes.locator("li").first).to_have_text(re.compile(r"\w+.*\d"))
    assert_accessible(page)

    be(phone, "employer@demo.example")
    phone.goto(need)
    expect(phone.get_by_text("The need has changed since")).to_have_count(0)
    watch.expected.append("404")
    phone.goto(f"/plans/{page.url.rstrip('/').rpartition('/')[2]}/")
    expect(phone.get_by_role("heading", level=1)).not_to_have_text(re.compile("Plan"))
