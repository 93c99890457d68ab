"""An administrator connects a mailbox, tries it for real, and sees how each of them stands."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import translation
from pytest_django.asserts import assertNumQueries

from apps.accounts.viewers import for_user
from apps.core import clock
from apps.omnichannel import services
from apps.omnichannel.conservation import balance
from apps.omnichannel.email import probe
from apps.omnichannel.email.cards import cards
from apps.omnichannel.email.listener import MailListener
from apps.omnichannel.models import Channel, Delivery, Envelope, RoundTrip, Watch
from apps.reporting import health
from apps.tickets.models import Ticket
from tests.conftest import wait_for
from tests.factories.accounts import user_in
from tests.factories.omnichannel import ChannelFactory
from tests.omnichannel.email.conftest import free_port

pytestmark = pytest.mark.django_db
HOME = "/desk/admin/mailboxes/"
SECRET = "canary-secret-42"


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def ana(mailbox):
    return user_in(mailbox.office, "admin", full_name="Ana Prieto", language="en")


@pytest.fixture
def desk(client, ana):
    client.force_login(ana)
    return client


def post(desk, path, **data):
    return desk.post(f"{HOME}{path}", data)


# Five steps


def test_a_mailbox_is_connected_step_by_step_and_takes_nothing_before_the_last(desk, ana, mailbox):
    answer = post(desk, "new/", name="Branch", office=mailbox.office_id, address="branch@olmo.example")
    row = Channel.objects.get(slug="branch")
    assert answer.url == f"{HOME}branch/setup/door/"
    assert (row.kind, row.address, row.is_active) == ("email", "branch@olmo.example", False)
    answer = post(desk, "branch/setup/door/", door="imap")
    assert answer.url == f"{HOME}branch/setup/details/"
    imap = {"imap_host": "imap.olmo.example", "imap_security": "tls", "imap_auth": "password", "imap_password": SECRET}
    answer = post(desk, "branch/setup/details/", **imap)
    assert answer.url == f"{HOME}branch/setup/way-out/"
    answer = post(desk, "branch/setup/way-out/", way="installation")
    assert answer.url == f"{HOME}branch/setup/test/"
    row.refresh_from_db()
    assert row.settings["imap_host"] == "imap.olmo.example"
    assert row.secrets["imap_password"] == SECRET
    assert not row.is_active


def test_each_step_says_in_words_what_is_needed(desk, mailbox):
    for key, words in (
        ("address", "You need: the address"),
        ("door", "Choose this for an ordinary mailbox"),
        ("details", "manage.py" if probe.door_of(mailbox) == "command" else "transport"),
        ("way-out", "Who carries the answers?"),
        ("test", "We now send a real mail"),
    ):
        page = desk.get(f"{HOME}help/setup/{key}/").content.decode()
        assert words in page, key
        assert 'aria-current="step"' in page


def test_another_door_shuts_the_one_before(desk, mailbox):
    mailbox.settings = {"imap_host": "imap.olmo.example", "from_name": "Desk"}
    mailbox.save()
    post(desk, "help/setup/door/", door="webhook")
    mailbox.refresh_from_db()
    assert mailbox.settings == {"imap_host": "", "from_name": "Desk", "door": "webhook"}


def test_s_61_a_secret_is_kept_when_left_empty_and_never_shown(desk, mailbox):
    mailbox.settings, mailbox.secrets = {"imap_host": "imap.olmo.example"}, {"imap_password": SECRET}
    mailbox.save()
    page = desk.get(f"{HOME}help/setup/details/").content.decode()
    assert SECRET not in page
    assert "It is set." in page
    post(desk, "help/setup/details/", imap_host="imap.olmo.example", imap_security="tls", imap_auth="password")
    mailbox.refresh_from_db()
    assert mailbox.secrets["imap_password"] == SECRET


@pytest.mark.parametrize(
    ("key", "data", "words"),
    [
        ("details", {"imap_host": ""}, "Name the server."),
        ("way-out", {"way": "smtp"}, "Name the server."),
        ("door", {}, "This field is required."),
        ("way-out", {"way": "smtp", "smtp_host": "https://x/"}, "Write only the server"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_saved(desk, mailbox, key, data, words):
    mailbox.settings = {"imap_host": "imap.olmo.example", "door": "imap"}
    mailbox.save()
    answer = post(desk, f"help/setup/{key}/", **data)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    mailbox.refresh_from_db()
    assert mailbox.settings == {"imap_host": "imap.olmo.example", "door": "imap"}


# The connection


def told(findings):
    return [(finding.state, finding.text) for finding in findings]


def test_the_way_out_is_tried_against_a_real_server_and_nothing_is_sent(mailbox, sink):
    found = probe.way_out(mailbox)
    assert {finding.state for finding in found} <= {"ok", "info"}
    assert found[-1].text == "It would take mail from and to help@desk.olmo.example."
    assert sink.received == []


def test_a_server_that_refuses_the_sender_is_told_without_its_words(mailbox, sink):
    sink.refuse["MAIL"] = f"550 5.7.1 {SECRET}"
    (*_rest, last) = probe.way_out(mailbox)
    assert last.state == "bad"
    assert SECRET not in last.text


@pytest.mark.parametrize("host", ["127.0.0.1", "169.254.169.254", "localhost", "10.0.0.8", "0x7f.1"])
def test_s_52_the_test_of_a_connection_reaches_no_private_server(desk, mailbox, sink, settings, host):
    settings.ACUDO_PRIVATE_HOSTS = []
    data = {"way": "smtp", "smtp_host": host, "smtp_port": settings.EMAIL_PORT, "smtp_security": "none", "test": "1"}
    page = post(desk, "help/setup/way-out/", **data).content.decode()
    assert "It does not work yet" in page
    assert "private network" in page or "No server of this name" in page
    mailbox.refresh_from_db()
    trip = services.begin_round(mailbox, asked_by=None)
    services.send_round(trip.pk)  # nor does what really sends
    trip.refresh_from_db()
    assert trip.state == "waiting"
    assert sink.received == []


def test_s_52_without_the_defence_the_same_server_is_reached(desk, mailbox, sink, settings):
    data = {"way": "smtp", "smtp_host": "127.0.0.1", "smtp_port": settings.EMAIL_PORT, "smtp_security": "none"}
    page = post(desk, "help/setup/way-out/", test="1", **data).content.decode()
    assert "The connection works" in page


def test_tries_at_foreign_servers_are_counted(desk, mailbox, sink, monkeypatch):
    from apps.omnichannel.email import desk as pages

    monkeypatch.setattr(pages, "TRIES", {"limit": 1, "seconds": 600})
    assert "The connection works" in post(desk, "help/setup/way-out/", way="installation", test="1").content.decode()
    assert "Too many tries" in post(desk, "help/setup/way-out/", way="installation", test="1").content.decode()


def test_an_installation_that_sends_nothing_says_so(mailbox, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert told(probe.way_out(mailbox))[0][0] == "bad"
    settings.EMAIL_BACKEND = "anymail.backends.mailgun.EmailBackend"
    assert told(probe.way_out(mailbox)) == [
        ("info", "Mail leaves through Mailgun. Whether it really arrives is shown by the test mail.")
    ]


def test_a_webhook_without_its_key_is_no_door(mailbox):
    mailbox.settings = {"provider": "mailgun"}
    assert told(probe.way_in(mailbox))[-1] == (
        "bad",
        "The signing key is missing: without it every call is refused.",
    )
    mailbox.secrets = {"webhook_key": "k"}
    assert probe.way_in(mailbox)[0].state == "ok"


# The way round, through a real server and our own door


@pytest.mark.django_db(transaction=True)
def test_the_mail_goes_out_and_comes_in_through_the_local_door(mailbox, ana, client, settings):
    client.force_login(ana)
    port = free_port()
    settings.ACUDO_SMTP_PORT = port
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port  # what leaves is handed to our own door
    listener = MailListener(host="127.0.0.1", port=port, must_open=True)
    listener.start()
    try:
        assert [finding.state for finding in probe.way_in(mailbox)] == ["ok", "ok"]
        answer = client.post(f"{HOME}help/test/")
        page = client.get(answer.url).content.decode()
        assert "on its way" in page
        assert 'hx-trigger="every 2s"' in page
        trip = RoundTrip.objects.get()
        services.send_round(trip.pk)
        wait_for(Envelope.objects.exists)
        services.process(Envelope.objects.get().pk)
    finally:
        listener.stop()
    piece = client.get(answer.url, headers={"HX-Request": "true"})
    assert piece.status_code == 286  # the page need not ask again
    assert "It works" in piece.content.decode()
    assert Ticket.objects.count() == Delivery.objects.count() == 0
    assert Watch.objects.get().is_on
    call_command("conservation")
    assert balance()["received"] == {"received": 1, "processed": 1, "waiting": 0, "quarantined": 0, "rejected": 0}


# The cards


def test_a_card_says_how_the_mailbox_stands(mailbox, ana):
    def state():
        (card,) = cards(for_user(ana))
        return card.look.key

    assert state() == "untested"
    watch = Watch.objects.create(channel=mailbox, is_on=True, heard_at=clock.now())
    assert state() == "works"
    envelope = Envelope.objects.create(
        channel=mailbox, external_id="x", digest="x", raw=b"x", source="smtp", state="quarantined", next_at=None
    )
    assert state() == "trouble"
    envelope.delete()
    Watch.objects.filter(pk=watch.pk).update(lost_since=clock.now() - timedelta(hours=3))
    assert state() == "silent"
    Channel.objects.update(is_active=False)
    assert state() == "setup"


def test_the_worst_stands_first_and_the_questions_do_not_grow(mailbox, ana):
    Watch.objects.create(channel=mailbox, is_on=True, heard_at=clock.now())
    for number in range(4):
        other = ChannelFactory(kind="email", office=mailbox.office, slug=f"m{number}", name=f"M{number}")
        Watch.objects.create(channel=other, lost_since=clock.now())
    Channel.objects.filter(slug="m3").update(settings={"imap_host": "imap.olmo.example"})  # one that is fetched
    viewer = for_user(ana)
    with assertNumQueries(6):
        found = cards(viewer)
    assert [card.look.key for card in found] == ["silent"] * 4 + ["works"]


def test_a_silent_mailbox_stands_on_every_page_of_those_who_can_mend_it(desk, mailbox, client):
    Watch.objects.create(channel=mailbox, is_on=True, lost_since=clock.now())
    assert "The mailbox Library desk is silent since" in desk.get("/desk/people/").content.decode()
    client.force_login(user_in(mailbox.office, "agent", language="en"))
    assert "is silent since" not in client.get("/desk/people/").content.decode()


def test_another_house_sees_neither_the_mailbox_nor_its_silence(mailbox, client):
    from tests.factories.accounts import OfficeFactory

    Watch.objects.create(channel=mailbox, is_on=True, lost_since=clock.now())
    client.force_login(user_in(OfficeFactory(), "admin", language="en"))
    assert "Library desk" not in client.get(HOME).content.decode()
    assert client.get(f"{HOME}help/").status_code == 404
    assert client.post(f"{HOME}help/test/").status_code == 404


def test_r_26_health_knows_the_silence(mailbox):
    assert health.channels()[0]
    Watch.objects.create(channel=mailbox, is_on=True, lost_since=clock.now())
    is_well, facts = health.channels()
    assert not is_well
    assert facts["help"]["silent_since"] is not None
    Watch.objects.update(lost_since=None)
    assert health.channels()[0]


def test_the_hourly_mail_is_switched_by_hand(desk, mailbox):
    post(desk, "help/watch/", on="1")
    assert Watch.objects.get().is_on
    post(desk, "help/watch/", on="0")
    assert not Watch.objects.get().is_on


def test_a_way_out_that_refuses_everything_is_a_reason_to_look(desk, mailbox):
    Channel.objects.filter(pk=mailbox.pk).update(failed_in_row=1, last_error="535 5.7.8 no", received_count=1)
    page = desk.get(HOME).content.decode()
    assert "Nothing can leave." in page
    assert "535 5.7.8 no" in page
