"""What is stuck is looked at, corrected in a copy, tried again or discarded with a reason; nothing is lost by it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.models import Role
from apps.activity.models import Activity
from apps.core.errors import Conflict, Invalid
from apps.omnichannel import rawtext, services
from apps.omnichannel.conservation import balance
from apps.omnichannel.models import Channel, Delivery, Envelope
from apps.omnichannel.ports import RawInput
from apps.tickets import services as tickets
from apps.tickets.models import Message, Ticket
from tests.factories.accounts import user_in
from tests.factories.omnichannel import ChannelFactory
from tests.factories.people import PersonFactory
from tests.factories.tickets import TicketFactory

pytestmark = pytest.mark.django_db
QUARANTINE, OUTBOX = "/desk/admin/quarantine/", "/desk/admin/outbox/"


@pytest.fixture
def ana(channel):
    return user_in(channel.office, "admin", language="en")


@pytest.fixture
def desk(client, ana):
    client.force_login(ana)
    return client


def stuck(channel, text: str = "ana: gibberish") -> Envelope:
    envelope = services.store(channel, RawInput(text.encode(), "webhook", headers={"x-a": "b"}))
    services.process(envelope.pk)
    envelope.refresh_from_db()
    assert envelope.state == "quarantined"
    return envelope


def test_r_02_a_corrected_copy_is_read_and_what_came_first_stays_as_it_came(channel, ana, fake_kind):
    first = stuck(channel)
    copy = services.correct(first, body=b"ana: Hello", actor=ana)
    services.process(copy.pk)
    first.refresh_from_db()
    copy.refresh_from_db()
    assert (bytes(first.raw), first.state) == (b"ana: gibberish", "rejected")
    assert (copy.state, copy.corrects, copy.source, copy.headers) == ("processed", first, "webhook", {"x-a": "b"})
    assert copy.message.text == "Hello"
    assert balance()["is_balanced"], balance()["differences"]
    assert Activity.objects.get(verb="envelope_corrected").actor_id == ana.pk


def test_a_copy_of_a_copy_points_to_what_came_first(channel, ana, fake_kind):
    first = stuck(channel)
    second = services.correct(first, body=b"ana: gibberish again", actor=ana)
    services.process(second.pk)
    second.refresh_from_db()
    assert services.correct(second, body=b"ana: Hello", actor=ana).corrects == first


def test_s_02_a_corrected_copy_proves_nobody(channel, ana, fake_kind, monkeypatch):
    from dataclasses import replace

    parse = fake_kind.parse
    monkeypatch.setattr(
        fake_kind, "parse", lambda s, r: [replace(m, sender=replace(m.sender, is_verified=True)) for m in parse(s, r)]
    )
    copy = services.correct(stuck(channel), body=b"ana: Hello", actor=ana)
    services.process(copy.pk)
    assert Message.objects.get(pk=Envelope.objects.get(pk=copy.pk).message_id).verdict != "verified"


@pytest.mark.parametrize("body", [b"ana: gibberish", b"  \n"])
def test_a_copy_without_a_correction_is_none(channel, ana, fake_kind, body):
    first = stuck(channel)
    with pytest.raises(Invalid):
        services.correct(first, body=body, actor=ana)
    first.refresh_from_db()
    assert first.state == "quarantined"


def test_two_people_correct_it_once(channel, ana, fake_kind):
    first = stuck(channel)
    services.correct(first, body=b"ana: Hello", actor=ana)
    with pytest.raises(Conflict):
        services.correct(first, body=b"ana: Hello, too", actor=ana)
    assert Envelope.objects.count() == 2


def test_discarding_wants_a_reason_and_keeps_the_bytes(desk, channel, fake_kind):
    first = stuck(channel)
    desk.post(f"{QUARANTINE}{first.public_id}/discard/", {"reason": " "})
    first.refresh_from_db()
    assert first.state == "quarantined"
    desk.post(f"{QUARANTINE}{first.public_id}/discard/", {"reason": "An advertisement."})
    first.refresh_from_db()
    assert (first.state, first.reason, bytes(first.raw)) == ("rejected", "An advertisement.", b"ana: gibberish")
    assert Activity.objects.get(verb="envelope_discarded").data["reason"] == "An advertisement."


def test_r_28_the_page_shows_edits_and_sends_it_on(desk, channel, fake_kind):
    first = stuck(channel)
    page = desk.get(f"{QUARANTINE}{first.public_id}/").content.decode()
    assert "ana: gibberish</textarea>" in page
    assert "not to be understood" in page
    answer = desk.post(f"{QUARANTINE}{first.public_id}/", {"text": "ana: Hello"})
    assert answer.status_code == 302
    services.process(Envelope.objects.latest("pk").pk)
    assert Ticket.objects.count() == 1


def test_what_a_box_would_spoil_is_handed_in_as_a_file(desk, channel, fake_kind):
    first = stuck(channel, "ana: gibberish \x00")
    assert "<textarea" not in desk.get(f"{QUARANTINE}{first.public_id}/").content.decode()
    desk.post(f"{QUARANTINE}{first.public_id}/", {"file": SimpleUploadedFile("a.eml", b"ana: Hello")})
    assert bytes(Envelope.objects.latest("pk").raw) == b"ana: Hello"


@pytest.mark.parametrize(
    "raw",
    [b"", b"a\r\nb\r\n", b"a\nb", b"\nfirst line empty", "ñandú\r\n".encode(), b"\xf1and\xfa\r\n", b"\xff\x80\xe9"],
)
def test_text_in_the_box_that_nobody_touched_gives_the_same_bytes(raw):
    assert rawtext.back(rawtext.shown(raw).replace("\n", "\r\n"), raw) == raw


@pytest.mark.parametrize("raw", [b"a\x00b", b"a\rb", b"a\r\nb\nc", b"\x1b[2J", b"x" * 300_000])
def test_what_would_not_survive_the_box_is_not_put_into_it(raw):
    assert rawtext.shown(raw) == ""


def test_r_15_many_are_read_again_at_once(desk, channel, fake_kind):
    rows = [stuck(channel, f"ana: gibberish {n}") for n in range(3)]
    desk.post(f"{QUARANTINE}many/", {"row": [row.public_id for row in rows[:2]], "do": "retry"})
    assert sorted(Envelope.objects.values_list("state", flat=True)) == ["quarantined", "waiting", "waiting"]
    assert Activity.objects.filter(verb="envelope_read_again").count() == 2


def test_r_15_many_dead_letters_are_tried_again_or_dropped_with_a_reason(desk, channel, ana, fake_kind):
    services.process(services.store(channel, RawInput(b"ana: Hello", "webhook")).pk)
    ticket = Ticket.objects.get()
    for text in ("One", "Two", "Three"):
        tickets.reply(ticket, author=ana, text=text)
    Delivery.objects.update(state="dead", next_at=None)
    ids = list(Delivery.objects.order_by("pk").values_list("public_id", flat=True))
    desk.post(f"{OUTBOX}many/", {"row": ids[:1], "do": "retry"})
    desk.post(f"{OUTBOX}many/", {"row": ids[1:2], "do": "drop"})
    assert list(Delivery.objects.order_by("pk").values_list("state", flat=True))[:2] == ["waiting", "dead"]
    desk.post(f"{OUTBOX}many/", {"row": ids[1:2], "do": "drop", "reason": "She called."})
    assert Delivery.objects.get(public_id=ids[1]).state == "cancelled"
    assert Activity.objects.get(verb="delivery_dropped").data["reason"] == "She called."
    assert balance()["is_balanced"], balance()["differences"]


def test_those_that_wait_for_a_person_stand_together(desk, channel, ana, fake_kind):
    ticket = TicketFactory(office=channel.office)
    tickets.reply(ticket, author=ana, text="Where?")  # no address: dead from the beginning
    page = desk.get(f"{OUTBOX}?state=failed").content.decode()
    assert 'name="row"' in page
    assert 'name="row"' not in desk.get(f"{OUTBOX}?state=sent").content.decode()


def test_the_list_of_what_is_stuck_asks_the_same_however_long_it_is(
    desk, channel, fake_kind, django_assert_max_num_queries
):
    for n in range(6):
        stuck(channel, f"ana: gibberish {n}")
    with django_assert_max_num_queries(12):
        desk.get(QUARANTINE)


def test_a_dead_letter_goes_to_another_address_under_a_key_of_its_own(channel, ana, desk):
    mailbox = ChannelFactory(kind="email", office=channel.office, address="help@desk.olmo.example")
    Channel.objects.filter(pk=channel.pk).update(is_active=False)
    person = PersonFactory(body=channel.office, email="gone@olmo.example")
    ticket = TicketFactory(office=channel.office, requester=person, via="email")
    tickets.reply(ticket, author=ana, text="At eight.")
    dead = Delivery.objects.get()
    Delivery.objects.update(state="dead", next_at=None, error_kind="recipient_unavailable")

    desk.post(f"{OUTBOX}{dead.public_id}/retry/", {"to": "no address"})
    assert Delivery.objects.count() == 1
    desk.post(f"{OUTBOX}{dead.public_id}/retry/", {"to": "here@olmo.example"})
    dead.refresh_from_db()
    fresh = Delivery.objects.exclude(pk=dead.pk).get()
    assert (dead.state, fresh.state, fresh.recipient) == ("cancelled", "waiting", "here@olmo.example")
    assert fresh.thread.channel == mailbox
    assert fresh.thread.key != dead.thread.key
    assert fresh.message == dead.message


def test_s_27_who_may_mend_but_not_answer_sends_nothing_to_another_address(channel, client):
    ChannelFactory(kind="email", office=channel.office, address="help@desk.olmo.example")
    Channel.objects.filter(pk=channel.pk).update(is_active=False)
    client.force_login(user_in(channel.office, "observer", language="en"))
    Role.objects.filter(key="observer").update(permissions=["ticket.view", "operator.view"])
    ticket = TicketFactory(
        office=channel.office, requester=PersonFactory(body=channel.office, email="g@olmo.example"), via="email"
    )
    tickets.reply(ticket, author=user_in(channel.office), text="At eight.")
    Delivery.objects.update(state="dead", next_at=None)
    url = f"{OUTBOX}{Delivery.objects.get(is_automatic=False).public_id}/retry/"
    assert client.post(url, {"to": "elsewhere@olmo.example"}).status_code == 403
    assert Delivery.objects.get(is_automatic=False).recipient == "g@olmo.example"
    assert client.post(url).status_code == 302
