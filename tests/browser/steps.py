"""What browser tests do again and again, as people do it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, Page, expect

_AXE = Path(__file__).resolve().parent.parent.parent / "node_modules/axe-core/axe.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def newest_code(page: Page, email: str) -> str:
    """The code in the newest mail to this address, read in the outbox as a person would."""
    outbox = page.context.new_page()
    try:
        outbox.goto(f"/outbox/?q={email}")
        return outbox.locator("#outbox tbody tr").first.locator("strong").inner_text().strip()
    finally:
        outbox.close()


def sign_in(page: Page, email: str) -> None:
    """Sign in with a code by mail; ends on the person's home page."""
    page.goto("/accounts/login/")
    page.locator("input[name=email]").fill(email)
    page.locator(
        "form:has(input[name=email]) button[type=submit], "
        "form:has(input[name=email]) button:not([type])"
    ).first.click()
    code = page.locator("input[name=code]")
    expect(code).to_be_visible()
    code.fill(newest_code(page, email))
    page.locator(
        "form:has(input[name=code]) button[type=submit], "
        "form:has(input[name=code]) button:not([type])"
    ).first.click()
    expect(page).not_to_have_url(re.compile("/accounts/login/"))


_KEPT: dict[str, list[Any]] = {}


def be(page: Page, email: str) -> None:
    """Be this person, by the cookies of an earlier sign-in where there was one: codes are limited."""
    page.goto("/")
    key = f"{page.url}{email}"
    if key not in _KEPT:
        sign_in(page, email)
        _KEPT[key] = page.context.cookies()
    page.context.add_cookies(_KEPT[key])
    page.goto("/")


@cache
def _axe() -> str:
    return _AXE.read_text(encoding="utf-8")


def _asked(page: Page, script: str, given: Any = None) -> Any:
    """What the script says of the page that has come, even where a click's answer is still coming."""
    for _attempt in range(5):
        page.wait_for_load_state("load")
        try:
            return page.evaluate(script, given)
        except Error as error:
            if "context was destroyed" not in str(error):
                raise
    raise AssertionError(f"{page.url} never came to rest")


def assert_accessible(page: Page, *, leave_out: str | None = None) -> None:
    """Fail with every accessibility rule that the page breaks, and where (axe-core, WCAG 2.2 AA).

    ``leave_out`` is a selector of a part that is not ours to judge.
    """
    context: dict[str, Any] = {"include": [["html"]]}
    if leave_out:
        context["exclude"] = [[leave_out]]
    result = _asked(
        page,
        f"([context, rules]) => {{ {_axe()}; "
        "return axe.run(context, {runOnly: {type: 'tag', values: rules}}); }",
        [context, _RULES],
    )
    broken = [
        f"{rule['impact']}: {rule['help']} ({rule['id']})\n    "
        + "\n    ".join(
            f"{' '.join(map(str, node['target']))}: {node['html'][:160]}"
            for node in rule["nodes"][:5]
        )
        for rule in result["violations"]
    ]
    assert not broken, f"{page.url}\n" + "\n".join(broken)


def assert_fits(page: Page) -> None:
    """Fail where the page is wider than the screen, so that one would have to push it sideways."""
    wide = _asked(
        page, "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wide <= 1, f"{page.url} is {wide} pixels wider than the screen"


def newest_plan(page: Page) -> None:
    """Go to the newest plan as staff, once it has been worked out: a demonstration's first plan may
    still be on its way."""
    be(page, "staff@demo.example")
    page.goto("/plans/")
    page.get_by_role("link", name=re.compile(r"^Plan \d+$")).first.click()
    expect(page.get_by_role("heading", name="Will there be enough people?")).to_be_visible(
        timeout=120_000
    )
