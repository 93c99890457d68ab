"""Who calls or stands at the counter is written down by whoever hears them, and stands in the inbox like everybody."""

import pytest
from django.utils import translation

from apps.omnichannel.conservation import balance
from apps.omnichannel.models import Delivery
from apps.people.models import Person
from apps.sla.models import Clock
from apps.tickets.models import Ticket
from tests.factories.accounts import OfficeFactory
from tests.factories.people import PersonFactory
from tests.factories.sla import PolicyFactory

WORDS = {"text": "Lost the card.\nWants another.", "priority": "2", "is_mine": "on"}


@pytest.fixture
def write(desk, library):
    def _write(**more):
        answer = desk.post("/desk/new/", {"office": library.pk, "via": "counter", **WORDS, **more})
        assert answer.status_code == 302, answer.context["form"].errors
        return Ticket.objects.get(public_id=answer.url.split("/")[3])

    return _write


def clocks(ticket):
    return {clock.metric: clock.state for clock in Clock.objects.filter(ticket=ticket)}


def test_the_words_are_enough_for_somebody_who_passes_by(desk, write):
    ticket = write()

    assert (ticket.subject, ticket.requester.full_name, ticket.status) == ("Lost the card.", "", "new")
    with translation.override("en"):
        assert str(ticket.requester) == "Somebody"
    assert write().requester != ticket.requester
    assert ticket.public_id in desk.get("/desk/inbox/all/").content.decode()


@pytest.mark.parametrize(
    ("via", "icon", "word"), [("counter", "store", "At the counter"), ("phone", "phone", "Telephone")]
)
def test_the_door_stands_beside_the_ticket_by_icon_and_by_word(desk, write, via, icon, word):
    ticket = write(via=via)
    details = desk.get(f"/desk/t/{ticket.public_id}/details/").content.decode()
    came_by = details.split("</dd>")[0].rpartition("<dd>")[2]
    row = desk.get("/desk/inbox/all/").content.decode().partition('class="row-via">')[2].partition("</span>")[0]

    assert f"#{icon}" in came_by
    assert word in came_by
    assert f"#{icon}" in row


@pytest.mark.parametrize("number", ["099 123 456", "+598 99 123 456", "(099) 123-456"])
def test_a_number_finds_the_person_however_it_is_written(write, library, number):
    calendar = PolicyFactory(office=library).calendar
    calendar.holiday_country = "UY"
    calendar.save()
    library.calendar = calendar
    library.save()
    known = write(via="phone", phone="+59899123456", name="Eva Ferrari").requester

    assert write(via="phone", phone=number, name="Somebody else").requester == known
    assert Person.objects.get(pk=known.pk).full_name == "Eva Ferrari"


def test_a_known_address_finds_the_person_and_takes_the_number_along(write, library):
    maria = PersonFactory(body=library, full_name="María Pérez", email="maria@correo.example")

    assert write(email="maria@correo.example", phone="+59899123456").requester == maria
    assert write(phone="+59899123456").requester == maria


def test_the_promises_run_from_the_moment_it_is_written_down(write, library):
    PolicyFactory(office=library)

    assert clocks(write()) == {"first_response": "running", "resolution": "running"}


def test_what_was_answered_in_person_keeps_the_promise_and_is_sent_to_nobody(write, library, ana):
    PolicyFactory(office=library)
    ticket = write(email="eva@correo.example", answer="Here it is.")

    assert clocks(ticket) == {"first_response": "met", "resolution": "running"}
    assert (ticket.status, ticket.messages.last().author_user) == ("open", ana)
    assert not Delivery.objects.exists()
    assert balance()["differences"] == []


def test_what_was_answered_and_solved_at_once_keeps_both_promises(write, library):
    PolicyFactory(office=library)
    ticket = write(answer="Here it is.", is_solved="on")

    assert ticket.status == "solved"
    assert clocks(ticket) == {"first_response": "met", "resolution": "met"}


def test_solved_without_a_word_claims_no_answer(write, library):
    PolicyFactory(office=library)

    assert clocks(write(is_solved="on")) == {"first_response": "cancelled", "resolution": "met"}


def test_what_is_missing_is_said_and_nothing_written_is_lost(desk, library):
    with translation.override("en"):
        answer = desk.post("/desk/new/", {"office": library.pk, "via": "phone", "phone": "none", "answer": "Yes."})
    page = answer.content.decode()

    assert answer.status_code == 422
    assert {"text", "phone", "priority"} == set(answer.context["form"].errors)
    assert "Yes." in page
    assert '<details class="fold" open>' in page
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(("asked", "chosen"), [("?via=phone", "phone"), ("", "counter"), ("?via=fax", "counter")])
def test_the_address_has_the_door_chosen_beforehand(desk, asked, chosen):
    page = desk.get(f"/desk/new/{asked}").content.decode()

    assert f'value="{chosen}"' in page.partition(" checked>")[0].rpartition("<input")[2]
    assert (" autofocus" in page) == (asked == "?via=phone")


def test_who_works_in_several_offices_sees_which_one_gets_the_ticket(desk, library):
    before_the_fold = lambda: desk.get("/desk/new/").content.decode().partition('<details class="fold"')[0]  # noqa: E731
    assert 'name="office"' not in before_the_fold()

    OfficeFactory(parent=library, name="Sala infantil")
    assert 'name="office"' in before_the_fold()
