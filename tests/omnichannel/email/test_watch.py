"""A mailbox writes to itself through a real server, and somebody notices when that mail does not come back."""

from datetime import timedelta

import pytest

from apps.activity.models import Activity
from apps.core import clock
from apps.omnichannel import services
from apps.omnichannel.conservation import balance
from apps.omnichannel.email import echo
from apps.omnichannel.email.models import MailboxProgress
from apps.omnichannel.models import Delivery, Envelope, RoundTrip, Watch
from apps.omnichannel.ports import RawInput
from apps.omnichannel.tasks import send_round, watch_doors
from apps.tickets.models import Message, Ticket
from tests.factories.accounts import user_in
from tests.omnichannel.email.conftest import mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(mailbox):
    return user_in(mailbox.office, "admin", full_name="Ana Prieto")


@pytest.fixture
def watched(mailbox, ana):
    services.switch_watch(mailbox, on=True, actor=ana)
    return mailbox


def ask(mailbox, ana) -> RoundTrip:
    trip = services.begin_round(mailbox, asked_by=ana)
    services.send_round(trip.pk)
    trip.refresh_from_db()
    return trip


def due() -> RoundTrip:
    """The sweep begins what is due; the worker sends it."""
    watch_doors()
    trip = RoundTrip.objects.latest("pk")
    send_round(trip.pk)
    trip.refresh_from_db()
    return trip


def come_home(sink, arrive, **changes) -> Envelope:
    raw = sink.received[-1].content
    for old, new in changes.get("replaced", {}).items():
        raw = raw.replace(old, new)
    return arrive(raw, changes.get("channel"))


def test_what_leaves_comes_back_and_is_nobodys_message(mailbox, ana, sink, arrive):
    trip = ask(mailbox, ana)
    assert trip.state == "sent"
    envelope = come_home(sink, arrive)
    trip.refresh_from_db()
    assert (trip.state, trip.next_at, trip.reason) == ("returned", None, "")
    assert (envelope.state, envelope.message, envelope.reason) == ("processed", None, "Our own test mail.")
    assert (Ticket.objects.count(), Message.objects.count(), Delivery.objects.count()) == (0, 0, 0)
    assert balance()["is_balanced"], balance()["differences"]


def test_s_08_the_mail_says_in_every_way_that_a_machine_wrote_it(mailbox, ana, sink):
    ask(mailbox, ana)
    (taken,) = sink.received
    for mark in (b"Auto-Submitted: auto-generated", b"Precedence: bulk", b"X-Auto-Response-Suppress: All"):
        assert mark in taken.content
    assert (taken.mail_from, taken.rcpt_tos) == (mailbox.address, [mailbox.address])


def test_the_first_proof_begins_the_hourly_watch(mailbox, ana, sink, arrive):
    ask(mailbox, ana)
    come_home(sink, arrive)
    watch = Watch.objects.get()
    assert watch.is_on
    assert watch.next_at is not None
    assert Activity.objects.filter(verb="watch_switched").count() == 1


def test_a_mailbox_behind_a_list_does_not_write_to_all_its_members_every_hour(mailbox, ana, sink, arrive):
    mailbox.settings = {"is_behind_list": True}
    mailbox.save()
    ask(mailbox, ana)
    come_home(sink, arrive)
    assert not Watch.objects.get().is_on


def test_r_24_the_hour_is_begun_once_by_two_sweeps(watched, sink):
    watch_doors()
    watch_doors()
    trip = RoundTrip.objects.get()
    send_round(trip.pk)
    send_round(trip.pk)
    assert len(sink.received) == 1


def test_an_hour_later_it_writes_again(watched, sink, arrive, clock_at):
    clock_at("2026-03-02 10:00")
    Watch.objects.update(next_at=clock.now())
    due()
    come_home(sink, arrive)
    clock_at("2026-03-02 10:59")
    watch_doors()
    assert RoundTrip.objects.count() == 1
    clock_at("2026-03-02 11:01")
    watch_doors()
    assert RoundTrip.objects.count() == 2


