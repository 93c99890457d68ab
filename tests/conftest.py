"""Few fixtures. The cast of people and tickets is in tests/factories/."""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import transaction
from django.test import TransactionTestCase

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if is_for_browsers(item) and CHROMIUM is None:
            item.add_marker(pytest.mark.skip(reason="no Chromium here: apt-get install chromium"))
        if item.get_closest_marker("postgres") and not os.environ.get("DATABASE_URL", "").startswith("postgres"):
            item.add_marker(pytest.mark.skip(reason="needs DATABASE_URL on PostgreSQL"))
    # Playwright leaves a loop running in the test's own thread: Django would take what follows for async code, and
    # an async test could not start. So browsers come last.
    items.sort(key=is_for_browsers)
    if any(map(is_for_browsers, items)):
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def is_for_browsers(item: pytest.Item) -> bool:
    return bool(item.get_closest_marker("browser")) or "playwright" in getattr(item, "fixturenames", ())


@pytest.fixture(scope="session", autouse=True)
def quick_emptying() -> Iterator[None]:
    """After a test with real transactions only the tables that hold rows are emptied.

    Django empties all of them and writes its permissions anew: three seconds a test on PostgreSQL.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty_tables)
        yield


@pytest.fixture(autouse=True)
def fresh_memory() -> Iterator[None]:
    """What lives in the process and not in the database is forgotten between tests: the last page's language, too."""
    from django.core.cache import cache
    from django.utils import translation

    from apps.core import live, queue
    from config.celery import Nudge

    yield
    cache.clear()
    translation.deactivate()
    live._silent_until = queue._silent_until = Nudge._silent_until = 0.0


@pytest.fixture
def commits(django_capture_on_commit_callbacks: Callable) -> Callable:
    """`with commits(): ...` does afterwards what would have happened after the commit."""
    return partial(django_capture_on_commit_callbacks, execute=True)


@pytest.fixture
def clock_at() -> Iterator[Callable[..., time_machine.Traveller]]:
    """clock_at("2026-03-02 10:00") stops the clock there (Montevideo unless told otherwise); call again to move."""
    with_time: list[time_machine.travel] = []

    def move(moment: str | datetime, zone: str = "America/Montevideo") -> time_machine.Traveller:
        when = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        when = when if when.tzinfo else when.replace(tzinfo=ZoneInfo(zone))
        while with_time:
            with_time.pop().stop()
        with_time.append(time_machine.travel(when, tick=False))
        return with_time[-1].start()

    yield move
    while with_time:
        with_time.pop().stop()


@pytest.fixture(scope="session")
def daphne_server(django_db_setup: None, django_db_blocker) -> Iterator[str]:
    """The real server in a thread: same database, settings and channel layer as the test. Never together with `db`."""
    from twisted.internet import reactor

    from config.asgi import application
    from config.server import Server

    django_db_blocker.unblock()  # the server's own threads
    server = Server(application, ["tcp:port=0:interface=127.0.0.1"], signal_handlers=False)
    thread = threading.Thread(target=server.run, name="daphne", daemon=True)
    thread.start()
    wait_for(lambda: server.listening_addresses)
    yield f"http://127.0.0.1:{server.listening_addresses[0][1]}"
    reactor.callFromThread(reactor.stop)  # type: ignore[attr-defined]
    thread.join(15)


@pytest.fixture
def live_url(daphne_server: str, transactional_db: None, settings) -> str:
    settings.ACUDO_BASE_URL = daphne_server
    return daphne_server


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": CHROMIUM_FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict) -> dict:
    return {**browser_context_args, "locale": "en-GB", "timezone_id": "America/Montevideo"}


def wait_for(condition: Callable[[], object], seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError("waited in vain")
        time.sleep(0.02)


KEPT_TABLES = {"django_migrations", "django_content_type", "auth_permission"}
WORD_TABLES = {"search_terms", "search_titles"}  # SQLite's own search tables, unknown to Django


def empty_tables(_case: object = None) -> None:
    from django.db import connection

    tables = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - KEPT_TABLES
    if connection.vendor == "sqlite":
        tables |= WORD_TABLES
    quoted = {table: connection.ops.quote_name(table) for table in sorted(tables)}
    question = " UNION ALL ".join(f"SELECT '{t}' WHERE EXISTS (SELECT 1 FROM {q})" for t, q in quoted.items())
    with connection.constraint_checks_disabled(), transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")  # no row is asked for its foreign keys
        cursor.execute(question)
        for (table,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {quoted[table]}")
