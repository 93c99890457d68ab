"""A person's own requests, and nobody else's."""

import re

import pytest

from apps.core.files import storage_key
from apps.people.models import Identity
from apps.tickets import services as tickets
from apps.tickets.files import NewFile, keep
from apps.tickets.models import Attachment, Message
from apps.tickets.states import Status
from tests.factories.accounts import OfficeFactory, user_in
from tests.factories.people import PersonFactory
from tests.factories.sla import PolicyFactory
from tests.factories.tickets import TicketFactory

MINE = "/en/requests/"
CANARY = "canary-7f3a"


@pytest.fixture
def ticket(body, maria):
    return TicketFactory(office=body, requester=maria, subject="Late fee", text="I returned it on time.")


def url(ticket, tail=""):
    return f"/en/requests/{ticket.public_id}/{tail}"


def page_of(client, ticket):
    return client.get(url(ticket)).content.decode()


def client_id(page):
    return re.search(r'name="client_id" value="(\w{22})"', page)[1]


def write(client, ticket, **data):
    return client.post(url(ticket), {"client_id": client_id(page_of(client, ticket)), **data})


def test_the_list_says_in_plain_words_how_things_stand(at_home, body, maria, ticket, clock_at):
    waiting = TicketFactory(office=body, requester=maria, subject="Card")
    tickets.change_status(waiting, to=Status.WAITING, actor=user_in(body))
    page = at_home.get(MINE).content.decode()
    assert "Received" in page and "Waiting for your answer" in page
    assert ticket.reference in page
    assert page.index("Card") < page.index("Late fee")


def test_the_list_costs_the_same_however_long(at_home, body, maria, django_assert_max_num_queries):
    for _one in range(25):
        TicketFactory(office=body, requester=maria)
    at_home.get(MINE)
    with django_assert_max_num_queries(6):
        page = at_home.get(MINE).content.decode()
    assert page.count("<article") == 20
    assert "Page 1 of 2" in page
    assert at_home.get(MINE + "?page=2").content.decode().count("<article") == 5


def test_the_promise_is_shown_and_owned_up_to_when_it_is_broken(at_home, body, maria, clock_at):
    PolicyFactory(office=body, calendar=body.calendar)
    clock_at("2026-03-02 10:00")
    from apps.portal.models import Device

    Device.objects.update(expires_at="2027-01-01T00:00:00Z")
    mine = TicketFactory(office=body, requester=maria)
    assert "We answer before Monday 2 March, 14:00." in page_of(at_home, mine)
    clock_at("2026-03-02 16:00")
    assert "It is taking us longer than we promised." in page_of(at_home, mine)


def test_one_request_shows_what_was_said_and_costs_the_same_however_much(
    at_home, ticket, body, django_assert_max_num_queries
):
    agent = user_in(body, full_name="Ana Ruiz")
    for _answer in range(10):
        tickets.reply(ticket, author=agent, text="We look into it.", attachments=keep([NewFile("a.txt", b"a")]))
    at_home.get(url(ticket))
    with django_assert_max_num_queries(7):
        page = page_of(at_home, ticket)
    assert page.count("Ana Ruiz") == 10
    assert 'role="log"' in page


def test_the_person_answers_on_the_page_once(at_home, ticket, commits):
    tickets.change_status(ticket, to=Status.WAITING, actor=None)
    one = client_id(page_of(at_home, ticket))
    for _press in range(2):
        response = at_home.post(url(ticket), {"client_id": one, "text": "Here it is."})
        assert response.url == url(ticket)
    said = Message.objects.filter(ticket=ticket, text="Here it is.")
    assert said.count() == 1
    assert (said.get().via, said.get().direction, said.get().verdict) == ("portal", "in", "verified")
    ticket.refresh_from_db()
    assert ticket.status == Status.OPEN


def test_an_answer_without_words_or_files_is_asked_for_again(at_home, ticket):
    response = write(at_home, ticket, text="   ")
    assert response.status_code == 422
    assert "<title>Error:" in response.content.decode()
    assert 'aria-invalid="true"' in response.content.decode()


