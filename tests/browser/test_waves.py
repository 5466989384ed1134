"""Answering a wave in a hand, without an account: by thumb, in two languages, with an interruption."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.steps import assert_accessible, assert_fits, be


def looks_right(page: Page) -> None:
    assert_accessible(page)
    assert_fits(page)


def link_of(page: Page, mailbox: str) -> str:
    """The link in the newest mail to this made-up person, found in the outbox."""
    outbox = page.context.new_page()
    try:
        outbox.goto(f"/outbox/?q={mailbox}@")
        outbox.locator("#outbox tbody th a").first.click()
        found = outbox.locator(".bc-mail a[href*='/answer/']").first.get_attribute("href")
        assert found
        return found
    finally:
        outbox.close()


def settled(page: Page, field: str) -> None:
    """What was typed has been kept, and the page says so."""
    expect(page.locator(f"[id='s-{field.replace('.', '-')}'] .bc-saved")).to_be_visible()


def test_an_employer_without_an_account_answers_in_two_sittings(phone: Page) -> None:
    link = link_of(phone, "hiring1")
    for _scanner in range(3):
        assert phone.request.get(link).ok
    phone.goto(link)
    looks_right(phone)
    phone.get_by_role("link", name=re.compile("Begin|Go on")).click()
    looks_right(phone)

    # Numbers are kept as they are tapped and typed.
    number = phone.locator("input[name^='q.'][name$='.growth.likely']").first
    name = number.get_attribute("name") or ""
    quarter = phone.locator(f"[id='f-{name.replace('.', '-')}']")
    more = quarter.get_by_role("button", name=re.compile("One more"))
    before = int(number.input_value() or "0")
    for _tap in range(3):
        more.tap()
    settled(phone, name)
    phone.locator("[name='staff_now']").fill("48")
    phone.locator("[name='staff_now']").blur()
    settled(phone, "staff_now")
    number.fill("1200")
    number.blur()
    expect(quarter.locator(".bc-asked")).to_contain_text("1,200")
    looks_right(phone)
    number.fill(str(before + 3))
    number.blur()
    settled(phone, name)
    number.fill("four")
    number.blur()
    expect(quarter.locator(".usa-error-message")).to_contain_text("whole number")
    number.fill(str(before + 3))
    number.blur()

    # Another device, another day: all of it is there, and goes on in Spanish.
    url = phone.url
    phone.goto("about:blank")
    phone.goto(link)
    expect(phone.get_by_role("link", name="Go on")).to_be_visible()
    phone.get_by_role("button", name="Español").click()
    looks_right(phone)
    expect(phone.locator("html")).to_have_attribute("lang", "es")
    phone.goto(url)
    expect(phone.locator(f"[name='{name}']")).to_have_value(str(before + 3))
    expect(phone.locator("[name='staff_now']")).to_have_value("48")
    looks_right(phone)
    phone.get_by_role("button", name="Guardar y seguir").click()
    # What was said last time is folded away, until something is different.
    expect(phone.get_by_role("heading", name="¿Es como la última vez?")).to_be_visible()
    looks_right(phone)
    phone.get_by_text("No, algo es distinto").tap()
    phone.locator("label", has_text="Se presentan pocas personas").first.tap()
    looks_right(phone)
    onwards = re.compile("[Gg]uardar y seguir|Seguir y enviar")
    while phone.locator("h1").inner_text() != "¿Es correcto?":
        here = phone.url
        phone.get_by_role("button", name=onwards).first.click()
        expect(phone).not_to_have_url(here)
    expect(phone.get_by_role("heading", level=1)).to_have_text("¿Es correcto?")
    looks_right(phone)
    phone.get_by_role("button", name="Enviar nuestra respuesta").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Gracias")
    looks_right(phone)


def test_a_colleague_has_the_skills_and_dissents_on_one_line(phone: Page) -> None:
    link = link_of(phone, "training2")
    phone.goto(link)
    expect(phone.locator("html")).to_have_attribute("lang", "es")
    phone.get_by_role("button", name="English").click()
    phone.get_by_role("link", name=re.compile("Begin|Go on")).click()
    looks_right(phone)
    phone.get_by_text("Say what should be different").tap()
    line = phone.locator(".bc-opinion").first
    line.get_by_role("button", name=re.compile("Right for us")).tap()
    expect(line.locator(".bc-tag--good")).to_be_visible()
    other = phone.locator(".bc-opinion").nth(1)
    other.locator("summary").tap()
    other.get_by_label("How important?").select_option("2")
    other.get_by_label("Why?").fill("We teach it in the first week.")
    looks_right(phone)
    other.get_by_role("button", name=re.compile("Save")).tap()
    expect(other.locator(".bc-opinion__said")).to_contain_text("We teach it in the first week.")
    looks_right(phone)


def test_staff_see_how_the_wave_stands(page: Page) -> None:
    be(page, "staff@demo.example")
    page.goto("/collaboratives/")
    looks_right(page)
    page.locator("tbody th a, tbody td a").first.click()
    looks_right(page)
    page.get_by_role("link", name=re.compile("Demo wave")).first.click()
    expect(page.locator("main")).to_contain_text("Employers that have answered")
    looks_right(page)
    page.locator("#list-results tbody a").first.click()
    looks_right(page)
