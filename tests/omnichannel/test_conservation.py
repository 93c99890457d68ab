"""Nothing is lost without being missed."""

import json

import pytest
from django.core.management import call_command

from apps.omnichannel import services
from apps.omnichannel.conservation import balance
from apps.omnichannel.models import Channel, Delivery, Envelope, ThreadMessage
from apps.omnichannel.ports import DeliveryFailed, RawInput
from apps.tickets import services as tickets
from apps.tickets.models import Ticket
from tests.factories.accounts import user_in
from tests.factories.tickets import TicketFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def traffic(channel, fake_kind):
    """One read, one unreadable, one discarded, one still waiting; an answer sent, one dead, one without a door."""
    for text in ("ana: Hello", "ana: gibberish", "eva: gibberish again"):
        services.process(services.store(channel, RawInput(text.encode(), "webhook")).pk)
    services.discard(Envelope.objects.filter(state="quarantined").last(), reason="nothing in it")
    services.store(channel, RawInput(b"leo: later", "webhook"))
    author = user_in(channel.office)
    ticket = Ticket.objects.get()
    for pk in Delivery.objects.values_list("pk", flat=True):
        services.deliver(pk)
    fake_kind.fail_with.append(DeliveryFailed("recipient_unavailable", "550 no such box"))
    tickets.reply(ticket, author=author, text="At nine.")
    services.deliver(Delivery.objects.latest("pk").pk)
    tickets.reply(TicketFactory(office=user_in(channel.office).memberships.get().office), author=author, text="Where?")


def test_r_27_both_equations_balance_over_every_state(traffic):
    found = balance()
    assert found["is_balanced"], found["differences"]
    received = {"received": 4, "waiting": 1, "processed": 1, "quarantined": 1, "rejected": 1}
    assert found["received"] == received
    assert {state: n for state, n in found["to_send"].items() if n} == {"to_send": 3, "sent": 1, "dead": 2}


@pytest.mark.parametrize(
    ("lost", "where"),
    [
        (lambda: Envelope.objects.filter(state="quarantined").delete(), "received"),
        (lambda: Envelope.objects.filter(state="waiting").delete(), "received"),
        (lambda: Delivery.objects.filter(state="sent").delete(), "to_send"),
        (lambda: Delivery.objects.filter(thread=None).delete(), "to_send"),
        (lambda: Channel.objects.update(received_count=9), "received"),
        (lambda: ThreadMessage.objects.first().delete(), "threads"),
        (lambda: Envelope.objects.filter(state="processed").update(message=None), "without message"),
    ],
)
def test_r_27_a_row_deleted_by_hand_is_missed(traffic, lost, where):
    lost()
    found = balance()
    assert not found["is_balanced"]
    assert any(where in line for line in found["differences"])


def test_the_command_says_it_in_json_and_by_its_exit_code(traffic, capsys):
    call_command("conservation")
    assert json.loads(capsys.readouterr().out)["is_balanced"]
    Envelope.objects.first().delete()
    with pytest.raises(SystemExit) as exit:
        call_command("conservation")
    assert exit.value.code == 1
    assert not json.loads(capsys.readouterr().out)["is_balanced"]


def test_an_input_that_says_nothing_is_processed_and_says_so(channel, fake_kind, monkeypatch):
    monkeypatch.setattr(fake_kind, "parse", lambda self, raw: [])
    envelope = services.store(channel, RawInput(b"a read mark", "webhook"))
    services.process(envelope.pk)
    envelope.refresh_from_db()
    assert envelope.reason and balance()["is_balanced"]


def test_quiet_waits_for_what_is_due_and_lists_it_when_the_time_is_up(channel, capsys):
    call_command("quiet", timeout=0)
    assert json.loads(capsys.readouterr().out) == {"is_quiet": True}
    envelope = services.store(channel, RawInput(b"ana: Hello", "webhook"))
    with pytest.raises(SystemExit) as exit:
        call_command("quiet", timeout=0.3)
    assert exit.value.code == 1
    said = json.loads(capsys.readouterr().out)
    assert [row["id"] for row in said["envelopes"]] == [envelope.public_id]
    services.process(envelope.pk)
    for delivery in Delivery.objects.all():
        services.deliver(delivery.pk)
    call_command("quiet", timeout=5)
    assert json.loads(capsys.readouterr().out) == {"is_quiet": True}
