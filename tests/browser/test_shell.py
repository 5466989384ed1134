"""The shell in a real browser: header, lists, forms and charts, by keyboard, by thumb, and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import PHONE, Watch
from tests.browser.steps import assert_accessible, assert_fits, be, newest_plan

STAFF = "staff@demo.example"


def test_the_welcome_page_signs_in_a_made_up_person_with_one_tap(phone: Page) -> None:
    phone.goto("/")
    assert_accessible(phone)
    assert_fits(phone)
    phone.get_by_role("button", name=re.compile("Employer")).first.tap()
    expect(phone.locator("input[name=code]")).to_be_visible()


def test_the_menu_opens_and_closes_by_keyboard(page: Page) -> None:
    be(page, STAFF)
    menu = page.locator("details.bc-menu")
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(menu.get_by_role("button", name="Sign out")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(menu.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(menu.locator("summary")).to_be_focused()


def test_the_skip_link_comes_first_and_leads_to_the_content(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_a_list_narrows_as_one_types_and_keeps_its_address(page: Page) -> None:
    be(page, STAFF)
    page.goto("/organisations/")
    rows = page.locator("#list-results tbody tr")
    before = rows.count()
    page.keyboard.press("/")
    search = page.get_by_role("searchbox")
    expect(search).to_be_focused()
    page.keyboard.type("HOSPITAL")
    expect(page.locator("#list-count")).to_contain_text("found")
    expect(page).to_have_url(re.compile(r"\?q=HOSPITAL$"))
    assert 0 < rows.count() < before
    expect(search).to_be_focused()
    assert_accessible(page)
    page.get_by_role("link", name="Name").click()
    expect(page.locator("th[aria-sort=descending]")).to_be_visible()
    expect(page).to_have_url(re.compile("q=HOSPITAL&sort=-name$"))
    with page.expect_download() as downloading:
        page.get_by_role("link", name="XLSX").click()
    assert downloading.value.suggested_filename.endswith(".xlsx")
    page.go_back()
    expect(page.locator("th[aria-sort=ascending]")).to_be_visible()
    page.wait_for_load_state()
    search.fill("nothing has this name")
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()


def test_a_list_is_cards_on_a_phone(phone: Page) -> None:
    be(phone, STAFF)
    phone.goto("/organisations/")
    expect(phone.get_by_label("Sort by")).to_be_visible()
    expect(phone.locator("#list-results thead")).not_to_be_in_viewport()
    assert_accessible(phone)
    assert_fits(phone)
    phone.get_by_label("Sort by").select_option("-name")
    expect(phone).to_have_url(re.compile("sort=-name"))


def test_everything_works_without_scripts(
    watch: Watch, new_context: Callable[..., BrowserContext], page: Page
) -> None:
    be(page, STAFF)
    plain = new_context(**PHONE, java_script_enabled=False)
    watch.on(plain)
    plain.add_cookies(page.context.cookies())  # type: ignore[arg-type]
    bare = plain.new_page()
    bare.goto("/organisations/")
    bare.locator("details.bc-menu summary").tap()
    expect(bare.get_by_role("button", name="Sign out")).to_be_visible()
    bare.goto("/organisations/")
    bare.get_by_role("searchbox").fill("hospital")
    bare.locator("form.bc-filter button").tap()
    expect(bare.locator("#list-count")).to_contain_text("found")


def test_an_error_summary_takes_the_focus_and_leads_to_the_field(page: Page) -> None:
    be(page, STAFF)
    page.goto("/organisations/add/")
    page.locator("main form button[type=submit]").first.click()
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    expect(page).to_have_title(re.compile("^Error: "))
    assert_accessible(page)
    link = summary.get_by_role("link").first
    target = (link.get_attribute("href") or "").removeprefix("#")
    link.click()
    expect(page.locator(f"[id='{target}']")).to_be_focused()


def test_a_chart_is_drawn_and_its_table_says_the_same(page: Page) -> None:
    newest_plan(page)
    figure = page.locator("figure.bc-chart").first
    expect(figure.locator("svg")).to_be_visible()
    figure.locator("summary").click()
    expect(figure.locator("table tbody tr").first).to_be_visible()
    assert_accessible(page)
    assert_fits(page)
    page.set_viewport_size({"width": 390, "height": 844})
    expect(figure.locator("svg")).to_be_visible()
    assert_fits(page)


def test_without_the_drawing_library_the_table_stands_open(page: Page, watch: Watch) -> None:
    watch.expected.append("Failed to load resource")
    page.route("**/echarts*", lambda route: route.abort())
    newest_plan(page)
    expect(page.locator("figure.bc-chart table").first).to_be_visible()


def test_a_page_that_is_not_there_says_what_to_do(page: Page, watch: Watch) -> None:
    watch.expected.append("404")
    be(page, STAFF)
    page.goto("/nowhere/")
    expect(page.get_by_role("heading", name="What you can do")).to_be_visible()
    assert_accessible(page)


def test_print_leaves_the_navigation_out(page: Page) -> None:
    be(page, STAFF)
    page.goto("/organisations/")
    page.emulate_media(media="print")
    expect(page.locator(".bc-nav")).to_be_hidden()
    expect(page.locator("form.bc-filter")).to_be_hidden()
    expect(page.locator("#list-results table")).to_be_visible()


def test_a_long_list_of_boxes_is_searched_by_words(page: Page) -> None:
    be(page, STAFF)
    # The region of these tests has few programs: their list is called a long one, as the template
    # calls those of more than twelve.
    page.add_init_script(
        """document.addEventListener("DOMContentLoaded", () => {
            const boxes = document.querySelectorAll("#id_programs_group .usa-checkbox");
            if (!boxes.length) return;
            const list = document.createElement("div");
            Object.assign(list.dataset, { longList: "", find: "Find in this list", ticked: "Ticked:" });
            boxes[0].before(list);
            list.append(...boxes);
        }, { once: true });"""
    )
    page.goto("/limits/funds/new/")
    group = page.get_by_role("group", name="Only for these programs")
    boxes = group.get_by_role("checkbox")
    every = boxes.count()
    assert every > 1
    label = boxes.last.evaluate("box => box.labels[0].textContent").split()
    find = group.get_by_label("Find in this list")
    find.fill(f"{label[-1]} {label[1].upper()} {label[2]}")
    expect(boxes.last).to_be_visible()
    assert boxes.count() < every
    page.keyboard.press("Enter")
    assert page.url.endswith("/limits/funds/new/")
    group.locator(".usa-checkbox__label:visible").last.click()
    expect(group.get_by_role("status")).to_have_text(f"Ticked: 1 / {every}")
    find.fill("")
    expect(boxes).to_have_count(every)
    assert_accessible(page)
    assert_fits(page)
