"""The same verbs as the screens, in words for programs."""

from datetime import timedelta

import pytest
from django.utils.timezone import localtime

from apps.activity.models import Activity
from apps.tickets.models import Message, Ticket
from tests.factories.accounts import OfficeFactory, TeamFactory, UserFactory, user_in
from tests.factories.people import PersonFactory
from tests.factories.tickets import TagFactory, TicketFactory

NEW = {"office": "olmo", "subject": "A book", "text": "Do you have it?", "email": "rosa@example.org", "name": "Rosa"}


@pytest.fixture
def ticket(office):
    return TicketFactory(office=office)


def test_a_ticket_is_opened_for_an_address_and_the_key_is_on_record(agent, office):
    answer = agent.ask("post", "tickets/", NEW)
    assert answer.status_code == 201, answer.json()
    ticket = Ticket.objects.get(public_id=answer.json()["id"])
    assert (ticket.subject, ticket.via, ticket.requester.full_name) == ("A book", "api", "Rosa")
    assert answer.json()["reference"] == ticket.reference
    opened = Activity.objects.get(verb="ticket_opened", subject_id=ticket.pk)
    assert (opened.actor_kind, opened.actor_id) == ("token", agent.row.pk)


def test_everything_a_screen_does_to_a_ticket_can_be_done_here(agent, office, ticket):
    team, colleague = TeamFactory(office=office), user_in(office)
    soon = (localtime() + timedelta(days=9)).isoformat(timespec="seconds")
    TagFactory(body=office, key="urgent-road")
    own = f"tickets/{ticket.public_id}/"
    team.members.add(colleague)
    steps = [
        ("patch", own, {"subject": "Other words", "priority": 4}, ("subject", "Other words")),
        ("put", f"{own}assignment/", {"assignee": colleague.pk, "team": team.slug}, ("team", team.slug)),
        ("put", f"{own}tags/urgent-road/", None, ("tags", ["urgent-road"])),
        ("delete", f"{own}tags/urgent-road/", None, ("tags", [])),
        ("put", f"{own}snooze/", {"until": soon}, ("snoozed_until", soon)),
        ("delete", f"{own}snooze/", None, ("snoozed_until", None)),
        ("put", f"{own}status/", {"status": "solved"}, ("status", "solved")),
        ("delete", f"{own}assignment/", None, ("assignee", None)),
    ]
    for method, path, data, (field, value) in steps:
        answer = agent.ask(method, path, data)
        assert answer.status_code == 200, (path, answer.json())
        assert answer.json()[field] == value, path
    ticket.refresh_from_db()
    assert (ticket.subject, ticket.priority, ticket.status, ticket.team) == ("Other words", 4, "solved", team)


def test_an_answer_and_a_note_are_written_and_read_in_order(agent, ticket):
    own = f"tickets/{ticket.public_id}/"
    reply = agent.ask("post", f"{own}replies/", {"text": "At nine.", "then": "waiting"})
    assert (reply.status_code, reply.json()["direction"]) == (201, "out")
    assert agent.ask("post", f"{own}notes/", {"text": "Called her."}).json()["direction"] == "note"
    said = [m["direction"] for m in agent.ask("get", f"{own}messages/").json()["results"] if not m["is_automatic"]]
    assert said == ["in", "out", "note"]
    assert agent.ask("get", f"messages/{reply.json()['id']}/").json()["text"] == "At nine."
    assert agent.ask("get", own).json()["status"] == "waiting"


def test_r_19_an_answer_past_news_is_held_and_says_what_came(agent, ticket):
    first = ticket.messages.first()
    colleague = user_in(ticket.office)
    from apps.tickets import services

    services.reply(ticket, author=colleague, text="Already answered.")
    held = agent.ask("post", f"tickets/{ticket.public_id}/replies/", {"text": "Me too", "last_seen": first.public_id})
    assert (held.status_code, held.json()["code"]) == (409, "answered_meanwhile")
    assert not Message.objects.filter(text="Me too").exists()


def test_a_rule_of_the_desk_answers_with_its_code(agent, ticket):
    agent.ask("put", f"tickets/{ticket.public_id}/status/", {"status": "solved"})
    refused = agent.ask("put", f"tickets/{ticket.public_id}/status/", {"status": "on_hold"})
    assert (refused.status_code, refused.json()["code"]) == (409, "move_not_allowed")
    assert refused.json()["detail"] == {"old": "solved", "new": "on_hold"}
    unknown = agent.ask("put", f"tickets/{ticket.public_id}/tags/nothing/")
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown_tag")


def test_s_27_what_a_role_may_not_do_is_403_and_what_it_may_not_see_404(key_for, office, ticket):
    observer, stranger = key_for(office, "observer"), key_for(OfficeFactory(), "admin")
    for key, expected in ((observer, 403), (stranger, 404)):
        answer = key.ask("post", f"tickets/{ticket.public_id}/replies/", {"text": "Hello"})
        assert answer.status_code == expected
    assert stranger.ask("get", "tickets/").json()["results"] == []
    assert observer.ask("get", f"tickets/{ticket.public_id}/").status_code == 200


