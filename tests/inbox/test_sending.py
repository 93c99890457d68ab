"""Undo, drafts and recipients as the page offers them."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.inbox.models import Draft, Watcher
from apps.omnichannel.models import Delivery, Thread
from apps.tickets.models import Message, Ticket
from tests.factories.omnichannel import ChannelFactory
from tests.inbox.conftest import HTMX, signed_in


@pytest.fixture
def by_mail(ticket, library):
    ChannelFactory(office=library, kind="email", name="Consultas", slug="consultas", address="consultas@olmo.example")
    return ticket


def send(client, ticket, htmx=True, **fields):
    more = HTMX if htmx else {}
    return client.post(f"/desk/t/{ticket.public_id}/answers/", {"kind": "reply", **fields}, **more)


def page(client, ticket):
    return client.get(f"/desk/t/{ticket.public_id}/").content.decode()


def test_undo_within_its_time_brings_words_files_and_addresses_back_into_the_box(desk, by_mail):
    answer = send(
        desk,
        by_mail,
        text="You can renew it.",
        addressed="1",
        cc="bea@example.org",
        files=SimpleUploadedFile("form.pdf", b"%PDF", "application/pdf"),
    )
    undo = json.loads(answer["HX-Trigger"])["desk:sent"]["undo"]
    assert undo["seconds"] == 10
    assert desk.post(undo["url"], undo["fields"], **HTMX).status_code == 204

    assert not Message.objects.filter(direction="out").exists() and not Delivery.objects.exists()
    shown = page(desk, by_mail)
    assert "You can renew it." in shown and "form.pdf" in shown and 'value="bea@example.org"' in shown


def test_undo_works_without_script_from_the_message_itself(desk, by_mail):
    send(desk, by_mail, htmx=False, text="You can renew it.")
    message = Message.objects.get(direction="out")
    assert f'name="message" value="{message.public_id}"' in page(desk, by_mail)

    answer = desk.post(f"/desk/t/{by_mail.public_id}/undo/", {"message": message.public_id}, follow=True)
    assert "You can renew it." in answer.content.decode()


def test_too_late_is_said(desk, by_mail):
    send(desk, by_mail, text="Gone.")
    Delivery.objects.update(state="sent", next_at=None)
    answer = desk.post(
        f"/desk/t/{by_mail.public_id}/undo/", {"message": Message.objects.get(direction="out").public_id}, **HTMX
    )
    assert answer.status_code == 400 and "Too late" in answer.content.decode()


def test_a_colleague_cannot_take_back_anothers_answer(desk, luis, by_mail):
    send(desk, by_mail, text="Mine.")
    message = Message.objects.get(direction="out")
    url = f"/desk/t/{by_mail.public_id}/undo/"
    assert signed_in(luis).post(url, {"message": message.public_id}).status_code == 404


def test_the_copies_stay_for_the_next_answer_and_the_button_counts_them(desk, by_mail):
    send(desk, by_mail, text="One.", addressed="1", cc="bea@example.org, eva@example.org", bcc="boss@example.org")
    assert sorted(Delivery.objects.values_list("role", flat=True)) == ["bcc", "cc", "cc", "to"]
    assert "Send to María and 2 more by e-mail" in page(desk, by_mail)
    send(desk, by_mail, text="Two.")
    assert Delivery.objects.filter(role="cc").count() == 4 and Delivery.objects.filter(role="bcc").count() == 1
    send(desk, by_mail, text="Three.", addressed="1", cc="eva@example.org")
    assert Thread.objects.current().filter(role="cc").count() == 1


def test_s_10_what_is_no_address_is_refused_before_anything_is_written(desk, by_mail):
    answer = send(desk, by_mail, text="x", addressed="1", cc="bea@example.org\r\nBcc: x@evil.example")
    assert answer.status_code == 400 and not Delivery.objects.exists()


def test_the_recipient_can_be_another(desk, by_mail):
    send(desk, by_mail, text="x", addressed="1", to="maria@correo.example", to_other="otra@correo.example")
    assert Delivery.objects.get().recipient == "otra@correo.example"


def test_files_beyond_what_the_channel_carries_are_refused_with_the_figures(desk, by_mail, library):
    library.channels.update(settings={"most_mb": 1})
    big = SimpleUploadedFile("big.bin", b"x" * 1_200_000, "application/octet-stream")
    answer = send(desk, by_mail, text="x", files=big)
    assert answer.status_code == 400 and "at most 1 MB" in answer.content.decode()
    assert not Message.objects.filter(direction="out").exists()


def test_a_draft_is_kept_with_its_files_and_goes_when_it_is_sent(desk, luis, by_mail):
    url = f"/desk/t/{by_mail.public_id}/draft/"
    desk.post(url, {"kind": "reply", "text": "Half of it"})
    desk.post(url, {"kind": "reply", "text": "Half of it", "files": SimpleUploadedFile("a.txt", b"a")}, **HTMX)
    assert "Half of it" in page(desk, by_mail) and "a.txt" in page(desk, by_mail)
    assert "Ana Prieto has begun an answer." in page(signed_in(luis), by_mail)
    send(desk, by_mail, text="All of it")
    assert [a.name for a in Message.objects.get(direction="out").attachments.all()] == ["a.txt"]
    assert not Draft.objects.exists()


def test_a_colleague_goes_on_where_another_stopped(desk, luis, by_mail):
    desk.post(f"/desk/t/{by_mail.public_id}/draft/", {"kind": "reply", "text": "Begun by Ana"})
    theirs = signed_in(luis)
    theirs.post(f"/desk/t/{by_mail.public_id}/drafts/", {"take": Draft.objects.get().pk})
    assert Draft.objects.get().user == luis and "Begun by Ana" in page(theirs, by_mail)


def test_forwarding_makes_a_ticket_of_its_own(desk, by_mail):
    answer = desk.post(
        f"/desk/t/{by_mail.public_id}/forward/",
        {"to": "provider@example.org", "subject": "Fwd", "text": "Please", "message": by_mail.messages.get().public_id},
    )
    other = Ticket.objects.exclude(pk=by_mail.pk).get()
    assert answer.url == f"/desk/t/{other.public_id}/"
    assert other.linked_to == by_mail and "When do you open?" in other.messages.get().text
    assert Delivery.objects.get().recipient == "provider@example.org"
    assert "forwarded it" in page(desk, by_mail)


def test_watching_is_switched_on_and_off(desk, by_mail):
    url = f"/desk/t/{by_mail.public_id}/watch/"
    desk.post(url, {"on": "1"})
    assert "You watch" in page(desk, by_mail)
    desk.post(url, {"on": ""})
    assert not Watcher.objects.exists()


def test_my_mail_keeps_signature_and_switch(desk, ana):
    desk.post("/desk/me/mail/", {"signature": "Ana"})
    ana.refresh_from_db()
    assert (ana.signature.text, ana.notice_choice.by_mail) == ("Ana", False)
    assert "Ana" in desk.get("/desk/me/mail/").content.decode()
