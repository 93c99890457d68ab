import pytest
from django.test import Client


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_s_46_an_unsafe_request_from_another_site_is_refused(site, method):
    response = getattr(Client(), method)("/language/", headers={"Sec-Fetch-Site": site})
    assert response.status_code == 403


@pytest.mark.parametrize("site", ["same-origin", "none", None])
def test_s_46_our_own_pages_may_post(site):
    headers = {"Sec-Fetch-Site": site} if site else {}
    assert Client().post("/language/", {"language": "it"}, headers=headers).status_code == 302


def test_s_46_without_the_token_even_our_own_origin_is_refused():
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/language/", {"language": "it"}, headers={"Sec-Fetch-Site": "same-origin"})
    assert response.status_code == 403


@pytest.mark.parametrize("path", ["/health/live", "/nowhere-at-all", "/language/", "/desk/../%2e%2e/x.css"])
def test_s_51_every_answer_carries_the_page_policy_and_is_not_stored(path):
    response = Client().get(path)
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert len(response["X-Request-Id"]) == 16


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "testserver:80@evil.example", ""])
def test_s_38_a_host_we_do_not_know_is_refused(host):
    assert Client().get("/health/live", headers={"host": host}).status_code == 400


def test_a_static_file_comes_whole_may_be_kept_and_is_not_sent_twice():
    client = Client()
    response = client.get("/static/css/tokens.css")
    assert response.status_code == 200
    assert not response.streaming
    assert b"--" in response.content
    assert response["Content-Type"].startswith("text/css")
    assert "no-store" not in response["Cache-Control"]
    again = client.get("/static/css/tokens.css", headers={"if-modified-since": response["Last-Modified"]})
    assert (again.status_code, again.content) == (304, b"")
    part = client.get("/static/css/tokens.css", headers={"range": "bytes=2-5"})
    assert (part.status_code, part.content) == (206, response.content[2:6])
    assert client.head("/static/css/tokens.css").content == b""
