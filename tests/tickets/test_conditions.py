"""Conditions: one word, two readings. What the database finds and what a look at one ticket says are the same."""

from datetime import timedelta
from itertools import pairwise

import pytest

from apps.core import clock
from apps.core.errors import Invalid
from apps.tickets import conditions, services
from apps.tickets.models import Ticket
from tests.factories.accounts import OfficeFactory, TeamFactory, user_in
from tests.factories.tickets import TagFactory, TicketFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    office = OfficeFactory()
    ana, team = user_in(office), TeamFactory(office=office)
    for key in ("loans", "fine"):
        TagFactory(body=office, key=key)
    now = clock.now()
    rows = [
        {"priority": 4, "team": team, "via": "email", "language": "es", "subject": "Una multa"},
        {"assignee": ana, "via": "webchat", "language": "it", "at": now - timedelta(hours=30)},
        {"priority": 1, "team": team, "assignee": ana, "type": "incident", "at": now - timedelta(hours=3)},
        {},
    ]
    for row in rows:
        TicketFactory(office=office, **row)
    first, second, third, fourth = Ticket.objects.order_by("pk")
    services.tag(first, key="loans", actor=ana)
    services.tag(third, key="fine", actor=ana)
    services.change_status(second, to="solved", actor=ana)
    services.reply(fourth, author=ana, text="Hola")
    services.set_next_due(first.pk, at=now - timedelta(minutes=1))
    services.set_next_due(third.pk, at=now + timedelta(minutes=9))
    Ticket.objects.filter(pk=third.pk).update(is_outside_hours=True)
    return ana, team


def cases(ana, team):
    return [
        {"status": ["new", "solved"]}, {"not_status": ["new"]}, {"priority": ["4", "1"]}, {"type": ["incident"]},
        {"via": ["email"]}, {"not_via": ["email"]}, {"language": ["es"]}, {"last_from": ["out"]},
        {"team": [str(team.pk)]}, {"team": ["none"]}, {"not_team": ["none"]}, {"assignee": ["me"]},
        {"assignee": ["none", str(ana.pk)]}, {"not_assignee": ["me"]}, {"office": [str(team.office_id)]},
        {"service": ["none"]}, {"tag": ["loans", "fine"]}, {"not_tag": ["loans"]}, {"text": ["MULTA"]},
        {"outside_hours": ["yes"]}, {"outside_hours": ["no"]}, {"late": ["yes"]}, {"late": ["no"]},
        {"not_late": ["yes"]}, {"opened_hours": ["2"]}, {"quiet_hours": ["24"]}, {"not_quiet_hours": ["24"]},
    ]  # fmt: skip


def agree(asked, user):
    found = set(Ticket.objects.filter(conditions.as_q(asked, user.pk)).values_list("pk", flat=True))
    looked = {t.pk for t in Ticket.objects.all() if conditions.holds(asked, conditions.facts_of(t), user.pk)}
    assert found == looked, asked
    return found


def test_both_readings_say_the_same_of_every_word_alone_and_of_pairs(house):
    ana, team = house
    asked = cases(ana, team)
    assert {name.removeprefix("not_") for one in asked for name in one} == set(conditions.WORDS)
    found = [agree(one, ana) for one in asked]
    assert sum(0 < len(some) < 4 for some in found) > 20  # they tell tickets apart
    for one, other in pairwise(asked):
        both = agree(one | other, ana)
        either = agree(one | other | {"match": ["any"]}, ana)
        assert both <= either


def test_nothing_asked_means_every_ticket(house):
    ana, _team = house
    assert len(agree({}, ana)) == 4
    assert len(agree({"match": ["any"]}, ana)) == 4


@pytest.mark.parametrize("bad", [
    [], {"status": "new"}, {"status": []}, {"status": ["lost"]}, {"colour": ["red"]}, {"priority": ["9"]},
    {"team": ["1; drop"]}, {"quiet_hours": ["0"]}, {"quiet_hours": ["99999"]}, {"late": ["perhaps"]},
    {"text": ["x" * 81]}, {"text": [" "]}, {"match": ["all"]}, {"tag": [3]}, {"tag": ["x"] * 51},
])  # fmt: skip
def test_what_no_word_could_mean_is_refused(bad):
    with pytest.raises(Invalid):
        conditions.check(bad)
