"""The plain parts: who may show the chat, how fast one may talk, what the window says about us."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from apps.omnichannel.webchat.desk import closed_sentence
from apps.omnichannel.webchat.forms import WebchatForm
from apps.omnichannel.webchat.hosts import frame_ancestors, is_allowed
from apps.omnichannel.webchat.pace import Bucket, Tally
from apps.omnichannel.webchat.templatetags.webchat import linked

DOMAINS = ["https://www.olmo.example", "*.biblioteca.example", "http://127.0.0.1:8001"]


@pytest.mark.parametrize(
    "origin",
    [
        "https://www.olmo.example",
        "https://a.biblioteca.example",
        "http://a.biblioteca.example",
        "http://127.0.0.1:8001",
    ],
)
def test_s_51_a_listed_site_may_show_the_chat(origin):
    assert is_allowed(origin, DOMAINS)


@pytest.mark.parametrize(
    "origin",
    [
        "http://www.olmo.example",
        "https://www.olmo.example:8443",
        "https://www.olmo.example/",
        "https://olmo.example",
        "https://www.olmo.example.evil.example",
        "https://evilwww.olmo.example",
        "https://biblioteca.example",
        "https://evilbiblioteca.example",
        "https://a@www.olmo.example",
        "http://127.0.0.1:8002",
        "http://127.0.0.1",
        "null",
        "",
        "javascript:alert(1)",
        "https://www.olmo.example:99999",
        "https://[",
    ],
)
def test_s_51_any_other_site_may_not(origin):
    assert not is_allowed(origin, DOMAINS)


def test_s_51_what_is_no_address_never_reaches_the_policy():
    assert frame_ancestors(["https://a.example", "*", "'unsafe-inline'", "a.example; script-src *", "x y"]) == (
        "'self' https://a.example"
    )


@pytest.mark.parametrize("line", ["*", "https://*", "javascript:alert(1)", "a.example;b", "https://a.example/path?x"])
def test_an_administrator_is_told_what_is_no_site(line):
    form = WebchatForm({"allowed_domains": line})

    assert not form.is_valid()


def test_settings_are_kept_one_site_a_line():
    form = WebchatForm({"allowed_domains": "https://A.example/\n*.b.example", "side": ""})

    assert form.is_valid()
    assert form.cleaned_data == {
        "allowed_domains": ["https://a.example", "*.b.example"],
        "side": "right",
        "consent": "",
        "identity_key": "",
        "idle_minutes": 8,
        "shares_out": False,
    }


def test_s_49_a_bucket_gives_its_burst_and_then_its_rate():
    bucket = Bucket(rate=10, size=20, at=0)

    assert sum(bucket.take(0) for _ in range(100)) == 20
    assert sum(bucket.take(1) for _ in range(100)) == 10
    assert sum(bucket.take(100) for _ in range(100)) == 20


def test_s_49_a_tally_forgets_who_has_left():
    tally = Tally()
    assert [tally.enter("a", limit=2) for _ in range(3)] == [True, True, False]
    tally.leave("a")
    tally.leave("a")

    assert tally["a"] == 0
    assert tally.enter("a", limit=1)


ZONE = "America/Montevideo"


@pytest.mark.parametrize(
    ("opening", "sentence"),
    [
        ("2026-06-05 16:00", "Nobody is here now. We open today at 16:00."),
        ("2026-06-06 08:00", "Nobody is here now. We open tomorrow at 8:00."),
        ("2026-06-08 08:00", "Nobody is here now. We open on Monday at 8:00."),
        ("2026-06-15 08:30", "Nobody is here now. We open on Monday, June 15, at 8:30."),
        (None, "Nobody is here now. You can leave a message."),
    ],
)
def test_a_closed_desk_says_when_it_opens(opening, sentence):
    now = datetime(2026, 6, 5, 12, tzinfo=ZoneInfo(ZONE))
    moment = datetime.fromisoformat(opening).replace(tzinfo=ZoneInfo(ZONE)) if opening else None

    with translation.override("en"):
        assert closed_sentence(now, moment, ZONE) == sentence


def test_s_14_words_are_escaped_and_only_web_addresses_become_links():
    html = linked('<b>see</b> https://olmo.example/a?b=1&c="x. javascript:alert(1)')

    assert "<b>" not in html
    assert html.count("<a ") == 1
    assert 'href="https://olmo.example/a?b=1&amp;c="' in html
    assert "javascript:alert(1)" in html
