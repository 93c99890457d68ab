"""Fetching against a real IMAP server: Debian's dovecot, started here."""

import socket
import threading
import time
from datetime import timedelta

import pytest

from apps.core import clock
from apps.omnichannel import services
from apps.omnichannel.email import fetching, mailbox
from apps.omnichannel.email.fetcher import MailFetcher
from apps.omnichannel.email.imap import HUNG, NO_FOLDER, NO_TLS, REFUSED, Connection, MailboxFailed, SignInRefused
from apps.omnichannel.email.models import MailboxProgress
from apps.omnichannel.models import Channel, Envelope
from apps.tickets.models import Message, Ticket
from tests.factories.omnichannel import ChannelFactory
from tests.omnichannel.email import dovecot
from tests.omnichannel.email.conftest import free_port, mail

pytestmark = [
    pytest.mark.skipif(not dovecot.HAS_IMAP, reason="dovecot-imapd is not installed"),
    pytest.mark.xdist_group("dovecot"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    yield from dovecot.running(tmp_path_factory.mktemp("dovecot"))


@pytest.fixture
def user(request):
    """A mailbox of one's own for each test."""
    return f"u{abs(hash(request.node.nodeid)) % 10**12}"


def fetched_channel(server, user, **settings) -> Channel:
    return ChannelFactory(
        kind="email",
        address="help@desk.olmo.example",
        settings={
            "imap_host": "127.0.0.1",
            "imap_port": server.port,
            "imap_security": "none",
            "imap_username": user,
            **settings,
        },
        secrets={"imap_password": dovecot.PASSWORD},
    )


@pytest.fixture
def channel(db, server, user):
    return fetched_channel(server, user)


def opened(channel, deadline: float = 10.0) -> Connection:
    box = mailbox.of(channel)
    connection = Connection(box, deadline=deadline)
    connection.open(box.password)
    return connection


def look(channel, *, holder: str = "me", deadline: float = 10.0) -> int:
    progress = fetching.progress_of(channel, mailbox.of(channel))
    assert fetching.take(progress, holder)
    with opened(channel, deadline) as connection:
        return fetching.fetch(channel, progress, connection, holder)


def numbered(count: int, start: int = 0) -> list[bytes]:
    return [mail(f"Pregunta {n}", subject=f"n{n}", sender=f"p{n}@example.org") for n in range(start, start + count)]


def stored() -> list[bytes]:
    return [bytes(raw) for raw in Envelope.objects.order_by("pk").values_list("raw", flat=True)]


def crlf(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def test_a_new_mailbox_begins_with_what_comes_next(server, user, channel):
    server.deliver(user, *numbered(3))
    assert look(channel) == 0
    server.deliver(user, *numbered(2, 3))
    assert look(channel) == 2
    assert stored() == [crlf(raw) for raw in numbered(2, 3)]
    assert look(channel) == 0
    row = MailboxProgress.objects.get()
    assert (row.last_uid, row.fetched_count, row.channel.received_count) == (5, 2, 2)
    assert row.uidvalidity > 0
    assert {envelope.meta["uid"] for envelope in Envelope.objects.all()} == {4, 5}


def test_a_new_mailbox_begins_on_the_chosen_day(server, user, channel):
    channel.settings["imap_since"] = (clock.now() - timedelta(days=1)).date().isoformat()
    server.deliver(user, *numbered(3))
    assert look(channel) == 3


def test_r_08_who_reads_moves_or_marks_mail_elsewhere_hides_nothing(server, user, channel):
    look(channel)
    server.deliver(user, *numbered(4))
    other = server.client(user)
    other.select("INBOX")
    other.store("1:4", "+FLAGS", r"(\Seen)")
    other.store("2", "+FLAGS", r"(\Deleted)")
    other.expunge()
    other.logout()
    assert look(channel) == 3
    assert Envelope.objects.count() == 3


def test_r_08_numbered_anew_nothing_is_lost_and_nothing_comes_twice(server, user, channel):
    channel.settings["imap_folder"] = "Help"
    server.deliver(user, folder="Help")
    look(channel)
    server.deliver(user, *numbered(3), folder="Help")
    look(channel)
    before = MailboxProgress.objects.get()
    server.renumber(user, *numbered(5), folder="Help")
    look(channel)
    after = MailboxProgress.objects.get()
    assert after.uidvalidity != before.uidvalidity
    assert stored() == [crlf(raw) for raw in numbered(5)]
    assert (after.last_uid, after.rescan_until) == (5, 5)


def test_r_08_a_server_that_went_back_to_an_older_state_is_looked_at_again(server, user, channel):
    look(channel)
    MailboxProgress.objects.update(last_uid=900)
    server.deliver(user, *numbered(1))
    look(channel)
    assert Envelope.objects.count() == 1


def test_r_01_a_mail_is_taken_off_the_server_only_after_the_commit(server, user, channel, monkeypatch):
    channel.settings["imap_after"] = "delete"
    look(channel)
    server.deliver(user, *numbered(2))

    def away(*args, **kwargs):
        raise RuntimeError("no disk")

    with monkeypatch.context() as patched:
        patched.setattr(services, "store", away)
        with pytest.raises(RuntimeError):
            look(channel)
    assert MailboxProgress.objects.get().last_uid == 0
    assert look(channel) == 2
    client = server.client(user)
    assert client.select("INBOX")[1] == [b"0"]
    client.logout()


@pytest.mark.parametrize("after", ["leave", "seen", "move"])
def test_what_becomes_of_stored_mail_on_the_server(server, user, channel, after):
    channel.settings |= {"imap_after": after, "imap_done_folder": "Done here"}
    look(channel)
    server.deliver(user, *numbered(2))
    look(channel)
    client = server.client(user)
    here = int(client.select("INBOX")[1][0])
    seen = len(client.search(None, "SEEN")[1][0].split())
    done = int(client.select('"Done here"')[1][0]) if after == "move" else 0
    client.logout()
    assert (here, seen, done) == {"leave": (2, 0, 0), "seen": (2, 2, 0), "move": (0, 0, 2)}[after]
    assert Envelope.objects.count() == 2


def test_poison_in_front_of_good_mail_holds_nobody_up_r_07(server, user, channel, monkeypatch):
    look(channel)
    poison = [
        b"\x00\x01\x02" * 500,
        b"From: " + b"(" * 3000 + b"\r\n\r\nx",
        b"To: " + b"a@b.example, " * 2000 + b"\r\n\r\nx",
        b"Subject: x\r\n" + b"X-A: b\r\n" * 5000 + b"\r\nx",
        b"".join(f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n'.encode() for n in range(2000)),
        b"Content-Type: text/html\r\n\r\n" + b"<div>" * 100_000,
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + b"--b\r\n\r\nx\r\n" * 3000,
        b"Content-Type: text/plain; charset=\xff\xfe\r\n\r\n\xff\xfe",
    ]
    server.deliver(user, *poison, *numbered(2))
    look(channel)
    assert Envelope.objects.count() == 10
    for pk in Envelope.objects.values_list("pk", flat=True):
        services.process(pk)
    assert not Envelope.objects.filter(state="waiting").exists()
    assert Envelope.objects.filter(state="quarantined").exclude(reason="").count() >= 4
    assert Ticket.objects.filter(subject__in=["n0", "n1"]).count() == 2


def test_r_07_what_the_server_does_not_hand_over_is_noted_and_left_behind(server, user, channel):
    look(channel)
    server.deliver(user, *numbered(3))
    files = sorted((server.base / "mail" / user).glob("*/*S=*"))
    broken = next(file for file in files if b"n1" in file.read_bytes())
    broken.unlink()
    broken.mkdir()  # nobody can read that
    for _ in range(fetching.MOST_TRIES + 3):
        try:
            look(channel)
        except MailboxFailed:
            continue
    assert stored()[0] == crlf(numbered(1)[0])
    assert stored()[-1] == crlf(numbered(3)[2])
    for pk in Envelope.objects.values_list("pk", flat=True):
        services.process(pk)
    assert Ticket.objects.count() == 2
    assert MailboxProgress.objects.get().last_uid == 3


def test_a_mail_beyond_the_limit_comes_as_its_headers_and_a_note(server, user, channel, monkeypatch):
    look(channel)
    monkeypatch.setattr(fetching, "MOST_BYTES", 2000)
    server.deliver(user, mail("x" * 5000, subject="Grande"), *numbered(1))
    look(channel)
    for pk in Envelope.objects.values_list("pk", flat=True):
        services.process(pk)
    text = Message.objects.get(ticket__subject="Grande", direction="in").text
    assert "INBOX" in text
    assert "xxxx" not in text
    assert Ticket.objects.filter(subject="n0").exists()


def test_only_the_holder_fetches_and_a_lost_hold_stores_nothing(server, user, channel):
    look(channel)
    progress = MailboxProgress.objects.get()
    assert not fetching.take(progress, "another")
    server.deliver(user, *numbered(2))
    with opened(channel) as connection, pytest.raises(fetching.NotOurs):
        fetching.fetch(channel, progress, connection, "another")
    assert not Envelope.objects.exists()
    MailboxProgress.objects.update(held_until=clock.now() - timedelta(seconds=1))
    assert fetching.take(progress, "another")
    fetching.let_go(progress, "me")  # no longer its own to let go
    assert MailboxProgress.objects.get().held_by == "another"
    assert look(channel, holder="another") == 2


def test_a_wrong_password_and_a_wrong_folder_are_told_apart(server, user, channel):
    channel.secrets = {"imap_password": "wrong"}
    with pytest.raises(SignInRefused, match=REFUSED):
        opened(channel)
    channel.secrets = {"imap_password": dovecot.PASSWORD}
    channel.settings["imap_folder"] = "Nowhere"
    with pytest.raises(MailboxFailed, match=NO_FOLDER):
        look(channel)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_the_line_is_encrypted_and_the_certificate_checked(server, user, channel, security, monkeypatch):
    port = server.tls_port if security == "tls" else server.port
    channel.settings |= {"imap_security": security, "imap_port": port, "imap_host": "localhost"}
    with pytest.raises(MailboxFailed, match=NO_TLS[:20]):
        opened(channel)
    monkeypatch.setenv("SSL_CERT_FILE", str(server.cert))
    assert look(channel) == 0


def test_s_52_a_password_never_travels_in_the_open_to_a_public_host(channel, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: [(2, 1, 6, "", ("93.184.215.14", 143))])
    channel.settings |= {"imap_host": "imap.example.org", "imap_port": 143}
    with pytest.raises(MailboxFailed, match=NO_TLS[:20]):
        opened(channel)


class Line:
    """Stands between us and the server; `after` bytes from the server the line is cut, or goes silent."""

    def __init__(self, target: int, *, after: int, is_silent: bool = False) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.target, self.after, self.is_silent = target, after, is_silent
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                near, _address = self.listening.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.target))
            threading.Thread(target=self._pump, args=(near, far, None), daemon=True).start()
            threading.Thread(target=self._pump, args=(far, near, self.after), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, left: int | None) -> None:
        try:
            while data := source.recv(500):
                if left is not None and len(data) > left:
                    sink.sendall(data[:left])
                    if not self.is_silent:
                        sink.shutdown(socket.SHUT_RDWR)
                        source.shutdown(socket.SHUT_RDWR)
                    return
                left = None if left is None else left - len(data)
                sink.sendall(data)
        except OSError:
            return


@pytest.mark.parametrize("is_silent", [False, True])
def test_r_08_a_line_cut_in_the_middle_of_a_mail_loses_and_doubles_nothing(server, user, channel, is_silent):
    look(channel)
    raws = [mail(f"{n} " + "palabra " * 400, subject=f"n{n}") for n in range(8)]
    server.deliver(user, *raws)
    for after in (9000, 14_000, 400):
        line = Line(server.port, after=after, is_silent=is_silent)
        channel.settings["imap_port"] = line.port
        with pytest.raises(MailboxFailed):
            look(channel, deadline=1.0)
        line.listening.close()
    channel.settings["imap_port"] = server.port
    look(channel)
    assert stored() == [crlf(raw) for raw in raws]


class Mute:
    """Accepts, and then says nothing, or a sign now and then."""

    def __init__(self, drip: bytes = b"") -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.drip = drip
        self.lines: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                line, _address = self.listening.accept()
            except OSError:
                return
            self.lines.append(line)
            threading.Thread(target=self._talk, args=(line,), daemon=True).start()

    def _talk(self, line: socket.socket) -> None:
        try:
            while self.drip:
                line.sendall(self.drip)
                time.sleep(0.1)
        except OSError:
            return


@pytest.mark.parametrize("drip", [b"", b"*"])
def test_r_09_a_server_that_hangs_is_left_at_the_deadline(channel, drip):
    channel.settings["imap_port"] = Mute(drip).port
    began = time.monotonic()
    with pytest.raises(MailboxFailed, match=HUNG):
        opened(channel, deadline=0.6)
    assert time.monotonic() - began < 20


def until(condition, seconds: float = 60.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture
def fetcher():
    service = MailFetcher(look_round=0.1)
    yield service
    service.stop()


@pytest.fixture
def quick(settings):
    settings.ACUDO_MAIL_FETCH_SECONDS = 1
    settings.ACUDO_MAIL_POLL_SECONDS = 0.1


def test_r_09_one_stuck_mailbox_delays_no_other(transactional_db, server, user, fetcher, quick):
    stuck = fetched_channel(server, user, imap_port=Mute().port)
    well = fetched_channel(server, user)
    fetcher.start()
    until(lambda: MailboxProgress.objects.filter(channel=well, last_success_at__isnull=False).exists())
    server.deliver(user, *numbered(1))
    until(lambda: Envelope.objects.filter(channel=well).count() == 1)
    until(lambda: MailboxProgress.objects.filter(channel=stuck, failures__gte=1).exists())
    row = MailboxProgress.objects.get(channel=stuck)
    assert row.last_error == HUNG
    assert row.next_at > clock.now()
    stuck.refresh_from_db()
    assert stuck.last_error == HUNG


def test_the_server_tells_us_when_something_comes(transactional_db, server, user, fetcher):
    channel = fetched_channel(server, user)
    fetcher.start()
    until(lambda: MailboxProgress.objects.filter(channel=channel, is_idling=True).exists())
    server.deliver(user, *numbered(3))
    until(lambda: Envelope.objects.count() == 3)
    fetcher.stop()
    assert MailboxProgress.objects.get().held_by == ""


def test_news_in_the_answer_to_the_last_look_is_not_slept_over(server, user, channel):
    server.deliver(user, *numbered(1))
    with opened(channel) as connection:
        connection.select("INBOX")
        assert not connection._has_grown()
        server.deliver(user, *numbered(1, 1))
        until(lambda: connection.numbers_after(0) and connection._has_grown())  # told while answering
        assert connection.wait(30)


def test_a_channel_that_stops_asking_is_left_alone(transactional_db, server, user, fetcher, quick):
    channel = fetched_channel(server, user)
    fetcher.start()
    until(lambda: MailboxProgress.objects.filter(last_success_at__isnull=False).exists())
    Channel.objects.filter(pk=channel.pk).update(is_active=False)
    until(lambda: not fetcher.watches)


def test_a_thread_beyond_its_deadline_is_replaced(transactional_db, server, user, fetcher, quick):
    channel = fetched_channel(server, user)
    fetcher.look()
    first = fetcher.watches[channel.pk]
    until(lambda: MailboxProgress.objects.filter(last_success_at__isnull=False).exists())
    first.due = 0
    fetcher.look()
    second = fetcher.watches[channel.pk]
    assert second is not first
    assert first.told.is_set()
    MailboxProgress.objects.update(next_at=clock.now())
    until(lambda: MailboxProgress.objects.filter(held_by=second.holder).exists())


def test_nothing_is_fetched_where_nobody_asks(db):
    ChannelFactory(kind="email")
    ChannelFactory(kind="email", settings={"imap_host": ""})
    ChannelFactory(kind="email", settings={"imap_host": "imap.example.org"}, is_active=False)
    assert not mailbox.fetched().exists()


def test_a_port_that_is_closed_is_said_so_and_waits_longer_each_time(channel):
    channel.settings["imap_port"] = free_port()
    with pytest.raises(MailboxFailed):
        opened(channel)
    progress = fetching.progress_of(channel, mailbox.of(channel))
    pauses = []
    for _ in range(7):
        fetching.failed(progress, HUNG)
        progress.refresh_from_db()
        pauses.append(round((progress.next_at - clock.now()).total_seconds() / 15))
    assert pauses == [1, 2, 4, 8, 16, 20, 20]
    fetching.succeeded(progress)
    progress.refresh_from_db()
    assert (progress.failures, progress.last_error) == (0, "")
