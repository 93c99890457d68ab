"""The command and the listener: yes only once the bytes are committed."""

import io
import os
import signal
import smtplib
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import DatabaseError

from apps.omnichannel import services
from apps.omnichannel.email import listener as listener_module
from apps.omnichannel.email import threads
from apps.omnichannel.email.listener import MailListener
from apps.omnichannel.models import Envelope
from tests.factories.omnichannel import ChannelFactory
from tests.omnichannel.email.conftest import free_port, mail

ROOT = Path(__file__).resolve().parents[3]


class StandardInput:
    def __init__(self, raw: bytes) -> None:
        self.buffer = io.BytesIO(raw)


def mail_in(monkeypatch, raw: bytes, slug: str = "help") -> int:
    monkeypatch.setattr(sys, "stdin", StandardInput(raw))
    try:
        call_command("mail_in", channel=slug, stdout=io.StringIO(), stderr=io.StringIO())
    except SystemExit as end:
        return int(end.code or 0)
    return 0


@pytest.mark.django_db
def test_r_01_the_command_ends_with_0_once_the_exact_bytes_are_stored(monkeypatch, mailbox):
    raw = mail().replace(b"\n", b"\r\n") + b"\xff\x00"
    assert mail_in(monkeypatch, raw) == 0
    assert bytes(Envelope.objects.get().raw) == raw


@pytest.mark.django_db
def test_the_command_names_a_mailbox_that_is_not_there_and_a_mail_that_is_none(monkeypatch, mailbox):
    assert mail_in(monkeypatch, mail(), "nobody") == 67
    assert mail_in(monkeypatch, b"  \n") == 65
    ChannelFactory(kind="email", slug="closed", is_active=False)
    assert mail_in(monkeypatch, mail(), "closed") == 67
    assert not Envelope.objects.exists()


@pytest.mark.django_db
def test_r_01_what_cannot_be_stored_now_is_asked_for_again(monkeypatch, mailbox):
    def away(*args, **kwargs):
        raise DatabaseError("away")

    monkeypatch.setattr(services, "store", away)
    assert mail_in(monkeypatch, mail()) == 75


@pytest.mark.django_db
def test_r_04_the_command_twice_stores_once(monkeypatch, mailbox):
    assert [mail_in(monkeypatch, mail()) for _ in range(3)] == [0, 0, 0]
    assert Envelope.objects.count() == 1


@pytest.fixture
def open_mailbox(transactional_db):
    """A mailbox that the listener's own threads can see."""
    return ChannelFactory(
        kind="email", slug="help", address="help@desk.olmo.example", settings={"aliases": ["info@olmo.example"]}
    )


def opened(lmtp: bool = False):
    listener = MailListener(host="127.0.0.1", port=free_port(), lmtp=lmtp, must_open=True)
    listener.start()
    return listener


@pytest.fixture
def door(open_mailbox):
    listener = opened()
    yield listener
    listener.stop()


def hand_over(door, raw, *recipients, client=smtplib.SMTP):
    with client(door.host, door.port, timeout=10) as server:
        return server.sendmail("ana@example.org", list(recipients), raw)


def test_r_01_the_listener_takes_a_mail_with_its_envelope(door):
    hand_over(door, mail(), "help@desk.olmo.example")
    stored = Envelope.objects.get()
    assert stored.meta == {"sender": "ana@example.org", "recipients": ["help@desk.olmo.example"]}
    assert stored.source == "smtp"


@pytest.mark.parametrize(
    "recipient",
    [
        "Help@Desk.Olmo.Example",
        "help+anything@desk.olmo.example",
        "info@olmo.example",
        threads.reply_address("t1.2", "help@desk.olmo.example"),
        threads.reply_address("t1.2", "help@desk.olmo.example", style="dash"),
    ],
)
def test_a_mailbox_is_found_by_address_tag_and_alias(door, recipient):
    hand_over(door, mail(), recipient)
    assert Envelope.objects.count() == 1


