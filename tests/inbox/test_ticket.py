"""One ticket: reading it, and what one does with it."""

import json

import pytest
from django.test import Client

from apps.accounts.models import Membership
from apps.core import clock
from apps.people.services import address_failed
from apps.tickets import services
from apps.tickets.models import LastSeen, Message
from tests.factories.accounts import OfficeFactory, RoleFactory, user_in
from tests.factories.tickets import TagFactory
from tests.inbox.conftest import HTMX, signed_in


def url(ticket, act=""):
    return f"/desk/t/{ticket.public_id}/{act}"


def told(response):
    return json.loads(response["HX-Trigger"])


def test_the_conversation_shows_messages_notes_and_what_happened(desk, ana, luis, ticket):
    services.add_note(ticket, author=luis, text="Has a fine.")
    services.reply(ticket, author=luis, text="You can renew it now.")
    services.assign(ticket, to=ana, actor=luis)

    page = desk.get(url(ticket)).content.decode()

    for words in (
        "When do you open?",
        "Private note",
        "Has a fine.",
        "You can renew it now.",
        "Luis Sosa assigned it to Ana",
    ):
        assert words in page


@pytest.mark.parametrize(
    ("verdict", "words"),
    [("", "sender not checked"), ("unverified", "Sender not proven"), ("verified", "sender proven")],
)
def test_s_04_what_is_known_of_the_sender_of_a_mail_stands_on_it(desk, ticket, verdict, words):
    services.add_message(ticket, author=ticket.requester, text="By mail.", via="email", verdict=verdict)
    assert words in desk.get(url(ticket)).content.decode()


def test_an_address_that_sends_our_mail_back_is_marked_beside_the_ticket(desk, ticket):
    body, handle = ticket.office.body, "gone@olmo.example"
    ticket.requester.identities.create(body=body, kind="email", handle=handle)
    assert "mail comes back" not in desk.get(url(ticket, "details/")).content.decode()
    address_failed(body, kind="email", handle=handle, is_permanent=True, reason="no such mailbox", at=clock.now())
    assert "mail comes back" in desk.get(url(ticket, "details/")).content.decode()


def test_p_4_opening_costs_the_same_for_20_messages_and_200(desk, ana, ticket, django_assert_max_num_queries):
    def write(number):
        for n in range(number):
            services.add_message(ticket, author=ticket.requester, text=f"message {n}", via="portal")

    write(20)
    desk.get(url(ticket))
    with django_assert_max_num_queries(11):
        desk.get(url(ticket))
    write(180)
    with django_assert_max_num_queries(11):
        desk.get(url(ticket))
    with django_assert_max_num_queries(11):
        desk.get(f"/desk/inbox/all/{ticket.public_id}/", **HTMX)


def test_a_long_conversation_shows_its_end_and_leads_to_its_beginning(desk, ticket):
    for n in range(70):
        services.add_message(ticket, author=ticket.requester, text=f"number {n}.", via="portal")

    last = desk.get(url(ticket))
    earlier = last.context["timeline"].earlier_before
    before = desk.get(url(ticket), {"before": earlier}).content.decode()

    assert "number 69." in last.content.decode()
    assert "number 10." not in last.content.decode()
    assert "number 10." in before
    assert "number 69." not in before


def test_the_number_read_out_leads_to_the_ticket(desk, ticket):
    assert desk.get(f"/desk/t/{ticket.reference}/").context["ticket"].pk == ticket.pk


def test_s_28_not_mine_and_not_there_look_the_same(otto, ticket):
    theirs = signed_in(otto)
    for act in ("", "details/", "assignee/", "tags/", "calls/"):
        hidden, missing = theirs.get(url(ticket, act)), theirs.get(f"/desk/t/aaaaaaaaaaaaaaaaaaaaaa/{act}")
        assert hidden.status_code == missing.status_code == 404
        assert hidden.content == missing.content
    assert theirs.get(f"/desk/t/{ticket.reference}/").status_code == 404


def test_reading_is_told_apart_from_fetching(desk, ana, ticket):
    desk.get(url(ticket))
    assert not LastSeen.objects.exists()

    newest = ticket.messages.last().pk
    desk.post(url(ticket, "seen/"), {"message": newest})

    assert LastSeen.objects.get(user=ana, ticket=ticket).message_id == newest