def test_the_person_closes_and_reopens(at_home, ticket, clock_at):
    assert at_home.post(url(ticket, "close/")).url == url(ticket)
    ticket.refresh_from_db()
    assert ticket.status == Status.SOLVED
    page = page_of(at_home, ticket)
    assert "Reopen" in page and "Solved" in page
    at_home.post(url(ticket, "reopen/"))
    ticket.refresh_from_db()
    assert ticket.status == Status.OPEN


def test_after_thirty_days_a_new_request_is_offered_instead(at_home, ticket, clock_at):
    from apps.portal.models import Device

    tickets.change_status(ticket, to=Status.SOLVED, actor=None)
    Device.objects.update(expires_at="2027-12-31T00:00:00Z")
    clock_at("2027-11-30 10:00")
    page = page_of(at_home, ticket)
    assert "This request was closed some time ago." in page
    assert "<textarea" not in page
    at_home.post(url(ticket, "reopen/"))
    assert at_home.post(url(ticket), {"client_id": "a" * 22, "text": "again"}).status_code == 422
    ticket.refresh_from_db()
    assert ticket.status == Status.SOLVED


def test_writing_to_what_was_closed_lately_opens_it_again(at_home, ticket):
    tickets.change_status(ticket, to=Status.SOLVED, actor=None)
    tickets.change_status(ticket, to=Status.CLOSED, actor=None)
    write(at_home, ticket, text="One more thing")
    ticket.refresh_from_db()
    assert ticket.status == Status.OPEN


def test_s_28_what_is_not_mine_looks_byte_for_byte_like_what_never_was(at_home, client, body, ticket):
    theirs = TicketFactory(office=body, requester=PersonFactory(body=body, email="luis@example.org"))
    spam = TicketFactory(office=body, requester=ticket.requester, status=Status.SPAM)
    elsewhere = OfficeFactory()
    foreign = TicketFactory(office=elsewhere, requester=PersonFactory(body=elsewhere))
    kept = keep([NewFile("secret.pdf", b"x")])
    tickets.reply(theirs, author=user_in(body), text="x", attachments=kept)
    file_id = Attachment.objects.get().public_id
    unknown = "Z" * 22
    for tail in ("", "transcript/", f"files/{file_id}/", "close/", "reopen/"):
        call = at_home.post if tail in ("close/", "reopen/") else at_home.get
        expected = call(f"/en/requests/{unknown}/{tail}")
        assert expected.status_code == 404
        for other in (theirs, spam, foreign):
            response = call(url(other, tail))
            assert (response.status_code, response.content) == (404, expected.content)
            assert _headers(response) == _headers(expected)
    assert at_home.get(f"/en/requests/{ticket.reference}/").status_code == 404
    assert at_home.get(f"/en/requests/{ticket.pk}/").status_code == 404


def _headers(response):
    return {name: value for name, value in response.headers.items() if name != "X-Request-Id"}


def test_s_29_notes_reach_the_person_by_no_path(at_home, ticket, body):
    agent = user_in(body)
    before = [at_home.get(path).content for path in (MINE, url(ticket, "transcript/"))]
    tickets.add_note(ticket, author=agent, text=CANARY, attachments=keep([NewFile(f"{CANARY}.txt", b"x")]))
    note_file = Attachment.objects.get()
    assert at_home.get(url(ticket, f"files/{note_file.public_id}/")).status_code == 404
    page = re.sub(r"\w{22}|\w{64}", "", page_of(at_home, ticket))
    assert CANARY not in page
    after = [at_home.get(path).content for path in (MINE, url(ticket, "transcript/"))]
    assert [_plain(page) for page in before] == [_plain(page) for page in after]


def _plain(content):
    return re.sub(rb'value="\w{64}"', b"", content)


