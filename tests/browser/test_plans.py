"""Plans in a real browser: read, open to the sources, and made again after a need changed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import assert_accessible, be

STAFF = "staff@demo.example"


def newest_plan(page: Page) -> None:
    be(page, STAFF)
    page.goto("/plans/")
    page.get_by_role("link", name=re.compile(r"^Plan \d+$")).first.click()
    expect(page.get_by_role("heading", name="Will there be enough people?")).to_be_visible(
        timeout=120_000
    )


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
