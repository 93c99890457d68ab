"""What visitors may want besides writing, and what agents may do about them."""

import base64
import hmac
import json
import time
from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from apps.accounts.viewers import for_user
from apps.hours.services import create_calendar
from apps.omnichannel.beside import piece_for
from apps.omnichannel.models import Delivery, Thread
from apps.omnichannel.services import deliver
from apps.omnichannel.webchat import mailing, proofs, services, tokens
from apps.omnichannel.webchat.models import Copy, ShownProof, Visitor
from apps.people.models import Person
from apps.surveys.models import Survey
from apps.tickets import services as tickets
from apps.tickets.models import Tag, Ticket
from tests.factories.accounts import user_in
from tests.factories.omnichannel import ChannelFactory
from tests.omnichannel.webchat.test_views import form_token, open_window, talk

pytestmark = pytest.mark.django_db
KEY = "a key of forty characters, never in a browser"


@pytest.fixture
def visitor():
    return Client(enforce_csrf_checks=True, headers={"accept-language": "en"})


@pytest.fixture
def chat(office_chat):
    office_chat.secrets = {"identity_key": KEY}
    office_chat.save()
    return office_chat


@pytest.fixture
def agent(chat):
    return user_in(chat.office, full_name="Ana Silva")


@pytest.fixture
def mailbox(chat):
    return ChannelFactory(office=chat.office, kind="email", slug="mail", address="sala@olmo.example")


def wish(visitor, chat, **words):
    return visitor.post(
        f"/widget/{chat.key}/wishes/?lang=en",
        json.dumps(words),
        content_type="application/json",
        headers={"x-acudo-form": form_token(open_window(visitor, chat)), "accept": "application/json"},
    )


def answer(agent, text="At nine."):
    return tickets.reply(Ticket.objects.latest("pk"), author=agent, text=text)


def leave(email="maria@people.example"):
    Visitor.objects.update(left_at=Visitor.objects.get().seen_at, email=email)


# -- answers that go by mail ---------------------------------------------------------------------------------------


def test_000_15_000_16_who_has_left_is_answered_by_mail_from_the_rooms_mailbox_in_one_thread(
    visitor, chat, agent, mailbox
):
    talk(visitor, chat, "Do you have maps?")
    leave()
    answer(agent)
    answer(agent, "And on Saturday at ten.")
    debts = list(Delivery.objects.order_by("pk"))

    assert [(row.recipient, row.channel) for row in debts] == [("maria@people.example", mailbox)] * 2
    assert len({row.thread_id for row in debts}) == 1
    assert Ticket.objects.count() == 1
    # The answers also stay at the window.
    html = open_window(visitor, chat).content.decode()
    assert "At nine." in html and "And on Saturday at ten." in html


def test_who_sits_at_the_window_gets_no_mail_unless_asked_for(visitor, chat, agent, mailbox):
    talk(visitor, chat, "Hello", email="maria@people.example")
    answer(agent)
    assert not Delivery.objects.exists()
    assert wish(visitor, chat, wish="mail", email="maria@people.example").json()["t"] == "done"
    answer(agent)
    assert Delivery.objects.get().recipient == "maria@people.example"
    wish(visitor, chat, wish="window")
    answer(agent)
    assert Delivery.objects.count() == 1


def test_s_50_what_comes_back_by_mail_is_never_shown_at_the_window(visitor, chat, agent, mailbox):
    talk(visitor, chat, "Hello")
    leave()
    answer(agent)
    thread = Thread.objects.get(channel=mailbox)

    assert thread.person != Thread.objects.get(channel=chat).person


def test_to_look_whether_somebody_is_still_there_costs_one_query(
    visitor, chat, agent, django_assert_num_queries, mailbox
):
    talk(visitor, chat, "Hello")
    message = answer(agent)
    thread = Thread.objects.get(channel=chat)
    with django_assert_num_queries(1):
        mailing.reach_who_left(message, thread)


