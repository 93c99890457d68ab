"""What the desk says by itself: once, in the person's language, and never as anybody's loudspeaker."""

import dataclasses

import pytest

from apps.automation.models import Acknowledgement, AutomaticAnswer
from apps.core.placeholders import fill
from apps.omnichannel import registry
from apps.omnichannel.models import Delivery
from apps.omnichannel.ports import InboundMessage, Sender
from apps.omnichannel.services import receive
from apps.tickets.models import Message, Ticket
from tests.factories.omnichannel import ChannelFactory
from tests.fakes import FakeAdapter

pytestmark = pytest.mark.django_db
MARK = "zanahoria-9417"


@pytest.fixture
def channel(monkeypatch):
    monkeypatch.setitem(registry._adapters, "fake", FakeAdapter)
    return ChannelFactory(office__name="Biblioteca Olmo", office__slug="biblioteca")


def write(channel, handle="ana@correo.olmo.example", **more):
    inbound = InboundMessage(
        sender=Sender("email", handle, f"Ana {MARK}"), text=f"Hola {MARK}", subject=MARK, language="es"
    )
    return receive(channel, dataclasses.replace(inbound, **more))


def automatic():
    return Message.objects.filter(is_automatic=True, direction="out")


def test_it_is_written_once_in_the_language_of_the_person_with_the_number(channel):
    received = write(channel)
    ticket = Ticket.objects.get()
    said = automatic().get()
    assert ticket.reference in said.text
    assert "Recibimos su mensaje" in said.text
    write(channel, thread_key=received.thread.key)
    assert automatic().count() == 1


def test_s_08_robots_get_no_answer(channel):
    write(channel, may_be_answered=False)
    write(channel, handle="eva@correo.olmo.example", is_automatic=True)
    assert Ticket.objects.count() == 2
    assert not automatic().exists()


def test_s_08_a_verified_address_gets_three_an_hour_and_no_more(channel, settings):
    settings.ACUDO_ACKNOWLEDGEMENTS_UNVERIFIED = settings.ACUDO_AUTOMATIC_PER_ADDRESS
    for _ in range(5):
        write(channel)
    assert automatic().count() == 3
    assert AutomaticAnswer.objects.filter(held_because="address_ceiling").count() == 2


def test_s_08_two_desks_that_answer_each_other_fall_silent(channel, monkeypatch):
    """Headers stripped, the other desk answers each of our mails from the same address as a new mail; 200 rounds."""
    for _ in range(200):
        before = automatic().count()
        write(channel, handle="desk@other.example")
        if automatic().count() == before:
            break
    assert automatic().count() <= 3


def test_s_09_an_address_we_do_not_know_gets_one_an_hour(channel, clock_at):
    clock_at("2026-03-02 10:00")
    write(channel)
    write(channel)
    assert automatic().count() == 1
    clock_at("2026-03-02 11:01")
    write(channel)
    assert automatic().count() == 2


def test_s_09_nothing_the_sender_chose_is_in_it_and_the_ceiling_holds_the_rest(channel, settings):
    settings.ACUDO_AUTOMATIC_PER_HOUR = 20
    for number in range(30):
        write(channel, handle=f"p{number}@correo.olmo.example")
    assert Ticket.objects.count() == 30
    assert automatic().count() == 20
    assert AutomaticAnswer.objects.filter(held_because="global_ceiling").count() == 10
    assert not automatic().filter(text__contains=MARK).exists()
    assert Delivery.objects.count() == 20


def test_the_ceiling_of_one_body_is_not_that_of_another(channel, settings):
    settings.ACUDO_AUTOMATIC_PER_HOUR = 1
    write(channel)
    write(ChannelFactory(office__slug="other"))
    assert automatic().count() == 2


def test_an_office_can_choose_its_words_or_silence(channel):
    own = Acknowledgement.objects.create(
        office=channel.office, open_texts={"es": "Lo tenemos: {{reference}} {{subject}}"}
    )
    write(channel)
    assert automatic().get().text == f"Lo tenemos: {Ticket.objects.get().reference} {{{{subject}}}}"
    own.is_active = False
    own.save()
    write(channel, handle="eva@correo.olmo.example")
    assert automatic().count() == 1


@pytest.mark.parametrize(
    "text",
    [
        "{{ 7*7 }}",
        "${7*7}",
        "#{7*7}",
        "<%= 7*7 %>",
        "{% debug %}",
        "{0.__class__}",
        "%(reference)s",
        "{{reference.__class__}}",
        "{{constructor.constructor('x')()}}",
    ],
)
def test_s_26_expressions_stay_as_they_are_written(text):
    assert fill(text, {"reference": "2026-000001"}) == text


def test_s_26_values_are_never_rendered_again():
    assert fill("{{office}}", {"office": "{{reference}}", "reference": "2026-000001"}) == "{{reference}}"