@pytest.mark.parametrize("recipient", ["nobody@desk.olmo.example", "help@elsewhere.example", "helpx@desk.olmo.example"])
def test_an_unknown_recipient_is_refused_at_once(door, recipient):
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
        hand_over(door, mail(), recipient)
    assert refusal.value.recipients[recipient][0] == 550
    assert not Envelope.objects.exists()


def test_r_01_no_yes_without_a_commit(door, monkeypatch):
    def away(*args, **kwargs):
        raise DatabaseError("away")

    monkeypatch.setattr(listener_module.services, "store", away)
    with pytest.raises(smtplib.SMTPDataError) as refusal:
        hand_over(door, mail(), "help@desk.olmo.example")
    assert refusal.value.smtp_code == 451


def test_s_59_a_mail_that_is_too_large_is_refused(door, monkeypatch):
    with smtplib.SMTP(door.host, door.port, timeout=30) as server:
        server.ehlo()
        assert int(server.esmtp_features["size"]) == 50 * 1024 * 1024
        code, _answer = server.mail("ana@example.org", [f"SIZE={60 * 1024 * 1024}"])
        assert code == 552


def test_r_01_a_line_longer_than_the_rules_allow_is_taken_all_the_same(door):
    raw = b"From: ana@example.org\r\nSubject: One line\r\n\r\n" + b"palabra " * 40_000 + b"fin.\r\n"
    with smtplib.SMTP(door.host, door.port, timeout=10) as server:
        server.sendmail("ana@example.org", ["help@desk.olmo.example"], raw)
    assert bytes(Envelope.objects.get().raw) == raw


def test_one_mail_to_two_mailboxes_comes_to_both(door, open_mailbox):
    ChannelFactory(kind="email", address="other@desk.olmo.example", office=open_mailbox.office)
    hand_over(door, mail(), "help@desk.olmo.example", "other@desk.olmo.example", "help+x@desk.olmo.example")
    assert Envelope.objects.count() == 2


def test_lmtp_answers_for_each_recipient(open_mailbox):
    ChannelFactory(kind="email", address="other@desk.olmo.example", office=open_mailbox.office)
    door = opened(lmtp=True)
    try:
        with smtplib.LMTP(door.host, door.port) as server:
            server.sock.settimeout(10)
            server.ehlo()
            assert server.mail("ana@example.org")[0] == 250
            assert server.rcpt("help@desk.olmo.example")[0] == 250
            assert server.rcpt("other@desk.olmo.example")[0] == 250
            assert server.data(mail())[0] == 250
            assert server.getreply()[0] == 250  # the second recipient's
            assert server.noop()[0] == 250
    finally:
        door.stop()
    assert Envelope.objects.count() == 2
    assert set(Envelope.objects.values_list("source", flat=True)) == {"lmtp"}


def test_a_port_that_is_taken_shuts_the_door_only(open_mailbox, door):
    second = MailListener(host=door.host, port=door.port)
    second.start()
    second.stop()
    with pytest.raises(OSError, match=r"."):
        MailListener(host=door.host, port=door.port, must_open=True).start()


def test_no_port_no_door():
    listener = MailListener(port=0)
    listener.start()
    listener.stop()
    assert listener.controller is None


def test_the_listener_as_a_process_says_when_it_is_ready_and_ends_when_told(tmp_path):
    port = free_port()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.local",
        "DATABASE_URL": f"sqlite:///{tmp_path}/listener.sqlite3",
        "ACUDO_SMTP_PORT": str(port),
    }
    process = subprocess.Popen(
        [sys.executable, "manage.py", "mail_listener"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        said = ""
        while "ready" not in said:
            said = process.stdout.readline()
            assert said or process.poll() is None
        assert f"127.0.0.1:{port} (process {process.pid})" in said
        with smtplib.SMTP("127.0.0.1", port, timeout=10) as server:
            assert server.noop()[0] == 250
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=15) == 0
    finally:
        process.kill()
        process.wait()