@pytest.mark.parametrize(
    ("name", "kind"), [("page.html", "text/html"), ("p.svg", "image/svg+xml"), ("d.pdf", "application/pdf")]
)
def test_s_17_files_never_run_in_our_origin(at_home, ticket, body, name, kind):
    kept = keep([NewFile(name, b"<script>alert(1)</script>", kind)])
    tickets.reply(ticket, author=user_in(body), text="See this", attachments=kept)
    response = at_home.get(url(ticket, f"files/{Attachment.objects.get().public_id}/"))
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Type"] == "application/octet-stream"
    assert "no-store" in response["Cache-Control"]


def test_s_19_the_right_to_a_file_is_asked_again_each_time(at_home, ticket, body):
    tickets.reply(ticket, author=user_in(body), text="x", attachments=keep([NewFile("a.txt", b"a")]))
    path = url(ticket, f"files/{Attachment.objects.get().public_id}/")
    assert at_home.get(path).status_code == 200
    tickets.change_status(ticket, to=Status.SPAM, actor=None)
    assert at_home.get(path).status_code == 404
    at_home.post("/en/requests/leave/")
    assert at_home.get(path).status_code == 302


def test_s_18_names_of_files_are_labels(at_home, ticket, settings):
    from django.core.files.uploadedfile import SimpleUploadedFile

    hostile = SimpleUploadedFile("..\\..\\e\u202etxt.exe\u200b", b"x")
    write(at_home, ticket, text="file", files=[hostile])
    row = Attachment.objects.get()
    assert "\u202e" not in row.name and "\\" not in row.name and ".." not in row.name
    assert re.fullmatch(r"\w\w/\w\w/\w{40}", row.file.name)
    assert len(storage_key()) == len(row.file.name)


def test_s_14_everything_typed_is_shown_as_text(at_home, body, maria, ticket):
    payload = "\"'><img src=x onerror=alert(1)>{{7*7}}"
    maria.full_name = payload
    maria.save()
    mine = TicketFactory(office=body, requester=maria, subject=payload, text=payload)
    for page in (at_home.get(MINE).content.decode(), page_of(at_home, mine)):
        assert "<img" not in page
        assert "&lt;img src=x onerror=alert(1)&gt;" in page
        assert "{{7*7}}" in page


def test_s_07_somebody_elses_mail_to_my_number_never_shows_on_my_page(at_home, body, maria, ticket):
    stranger = PersonFactory(body=body, email="evil@example.net")
    TicketFactory(
        office=body, requester=stranger, text="your code is 123456", linked_to=ticket, link_reason="unverified"
    )
    assert "123456" not in page_of(at_home, ticket)
    assert "123456" not in at_home.get(MINE).content.decode()


def test_one_person_with_two_addresses_sees_all_of_theirs(client, body, maria, ticket):
    from tests.factories.portal import come_in

    Identity.objects.create(body=body, person=maria, kind="email", handle="m@work.example")
    come_in(client, maria)
    assert "Late fee" in client.get(MINE).content.decode()


def test_the_transcript_is_plain_text_with_everything_said(at_home, ticket, body):
    tickets.reply(ticket, author=user_in(body, full_name="Ana Ruiz"), text="We removed <b>it</b>.")
    response = at_home.get(url(ticket, "transcript/"))
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert f'filename="{ticket.reference}.txt"' in response["Content-Disposition"]
    text = response.content.decode()
    assert "I returned it on time." in text and "Ana Ruiz" in text and "We removed <b>it</b>." in text


def test_s_57_one_person_writes_sixty_answers_an_hour_at_most(at_home, ticket, clock_at):
    from apps.portal.models import Device

    clock_at("2026-03-02 10:00:00")
    Device.objects.update(expires_at="2027-01-01T00:00:00Z")
    one = client_id(page_of(at_home, ticket))
    codes = [at_home.post(url(ticket), {"client_id": one, "text": "x"}).status_code for _try in range(62)]
    assert codes[:60] == [302] * 60
    assert codes[60:] == [429, 429]