def test_every_act_is_undone_by_what_the_answer_offers(desk, ana, luis, team, library, ticket):
    tag = TagFactory(body=library)
    acts = [
        ("status/", {"to": "waiting"}),
        ("priority/", {"to": "4"}),
        ("assignee/", {"to": str(luis.pk)}),
        ("team/", {"to": str(team.pk)}),
        ("tags/", {"add": tag.key}),
        ("subject/", {"to": "Another subject"}),
    ]
    services.change_status(ticket, to="open", actor=ana)
    for act, fields in acts:
        ticket.refresh_from_db()
        before = (
            ticket.status,
            ticket.priority,
            ticket.assignee_id,
            ticket.team_id,
            ticket.subject,
            ticket.tags.count(),
        )
        undo = told(desk.post(url(ticket, act), fields, **HTMX))["desk:changed"]["undo"]
        ticket.refresh_from_db()
        assert before != (
            ticket.status, ticket.priority, ticket.assignee_id, ticket.team_id, ticket.subject, ticket.tags.count()
        )  # fmt: skip
        desk.post(undo["url"], undo["fields"], **HTMX)
        ticket.refresh_from_db()
        assert before == (
            ticket.status, ticket.priority, ticket.assignee_id, ticket.team_id, ticket.subject, ticket.tags.count()
        )  # fmt: skip


def test_solving_is_undone_too(desk, ana, ticket):
    undo = told(desk.post(url(ticket, "status/"), {"to": "solved"}, **HTMX))["desk:changed"]
    assert undo["solved"]

    desk.post(undo["undo"]["url"], undo["undo"]["fields"], **HTMX)

    ticket.refresh_from_db()
    assert ticket.status == "open"


def test_i_take_it(desk, ana, ticket):
    desk.post(url(ticket, "assignee/"), {"to": "me"})

    ticket.refresh_from_db()
    assert ticket.assignee == ana


def test_the_picker_names_only_those_who_may_answer_here(desk, ana, library, ticket, django_assert_max_num_queries):
    for n in range(5):
        user_in(library, full_name=f"Helper {n}")
    user_in(library, "observer", full_name="Olga Reads")
    user_in(library, "editor", full_name="Edith Writes")
    user_in(OfficeFactory(parent=library), full_name="Nora Below")
    both = user_in(library, "observer", full_name="Berta Both")
    Membership.objects.create(user=both, office=library, role=RoleFactory(key="agent"))

    with django_assert_max_num_queries(11):
        page = desk.get(url(ticket, "assignee/"), **HTMX).content.decode()

    assert [page.count(name) > 0 for name in ("Ana Prieto", "Helper 4", "Berta Both")] == [True] * 3
    assert [name for name in ("Olga", "Edith", "Nora") if name in page] == []


def test_it_is_not_given_to_somebody_of_another_house(desk, otto, ticket):
    assert desk.post(url(ticket, "assignee/"), {"to": otto.pk}).status_code == 404


def test_snoozing_takes_the_offices_own_time_and_wakes_again(desk, ticket, clock_at):
    clock_at("2026-06-04 10:00")
    desk.post(url(ticket, "snooze/"), {"until": "2026-06-08T08:00"})
    ticket.refresh_from_db()
    assert ticket.snoozed_until.isoformat() == "2026-06-08T11:00:00+00:00"

    desk.post(url(ticket, "snooze/"), {"until": ""})
    ticket.refresh_from_db()
    assert ticket.snoozed_until is None


def test_a_moment_that_has_passed_is_refused_in_words(desk, ticket):
    answer = desk.post(url(ticket, "snooze/"), {"until": "2020-01-01T08:00"}, **HTMX)

    assert answer.status_code == 400
    assert "moment" in answer.content.decode()


