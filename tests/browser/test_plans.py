"""Plans in a real browser: read, open to the sources, and made again after a need changed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.steps import assert_accessible, newest_plan


def drag_to(page: Page, block: Locator, month: str) -> None:
    """Drag the left end of a cohort to almost a month before this one, and drop it."""
    block.scroll_into_view_if_needed()
    box = block.bounding_box()
    assert box
    wide = block.evaluate(
        "b => b.parentElement.getBoundingClientRect().width / b.parentElement.colSpan"
    )
    months = block.evaluate(
        "b => b.closest('table').dataset.lanes.split(';').map((each) => each.split('|')[0])"
    )
    by = months.index(month) - months.index(block.get_attribute("data-month"))
    x, y = box["x"] + min(8, box["width"] / 2), box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for part in (0.3, 0.7, 1):
        page.mouse.move(x + (by - 0.8) * wide * part, y)
    page.mouse.up()


@pytest.mark.parametrize("device", ["page", "phone"])
def test_staff_read_a_plan_and_open_its_numbers(
    device: str, request: pytest.FixtureRequest
) -> None:
    page: Page = request.getfixturevalue(device)
    newest_plan(page)
    assert_accessible(page)
    page.get_by_text("Show as a table").first.click()
    expect(page.get_by_role("columnheader", name="Quarter").first).to_be_visible()
    page.locator("section[aria-labelledby=odds] tbody a").first.click()
    expect(page.get_by_role("heading", name="Who needs them")).to_be_visible()
    assert_accessible(page)
    page.locator("section[aria-labelledby=programs] tbody a, section[aria-labelledby=programs] p a")
    page.go_back()
    page.get_by_role("link", name="Open the sources").click()
    expect(page.get_by_role("heading", name="Where the numbers come from")).to_be_visible()
    assert_accessible(page)


def test_staff_plan_again_and_watch_it_being_worked_out(page: Page) -> None:
    newest_plan(page)
    first = page.url
    page.get_by_role("button", name="Plan again").click()
    expect(page).not_to_have_url(first)
    expect(page.get_by_role("heading", name=re.compile(r"Plan \d+"))).to_be_visible()
    expect(page.get_by_role("heading", name="Will there be enough people?")).to_be_visible(
        timeout=180_000
    )
    expect(page.get_by_text(re.compile(r"since plan \d+"))).to_be_visible()


def test_staff_stop_a_plan_fix_a_cohort_by_keyboard_and_approve(page: Page) -> None:
    newest_plan(page)
    first = page.url
    page.get_by_role("button", name="Plan again").click()
    expect(page).not_to_have_url(first)
    odds = page.get_by_role("heading", name="Will there be enough people?")
    best = page.get_by_text("No plan can be below").first
    expect(best.or_(odds).first).to_be_visible(timeout=120_000)
    # A small plan may be ready before anybody could stop it.
    if best.is_visible():
        assert_accessible(page)
        stop = page.get_by_role("button", name="Stop", exact=True)
        if stop.is_visible():
            stop.click()
    expect(odds).to_be_visible(timeout=120_000)

    page.get_by_role("link", name="Move, pin or forbid cohorts").click()
    block = page.locator("button.plan-block").first
    expect(block).to_be_visible()
    assert_accessible(page)
    was = block.get_attribute("data-month")
    block.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("p")
    why = page.get_by_label("Why")
    expect(why).to_be_focused()
    expect(page.get_by_label("Moved from")).to_have_value(was or "")
    month = page.locator("select[name=month]")
    assert month.input_value() in (block.get_attribute("data-can") or "").split()
    expect(month).not_to_have_value(was or "")
    next_start = month.input_value()

    # The same by drag: dropped a little beside a month in which it may start, it goes there.
    page.reload()
    drag_to(page, block, next_start)
    expect(why).to_be_focused()
    expect(page.get_by_label("Moved from")).to_have_value(was or "")
    expect(month).to_have_value(next_start)
    page.keyboard.type("The host asked for a month more")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Newer than this plan").first).to_be_visible()
    # What was fixed is let go again: other tests plan freely.
    for left in (1, 0):
        page.get_by_role("button", name=re.compile("^Let go")).first.click()
        expect(page.get_by_role("button", name=re.compile("^Let go"))).to_have_count(left)

    page.get_by_role("link", name=re.compile(r"← Plan \d+")).click()
    page.get_by_role("button", name="Propose this plan").click()
    page.get_by_role("link", name="Approve").click()
    assert_accessible(page)
    page.get_by_label("Who approved it").fill("Demo board, by its chair")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Approved by Demo board, by its chair")).to_be_visible()
    assert_accessible(page)
