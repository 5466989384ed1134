"""Regional demand: staff read all of it, an employer in a hand reads what is published and why not more."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.steps import assert_accessible, assert_fits, be


def looks_right(page: Page) -> None:
    assert_accessible(page)
    assert_fits(page)


def test_staff_read_the_full_picture_beside_what_others_see(page: Page) -> None:
    be(page, "staff@demo.example")
    page.goto("/regional/")
    looks_right(page)
    page.locator("tbody th a").first.click()
    main = page.locator("main")
    expect(main).to_contain_text("This is what others see.")
    expect(main).to_contain_text("not shown")
    looks_right(page)
    page.get_by_role("link", name="See all figures").click()
    expect(main).to_contain_text("Only staff see this page.")
    expect(main).not_to_contain_text("not shown")
    looks_right(page)


def test_an_employer_reads_what_is_published_in_a_hand(phone: Page) -> None:
    be(phone, "employer@demo.example")
    phone.goto("/regional/")
    looks_right(phone)
    phone.locator("tbody th a").first.tap()
    expect(phone.get_by_role("heading", level=1)).to_have_text("How many people employers need")
    looks_right(phone)

    # What is withheld is said where it is missing, and why.
    withheld = phone.get_by_role("cell", name="not shown", exact=True)
    expect(withheld.first).to_be_attached()
    why = phone.locator(".usa-alert, .bc-notice").filter(has_text="Some figures are not shown")
    expect(why).to_contain_text(re.compile(r"at least \d+ employers"))
    expect(why).to_contain_text("not even by adding and taking away")

    # One role, in full detail.
    role = phone.get_by_label("Role", exact=True)
    role.select_option(index=1)
    chosen = role.locator("option:checked").inner_text()
    phone.get_by_role("button", name="Show").tap()
    expect(phone.get_by_text(f"People needed by quarter: {chosen}").first).to_be_visible()
    phone.locator("summary", has_text="By quarter and reason").tap()
    looks_right(phone)