def test_000_17_the_tag_is_set_by_itself_when_the_answer_to_an_off_hours_question_has_left(
    visitor, chat, agent, mailbox
):
    chat.calendar = create_calendar(chat.office, name="Nunca", time_zone="America/Montevideo", actor=None)
    chat.office.calendar = chat.calendar
    chat.office.save()
    chat.save()
    talk(visitor, chat, "Do you have maps?", email="maria@people.example")
    ticket = Ticket.objects.get()
    assert ticket.is_outside_hours
    leave()
    answer(agent)
    deliver(Delivery.objects.latest("pk").pk)
    assert [letter.to for letter in mail.outbox] == [["maria@people.example"]]
    assert [str(tag.names.in_language("es")) for tag in ticket.tags.all()] == ["contestado"]
    tickets.untag(ticket, key="answered", actor=agent)
    Tag.objects.update(names={"es": "atendido"})
    answer(agent, "More")
    deliver(Delivery.objects.latest("pk").pk)
    assert [tag.names.in_language("es") for tag in ticket.tags.all()] == ["atendido"]


# -- a copy -----------------------------------------------------------------------------------------------------------


def test_a_copy_of_the_conversation_goes_once_to_the_address_that_was_named(visitor, chat, agent, mailbox):
    talk(visitor, chat, "Do you have maps?")
    answer(agent, "Three of them.")
    tickets.add_note(Ticket.objects.get(), author=agent, text="a strange one")
    assert wish(visitor, chat, wish="copy", email="maria@people.example").json()["t"] == "done"
    mailing.send_copy(Copy.objects.get().pk)
    letter = mail.outbox[0]
    mailing.send_copy(Copy.objects.get().pk)

    assert len(mail.outbox) == 1 and letter.to == ["maria@people.example"]
    assert "Do you have maps?" in letter.body and "Three of them." in letter.body and "strange" not in letter.body
    assert letter.extra_headers["Auto-Submitted"] == "auto-generated"
    assert "sala@olmo.example" in letter.from_email


def test_s_09_no_copy_before_a_person_has_answered_nor_more_than_three_an_hour(visitor, chat, agent):
    talk(visitor, chat, "Buy my pills")
    assert wish(visitor, chat, wish="copy", email="x@people.example").json()["code"] == "no_answer_yet"
    answer(agent)
    said = [wish(visitor, chat, wish="copy", email=f"x{n}@people.example").status_code for n in range(4)]

    assert said == [200, 200, 200, 429]


@pytest.mark.parametrize("words", [{"wish": "copy", "email": "nobody"}, {"wish": "fly"}, {}, {"wish": "copy"}])
def test_nonsense_is_refused_calmly(visitor, chat, agent, words):
    talk(visitor, chat)
    answer(agent)
    assert wish(visitor, chat, **words).status_code == 422


def test_s_46_another_site_cannot_wish_in_the_visitors_name(visitor, chat):
    talk(visitor, chat)
    proof = form_token(open_window(visitor, chat))
    body = json.dumps({"wish": "end"})
    for headers in ({"x-acudo-form": proof, "origin": "https://evil.example"}, {"accept": "application/json"}):
        assert visitor.post(
            f"/widget/{chat.key}/wishes/", body, content_type="application/json", headers=headers
        ).status_code == 422  # fmt: skip
    assert Ticket.objects.get().status == "new"


# -- the end, and how it was ---------------------------------------------------------------------------------------


def test_the_person_ends_the_chat_and_is_asked_once_how_it_was(visitor, chat, agent):
    talk(visitor, chat)
    answer(agent)
    assert 'data-part="survey" hidden' in open_window(visitor, chat).content.decode()
    assert wish(visitor, chat, wish="end").json()["text"] == "The chat has ended."
    assert Ticket.objects.get().status == "solved"
    assert 'data-part="survey" hidden' not in open_window(visitor, chat).content.decode()
    assert wish(visitor, chat, wish="survey").json()["code"] == "unanswered"
    wish(visitor, chat, wish="survey", helped="partly", courtesy="5")
    assert 'data-part="survey" hidden' in open_window(visitor, chat).content.decode()

    row = Survey.objects.get()
    assert (row.ticket, row.via, row.helped, row.courtesy, row.comfort) == (
        Ticket.objects.get(), "webchat", "partly", 5, None,
    )  # fmt: skip


