"""From an answer to an article and back: nothing personal in it, and who quoted it is known."""

import pytest

from apps.kb import services
from apps.kb.models import Citation, Translation
from apps.kb.redaction import redacted
from apps.tickets import services as tickets
from tests.factories.accounts import OfficeFactory, user_in
from tests.factories.kb import TranslationFactory
from tests.factories.people import PersonFactory
from tests.factories.tickets import TicketFactory

pytestmark = pytest.mark.django_db

ANSWER = """Hola María:

La multa de María Sosa (cédula 1.234.567-8, ticket 2026-004821) se paga en el mostrador.
Escriba a maria.sosa@correo.example o llame al 099 123 456. Su auto SBA 1234 sigue en el depósito.

Saludos cordiales,
Ana Ruiz
Biblioteca"""


@pytest.fixture
def office():
    return OfficeFactory(default_language="es")


@pytest.fixture
def ana(office):
    return user_in(office, "admin", full_name="Ana Ruiz")


@pytest.fixture
def ticket(office):
    person = PersonFactory(body=office, full_name="María Sosa")
    return TicketFactory(office=office, requester=person, subject="Multa de María", language="es")


def test_what_names_or_reaches_somebody_is_taken_out():
    text = redacted(ANSWER, ["María Sosa", "Ana Ruiz"])
    for personal in ("María", "Sosa", "1.234", "004821", "@", "099", "SBA", "Ana", "Hola", "Saludos"):
        assert personal not in text, personal
    assert text.startswith("La multa de … (cédula …, ticket …) se paga en el mostrador.")


@pytest.mark.parametrize(
    "text", ["Cuesta 120 pesos y tarda 15 días.", "De 8:00 a 19:00, salvo el 25 de agosto de 2026.", "Artículo 12 bis"]
)
def test_prices_hours_and_dates_stay(text):
    assert redacted(text) == text


def test_an_answer_becomes_a_draft_nobody_outside_sees(client, ticket, ana):
    answer = tickets.reply(ticket, author=ana, text=ANSWER)
    client.force_login(ana)
    response = client.post(f"/desk/kb/answers/{answer.public_id}/")
    draft = Translation.objects.get()
    assert response["Location"] == f"/desk/kb/{draft.article_id}/es/"
    assert (draft.state, draft.title) == ("draft", "Multa de …") and "María" not in draft.text
    assert not draft.article.is_internal and not Translation.objects.public().exists()


def test_a_private_note_becomes_an_internal_draft(ticket, ana):
    note = tickets.add_note(ticket, author=ana, text="Reinicie la impresora.")
    assert services.article_of_answer(note, author=ana).article.is_internal


def test_what_a_person_wrote_is_not_made_an_article(client, ticket, ana):
    client.force_login(ana)
    first = ticket.messages.first()
    assert client.post(f"/desk/kb/answers/{first.public_id}/").status_code == 404


def test_a_retired_article_shows_which_open_tickets_quoted_it(client, office, ticket, ana):
    article = TranslationFactory(office=office, author=ana, title="Multas")
    _link, words = services.insertable(article)
    tickets.reply(ticket, author=ana, text=f"{words}\nhttps://olmo.example{article.path}")
    tickets.reply(ticket, author=ana, text="Sin enlace.")
    services.rename(article, slug="sanciones", actor=ana)
    other = TicketFactory(office=office)
    tickets.reply(other, author=ana, text="Mire https://olmo.example/es/kb/multas/")
    assert Citation.objects.count() == 2
    services.retire(article, actor=ana)
    client.force_login(ana)
    page = client.get(f"/desk/kb/{article.article_id}/es/").content.decode()
    assert ticket.reference in page and other.reference in page
    tickets.change_status(other, to="solved", actor=ana)
    page = client.get(f"/desk/kb/{article.article_id}/es/").content.decode()
    assert ticket.reference in page and other.reference not in page


def test_an_address_of_another_body_or_of_a_draft_quotes_nothing(office, ticket, ana):
    draft = TranslationFactory(office=office, author=ana, is_draft=True)
    foreign = TranslationFactory()
    tickets.reply(ticket, author=ana, text=f"{draft.path} {foreign.path}")
    assert not Citation.objects.exists()


def test_an_answer_without_an_address_costs_no_query_more(ticket, ana, django_assert_num_queries):
    from apps.activity.bus import SYSTEM
    from apps.kb.subscribers import note_citations
    from apps.tickets import at_hand
    from apps.tickets.events import MessageWritten

    answer = tickets.reply(ticket, author=ana, text="Sin enlace.")
    event = MessageWritten(
        ticket_id=ticket.pk,
        office_id=ticket.office_id,
        message_id=answer.pk,
        direction="out",
        is_automatic=False,
        via="portal",
    )
    with at_hand.holding(ticket, answer), django_assert_num_queries(0):
        note_citations(event, SYSTEM)
