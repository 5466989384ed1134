"""Signing in with a code, on a desk and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import assert_accessible, assert_fits, sign_in


@pytest.mark.parametrize(
    "email",
    ["staff@demo.example", "employer@demo.example", "provider@demo.example", "funder@demo.example"],
)
def test_each_kind_of_person_signs_in_with_a_code_from_the_outbox(page: Page, email: str) -> None:
    sign_in(page, email)
    expect(page.locator("h1")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)


def test_sign_in_works_on_a_phone(phone: Page) -> None:
    phone.goto("/accounts/login/")
    assert_accessible(phone)
    assert_fits(phone)
    sign_in(phone, "employer@demo.example")
    expect(phone.locator("h1")).to_be_visible()
    assert_accessible(phone)
    assert_fits(phone)