def test_who_may_only_read_changes_nothing(library, ticket):
    from tests.factories.accounts import user_in

    reader = signed_in(user_in(library, "observer"))
    page = reader.get(url(ticket))
    assert page.status_code == 200
    assert "not answer it" in page.content.decode()
    for act, fields in [
        ("status/", {"to": "solved"}),
        ("priority/", {"to": 4}),
        ("assignee/", {"to": "me"}),
        ("tags/", {"add": "x"}),
    ]:
        assert reader.post(url(ticket, act), fields, **HTMX).status_code == 403
    assert reader.post(url(ticket, "answers/"), {"kind": "reply", "text": "hi"}, **HTMX).status_code == 403
    ticket.refresh_from_db()
    assert (ticket.status, ticket.priority, ticket.assignee) == ("new", 2, None)
    assert Message.objects.filter(ticket=ticket).count() == 1


def test_s_14_markup_in_any_field_stays_text(desk, ana, luis, library):
    from tests.factories.people import PersonFactory
    from tests.factories.tickets import TicketFactory

    evil = "<img src=x onerror=alert(1)>"
    person = PersonFactory(body=library, full_name=evil)
    ticket = TicketFactory(office=library, requester=person, subject=evil, text=evil, assignee=ana)
    services.add_note(ticket, author=luis, text=evil)

    for page in (url(ticket), url(ticket, "details/"), "/desk/inbox/mine/", "/desk/people/", "/desk/search/?q=" + evil):
        assert "<img src=x" not in desk.get(page).content.decode()


def test_no_act_without_a_token_and_none_by_get(ana, ticket):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ana, backend="django.contrib.auth.backends.ModelBackend")
    for act in ("status/", "priority/", "assignee/", "answers/", "seen/"):
        assert strict.post(url(ticket, act), {"to": "solved"}).status_code == 403
    for act in ("status/", "priority/", "answers/", "seen/", "retry/"):
        assert strict.get(url(ticket, act)).status_code == 405


def test_a_ticket_for_somebody_at_the_counter(desk, ana, library):
    who = {"name": "Eva Ferrari", "email": "eva@correo.example"}
    what = {"subject": "Carnet", "text": "Lost it.", "priority": 2, "is_mine": "on"}
    answer = desk.post("/desk/new/", {"office": library.pk, "via": "counter", **who, **what})
    ticket = desk.get(answer.url).context["ticket"]

    assert ticket.requester.full_name == "Eva Ferrari"
    assert ticket.assignee == ana
    assert ticket.via == "counter"


def test_a_person_and_what_they_asked(desk, otto, ticket):
    page = f"/desk/people/{ticket.requester.public_id}/"

    assert ticket.subject in desk.get(page).content.decode()
    assert "María Pérez" in desk.get("/desk/people/?q=maria@").content.decode()
    assert signed_in(otto).get(page).status_code == 404


def test_search_finds_tickets_people_and_numbers(desk, ticket):
    for query, found in {"prestamo": "Renovar", "María": "María Pérez", ticket.reference: "Renovar"}.items():
        assert found in desk.get("/desk/search/", {"q": query}).content.decode()
    assert "Renovar préstamo" in desk.get("/desk/palette/", {"q": "renov"}).content.decode()


def test_s_27_search_finds_nothing_of_another_body(otto, ticket):
    theirs = signed_in(otto)
    for query in ("préstamo", "María", ticket.reference):
        found = theirs.get("/desk/search/", {"q": query}).content.decode()
        assert ticket.public_id not in found
        assert ticket.requester.public_id not in found


@pytest.mark.parametrize(
    ("act", "data", "status"),
    [
        ("snooze/", {"until": "9999-12-31T23:59"}, 400),
        ("seen/", {"message": "9" * 26}, 400),
        ("seen/", {"message": "²"}, 400),
        ("priority/", {"to": "9" * 5000}, 404),
        ("team/", {"to": "²"}, 404),
    ],
)
def test_numbers_and_moments_beyond_all_bounds_are_answered_in_words(desk, ticket, act, data, status):
    answer = desk.post(url(ticket, act), data, **HTMX)
    assert answer.status_code == status


def test_an_answer_whose_last_seen_is_no_number_is_sent(desk, ticket):
    assert desk.post(url(ticket, "answers/"), {"text": "Good morning", "last_seen": "²"}).status_code == 302


def test_a_snooze_ends_within_two_years(desk, ticket):
    answer = desk.post(url(ticket, "snooze/"), {"until": "9999-12-31T23:59"}, **HTMX)
    assert "within two years" in answer.content.decode() + answer.get("HX-Trigger", "")
