"""A requirement profile in a browser: an employer dissents on a phone, staff write and approve at a desk."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.steps import assert_accessible, assert_fits, be

ROLE = "Phlebotomist"


def looks_right(page: Page) -> None:
    assert_accessible(page)
    assert_fits(page)


def test_an_employer_dissents_on_one_line_and_staff_approve_and_read_what_changed(
    phone: Page, page: Page
) -> None:
    be(phone, "employer@demo.example")
    phone.goto("/profiles/")
    looks_right(phone)
    phone.get_by_role("link", name=ROLE).first.click()
    phone.get_by_role("link", name="2", exact=True).click()
    looks_right(phone)
    phone.get_by_role("link", name="Say whether it is right").click()
    looks_right(phone)
    first = phone.locator(".bc-line").first
    name = first.get_by_role("heading").inner_text()
    first.get_by_role("link", name=re.compile("We see it differently")).tap()
    expect(phone.get_by_role("heading", level=1)).to_have_text(name)
    looks_right(phone)
    phone.get_by_role("button", name="Save").tap()
    expect(phone.get_by_text("Say what should be different, or why.").first).to_be_visible()
    looks_right(phone)
    phone.locator("label", has_text="Preferred").tap()
    phone.get_by_label("Why?").fill("Our trainer shows it in week one.")
    phone.get_by_role("button", name="Save").tap()
    expect(phone.get_by_text("Our trainer shows it in week one.")).to_be_visible()
    phone.get_by_role("button", name=re.compile("right for us", re.IGNORECASE)).first.tap()
    phone.get_by_role("button", name=re.compile(r"The other \d+ are right for us")).tap()
    expect(phone.get_by_role("heading", name="Nothing left to say")).to_have_count(0)
    expect(phone.get_by_text("Nothing left to say")).to_be_visible()
    looks_right(phone)

    be(page, "staff@demo.example")
    page.goto("/profiles/")
    page.get_by_role("link", name=ROLE).first.click()
    page.get_by_role("link", name="2", exact=True).click()
    expect(page.get_by_text("Our trainer shows it in week one.")).to_have_count(1)
    looks_right(page)

    # Write by keyboard: a digit chooses, the cell saves itself, Enter goes to the line below.
    page.get_by_role("link", name="Change lines").click()
    looks_right(page)
    row = page.locator("[data-line]", has_text=name)
    row.locator("[data-column=importance] select").focus()
    page.keyboard.press("2")
    expect(row.get_by_text("Saved")).to_be_visible()
    page.keyboard.press("Enter")
    below = page.locator("[data-line]").nth(1).locator("[data-column=importance] select")
    expect(below).to_be_focused()
    page.keyboard.press("Shift+Enter")
    expect(row.locator("[data-column=importance] select")).to_be_focused()
    row.locator("[data-column=later] select").select_option("1")
    expect(row.get_by_text("at least the one at hire")).to_be_visible()
    page.reload()
    expect(row.locator("[data-column=importance] select")).to_have_value("2")
    page.get_by_label("Something in own words").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    expect(page.locator("#add-name")).to_be_focused()
    page.keyboard.type("Stay calm when the waiting room is full")
    page.keyboard.press("Enter")
    expect(page.get_by_role("row", name=re.compile("Stay calm"))).to_be_visible()

    page.get_by_role("link", name="Done").click()
    page.get_by_role("link", name="Approve").click()
    looks_right(page)
    expect(page.get_by_text("less important, from 5 to 2")).to_be_visible()
    page.get_by_label("Note").fill("Agreed with the clinics.")
    page.get_by_role("button", name="Approve as").click()
    expect(page.get_by_role("heading", name="What changed since version 1")).to_be_visible()
    expect(page.get_by_text(f"{name}: less important, from 5 to 2.")).to_be_visible()
    expect(page.get_by_text("Stay calm when the waiting room is full: added")).to_be_visible()
    looks_right(page)
    page.get_by_role("link", name="Compare", exact=True).click()
    looks_right(page)

    # The employer now reads what all said together, where enough of them did, and nobody's own words.
    phone.goto("/profiles/")
    phone.get_by_role("link", name=ROLE).first.click()
    together = re.compile(r"of \d+ employers agree|Not shown: too few answered")
    expect(phone.get_by_text(together).first).to_be_visible()
    expect(phone.get_by_text(re.compile(r"\d+ sees? it differently"))).to_have_count(0)
    looks_right(phone)
