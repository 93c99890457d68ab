"""Macros where answers are written: chosen, put into the box, run with the answer or at once, taken back."""

import pytest

from apps.activity.models import Activity
from apps.automation.models import Macro
from apps.inbox.models import Job
from apps.tickets.models import Message, Ticket
from tests.factories.omnichannel import ChannelFactory
from tests.factories.tickets import TagFactory
from tests.inbox.conftest import HTMX


@pytest.fixture
def by_mail(ticket, library):
    ChannelFactory(office=library, kind="email", address="consultas@olmo.example")
    return ticket


@pytest.fixture
def words(library):
    TagFactory(body=library.body, key="loans")
    return Macro.objects.create(
        office=library, name="Renovación", texts={"es": "Hola {{first_name}}."}, acts=["tag:loans", "status:waiting"]
    )


@pytest.fixture
def deeds(library):
    TagFactory(body=library.body, key="spam-tag")
    return Macro.objects.create(office=library, name="A un lado", acts=["priority:1", "tag:spam-tag"])


def test_the_picker_shows_how_each_would_read_and_what_it_would_do(desk, by_mail, words, deeds):
    page = desk.get(f"/desk/t/{by_mail.public_id}/macros/", **HTMX).content.decode()
    assert "Hola María." in page and "Prioridad: Baja" in page.replace("Priority: Low", "Prioridad: Baja")
    found = desk.get(f"/desk/t/{by_mail.public_id}/words/", {"q": "renovacion"}, **HTMX).content.decode()
    assert 'data-text="Hola María."' in found and "A un lado" not in found


def test_what_an_answers_macro_does_is_done_when_the_answer_is_sent(desk, by_mail, words):
    url = f"/desk/t/{by_mail.public_id}/"
    page = desk.post(f"{url}macros/", {"macro": words.public_id}).content.decode()
    assert "Hola María." in page and words.public_id in page  # in the box, nothing done yet
    by_mail.refresh_from_db()
    assert (by_mail.status, by_mail.tags.count(), by_mail.messages.count()) == ("new", 0, 1)

    desk.post(f"{url}answers/", {"kind": "reply", "text": "Hola María.", "macro": words.public_id})
    by_mail.refresh_from_db()
    assert (by_mail.status, by_mail.tags.get().key) == ("waiting", "loans")
    assert Activity.objects.filter(verb="macro_run").count() == 1


def test_taking_the_answer_back_takes_its_status_back(desk, by_mail, words):
    url = f"/desk/t/{by_mail.public_id}/"
    desk.post(f"{url}answers/", {"kind": "reply", "text": "Hola.", "macro": words.public_id})
    message = Message.objects.get(text="Hola.")
    desk.post(f"{url}undo/", {"message": message.public_id})
    by_mail.refresh_from_db()
    assert by_mail.status != "waiting"


def test_a_macro_without_words_runs_at_once_and_is_undone_whole(desk, by_mail, deeds):
    url = f"/desk/t/{by_mail.public_id}/macros/"
    answer = desk.post(url, {"macro": deeds.public_id}, **HTMX)
    by_mail.refresh_from_db()
    assert (answer.status_code, by_mail.priority, by_mail.tags.count()) == (204, 1, 1)
    assert f"/desk/jobs/{Job.objects.get().public_id}/undo/" in answer["HX-Trigger"]

    desk.post(f"/desk/jobs/{Job.objects.get().public_id}/undo/", **HTMX)
    by_mail.refresh_from_db()
    assert (by_mail.priority, by_mail.tags.count()) == (2, 0)


def test_a_note_macro_adds_its_note_among_colleagues(desk, by_mail, library):
    macro = Macro.objects.create(office=library, name="Llamada", texts={"es": "Llamé a {{name}}."}, is_note=True)
    desk.post(f"/desk/t/{by_mail.public_id}/macros/", {"macro": macro.public_id}, **HTMX)
    assert by_mail.messages.get(direction="note").text == "Llamé a María Pérez."


def test_an_act_that_cannot_be_done_undoes_the_others_and_says_why(desk, by_mail, library):
    macro = Macro.objects.create(office=library, name="x", acts=["priority:4", "tag:no-such"])
    answer = desk.post(f"/desk/t/{by_mail.public_id}/macros/", {"macro": macro.public_id}, **HTMX)
    by_mail.refresh_from_db()
    assert answer.status_code == 400 and "X-Acudo-Message" in answer
    assert by_mail.priority == 2


def test_braces_that_nobody_filled_in_never_leave(desk, by_mail):
    answer = desk.post(f"/desk/t/{by_mail.public_id}/answers/", {"kind": "reply", "text": "Carnet {{carnet}}"}, **HTMX)
    assert answer.status_code == 400
    sure = {"kind": "reply", "text": "Carnet {{ carnet }}", "sure": "1"}
    assert desk.post(f"/desk/t/{by_mail.public_id}/answers/", sure, **HTMX).status_code == 400
    assert not Message.objects.filter(direction="out", is_automatic=False).exists()


def test_words_of_a_private_note_are_held_until_one_is_sure(desk, ana, by_mail):
    from apps.tickets import services

    services.add_note(by_mail, author=ana, text="Tiene una multa.\nDebe 50 pesos desde marzo, hablar con Circulación.")
    url = f"/desk/t/{by_mail.public_id}/answers/"
    typed = {"kind": "reply", "text": "Hola. Debe 50 pesos  desde marzo, hablar con circulación. Saludos"}
    held = desk.post(url, typed, **HTMX)
    assert held.status_code == 409 and 'name="sure"' in held.content.decode()
    assert not Message.objects.filter(direction="out", is_automatic=False).exists()
    assert desk.post(url, typed | {"sure": "1"}, **HTMX).status_code == 204


def test_calling_a_colleague_by_at_is_asked_about_and_an_address_is_not(desk, by_mail):
    url = f"/desk/t/{by_mail.public_id}/answers/"
    assert desk.post(url, {"kind": "reply", "text": "@Luis puede ayudar"}, **HTMX).status_code == 409
    assert desk.post(url, {"kind": "reply", "text": "Escriba a luis@olmo.example"}, **HTMX).status_code == 204


def test_without_notes_a_guard_asks_nothing_of_the_database(by_mail, django_assert_num_queries):
    from apps.inbox import guards

    ticket = Ticket.objects.get()
    ticket.has_notes = False
    with django_assert_num_queries(0):
        guards.check(guards.Going(ticket, "Hola"), is_sure=False)
