"""Writing back."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from apps.omnichannel import registry
from apps.omnichannel.models import Delivery, Thread
from apps.tickets import services
from apps.tickets.models import Message
from tests.factories.omnichannel import ChannelFactory
from tests.fakes import FakeAdapter
from tests.inbox.conftest import HTMX, signed_in


@pytest.fixture
def by_mail(ticket, library, monkeypatch):
    """The ticket came through a door that sends."""
    monkeypatch.setitem(registry._adapters, "fake", FakeAdapter)
    channel = ChannelFactory(office=library, name="Consultas")
    Thread.objects.create(
        channel=channel, key="k", ticket=ticket, person=ticket.requester, recipient="maria@correo.example"
    )
    return ticket


def send(client, ticket, **fields):
    return client.post(f"/desk/t/{ticket.public_id}/answers/", {"kind": "reply", **fields}, **HTMX)


def newest(ticket):
    return ticket.messages.order_by("pk").last()


def test_an_answer_is_written_and_owed_to_the_person(desk, by_mail):
    answer = send(desk, by_mail, text="You can renew it now.", last_seen=newest(by_mail).pk)

    assert answer.status_code == 204
    assert json.loads(answer["HX-Trigger"])["desk:sent"]["text"] == "Sent to María Pérez"
    assert newest(by_mail).direction == "out"
    assert Delivery.objects.get().recipient == "maria@correo.example"


def test_a_note_goes_nowhere(desk, by_mail):
    send(desk, by_mail, kind="note", text="Has a fine.")

    assert newest(by_mail).direction == "note"
    assert not Delivery.objects.exists()


def test_the_button_that_was_pressed_decides_what_is_sent(desk, by_mail):
    desk.post(f"/desk/t/{by_mail.public_id}/answers/", {"kind": "reply", "as": "note", "text": "Among us."})

    assert newest(by_mail).direction == "note"


def test_r_19_an_answer_written_past_another_is_held_and_shows_it(desk, luis, by_mail):
    seen = newest(by_mail).pk
    services.reply(by_mail, author=luis, text="I have answered already.")

    held = send(desk, by_mail, text="Mine.", last_seen=seen)

    assert held.status_code == 409
    assert "I have answered already." in held.content.decode()
    assert "Send anyway" in held.content.decode()
    assert not Message.objects.filter(text="Mine.").exists()


def test_r_19_the_person_writing_again_holds_it_too_and_so_does_a_note(desk, luis, by_mail):
    seen = newest(by_mail).pk
    services.add_note(by_mail, author=luis, text="Wait, please.")
    assert send(desk, by_mail, text="Mine.", last_seen=seen).status_code == 409

    seen = newest(by_mail).pk
    services.add_message(by_mail, author=by_mail.requester, text="One more thing", via="portal")
    assert send(desk, by_mail, text="Mine.", last_seen=seen).status_code == 409


def test_r_19_who_has_read_the_news_may_send_anyway(desk, luis, by_mail):
    seen = newest(by_mail).pk
    services.reply(by_mail, author=luis, text="I have answered already.")

    assert send(desk, by_mail, text="Mine.", last_seen=seen, anyway="1").status_code == 204
    assert newest(by_mail).text == "Mine."


def test_r_19_without_script_the_page_comes_back_with_the_text_in_its_box(desk, luis, by_mail):
    seen = newest(by_mail).pk
    services.reply(by_mail, author=luis, text="I have answered already.")

    page = desk.post(
        f"/desk/t/{by_mail.public_id}/answers/", {"kind": "reply", "text": "My long text.", "last_seen": seen}
    )

    assert page.status_code == 409
    assert "My long text." in page.content.decode()
    assert "I have answered already." in page.content.decode()


def test_an_empty_answer_is_refused_in_words(desk, by_mail):
    answer = send(desk, by_mail, text="   ")

    assert answer.status_code == 400
    assert answer.content.decode() == "Write something first."


def test_send_and_solve(desk, by_mail):
    send(desk, by_mail, text="Done.", then="solve")

    by_mail.refresh_from_db()
    assert by_mail.status == "solved"


def test_files_go_with_the_answer(desk, by_mail):
    send(desk, by_mail, text="See the form.", files=SimpleUploadedFile("form.pdf", b"%PDF", "application/pdf"))

    assert [a.name for a in newest(by_mail).attachments.all()] == ["form.pdf"]


def test_the_send_button_says_to_whom_and_by_which_door(desk, by_mail):
    page = desk.get(f"/desk/t/{by_mail.public_id}/").content.decode()

    assert "Send to María through Consultas" in page
    assert "To María Pérez, in Consultas" in page


def test_what_was_not_delivered_says_why_and_is_tried_again(desk, by_mail):
    send(desk, by_mail, text="Hello.")
    delivery = Delivery.objects.get()
    Delivery.objects.update(state="dead", error_text="mailbox full", next_at=None)

    assert "Not delivered: mailbox full" in desk.get(f"/desk/t/{by_mail.public_id}/").content.decode()

    desk.post(f"/desk/t/{by_mail.public_id}/retry/", {"delivery": delivery.public_id})
    delivery.refresh_from_db()
    assert delivery.state == "waiting"


def test_p_5_an_answer_costs_the_same_in_a_long_conversation(desk, by_mail, monkeypatch, django_assert_max_num_queries):
    """Three to know who asks, one to read and hold the ticket, the rest in the verb and its listeners; two are the
    test's own savepoint, and SQLite needs two more for words and places."""
    monkeypatch.setattr("apps.automation.rules.is_waited_for", lambda when: False)  # asked every few seconds
    most = 18 if connection.vendor == "sqlite" else 16
    send(desk, by_mail, text="First.")
    seen = newest(by_mail).pk
    with django_assert_max_num_queries(most):
        send(desk, by_mail, text="Second.", last_seen=seen)
    for number in range(60):
        services.add_message(by_mail, author=by_mail.requester, text=f"message {number}", via="email")
    seen = newest(by_mail).pk
    with django_assert_max_num_queries(most):
        send(desk, by_mail, text="Third.", last_seen=seen)


def test_somebody_of_another_house_answers_nothing(otto, by_mail):
    assert send(signed_in(otto), by_mail, text="Hi").status_code == 404
    assert newest(by_mail).direction == "in"


def test_without_an_address_there_is_only_the_private_note(desk, by_mail):
    url = f"/desk/t/{by_mail.public_id}/"
    assert 'data-send="reply"' in desk.get(url).content.decode()

    Thread.objects.all().delete()
    by_mail.requester.identities.all().delete()

    page = desk.get(url).content.decode()
    assert 'data-send="reply"' not in page and 'value="reply"' not in page
    assert 'data-send="note"' in page