def test_s_28_not_visible_and_not_existing_are_the_same_answer(key_for, ticket):
    stranger = key_for(OfficeFactory(), "admin")
    hidden, missing = (stranger.ask("get", f"tickets/{id}/") for id in (ticket.public_id, "x" * 22))
    assert (hidden.status_code, hidden.content) == (missing.status_code, missing.content) == (404, hidden.content)
    drop = {"X-Request-Id"}
    assert {k: v for k, v in hidden.items() if k not in drop} == {k: v for k, v in missing.items() if k not in drop}


SERVER_OWNED = [
    "id",
    "public_id",
    "reference",
    "status",
    "via",
    "opened_at",
    "message_count",
    "version",
    "body",
    "author",
    "verdict",
]


@pytest.mark.parametrize("field", SERVER_OWNED)
def test_s_30_fields_that_are_not_the_clients_are_answered_400(agent, ticket, field):
    own = f"tickets/{ticket.public_id}/"
    for method, path, data in (
        ("post", "tickets/", {**NEW, field: "x"}),
        ("patch", own, {"subject": "x", field: "x"}),
        ("post", f"{own}replies/", {"text": "x", field: "x"}),
        ("post", f"{own}notes/", {"text": "x", field: "x"}),
    ):
        answer = agent.ask(method, path, data)
        assert (answer.status_code, list(answer.json()["detail"])) == (400, [field]), path
    assert Ticket.objects.count() == 1


def test_s_31_ids_in_bodies_are_checked_one_by_one(agent, office, ticket):
    elsewhere = OfficeFactory(slug="elsewhere")
    person, team, user = PersonFactory(body=elsewhere), TeamFactory(office=elsewhere), user_in(elsewhere)
    other = TicketFactory(office=elsewhere)
    base = {key: value for key, value in NEW.items() if key not in ("email", "name")}
    for data in (
        {**NEW, "office": "elsewhere"},
        {**base, "requester": person.public_id},
        {**NEW, "team": team.slug},
        {**NEW, "assignee": user.pk},
        {**NEW, "service": "nothing"},
    ):
        assert agent.ask("post", "tickets/", data).status_code == 400, data
    own = f"tickets/{ticket.public_id}/"
    for path, data in (
        (f"{own}assignment/", {"assignee": user.pk}),
        (f"{own}assignment/", {"team": team.slug}),
    ):
        assert agent.ask("put", path, data).status_code == 400, data
    seen = {"text": "x", "last_seen": other.messages.first().public_id}
    assert agent.ask("post", f"{own}replies/", seen).status_code == 400
    assert Ticket.objects.filter(office=office).count() == 1


def test_a_colleague_without_work_on_the_ticket_is_not_made_responsible(agent, office, ticket):
    reader = user_in(OfficeFactory(parent=office))
    answer = agent.ask("put", f"tickets/{ticket.public_id}/assignment/", {"assignee": reader.pk})
    assert (answer.status_code, answer.json()["code"]) == (422, "foreign_assignee")


@pytest.mark.parametrize(
    "query",
    [
        "order=pk",
        "ordering=-assignee__password",
        "ordering=subject",
        "office__body=1",
        "status__in=new",
        "q=x",
        "page_size=101",
        "page_size=0",
        "cursor=abc",
        "cursor=W10",
        "status=gone",
        "fields=secrets",
        "opened_from=soon",
    ],
)
def test_s_32_parameters_come_from_a_list(agent, ticket, query):
    assert agent.ask("get", f"tickets/?{query}").status_code == 400


def test_filters_find_what_they_say(agent, office):
    mine = TicketFactory(office=office, assignee=agent.user)
    TicketFactory(office=office)
    found = agent.ask("get", f"tickets/?assignee={agent.user.pk}&status=new&status=open").json()["results"]
    assert [t["id"] for t in found] == [mine.public_id]
    assert len(agent.ask("get", "tickets/?unassigned=true").json()["results"]) == 1


def test_a_list_costs_the_same_queries_for_two_rows_and_for_twelve(agent, office, django_assert_num_queries):
    def costs(rows):
        while Ticket.objects.count() < rows:
            TicketFactory(office=office, assignee=UserFactory()).tags.add(TagFactory(body=office))
        with django_assert_num_queries(10 if rows else 0):
            assert len(agent.ask("get", "tickets/").json()["results"]) == rows

    agent.ask("get", "me/")  # the first use of a key is written down once a minute
    costs(2)
    costs(12)


def test_messages_cost_the_same_queries_however_many(agent, ticket, django_assert_max_num_queries):
    for n in range(8):
        agent.ask("post", f"tickets/{ticket.public_id}/notes/", {"text": f"note {n}"})
    with django_assert_max_num_queries(13):
        agent.ask("get", f"tickets/{ticket.public_id}/messages/")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("page_size=0", "Un número del 1 al 100."),
        ("cursor=x", "No es un cursor de esta lista."),
    ],
)
def test_refusals_speak_the_callers_language(agent, query, said):
    answer = agent.ask("get", f"tickets/?{query}", HTTP_ACCEPT_LANGUAGE="es")
    assert (answer.status_code, said in answer.content.decode()) == (400, True)


@pytest.mark.parametrize("number", ["9" * 23, "9223372036854775808", "-1", "1.5", "x"])
def test_an_assignee_that_can_be_no_row_is_a_mistake_of_the_request(agent, number):
    answer = agent.ask("get", f"tickets/?assignee={number}")
    assert answer.status_code == 400
    assert "assignee" in answer.content.decode()