def test_r_09_a_mail_that_does_not_come_back_turns_the_mailbox_silent(watched, sink, arrive, clock_at):
    clock_at("2026-03-02 10:00")
    Watch.objects.update(next_at=clock.now())
    due()
    come_home(sink, arrive)
    clock_at("2026-03-02 11:00:01")
    due()
    clock_at("2026-03-02 11:14")
    watch_doors()
    assert Watch.objects.silent().count() == 0  # still within the limit
    clock_at("2026-03-02 11:16")
    watch_doors()
    watch = Watch.objects.silent().get()
    # Silent since it was last known to be well, not since somebody noticed.
    assert watch.silent_since.isoformat() == "2026-03-02T13:00:00+00:00"
    assert watch.reason == "The mail to itself was sent and did not come back."
    (event,) = Activity.objects.filter(verb="mailbox_fell_silent")
    assert event.office_id == watched.office_id


def test_silence_is_told_once_and_ends_with_the_next_mail_that_comes_back(watched, sink, arrive, clock_at):
    clock_at("2026-03-02 10:00")
    Watch.objects.update(next_at=clock.now(), created_at=clock.now())
    due()
    clock_at("2026-03-02 10:16")
    watch_doors()
    clock_at("2026-03-02 10:22")  # a silent door is tried sooner than in an hour
    due()
    assert RoundTrip.objects.count() == 2
    come_home(sink, arrive)
    assert Watch.objects.silent().count() == 0
    verbs = Activity.objects.filter(verb__startswith="mailbox_").values_list("verb", flat=True)
    assert sorted(verbs) == ["mailbox_fell_silent", "mailbox_heard_again"]


def test_a_late_mail_is_a_proof_too(watched, sink, arrive, clock_at):
    clock_at("2026-03-02 10:00")
    Watch.objects.update(next_at=clock.now())
    trip = due()
    clock_at("2026-03-02 10:20")
    watch_doors()
    come_home(sink, arrive)
    trip.refresh_from_db()
    assert (trip.state, trip.seconds) == ("returned", 1200)
    assert Watch.objects.silent().count() == 0


def test_r_12_a_passing_refusal_is_tried_again_within_the_limit(watched, sink, arrive, clock_at):
    clock_at("2026-03-02 10:00")
    Watch.objects.update(next_at=clock.now())
    sink.refuse["RCPT"] = "450 4.2.1 Greylisted"
    assert due().state == "waiting"
    sink.refuse.clear()
    clock_at("2026-03-02 10:01")
    trip = RoundTrip.objects.get()
    send_round(trip.pk)
    come_home(sink, arrive)
    assert RoundTrip.objects.get().state == "returned"


def test_a_lasting_refusal_is_silence_at_once(watched, sink):
    sink.refuse["MAIL"] = "535 5.7.8 Sign in first"
    trip = due()
    assert trip.state == "refused"
    assert Watch.objects.silent().get().reason.startswith("535")


def test_somebody_who_only_tries_raises_no_alarm(mailbox, ana, sink):
    sink.refuse["MAIL"] = "550 5.7.1 No"
    assert ask(mailbox, ana).state == "refused"
    assert Watch.objects.silent().count() == 0


def test_a_bounce_of_the_test_is_an_answer_and_no_ticket(watched, sink, arrive):
    trip = due()
    name = echo.name(watched.pk, trip.token)
    report = (
        "From: MAILER-DAEMON@mx.example\r\nTo: help@desk.olmo.example\r\nSubject: Undelivered Mail\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nNo.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; help@desk.olmo.example\r\nAction: failed\r\n"
        "Status: 5.2.2\r\nDiagnostic-Code: smtp; 552 mailbox full\r\n\r\n"
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"Message-ID: <{name}@desk.olmo.example>\r\n\r\n--b--\r\n"
    )
    arrive(report.encode())
    trip.refresh_from_db()
    assert trip.state == "lost"
    assert "5.2.2" in trip.reason
    assert Watch.objects.silent().count() == 1
    assert (Ticket.objects.count(), Delivery.objects.count()) == (0, 0)


def test_an_absence_note_of_the_mailbox_itself_is_no_ticket_either(watched, sink, arrive):
    trip = due()
    name = f"<{echo.name(watched.pk, trip.token)}@desk.olmo.example>"
    arrive(mail("Back on Monday.", sender=watched.address, in_reply_to=name, auto_submitted="auto-replied"))
    assert Ticket.objects.count() == 0


