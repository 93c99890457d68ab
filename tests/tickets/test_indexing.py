import pytest
from django.db import connection

from apps.accounts.viewers import for_person, for_user
from apps.search.services import search
from apps.tickets import indexing, services
from tests.factories.accounts import OfficeFactory, user_in
from tests.factories.tickets import TicketFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket():
    return TicketFactory(subject="Multa por retraso", text="Devolví el libro el lunes", language="es")


@pytest.fixture
def agent(ticket):
    return user_in(ticket.office)


def test_a_ticket_is_found_by_subject_message_number_and_name(ticket, agent):
    viewer = for_user(agent)

    for query in ("multas", "devolver libros", "multa libro", ticket.reference, ticket.requester.full_name):
        assert indexing.find(query, viewer) == [ticket.pk], query


def test_a_reply_is_found_as_soon_as_it_is_written(ticket, agent):
    message = services.reply(ticket, author=agent, text="Le perdonamos la sanción")

    hits = search("sanciones", for_user(agent), kind="ticket")

    assert [(hit.object_id, hit.part) for hit in hits] == [(ticket.pk, message.pk)]


def test_what_the_desk_says_by_itself_is_not_kept(ticket, agent):
    services.reply(ticket, author=None, text="Acuse automático", is_automatic=True)

    assert indexing.find("acuse", for_user(agent)) == []


def test_a_new_subject_is_found(ticket, agent):
    services.set_subject(ticket, to="Carné perdido", actor=agent)

    assert indexing.find("carné", for_user(agent)) == [ticket.pk]


def test_s_29_a_note_is_found_by_the_desk_and_never_by_the_person(ticket, agent):
    services.add_note(ticket, author=agent, text="canario")

    assert indexing.find("canario", for_user(agent)) == [ticket.pk]
    assert indexing.find("canario", for_person(ticket.requester)) == []
    assert indexing.find("multa", for_person(ticket.requester)) == [ticket.pk]


def test_s_33_another_body_finds_nothing_not_even_by_number(ticket):
    stranger = for_user(user_in(OfficeFactory()))

    assert indexing.find("multa", stranger) == []
    assert indexing.find(ticket.reference, stranger) == []


def test_indexing_again_changes_nothing(ticket, agent):
    services.add_note(ticket, author=agent, text="canario")

    from apps.tickets.models import Ticket

    assert indexing.index_again(Ticket.objects.select_related("office", "requester")) == 2
    assert indexing.find("canario", for_user(agent)) == [ticket.pk]


def test_a_message_costs_few_queries(ticket, agent, django_assert_num_queries):
    from apps.activity.bus import SYSTEM
    from apps.tickets.events import MessageWritten

    message = services.add_note(ticket, author=agent, text="canario")
    event = MessageWritten(
        ticket_id=ticket.pk,
        office_id=ticket.office_id,
        message_id=message.pk,
        direction="note",
        is_automatic=False,
        via="desk",
    )
    with django_assert_num_queries(3 if connection.vendor == "sqlite" else 2):
        indexing.index_message(event, SYSTEM)
