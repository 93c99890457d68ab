"""What browser tests share: somebody signed in, work done beside the page, axe."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections

AXE = next(Path(__file__).parent.joinpath("vendor").glob("axe-core-*/axe.min.js")).read_text()
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"],
    },
    "resultTypes": ["violations"],
}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
PAINTED = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def signed_in(browser: Any, url: str, user: Any, **options: Any) -> Any:
    """A page of this user's own browser; `page.base` is where the desk is."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    options = {"locale": "en-GB", "timezone_id": "America/Montevideo", "base_url": url, **options}
    context = browser.new_context(**options)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": url}])
    page = context.new_page()
    page.troubles = []
    page.on("pageerror", lambda error: page.troubles.append(str(error)))
    return page


def visit(page: Any, path: str) -> Any:
    page.goto(path)
    page.wait_for_selector("html[data-ready]")
    return page


def elsewhere(act: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Somebody else does this: in a thread of its own, for the test's own has the browser's loop in it."""

    def run() -> Any:
        try:
            return act(*args, **kwargs)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def load_axe(page: Any) -> None:
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE)


def violations(page: Any, rules: dict[str, Any] = RULES) -> list[Any]:
    """What axe finds on the page as it stands. Frames that may run no script are left out: nothing can look inside."""
    load_axe(page)
    found = page.evaluate("rules => axe.run(document, rules)", rules)["violations"]
    return [(v["id"], v["impact"], [n["target"] for n in v["nodes"]]) for v in found]


def assert_accessible(page: Any, state: str) -> None:
    found = faults(page, state)
    assert not found, "\n".join(found)


def faults(page: Any, state: str) -> list[str]:
    """What breaks a rule in the theme that the page has, what is too wide, and the colours of the other theme."""
    found = [f"{state}: {json.dumps(one)}" for one in violations(page)]
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if too_wide > 0:
        found.append(f"{state}: {too_wide} px wider than the window")
    is_dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    page.emulate_media(color_scheme="light" if is_dark else "dark", reduced_motion="reduce")
    page.evaluate(PAINTED)
    found += [f"{state}, the other theme: {json.dumps(one)}" for one in violations(page, CONTRAST)]
    page.emulate_media(color_scheme="dark" if is_dark else "light", reduced_motion="reduce")
    return found
