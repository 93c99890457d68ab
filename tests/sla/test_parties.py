"""Who had a ticket when, and what that says in the explanation. Open 9-18 in Madrid; 4 March 2026 is a Wednesday."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from apps.accounts.models import Team
from apps.core import clock as time
from apps.sla.letter import changes_of, letter
from apps.sla.models import Clock, Policy
from apps.sla.parties import Change, Held, held_by, shares_of, shares_of_tickets, stretches
from apps.tickets import services as tickets
from tests.factories.accounts import TeamFactory, user_in
from tests.factories.people import PersonFactory
from tests.factories.sla import PolicyFactory
from tests.factories.tickets import TicketFactory

MADRID = ZoneInfo("Europe/Madrid")


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=MADRID)


def hours(number):
    return timedelta(hours=number)


def said(shares):
    return {str(share.party): (share.counted, share.elapsed) for share in shares}


def test_neighbours_differ_and_nothing_lies_between():
    begins = at("2026-03-04 09:00")
    changes = [
        Change(begins + hours(3), status="open"),
        Change(begins + hours(1), status="waiting"),
        Change(begins + hours(2), party="second"),
        Change(begins + hours(4), status="solved"),
        Change(begins, status="open"),
    ]
    assert stretches(begins, "new", "desk", changes) == [
        Held("desk", begins, begins + hours(1)),
        Held("citizen", begins + hours(1), begins + hours(3)),
        Held("second", begins + hours(3), begins + hours(4)),
        Held("", begins + hours(4), None),
    ]


@pytest.fixture
def ana(office):
    return user_in(office)


@pytest.fixture
def ticket(office):
    PolicyFactory(office=office, name="General")
    return TicketFactory(office=office, requester__email="sara@olmo.example", at=at("2026-03-04 10:00"))


def resolution(ticket):
    return Clock.objects.get(ticket=ticket, metric="resolution")


@pytest.mark.django_db
def test_each_party_is_told_its_open_hours_and_those_on_the_wall(office, ticket, ana):
    second = TeamFactory(office=office, party=Team.Party.SECOND)
    with time.told(at("2026-03-04 12:00")):
        tickets.move_to_team(ticket, team=second, actor=ana)
    tickets.change_status(ticket, to="waiting", actor=ana, at=at("2026-03-04 17:00"))
    tickets.change_status(ticket, to="on_hold", actor=ana, at=at("2026-03-05 10:00"))
    tickets.change_status(ticket, to="open", actor=ana, at=at("2026-03-05 11:00"))
    tickets.change_status(ticket, to="solved", actor=ana, at=at("2026-03-05 12:00"))
    assert said(shares_of(resolution(ticket))) == {
        "desk": (hours(2), hours(2)),
        "second": (hours(6), hours(6)),
        "citizen": (hours(2), hours(17)),
        "supplier": (hours(1), hours(1)),
    }
    with translation.override("en"):
        text = letter(resolution(ticket))
    assert "The person: 2 h of open hours, 17 h on the wall" in text


@pytest.mark.django_db
def test_what_a_team_works_as_later_rewrites_nothing(office, ticket, ana):
    team = TeamFactory(office=office, party=Team.Party.SUPPLIER)
    with time.told(at("2026-03-04 12:00")):
        tickets.move_to_team(ticket, team=team, actor=ana)
    tickets.change_status(ticket, to="solved", actor=ana, at=at("2026-03-04 13:00"))
    Team.objects.update(party=Team.Party.DESK)
    assert said(shares_of(resolution(ticket))) == {"desk": (hours(2), hours(2)), "supplier": (hours(1), hours(1))}


@pytest.mark.django_db
def test_a_promise_that_came_by_a_merge_knows_who_had_it_before(office, ana):
    PolicyFactory(office=office)
    sara = PersonFactory(body=office)
    early = TicketFactory(office=office, requester=sara, at=at("2026-03-04 10:00"))
    tickets.change_status(early, to="on_hold", actor=ana, at=at("2026-03-04 11:00"))
    kept = TicketFactory(office=office, requester=sara, at=at("2026-03-04 11:30"))
    tickets.merge(early, into=kept, actor=ana, at=at("2026-03-04 12:00"))
    tickets.change_status(kept, to="solved", actor=ana, at=at("2026-03-04 13:00"))
    clock = Clock.objects.get(ticket=kept, metric="resolution", state="met")
    assert clock.started_at == at("2026-03-04 10:00")
    assert said(shares_of(clock)) == {"desk": (hours(2), hours(2)), "supplier": (hours(1), hours(1))}


@pytest.mark.django_db
def test_many_tickets_are_asked_together(office, ana):
    PolicyFactory(office=office)
    made = [TicketFactory(office=office, at=at("2026-03-04 10:00")) for _n in range(4)]
    for ticket in made:
        tickets.change_status(ticket, to="solved", actor=ana, at=at("2026-03-04 12:00"))
    shares_of_tickets([made[0].pk])  # the hours are at hand
    with CaptureQueriesContext(connection) as one:
        shares_of_tickets([made[0].pk])
    with CaptureQueriesContext(connection) as many:
        found = shares_of_tickets([ticket.pk for ticket in made])
    assert len(one) == len(many) <= 3
    assert [said(found[ticket.pk]) for ticket in made] == [{"desk": (hours(2), hours(2))}] * 4


@pytest.mark.django_db
def test_a_ticket_still_at_work_is_with_somebody_until_now(ticket):
    (only,) = held_by([ticket.pk])[ticket.pk]
    assert (only.party, only.ends) == ("desk", None)
    assert said(shares_of(resolution(ticket), until=at("2026-03-04 11:00"))) == {"desk": (hours(1), hours(1))}


@pytest.mark.django_db
def test_the_explanation_names_each_change_and_keeps_the_name_of_the_policy(office, ticket, ana):
    with time.told(at("2026-03-04 11:00")):
        tickets.set_priority(ticket, to=4, actor=ana)
    assert changes_of(resolution(ticket)) == [], "the length is the same for every priority"
    policy = Policy.objects.get()
    policy.targets.create(metric="resolution", priority=3, seconds=3600)
    with time.told(at("2026-03-04 11:30")):
        tickets.set_priority(ticket, to=3, actor=ana)
    Policy.objects.update(name="Renamed")
    with translation.override("en"):
        (told,) = changes_of(resolution(ticket))
        text = letter(resolution(ticket))
    assert told.at == at("2026-03-04 11:30")
    assert "until then 2 days by “General”" in told.words
    assert "“General”" in text and "Renamed" not in text


@pytest.mark.django_db
def test_a_reply_that_reached_nobody_is_told_in_the_explanation(ticket, ana):
    message = tickets.reply(ticket, author=ana, text="At nine", at=at("2026-03-04 10:30"))
    tickets.take_back(message, actor=ana)
    first = Clock.objects.get(ticket=ticket, metric="first_response")
    with translation.override("en"):
        (told,) = changes_of(first)
    assert first.state == "running" and "reached nobody or was taken back" in told.words
