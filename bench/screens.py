"""Pictures of the screens of a running product, to be looked at: `python -m bench.screens [URL] [--into var/screens]`.

Signs in with the demo town's people; each screen in light and dark, wide and at 320 px.
"""

import argparse
import os
import shutil
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 320, "height": 720}
PUBLIC = {
    "home": "/es/",
    "new": "/es/new/",
    "articles": "/es/kb/",
    "hours": "/es/hours/",
    "access": "/es/requests/access/",
    "chat": "/es/chat/",
    "sign-in": "/accounts/login/",
    "missing": "/es/no-such-page/",
}
DESK = {
    "inbox": "/desk/inbox/all/",
    "mine": "/desk/inbox/mine/",
    "search": "/desk/search/?q=libro",
    "people": "/desk/people/",
    "articles-desk": "/desk/kb/",
    "sla-report": "/desk/reports/sla/",
    "channels": "/desk/admin/channels/",
    "outbox": "/desk/admin/outbox/",
    "quarantine": "/desk/admin/quarantine/",
    "policies": "/desk/admin/sla/",
    "calendars": "/desk/admin/hours/",
    "profile": "/desk/me/profile/",
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="screens")
    parser.add_argument("url", nargs="?", default=f"http://localhost:{os.environ.get('PORT', '8000')}")
    parser.add_argument("--into", default="var/screens")
    parser.add_argument("--who", default="sol@olmo.example")
    parser.add_argument("--only", nargs="*", default=[])
    options = parser.parse_args()
    into = Path(options.into)
    into.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        for theme in ("light", "dark"):
            for name, size in (("wide", WIDE), ("narrow", NARROW)):
                page = browser.new_page(viewport=size, color_scheme=theme, locale="es")
                _walk(page, options.url, PUBLIC, into, f"{theme}-{name}", options.only)
                _sign_in(page, options.url, options.who)
                _walk(page, options.url, DESK, into, f"{theme}-{name}", options.only)
                _ticket(page, options.url, into, f"{theme}-{name}", options.only)
                page.close()
        browser.close()


def _walk(page: Page, url: str, screens: dict[str, str], into: Path, suffix: str, only: list[str]) -> None:
    for name, path in screens.items():
        if not only or name in only:
            _shoot(page, url + path, into / f"{name}-{suffix}.png")


def _ticket(page: Page, url: str, into: Path, suffix: str, only: list[str]) -> None:
    if only and "ticket" not in only:
        return
    page.goto(f"{url}/desk/inbox/all/")
    first = page.locator("[data-test^=row-] a").first
    if first.count():
        _shoot(page, url + (first.get_attribute("href") or ""), into / f"ticket-{suffix}.png")


def _shoot(page: Page, url: str, file: Path) -> None:
    page.goto(url)
    page.wait_for_timeout(400)
    page.screenshot(path=file)
    print(file)


def _sign_in(page: Page, url: str, who: str) -> None:
    page.goto(f"{url}/accounts/login/")
    page.fill("input[type=email], input[name=username]", who)
    page.fill("input[type=password]", os.environ.get("ACUDO_DEMO_PASSWORD", "olmo-demo"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/**")


if __name__ == "__main__":
    main()
