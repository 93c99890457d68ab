"""OAuth 2 against a sign-in server that rolls its tokens, and a real IMAP server that asks it about them."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection

from apps.core import clock
from apps.omnichannel.email import fetching, mailbox, signin
from apps.omnichannel.email.fetcher import Watch
from apps.omnichannel.email.imap import TOKEN_REFUSED, Connection, SignInRefused
from apps.omnichannel.email.models import MailboxProgress
from apps.omnichannel.models import Channel, Envelope
from tests.factories.omnichannel import ChannelFactory
from tests.omnichannel.email import dovecot
from tests.omnichannel.email.conftest import mail


class TokenServer:
    """Each refresh token serves once; each answer brings a new one."""

    def __init__(self) -> None:
        self.serves, self.count, self.valid = "first", 0, set()
        self.asked: list[dict[str, str]] = []
        self.error = ""
        self.lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                fields = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                status, answer = outer.answer({name: values[0] for name, values in fields.items()})
                self.say(status, answer)

            def do_GET(self):
                token = parse_qs(urlsplit(self.path).query)["access_token"][0]
                is_valid = token in outer.valid
                self.say(200 if is_valid else 400, {"email": "ana"} if is_valid else {"error": "invalid_token"})

            def say(self, status, answer):
                body = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/token"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def answer(self, fields):
        with self.lock:
            self.asked.append(fields)
            if self.error or fields.get("refresh_token") != self.serves:
                return 400, {"error": self.error or "invalid_grant"}
            self.count += 1
            self.serves = f"refresh-{self.count}"
            token = f"access-{self.count}"
            self.valid.add(token)
            return 200, {"access_token": token, "refresh_token": self.serves, "expires_in": 3600}


@pytest.fixture(scope="module")
def service():
    server = TokenServer()
    yield server
    server.http.shutdown()


@pytest.fixture(autouse=True)
def fresh(service):
    service.serves, service.count, service.error = "first", 0, ""
    service.asked.clear()
    service.valid.clear()


@pytest.fixture
def channel(db, service):
    return ChannelFactory(
        kind="email",
        settings={
            "imap_host": "127.0.0.1",
            "imap_security": "none",
            "imap_username": "ana",
            "imap_auth": "oauth",
            "oauth_provider": "other",
            "oauth_token_url": service.url,
            "oauth_scope": "mail",
        },
        secrets={"oauth_client_id": "id", "oauth_client_secret": "hush", "oauth_refresh_token": "first"},
    )


def token_of(channel, **more) -> str:
    box = mailbox.of(channel)
    return signin.access_token(fetching.progress_of(channel, box), box, **more)


def test_a_token_is_kept_until_it_is_nearly_over_and_refresh_tokens_roll(channel, service):
    assert [token_of(channel), token_of(channel)] == ["access-1", "access-1"]
    assert service.asked == [
        {
            "grant_type": "refresh_token",
            "refresh_token": "first",
            "client_id": "id",
            "client_secret": "hush",
            "scope": "mail",
        }
    ]
    MailboxProgress.objects.update(token_expires_at=clock.now() + timedelta(minutes=1))
    assert token_of(channel) == "access-2"
    assert token_of(channel, is_refused=True) == "access-3"


def test_what_was_typed_in_anew_counts_more_than_what_rolled(channel, service):
    token_of(channel)
    service.serves = "typed"
    channel.secrets |= {"oauth_refresh_token": "typed"}
    assert token_of(channel) == "access-2"


def test_a_sign_in_that_was_revoked_needs_a_person(channel, service):
    service.error = "invalid_grant"
    with pytest.raises(signin.SignInFailed) as failure:
        token_of(channel)
    assert failure.value.is_lasting
    assert MailboxProgress.objects.get().token_held_until is None
    service.error = "temporarily_unavailable"
    with pytest.raises(signin.SignInFailed):
        token_of(channel)


def test_a_sign_in_server_that_is_away_is_tried_again(channel):
    channel.settings["oauth_token_url"] = "http://127.0.0.1:9/token"
    with pytest.raises(signin.SignInFailed) as failure:
        token_of(channel)
    assert not failure.value.is_lasting


@pytest.mark.parametrize("url", ["http://login.example.org/token", "ftp://127.0.0.1/", "file:///etc/passwd", ""])
def test_s_52_secrets_go_nowhere_in_the_open(channel, url, monkeypatch):
    import socket

    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: [(2, 1, 6, "", ("93.184.215.14", 80))])
    channel.settings["oauth_token_url"] = url
    with pytest.raises(signin.SignInFailed):
        token_of(channel)


def test_secrets_stand_nowhere_in_the_open(channel):
    token_of(channel)
    assert "hush" not in repr(mailbox.of(channel))
    with connection.cursor() as cursor:
        cursor.execute("SELECT secrets FROM channel_email_mailboxprogress")
        assert "access-1" not in cursor.fetchone()[0]


def test_of_many_who_ask_at_once_one_renews(transactional_db, channel, service):
    found: list[str] = []

    def ask():
        try:
            found.append(token_of(channel))
        finally:
            connection.close()

    token_of(channel)
    MailboxProgress.objects.update(token_expires_at=clock.now())
    threads = [threading.Thread(target=ask) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert found == ["access-2"] * 5


def test_whoever_gets_the_turn_late_uses_what_the_one_before_renewed(channel, service, monkeypatch):
    token_of(channel)
    MailboxProgress.objects.update(token_expires_at=clock.now())
    take_turn = signin._take_turn

    def take_it_late(progress):
        monkeypatch.setattr(signin, "_take_turn", take_turn)
        assert token_of(channel) == "access-2"
        return take_turn(progress)

    monkeypatch.setattr(signin, "_take_turn", take_it_late)
    assert token_of(channel) == "access-2"
    assert MailboxProgress.objects.get().token_held_until is None


@pytest.fixture(scope="module")
def server(tmp_path_factory, service):
    if not dovecot.HAS_IMAP:
        pytest.skip("dovecot-imapd is not installed")
    tokeninfo = service.url + "?access_token="
    yield from dovecot.running(tmp_path_factory.mktemp("dovecot"), tokeninfo=tokeninfo)


def test_a_mailbox_is_opened_with_a_token_and_a_revoked_one_is_renewed_once(channel, service, server):
    channel.settings["imap_port"] = server.port
    Channel.objects.filter(pk=channel.pk).update(settings=channel.settings)
    box = mailbox.of(channel)
    progress = fetching.progress_of(channel, box)
    watch = Watch(channel.pk)
    with Connection(box, deadline=20) as line:
        watch._sign_in(progress, box, line)
        assert line.select("INBOX").uidvalidity
    service.valid.clear()  # revoked
    with Connection(box, deadline=20) as line:
        watch._sign_in(progress, box, line)
        assert line.folders()
    assert service.count == 2
    with Connection(box, deadline=20) as line, pytest.raises(SignInRefused, match=TOKEN_REFUSED):
        line.open("nonsense")


def test_from_password_to_oauth_the_place_is_kept(channel, service, server):
    channel.settings |= {"imap_port": server.port, "imap_auth": "password", "imap_username": "ana"}
    channel.secrets |= {"imap_password": dovecot.PASSWORD}

    def look():
        box = mailbox.of(channel)
        progress = fetching.progress_of(channel, box)
        fetching.take(progress, "me")
        with Connection(box, deadline=20) as line:
            Watch(channel.pk)._sign_in(progress, box, line)
            fetching.fetch(channel, progress, line, "me")

    look()
    server.deliver("ana", mail("Uno"))
    look()
    channel.settings["imap_auth"] = "oauth"
    server.deliver("ana", mail("Dos"))
    look()
    assert Envelope.objects.count() == 2
    assert MailboxProgress.objects.count() == 1
