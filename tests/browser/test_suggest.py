"""Staff paste a posting, decide by keyboard what is meant, and find it among the profile's lines."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.steps import assert_accessible, assert_fits, be

STAFF = "staff@demo.example"
ROLE = "Medical assistant"
POSTING = """We look for somebody who works with patients.
- Measure vital signs and record them
- Prevent falls of residents
- Dress and watch wounds
"""


def looks_right(page: Page) -> None:
    assert_accessible(page)
    assert_fits(page)


def look_for_skills(page: Page) -> Locator:
    """Paste the posting on the page of a version; the suggestions."""
    be(page, STAFF)
    page.goto("/profiles/")
    page.get_by_role("link", name=ROLE).first.click()
    page.get_by_role("link", name="2", exact=True).click()
    page.get_by_role("link", name="Change lines").click()
    page.get_by_role("link", name="Find skills in a text").click()
    looks_right(page)
    page.get_by_label("Text").fill(POSTING)
    page.get_by_role("button", name="Find skills").click()
    found = page.locator("[data-one]")
    preparing = page.get_by_text("The list of skills is being made ready")
    for _wait in range(20):
        expect(found.first.or_(preparing)).to_be_visible()
        if found.count():
            break
        page.wait_for_timeout(3000)
        page.get_by_role("button", name="Find skills").click()
    expect(found.first).to_be_visible()
    return found


def name_of(one: Locator) -> str:
    return one.locator(".bc-suggest__name").inner_text()


def test_staff_accept_and_reject_by_keyboard(page: Page) -> None:
    found = look_for_skills(page)
    assert found.count() >= 2
    looks_right(page)
    wanted, other = name_of(found.nth(0)), name_of(found.nth(1))
    said = page.locator("[data-suggest-count]")
    expect(found.nth(0).get_by_label("Undecided")).to_be_focused()
    page.keyboard.press("a")
    expect(found.nth(0).get_by_label("Add")).to_be_checked()
    page.keyboard.press("a")
    expect(said).to_have_text("2 to add, 0 not meant")
    page.keyboard.press("ArrowUp")
    if found.count() > 2:
        expect(found.nth(1).get_by_label("Add")).to_be_focused()
    else:
        page.keyboard.press("ArrowDown")
    page.keyboard.press("u")
    expect(said).to_have_text("1 to add, 0 not meant")
    page.keyboard.press("r")
    expect(said).to_have_text("1 to add, 1 not meant")
    expect(found.nth(1).get_by_label("Not meant")).to_be_checked()
    looks_right(page)

    # Whatever has the focus is never hidden below the buttons that stay in view.
    page.set_viewport_size({"width": 1280, "height": 760})
    buttons = page.locator(".bc-suggest__end")
    for _one in range(found.count()):
        page.keyboard.press("ArrowDown")
        focused = page.evaluate("document.activeElement.getBoundingClientRect().bottom")
        place = buttons.bounding_box()
        assert place
        assert focused <= place["y"] + 1

    page.get_by_role("button", name="Save what I decided").click()
    expect(page.get_by_text("1 was added.")).to_be_visible()
    expect(page.locator("[data-line]", has_text=wanted)).to_have_count(1)
    expect(page.locator("[data-line]", has_text=other)).to_have_count(0)
    looks_right(page)
    # Employers agree on the profile in other tests: it is left as it was found.
    page.locator("[data-line]", has_text=wanted).get_by_role(
        "button", name=re.compile("^Remove")
    ).click()
    expect(page.locator("[data-line]", has_text=wanted)).to_have_count(0)


def test_it_fits_a_phone(phone: Page) -> None:
    found = look_for_skills(phone)
    looks_right(phone)
    expect(phone.get_by_text("By keyboard")).to_be_hidden()
    found.first.get_by_text("Not meant").tap()
    expect(phone.locator("[data-suggest-count]")).to_have_text("0 to add, 1 not meant")
    looks_right(phone)
