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
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
}


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


def violations(page: Any) -> list[Any]:
    """What axe finds on the page as it stands. Frames that may run no script are left out: nothing can look inside."""
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
    return [(v["id"], v["impact"], [n["target"] for n in v["nodes"]]) for v in found]


def assert_accessible(page: Any, state: str) -> None:
    found = violations(page)
    assert not found, f"{state}: {json.dumps(found, indent=1)}"
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert too_wide <= 0, f"{state}: {too_wide} px wider than the window"
