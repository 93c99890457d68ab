"""Merging, splitting, linking and moving by programs; why a promise is due when it is."""

import pytest

from apps.sla.models import Clock
from apps.tickets import services
from apps.tickets.models import Link, Ticket
from tests.factories.accounts import OfficeFactory
from tests.factories.people import PersonFactory
from tests.factories.sla import PolicyFactory
from tests.factories.tickets import TicketFactory


@pytest.fixture
def sara(office):
    return PersonFactory(body=office)


@pytest.fixture
def kept(office, sara):
    return TicketFactory(office=office, requester=sara)


@pytest.fixture
def second(office, sara):
    return TicketFactory(office=office, requester=sara)


def test_a_merge_answers_with_the_kept_ticket_and_can_be_undone(agent, kept, second):
    answer = agent.ask("post", f"tickets/{second.public_id}/merge/", {"into": kept.public_id})
    assert (answer.status_code, answer.json()["id"], answer.json()["message_count"]) == (200, kept.public_id, 2)
    gone = agent.ask("get", f"tickets/{second.public_id}/").json()
    assert (gone["status"], gone["merged_into"]) == ("merged", kept.public_id)
    refused = agent.ask("post", f"tickets/{second.public_id}/replies/", {"text": "x"})
    assert (refused.status_code, refused.json()["code"]) == (409, "ticket_merged")
    back = agent.ask("delete", f"tickets/{second.public_id}/merge/")
    assert (back.status_code, back.json()["status"], back.json()["merged_into"]) == (200, "new", None)
    assert agent.ask("delete", f"tickets/{second.public_id}/merge/").status_code == 404


def test_another_persons_ticket_is_joined_only_on_purpose(agent, kept, office):
    hers = TicketFactory(office=office)
    path = f"tickets/{hers.public_id}/merge/"
    assert agent.ask("post", path, {"into": kept.public_id}).json()["code"] == "two_persons"
    assert agent.ask("post", path, {"into": kept.public_id, "other_person": True}).status_code == 200
    assert hers.messages.count() == 1


def test_nothing_beyond_the_wall_is_joined(agent, kept):
    foreign = TicketFactory()
    for path, data in (("merge/", {"into": foreign.public_id}), ("links/", {"to": foreign.public_id, "kind": "child"})):
        assert agent.ask("post", f"tickets/{kept.public_id}/{path}", data).status_code == 400
    OfficeFactory(slug="elsewhere")
    assert agent.ask("put", f"tickets/{kept.public_id}/office/", {"office": "elsewhere"}).status_code == 400


def test_messages_are_split_off_once_for_one_key(agent, kept, sara):
    said = services.add_message(kept, author=sara, text="The hall?", via="portal")
    data = {"messages": [said.public_id], "subject": "The hall"}
    first, again = (
        agent.ask("post", f"tickets/{kept.public_id}/splits/", data, HTTP_IDEMPOTENCY_KEY="k1") for _n in range(2)
    )
    assert (first.status_code, first.json()["subject"]) == (201, "The hall")
    assert again.json()["id"] == first.json()["id"] and Ticket.objects.count() == 2


def test_links_are_read_from_both_sides_and_taken_away(agent, kept, second):
    answer = agent.ask("post", f"tickets/{second.public_id}/links/", {"to": kept.public_id, "kind": "child"})
    assert answer.json() == [{"kind": "child", "ticket": kept.public_id, "reference": kept.reference}]
    assert agent.ask("get", f"tickets/{kept.public_id}/links/").json()[0]["kind"] == "parent"
    assert agent.ask("delete", f"tickets/{kept.public_id}/links/{second.public_id}/").json() == []
    assert not Link.objects.exists()


def test_a_ticket_moved_out_of_sight_is_answered_once_more(agent, kept, office):
    branch = OfficeFactory(parent=office, slug="branch")
    answer = agent.ask("put", f"tickets/{kept.public_id}/office/", {"office": "branch"})
    assert (answer.status_code, answer.json()["office"]) == (200, "branch")
    assert Ticket.objects.get(pk=kept.pk).office == branch


def test_the_explanation_adds_up_and_says_who_had_it(agent, office, sara):
    PolicyFactory(office=office, name="General")
    ticket = TicketFactory(office=office, requester=sara)
    clock = Clock.objects.get(ticket=ticket, metric="resolution")
    told = agent.ask("get", f"clocks/{clock.pk}/explanation/").json()
    assert (told["policy"], told["time_zone"], told["changes"]) == ("General", "Europe/Madrid", [])
    assert {part["kind"] for part in told["parts"]} <= {"counted", "closed"}
    assert told["parts"][0]["begins"] and ticket.reference in told["text"]
    assert [share["party"] for share in told["parties"]] in ([], ["desk"])


def test_a_team_says_as_what_it_works(office, key_for):
    admin = key_for(office, "admin")
    made = admin.ask("post", "teams/", {"name": "Works", "office": "olmo", "party": "second"}).json()
    assert made["party"] == "second"
    assert admin.ask("patch", f"teams/{made['slug']}/", {"party": "supplier"}).json()["party"] == "supplier"
    assert admin.ask("patch", f"teams/{made['slug']}/", {"name": "Roads"}).json()["party"] == "supplier"
