"""Ana reads what was fetched from a real mailbox, answers it by a real mail server, and learns that it came back."""

import re
from email import message_from_bytes, policy

import pytest
from playwright.sync_api import expect

from apps.core import clock
from apps.omnichannel import services
from apps.omnichannel.email import fetching, mailbox
from apps.omnichannel.email.imap import Connection
from apps.omnichannel.models import Channel, Delivery, Envelope
from tests.browser import elsewhere, signed_in, visit
from tests.factories.accounts import OfficeFactory, user_in
from tests.factories.omnichannel import ChannelFactory
from tests.omnichannel.email import dovecot
from tests.omnichannel.email.conftest import mail, sink  # noqa: F401  a fixture

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not dovecot.HAS_IMAP, reason="dovecot-imapd is not installed"),
    pytest.mark.xdist_group("dovecot"),
]
ADDRESS = "consultas@olmo.example"
QUESTION = mail(
    "¿A qué hora abren el sábado?\n\nEl vie, 22 may 2026, Biblioteca escribió:\n> Hasta el lunes.",
    sender="María Pérez <maria@correo.example>",
    to=ADDRESS,
    message_id="<q1@correo.example>",
)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    yield from dovecot.running(tmp_path_factory.mktemp("dovecot"))


@pytest.fixture
def house(live_url, server):
    def furnish():
        office = OfficeFactory(name="Biblioteca Olmo")
        there = {"imap_host": "127.0.0.1", "imap_port": server.port, "imap_security": "none", "imap_username": "desk"}
        channel = ChannelFactory(
            kind="email",
            office=office,
            name="Consultas",
            address=ADDRESS,
            settings={**there, "imap_since": "2020-01-01", "undo_seconds": 1},
            secrets={"imap_password": dovecot.PASSWORD},
        )
        return {"url": live_url, "channel": channel, "ana": user_in(office, full_name="Ana Prieto")}

    return elsewhere(furnish)


def fetch(channel):
    """What the fetcher and the worker do behind."""
    box = mailbox.of(channel)
    progress = fetching.progress_of(channel, box)
    assert fetching.take(progress, "journey")
    with Connection(box, deadline=20) as line:
        line.open(box.password)
        fetching.fetch(channel, progress, line, "journey")
    for envelope in Envelope.objects.filter(state="waiting"):
        services.process(envelope.pk)


def send():
    Delivery.objects.filter(state="waiting").update(next_at=clock.now())
    for delivery in Delivery.objects.filter(state="waiting"):
        services.deliver(delivery.pk)


def returned(name: str) -> bytes:
    """What a mail server says when there is nobody of that name (RFC 3464)."""
    return (
        "From: MAILER-DAEMON@correo.example\nReturn-Path: <>\n"
        f"To: {ADDRESS}\nSubject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nI could not deliver it.\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; correo.example\n\n"
        "Final-Recipient: rfc822; maria@correo.example\nAction: failed\nStatus: 5.1.1\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such user\n"
        f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {name}\nFrom: {ADDRESS}\n--b--\n"
    ).encode()


def test_a_question_is_fetched_answered_and_its_return_is_told(house, server, sink, browser):  # noqa: F811
    server.deliver("desk", QUESTION)
    elsewhere(fetch, house["channel"])
    elsewhere(send)
    acknowledged = len(sink.received)
    assert acknowledged == 1

    page = signed_in(browser, house["url"], house["ana"])
    visit(page, "/desk/inbox/all/")
    page.get_by_role("link", name=re.compile("María Pérez")).first.click()
    asked = page.locator(".msg.in")
    expect(asked).to_contain_text("¿A qué hora abren el sábado?")
    expect(asked).to_contain_text("sender not checked")
    expect(asked.get_by_text("Hasta el lunes.")).to_be_hidden()  # quoted: one click away

    page.locator("#box").fill("A las nueve.")
    page.get_by_role("button", name=re.compile("Send to María.* by e-mail")).click()
    expect(page.locator(".msg.out .delivery")).to_be_visible()
    elsewhere(send)
    answer = message_from_bytes(sink.received[-1].content, policy=policy.default)
    assert "<q1@correo.example>" in answer["References"]
    expect(page.locator(".msg.out .delivery")).to_contain_text("Sent to maria@correo.example")

    server.deliver("desk", returned(answer["Message-ID"]))
    elsewhere(fetch, house["channel"])
    expect(page.locator(".msg.out .delivery")).to_contain_text("Not delivered: 5.1.1 550 5.1.1 no such user")
    assert len(sink.received) == acknowledged + 1  # nobody answers a mail server
    page.reload()
    page.get_by_role("link", name=re.compile("Notices")).click()
    expect(page.locator("#main, main").first).to_contain_text("Your answer did not arrive")
    assert elsewhere(lambda: Channel.objects.get(pk=house["channel"].pk).received_count) == 2
    page.context.close()
