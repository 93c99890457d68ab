"""María fills in the form, is acknowledged, comes back with a link, reads Ana's answer and writes again. No script."""

import re

import pytest
from django.core import mail
from django.test import Client

from apps.omnichannel.models import Delivery
from apps.omnichannel.services import deliver
from apps.portal.models import MagicLink
from apps.portal.services import send_link
from apps.tickets import services as tickets
from apps.tickets.models import Ticket
from apps.tickets.states import Status
from tests.factories.accounts import OfficeFactory, user_in
from tests.factories.omnichannel import ChannelFactory
from tests.factories.portal import ServiceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def library():
    office = OfficeFactory(name="Biblioteca Olmo", default_language="es")
    ChannelFactory(office=office, kind="email", slug="correo", address="hola@olmo.example")
    ServiceFactory(office=office, key="multas", names={"es": "Multas"})
    return office


@pytest.fixture
def no_hurry(monkeypatch):
    monkeypatch.setattr("apps.portal.views.new.LEAST_SECONDS", 0)


def work():
    """What the worker does behind."""
    for delivery in Delivery.objects.filter(state="waiting"):
        deliver(delivery.pk)
    for link in MagicLink.objects.exclude(next_at=None):
        send_link(link.pk)


class Person:
    """Somebody with a browser that follows links and fills in the forms it finds."""

    def __init__(self):
        self.browser = Client()
        self.page = ""

    def opens(self, url):
        self.page = self.browser.get(url, follow=True).content.decode()
        return self

    def sends(self, url, **answers):
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', self.page))
        hidden.pop("csrfmiddlewaretoken", None)
        self.page = self.browser.post(url, hidden | answers, follow=True).content.decode()
        return self


def test_from_the_form_to_the_second_answer(library, no_hurry):
    maria = Person()
    maria.opens("/es/new/").sends("/es/new/", form="multas")
    maria.sends("/es/new/multas/matter/", text="Devolví el libro a tiempo.\nMe cobran igual.")
    maria.sends("/es/new/multas/contact/", name="María Sosa", email="maria@example.org", language="es")
    maria.sends("/es/new/check/")
    ticket = Ticket.objects.get()
    assert ticket.reference in maria.page
    assert ticket.subject == "Devolví el libro a tiempo."

    work()
    (acknowledgement,) = mail.outbox
    assert acknowledgement.to == ["maria@example.org"]
    assert ticket.reference in acknowledgement.body
    assert "Devolví" not in acknowledgement.message().as_string()  # S-09: nothing that was typed

    maria.sends("/es/requests/access/", who="maria@example.org")
    work()
    url = re.search(r"http://testserver(/es/m/\S+/)", mail.outbox[-1].body)[1]
    maria.opens(url).sends(url)
    assert "Devolví el libro a tiempo." in maria.page

    ana = user_in(library, full_name="Ana Ruiz")
    tickets.add_note(ticket, author=ana, text="Ojo: ya reclamó en marzo.")
    tickets.reply(ticket, author=ana, text="Tiene razón, quitamos la multa.", then=Status.WAITING)
    work()
    assert "quitamos la multa" in mail.outbox[-1].body

    mine = f"/es/requests/{ticket.public_id}/"
    maria.opens(mine)
    assert "Tiene razón, quitamos la multa." in maria.page
    assert "marzo" not in maria.page
    maria.sends(mine, text="Muchas gracias.")
    assert "Muchas gracias." in maria.page
    ticket.refresh_from_db()
    assert ticket.status == Status.OPEN
    maria.sends(mine + "close/")
    ticket.refresh_from_db()
    assert ticket.status == Status.SOLVED


def test_a_stranger_with_the_number_gets_nothing(library, no_hurry):
    maria, stranger = Person(), Person()
    maria.sends("/es/new/multas/matter/", text="Mi dirección es calle 1.")
    maria.sends("/es/new/multas/contact/", name="María", email="maria@example.org", language="es")
    maria.sends("/es/new/check/")
    ticket = Ticket.objects.get()
    work()
    mail.outbox.clear()
    stranger.sends("/es/requests/access/", who=ticket.reference)
    work()
    assert [message.to for message in mail.outbox] == [["maria@example.org"]]
    for path in (f"/es/requests/{ticket.public_id}/", f"/es/new/done/{ticket.public_id}/"):
        stranger.opens(path)
        assert "calle 1" not in stranger.page
        assert ticket.reference not in stranger.page
