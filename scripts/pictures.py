"""Make the pictures of the documentation: run the product, sign in as staff, look at pages.

    BACKCAST_HOME=var python scripts/pictures.py plan             # the demonstration's plan
    BACKCAST_HOME=var python scripts/pictures.py first-plan --email you@example.org
    BACKCAST_HOME=var python scripts/pictures.py waves            # the demonstration's open wave

Chromium is found on the path, or by BACKCAST_CHROMIUM. The home must hold the region already. For one
that is not the demonstration, give with --email the address that ``manage open_region`` invited; the
invitation is accepted as a person would, by the link in the outbox.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"


def start() -> tuple[subprocess.Popen[str], str]:
    """Run Backcast on the home; returns the process and the address once it is open."""
    run = subprocess.Popen(
        [sys.executable, "-m", "backcast.cli.main", "run", "--port", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert run.stdout is not None
    for line in run.stdout:
        found = re.search(r"open at (http://\S+)", line)
        if found:
            threading.Thread(target=run.stdout.read, daemon=True).start()
            return run, found[1]
    raise SystemExit("Backcast did not open.")


def sign_in(page: Page, email: str) -> None:
    page.goto("/accounts/login/")
    page.locator("input[name=email]").fill(email)
    page.locator("form:has(input[name=email]) button").first.click()
    page.locator("input[name=code]").wait_for()
    outbox = page.context.new_page()
    outbox.goto(f"/outbox/?q={email}")
    code = outbox.locator("#outbox tbody tr").first.locator("strong").inner_text().strip()
    outbox.close()
    page.locator("input[name=code]").fill(code)
    page.locator("form:has(input[name=code]) button").first.click()
    page.wait_for_url(re.compile(r"^(?!.*/accounts/login)"))


def join(page: Page, email: str) -> None:
    """Accept the invitation to this address, if one waits in the outbox."""
    letters = page.locator("#outbox tbody th a", has_text=re.compile("join|invit", re.IGNORECASE))
    for _try in range(20):
        page.goto(f"/outbox/?q={email}")
        if letters.count():
            break
        page.wait_for_timeout(1_000)
    else:
        return
    letters.first.click()
    link = page.locator(".bc-mail a[href*='/join/']")
    if not link.count():
        return
    page.goto(link.first.get_attribute("href") or "/")
    name = page.locator("input[name=name]")
    if name.count():
        name.fill("Staff of the region")
    button = page.get_by_role("button", name="Join")
    if button.count():
        button.click()
        page.wait_for_url(re.compile(r"^(?!.*/join/)"))


def picture(page: Page, name: str, *, whole: bool = False) -> None:
    page.wait_for_timeout(1_500)
    path = IMAGES / f"{name}.png"
    page.screenshot(path=path, full_page=whole)
    print(path.relative_to(ROOT))


def newest_plan(page: Page) -> None:
    page.goto("/plans/")
    page.locator("tbody th a, tbody td a").first.click()
    page.get_by_role("heading", name="Will there be enough people?").wait_for(timeout=180_000)


def wave(page: Page, phone: Page) -> None:
    """How the open wave stands, and the questions behind a link of the outbox."""
    page.goto("/collaboratives/")
    page.locator("tbody th a, tbody td a").first.click()
    page.get_by_role("link", name=re.compile("Demo wave")).first.click()
    picture(page, "waves")
    page.goto("/outbox/?q=hiring1@")
    page.locator("#outbox tbody th a").first.click()
    link = page.locator(".bc-mail a[href*='/answer/']").first.get_attribute("href")
    phone.goto(link or "/")
    phone.get_by_role("link", name=re.compile("Begin|Go on")).click()
    number = phone.locator("input[name^='q.'][name$='.growth.likely']").first
    number.fill("6")
    number.blur()
    phone.locator(".bc-saved").first.wait_for()
    number.evaluate("field => field.closest('details').scrollIntoView()")
    picture(phone, "waves-phone")


def at(browser: Browser, address: str, width: int, height: int, scale: float = 1) -> Page:
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": height},
        device_scale_factor=scale,
        reduced_motion="reduce",
        locale="en-US",
    )
    return context.new_page()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("what", choices=["plan", "first-plan", "waves"])
    asked.add_argument("--email", default="staff@demo.example")
    given = asked.parse_args()
    IMAGES.mkdir(parents=True, exist_ok=True)
    chromium = os.environ.get("BACKCAST_CHROMIUM") or shutil.which("chromium")
    run, address = start()
    try:
        with sync_playwright() as playwright:
            root = ["--no-sandbox"] if os.geteuid() == 0 else []
            browser = playwright.chromium.launch(executable_path=chromium, args=root)
            page = at(browser, address, 1280, 1000)
            join(page, given.email)
            page.goto("/")
            if not page.locator(".bc-menu").count():
                sign_in(page, given.email)
            if given.what == "waves":
                wave(page, at(browser, address, 390, 844, 2))
                return
            newest_plan(page)
            if given.what == "plan":
                picture(page, "plan")
                return
            picture(page, "first-plan")
            page.locator("#in-the-way").scroll_into_view_if_needed()
            picture(page, "first-plan-in-the-way")
            page.locator("#cohorts").scroll_into_view_if_needed()
            picture(page, "first-plan-cohorts")
            page.locator("#assumptions").scroll_into_view_if_needed()
            picture(page, "first-plan-assumptions")
            url = page.url
            phone = at(browser, address, 390, 844, 2)
            phone.context.add_cookies(page.context.cookies())
            phone.goto(url)
            picture(phone, "first-plan-phone")
    finally:
        os.killpg(run.pid, 2)
        run.wait(60)


if __name__ == "__main__":
    main()
