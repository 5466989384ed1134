"""Stating a need in a hand and at a desk: by thumb, by keyboard, and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.steps import assert_accessible, assert_fits, be


def looks_right(page: Page) -> None:
    assert_accessible(page)
    assert_fits(page)


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Save and go on").click()


def test_an_employer_states_a_need_on_a_phone(phone: Page) -> None:
    be(phone, "employer@demo.example")
    phone.goto("/needs/")
    looks_right(phone)
    phone.get_by_role("link", name="State a need").click()
    looks_right(phone)
    phone.get_by_label("What do you call the job?").fill("Nursing assistant, weekends")
    phone.locator("label.usa-radio__label").first.click()
    go_on(phone)

    expect(phone.get_by_role("heading", level=1)).to_have_text("Which kind of work is closest?")
    looks_right(phone)
    phone.get_by_label("Look for another name").fill("phlebotom")
    phone.locator("label", has_text="Phlebotomists").click()
    go_on(phone)

    looks_right(phone)
    quarter = phone.locator("[data-quarter]").nth(1)
    more = quarter.get_by_role("button", name=re.compile("One more"))
    for _tap in range(4):
        more.tap()
    expect(quarter.locator("[data-span]")).to_have_text("3 to 5")
    quarter.locator("summary").tap()
    quarter.get_by_label("At most").fill("6")
    expect(quarter.locator("[data-span]")).to_have_text("3 to 6")
    looks_right(phone)
    go_on(phone)

    looks_right(phone)
    phone.get_by_label("Pay an hour, from").fill("20")
    go_on(phone)

    looks_right(phone)
    phone.get_by_label("Credential or skill").fill("Patient and calm")
    phone.get_by_role("button", name="Add one more").tap()
    expect(phone.get_by_label("Credential or skill")).to_have_count(2)
    phone.locator("label.usa-checkbox__label", has_text="Externship places").tap()
    phone.get_by_label("Externship places a quarter: How many").fill("2")
    looks_right(phone)
    go_on(phone)

    expect(phone.get_by_role("heading", level=1)).to_have_text("Is this right?")
    expect(phone.locator(".bc-check")).to_contain_text("(3 to 6)")
    looks_right(phone)
    phone.get_by_role("button", name="Send this need").tap()
    expect(phone.get_by_text("Your need is stated and counts from now on.")).to_be_visible()
    expect(phone.locator("main")).to_contain_text("Patient and calm")
    looks_right(phone)


def test_a_need_is_stated_with_the_keyboard_alone(page: Page) -> None:
    be(page, "employer@demo.example")
    page.goto("/needs/new/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.get_by_label("What do you call the job?").focus()
    page.keyboard.type("Pharmacy technician, evenings")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/occupation/"))
    page.locator("input[name=occupation]").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/people/"))
    field = page.locator("[data-likely]").nth(2)
    field.focus()
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/pay/"))
    page.get_by_role("button", name="Save and go on").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/asks/"))
    page.get_by_role("button", name="Save and go on").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Send this need").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your need is stated")).to_be_visible()


def test_a_need_is_stated_without_scripts(
    new_context: Callable[..., BrowserContext], base_url: str, page: Page
) -> None:
    be(page, "employer@demo.example")
    kept = page.context.storage_state()
    plain = new_context(**PHONE, java_script_enabled=False, storage_state=kept).new_page()
    plain.goto("/needs/new/")
    plain.get_by_label("What do you call the job?").fill("Medical assistant, no scripts")
    plain.locator("label", has_text="Another place").click()
    go_on(plain)
    expect(plain.get_by_text("Please mend")).to_be_visible()
    plain.locator("label.usa-radio__label").first.click()
    go_on(plain)
    plain.locator("label", has_text="None of these").click()
    go_on(plain)
    plain.locator("[data-likely]").nth(1).fill("2")
    go_on(plain)
    go_on(plain)
    go_on(plain)
    expect(plain.locator(".bc-check")).to_contain_text("Staff will choose it")
    plain.get_by_role("button", name="Send this need").click()
    expect(plain.get_by_text("Your need is stated")).to_be_visible()


def test_staff_search_needs_open_one_and_withdraw_and_bring_it_back(page: Page) -> None:
    be(page, "staff@demo.example")
    page.goto("/needs/")
    looks_right(page)
    page.get_by_label("Search").fill("nurse")
    expect(page.locator("#list-count")).to_contain_text("found")
    page.locator("tbody th a").first.click()
    looks_right(page)
    page.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_text("It counts nowhere until it is brought back.")).to_be_visible()
    looks_right(page)
    page.get_by_role("button", name="Bring back").click()
    expect(page.get_by_role("button", name="Withdraw")).to_be_visible()


def test_the_workbook_comes_and_goes(page: Page, tmp_path: Path) -> None:
    be(page, "employer2@demo.example")
    page.goto("/needs/workbook/")
    looks_right(page)
    with page.expect_download() as coming:
        page.get_by_role("link", name="Download the workbook").click()
    path = tmp_path / "needs.xlsx"
    coming.value.save_as(path)
    page.get_by_label("Your workbook").set_input_files(path)
    page.get_by_role("button", name="Read it and show me").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What your file says")
    expect(page.get_by_text("There is nothing to save.")).to_be_visible()
    looks_right(page)
    bad = tmp_path / "bad.csv"
    bad.write_text(
        "Employer,Site,Role,Quarter,Reason,Most likely\n"
        ",Main site,Night cook,2090-Q1,New positions,2\n"
        ",Main site,Porter,next year,New positions,-2\n"
    )
    page.goto("/needs/workbook/")
    page.get_by_label("Your workbook").set_input_files(bad)
    page.get_by_role("button", name="Read it and show me").click()
    expect(page.get_by_text("-2 is below 0.")).to_be_visible()
    looks_right(page)
    page.get_by_role("button", name="Give up").click()
    expect(page.get_by_text("Nothing was saved.")).to_be_visible()