def test_a_person_who_answers_the_test_is_heard(watched, sink, arrive):
    """Whoever reads the mailbox elsewhere may press “reply”."""
    trip = due()
    name = f"<{echo.name(watched.pk, trip.token)}@desk.olmo.example>"
    arrive(mail("What is this?", subject=f"Re: Test [{name[1:-1]}]", in_reply_to=name))
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize(
    "forge",
    [
        lambda name: name[:-1] + ("a" if name[-1] != "a" else "b"),
        lambda name: name.replace("acudo-test.", "acudo-test.9"),
        lambda name: name.upper(),
        lambda name: name[:-3],
    ],
)
def test_nobody_else_can_make_a_mail_disappear_as_a_test(watched, sink, arrive, forge):
    trip = due()
    forged = forge(echo.name(watched.pk, trip.token))
    arrive(mail("Help!", message_id=f"<{forged}@evil.example>", subject=f"[{forged}]"))
    trip.refresh_from_db()
    assert trip.state == "sent"
    assert Ticket.objects.count() == 1


def test_a_test_that_arrives_in_another_mailbox_says_so(watched, ana, sink, arrive):
    from tests.factories.omnichannel import ChannelFactory

    other = ChannelFactory(kind="email", address="other@desk.olmo.example", office=watched.office)
    trip = due()
    come_home(sink, arrive, channel=other)
    trip.refresh_from_db()
    assert (trip.state, trip.reason) == ("sent", "The mail to itself arrived in another mailbox.")
    assert Ticket.objects.count() == 0


def test_a_server_that_gives_mails_other_ids_is_no_obstacle(watched, sink, arrive):
    trip = due()
    name = echo.name(watched.pk, trip.token).encode()
    come_home(sink, arrive, replaced={b"Message-ID: <" + name: b"Message-ID: <0102-changed"})
    trip.refresh_from_db()
    assert trip.state == "returned"


def test_the_same_test_twice_changes_nothing(watched, sink, arrive):
    trip = due()
    come_home(sink, arrive)
    first = RoundTrip.objects.get(pk=trip.pk).returned_at
    services.process(services.store(watched, RawInput(sink.received[0].content + b"\r\n", "command")).pk)
    assert RoundTrip.objects.get(pk=trip.pk).returned_at == first


def test_switched_off_it_neither_writes_nor_is_silent(watched, ana, sink, clock_at):
    clock_at("2026-03-02 10:00")
    Watch.objects.update(next_at=clock.now())
    due()
    services.switch_watch(watched, on=False, actor=ana)
    clock_at("2026-03-02 12:00")
    watch_doors()
    assert RoundTrip.objects.count() == 1
    assert Watch.objects.silent().count() == 0


def test_r_09_a_server_that_is_not_reached_for_minutes_is_silence(mailbox, clock_at):
    clock_at("2026-03-02 10:00")
    mailbox.settings = {"imap_host": "mail.olmo.example"}
    mailbox.save()
    progress = MailboxProgress.objects.create(channel=mailbox, last_success_at=clock.now())
    watch_doors()
    assert Watch.objects.silent().count() == 0
    clock_at("2026-03-02 10:06")
    MailboxProgress.objects.update(last_attempt_at=clock.now(), last_error="The mail server cannot be reached.")
    watch_doors()
    watch_doors()
    watch = Watch.objects.silent().get()
    assert watch.silent_since == progress.last_success_at
    assert watch.reason == "The mail server cannot be reached."
    assert Activity.objects.filter(verb="mailbox_fell_silent").count() == 1
    MailboxProgress.objects.update(last_success_at=clock.now() + timedelta(seconds=1))
    watch_doors()
    assert Watch.objects.silent().count() == 0
    assert Activity.objects.filter(verb="mailbox_heard_again").count() == 1


def test_old_round_trips_are_forgotten(watched, sink, arrive, clock_at):
    clock_at("2026-03-02 10:00")
    Watch.objects.update(next_at=clock.now())
    due()
    come_home(sink, arrive)
    clock_at("2026-03-10 10:00")
    watch_doors()
    assert not RoundTrip.objects.filter(state="returned").exists()
