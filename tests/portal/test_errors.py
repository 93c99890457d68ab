"""Pages for when something is wrong: own words, the same frame, no database needed."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db import OperationalError
from django.urls import path

from apps.core.errors import TooMany
from apps.portal.views import errors
from config import urls as real


def too_many(request):
    raise TooMany("x", "wait", retry_after=40)


def away(request):
    raise OperationalError("no database")


def broken(request):
    raise RuntimeError("secret detail")


urlpatterns = [path("t/many/", too_many), path("t/away/", away), path("t/broken/", broken), *real.urlpatterns]
handler400, handler403, handler404, handler500 = real.handler400, real.handler403, real.handler404, real.handler500


@pytest.fixture
def broken_urls(settings, client):
    settings.ROOT_URLCONF = "tests.portal.test_errors"
    client.raise_request_exception = False
    return client


def test_the_house_itself_is_named_where_it_is_known(client, body):
    page = client.get("/en/nothing/")
    assert page.status_code == 404
    assert "Biblioteca Olmo" in page.content.decode()
    assert "We cannot find this page" in page.content.decode()
    assert "supervisor" not in page.content.decode()
    assert "supervisor" in client.get("/desk/nothing/").content.decode()


def test_s_28_every_page_that_is_not_there_is_the_same_page(client, body):
    pages = {client.get(f"/en/{path}").content for path in ("nothing/", "requests-x/", "kb/c/none/", "new/none/")}
    assert len(pages) == 1


def test_too_many_says_how_long_to_wait(broken_urls, body):
    response = broken_urls.get("/t/many/")
    assert (response.status_code, response["Retry-After"]) == (429, "40")
    assert "40" in response.content.decode()


def test_a_database_that_does_not_answer_is_said_kindly(broken_urls, body):
    response = broken_urls.get("/t/away/")
    assert response.status_code == 503
    assert response["Retry-After"]


def test_our_own_fault_shows_a_code_and_nothing_else(broken_urls, body):
    response = broken_urls.get("/t/broken/")
    page = response.content.decode()
    assert response.status_code == 500
    assert response["X-Request-Id"][:8].upper() in page
    assert "secret detail" not in page


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500, 503])
def test_each_page_is_drawn_without_the_database(rf, status, django_db_blocker):
    with django_db_blocker.block():
        page = errors.error_page(rf.get("/es/x/"), status, seconds=3, minutes=0)
    assert page.status_code == status
    assert page.content.count(b"<h1") == 1


@pytest.mark.parametrize("path", ["/es/", "/es/nothing/", "/es/kb/", "/es/requests/access/"])
def test_s_51_every_answer_carries_the_strict_policy(client, body, path):
    response = client.get(path)
    policy = response["Content-Security-Policy"]
    assert "script-src 'self'" in policy and "object-src 'none'" in policy and "base-uri 'none'" in policy
    assert "unsafe" not in policy
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_s_51_private_pages_are_kept_by_nobody(at_home, body):
    for address in ("/es/requests/", "/es/requests/access/", "/es/new/", f"/es/m/{'a' * 43}/"):
        assert "no-store" in at_home.get(address)["Cache-Control"]


def test_a_citizens_first_visit_weighs_at_most_forty_kilobytes(client, body):
    static = Path(settings.BASE_DIR) / "static"
    page = client.get("/es/").content
    sent = [page, *(sheet(static, name) for name in sheets(static, "css/app.css") | {"css/public.css"})]
    sent += [(static / "js" / name).read_bytes() for name in ("public.js", "lib/dates.js", "lib/words.js")]
    sent += [(static / "icons.svg").read_bytes(), (static / "favicon.svg").read_bytes()]
    assert sum(len(gzip.compress(part)) for part in sent) <= 40_000


def sheets(static, name):
    own = re.findall(r'@import url\("([^"]+)"\)', (static / name).read_text())
    return {name, *(f"css/{part}" for part in own)}


def sheet(static, name):
    return (static / name).read_bytes()