def test_without_script_a_wish_is_a_form_and_the_page_says_what_was_done(visitor, chat, agent):
    talk(visitor, chat)
    answer(agent)
    page = visitor.get("/en/chat/")
    response = visitor.post(f"/widget/{chat.key}/wishes/?lang=en", {"wish": "end", "form_token": form_token(page)})

    assert response.status_code == 200
    assert "The chat has ended." in response.content.decode()


# -- who it is --------------------------------------------------------------------------------------------------------


def _part(words):
    text = words if isinstance(words, bytes) else json.dumps(words).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def prove(chat, key=KEY, head=None, **claims):
    claims = {"sub": "member-7", "aud": chat.key, "exp": int(time.time()) + 300, "name": "Mia", **claims}
    claims = {name: value for name, value in claims.items() if value is not None}
    signed = f"{_part(head or {'alg': 'HS256', 'typ': 'JWT'})}.{_part(claims)}"
    return f"{signed}.{_part(hmac.new(key.encode(), signed.encode(), 'sha256').digest())}"


def test_s_50_whom_the_web_site_vouches_for_is_known_as_that_person(visitor, chat):
    proof = prove(chat, email="mia@people.example")
    assert wish(visitor, chat, wish="identify", proof=proof).json()["name"] == "Mia"
    talk(visitor, chat, "Hello")
    person = Ticket.objects.get().requester

    assert person.full_name == "Mia"
    assert {(row.kind, row.is_verified) for row in person.identities.all()} == {("site", True), ("email", True)}
    other = Client(headers={"accept-language": "en"})
    wish(other, chat, wish="identify", proof=prove(chat, jti="2"))
    assert Person.objects.filter(identities__kind="site").count() == 1


def test_s_50_a_proof_is_worth_nothing_in_a_second_browser_nor_after_its_time(visitor, chat, clock_at):
    proof = prove(chat)
    assert wish(visitor, chat, wish="identify", proof=proof).status_code == 200
    assert wish(visitor, chat, wish="identify", proof=proof).status_code == 200, "the same page drawn again"
    thief = Client(headers={"accept-language": "en"})
    assert wish(thief, chat, wish="identify", proof=proof).json()["code"] == "not_proven"
    ShownProof.objects.all().delete()
    moment = clock_at("2030-01-01 10:00")
    assert proofs.read(proof, key=KEY, audience=chat.key) is None
    moment.shift(timedelta(0))


@pytest.mark.parametrize(
    "forged",
    [
        lambda chat: prove(chat, key="another key of more than thirty-two characters"),
        lambda chat: prove(chat, aud="c_other"),
        lambda chat: prove(chat, exp=None),
        lambda chat: prove(chat, exp=int(time.time()) + 86_400),
        lambda chat: prove(chat, exp=int(time.time()) - 60),
        lambda chat: prove(chat, exp=True),
        lambda chat: prove(chat, sub=None),
        lambda chat: prove(chat, sub=""),
        lambda chat: prove(chat, sub="x" * 200),
        lambda chat: prove(chat, head={"alg": "none"}),
        lambda chat: prove(chat).rpartition(".")[0] + ".",
        lambda chat: prove(chat, key=""),
        lambda chat: "",
        lambda chat: "a.b.c",
        lambda chat: "é.é.é",
        lambda chat: "." * 2,
    ],
)
def test_s_50_a_forged_or_empty_proof_is_anonymous(visitor, chat, forged):
    assert wish(visitor, chat, wish="identify", proof=forged(chat)).json()["code"] == "not_proven"
    assert not Person.objects.exists()


def test_s_50_without_a_key_nothing_is_proven(visitor, chat):
    chat.secrets = {}
    chat.save()

    assert wish(visitor, chat, wish="identify", proof=prove(chat, key="")).json()["code"] == "not_proven"


def test_s_36_wrong_proofs_are_counted_and_then_even_the_right_one_is_refused(visitor, chat):
    for _n in range(proofs.TRIES):
        Visitor.objects.all().delete()
        cache.clear()
        assert wish(visitor, chat, wish="identify", proof="a.b.c").status_code in (422, 429)
    assert wish(visitor, chat, wish="identify", proof=prove(chat)).status_code == 429


