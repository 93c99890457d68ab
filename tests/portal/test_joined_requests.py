"""What a person sees of requests that were joined: their link works, and nothing of ours or of others shows (S-29)."""

import pytest
from django.urls import reverse

from apps.tickets import services
from apps.tickets.models import Ticket
from tests.factories.accounts import OfficeFactory, user_in
from tests.factories.people import PersonFactory
from tests.factories.portal import come_in
from tests.factories.tickets import TicketFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return OfficeFactory()


@pytest.fixture
def sara(office, client):
    person = PersonFactory(body=office, email="sara@olmo.example", language="es")
    come_in(client, person)
    return person


@pytest.fixture
def kept(office, sara):
    return TicketFactory(office=office, requester=sara, subject="El préstamo", text="No puedo renovar")


@pytest.fixture
def second(office, sara):
    return TicketFactory(office=office, requester=sara, subject="Otra vez", text="Sigo esperando")


def page(ticket):
    return reverse("portal:request", args=[ticket.public_id])


def test_the_link_of_a_merged_request_leads_to_the_one_that_goes_on(client, office, kept, second):
    services.merge(second, into=kept, actor=user_in(office))
    answer = client.get(page(second), follow=True)
    assert answer.redirect_chain[-1][0] == page(kept)
    text = answer.content.decode()
    assert "No puedo renovar" in text and "Sigo esperando" in text
    mine = client.get(reverse("portal:requests")).content.decode()
    assert "El préstamo" in mine and "Otra vez" not in mine


def test_what_is_sent_to_the_old_link_is_not_lost(client, office, kept, second):
    services.merge(second, into=kept, actor=user_in(office))
    client.post(page(second), {"text": "¿Y ahora?", "client_id": "c" * 22})
    assert kept.messages.filter(text="¿Y ahora?").exists()


def test_s29_joined_with_another_persons_nothing_tells_of_it(client, office, sara, second):
    other = TicketFactory(office=office, requester__full_name="Rosa Vidal", subject="La caldera", text="Ruido de noche")
    services.merge(second, into=other, actor=user_in(office))
    answer = client.get(page(second))
    text = answer.content.decode()
    assert answer.status_code == 200 and "Sigo esperando" in text
    for secret in (other.reference, other.public_id, "Rosa", "caldera", "Ruido"):
        assert secret not in text
    services.change_status(other, to="solved", actor=None)
    assert "Resuelt" in client.get(page(second)).content.decode(), "the matter is done, and it says so"
    assert "Otra vez" in client.get(reverse("portal:requests")).content.decode()


@pytest.mark.parametrize(("act", "status"), [("close", "solved"), ("reopen", "open"), ("answer", "open")])
def test_whoever_goes_on_has_a_request_of_their_own_again(client, office, sara, second, act, status):
    services.merge(second, into=TicketFactory(office=office), actor=user_in(office))
    if act == "answer":
        client.post(page(second), {"text": "¿Y ahora?", "client_id": "c" * 22})
    else:
        client.post(reverse(f"portal:{act}", args=[second.public_id]))
    row = Ticket.objects.get(pk=second.pk)
    assert (row.status, row.merged_into_id) == (status, None)