def test_a_browser_that_logs_out_finds_nothing_of_what_was_said(visitor, chat):
    talk(visitor, chat, "A secret")
    proof = form_token(open_window(visitor, chat))
    assert visitor.post(f"/widget/{chat.key}/forgetting/").status_code == 422
    response = visitor.post(f"/widget/{chat.key}/forgetting/", headers={"x-acudo-form": proof})

    assert tokens.is_genuine(chat.key, response.json()["token"])
    assert "A secret" not in open_window(visitor, chat).content.decode()


# -- the agent's side -----------------------------------------------------------------------------------------------


def test_the_agent_sees_the_page_and_blocks_who_abuses_the_chat(visitor, chat, agent, client):
    talk(visitor, chat, "Rubbish")
    Visitor.objects.update(page_url="https://www.olmo.example/mapas", referrer="https://search.example/")
    ticket = Ticket.objects.get()
    client.force_login(agent, backend="django.contrib.auth.backends.ModelBackend")
    html = client.get(f"/desk/t/{ticket.public_id}/details/").content.decode()
    assert "https://www.olmo.example/mapas" in html and "https://search.example/" in html
    response = client.post(f"/desk/t/{ticket.public_id}/visitor/", {"reason": "insults"})

    assert response.status_code == 302
    ticket.refresh_from_db()
    assert ticket.status == "spam"
    assert ticket.messages.filter(direction="note", text__contains="insults").exists()
    refused = talk(visitor, chat, "More rubbish", id="message-0002")
    assert refused.json()["code"] == "blocked"
    assert 'data-state="blocked"' in open_window(visitor, chat).content.decode()
    client.post(f"/desk/t/{ticket.public_id}/visitor/", {"let": "write"})
    assert talk(visitor, chat, "Sorry", id="message-0003").status_code == 200


def test_doors_without_such_a_piece_cost_no_query(chat, agent, django_assert_num_queries):
    ticket, viewer = Ticket(via="email"), for_user(agent)
    with django_assert_num_queries(0):
        assert piece_for(ticket, viewer) is None


def test_what_an_agent_has_read_is_marked_at_the_window(visitor, chat, agent):
    talk(visitor, chat, "Hello")
    assert 'class="mark"' not in open_window(visitor, chat).content.decode()
    ticket = Ticket.objects.get()
    tickets.mark_seen(ticket, user=agent, message_id=ticket.messages.get().pk)

    assert 'class="mark"' in open_window(visitor, chat).content.decode()


def test_the_page_of_its_own_shows_the_named_chat_and_else_that_of_the_office(visitor, chat, settings):
    other = ChannelFactory(kind="webchat", address="")
    other.office.name = "Museo"
    other.office.save()

    assert "Biblioteca Olmo" in visitor.get("/es/chat/").content.decode()
    assert "Museo" in visitor.get(f"/es/chat/?key={other.key}").content.decode()
    settings.ACUDO_PORTAL_OFFICE = ["testserver=" + other.office.slug]
    assert "Museo" in visitor.get("/es/chat/").content.decode()


def test_a_picture_is_shown_as_one_and_nothing_else_is(visitor, chat):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from tests.omnichannel.webchat.test_views import send_file

    png = SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n", "image/png")
    svg = SimpleUploadedFile("a.svg", b"<svg onload='alert(1)'/>", "image/svg+xml")
    files = send_file(visitor, chat, png, svg).json()["messages"][0]["files"]
    shown, kept = (visitor.get(file["url"] + "?show") for file in files)

    assert [file["picture"] for file in files] == [True, False]
    assert (shown["Content-Type"], kept["Content-Type"]) == ("image/png", "application/octet-stream")
    assert "sandbox" in shown["Content-Security-Policy"] and shown["X-Content-Type-Options"] == "nosniff"
    assert kept["Content-Disposition"].startswith("attachment")


def test_a_message_in_a_running_chat_costs_what_it_did_before_the_window_learned_all_this(
    chat, django_assert_max_num_queries
):
    token = tokens.mint(chat.key)
    said = {"token": token, "address": "192.0.2.1"}
    visitor, _first = services.write(chat, text="One", client_id="message-0001", **said)
    services.write(chat, text="Two", client_id="message-0002", visitor=visitor, **said)
    with django_assert_max_num_queries(16):
        services.write(chat, text="Three", client_id="message-0003", visitor=visitor, page={}, **said)
