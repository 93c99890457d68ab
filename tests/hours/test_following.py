"""Office -> team -> channel: whose opening hours count, asked in one place."""

import pytest
from django.urls import reverse
from django.utils import translation

from apps.accounts.viewers import for_user
from apps.activity.models import Activity
from apps.core.errors import Invalid
from apps.hours import owners
from apps.hours.following import Source, followed, followed_by_offices, followers
from apps.omnichannel.links import call_links
from apps.omnichannel.opening_hours import followed_at
from apps.omnichannel.webchat.desk import desk_for
from apps.tickets.opening_hours import followed_by
from apps.tickets.services import open_ticket
from tests.factories.accounts import OfficeFactory, TeamFactory, user_in
from tests.factories.hours import CalendarFactory
from tests.factories.omnichannel import ChannelFactory
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db
NEVER = ((),) * 7


@pytest.fixture
def body():
    return OfficeFactory(time_zone="Europe/Madrid")


@pytest.fixture
def library(body):
    return OfficeFactory(parent=OfficeFactory(parent=body), time_zone="Europe/Madrid")


def with_hours(owner, **fields):
    """The owner (an office or a team) with hours of its own."""
    office = getattr(owner, "office", owner)
    owner.calendar = CalendarFactory(office=office, **fields)
    owner.save()
    return owner.calendar


def test_an_office_without_hours_follows_the_nearest_one_above_that_has_some(body, library):
    assert followed(library).source == Source.NOBODY
    top = with_hours(body)
    assert (followed(library).calendar, followed(library).source, followed(library).holder) == (
        top, Source.ABOVE, body.name,
    )  # fmt: skip
    middle = with_hours(library.parent)
    assert followed(library).calendar == middle
    own = with_hours(library)
    assert (followed(library).calendar, followed(library).source) == (own, Source.OFFICE)


def test_a_channel_follows_its_team_then_its_office(library):
    of_office = with_hours(library)
    team = TeamFactory(office=library)
    channel = ChannelFactory(office=library, kind="webchat", team=team)
    assert followed_at(channel).calendar == of_office
    of_team = with_hours(team)
    channel.refresh_from_db()
    assert (followed_at(channel).calendar, followed_at(channel).holder) == (of_team, team.name)
    channel.calendar = CalendarFactory(office=library)
    assert followed_at(channel).calendar == channel.calendar


def test_many_offices_cost_one_query(body, library, django_assert_num_queries):
    with_hours(body)
    offices = [library, *(OfficeFactory(parent=library) for _n in range(3))]
    with django_assert_num_queries(1):
        found = followed_by_offices(offices)
    assert {one.calendar for one in found.values()} == {body.calendar}


def test_the_chat_window_is_open_by_the_hours_it_follows(body, library, clock_at):
    channel = ChannelFactory(office=library, kind="webchat")
    with_hours(body, week=NEVER)
    clock_at("2026-03-04 12:00", zone="Europe/Madrid")
    assert desk_for(channel).state == "closed"
    with_hours(library)
    channel.refresh_from_db()
    assert desk_for(channel).state == "open"


def test_a_call_is_shown_with_the_hours_it_follows(body, library, clock_at):
    ChannelFactory(office=library, kind="calls", address="+598 2900 0000", settings={"link": "tel"})
    with_hours(body)
    clock_at("2026-03-04 12:00", zone="Europe/Madrid")
    assert [call.state.is_open for call in call_links(body, language="es")] == [True]


def test_a_ticket_is_outside_hours_by_those_of_its_door_then_its_team_then_its_office(body, library, clock_at):
    clock_at("2026-03-04 12:00", zone="Europe/Madrid")
    person = PersonFactory(body=body)

    def opened(**fields):
        return open_ticket(library, requester=person, subject="s", text="t", via="email", **fields)

    assert not opened().is_outside_hours  # nobody has hours: nothing is claimed
    with_hours(body, week=NEVER)
    assert opened().is_outside_hours
    team = TeamFactory(office=library)
    with_hours(team)
    assert not opened(team=team).is_outside_hours
    door = CalendarFactory(office=library, week=NEVER)
    ticket = opened(team=team, calendar=door)
    assert ticket.is_outside_hours and followed_by(ticket).calendar == door


def test_who_follows_a_calendar_is_known(body, library):
    admin = for_user(user_in(body, "admin"))
    calendar = with_hours(body)
    assert followers(calendar, admin) == [library.parent, library]
    with_hours(library.parent)
    assert followers(calendar, admin) == []


def test_hours_of_another_body_are_refused_and_each_change_leaves_a_trace(library):
    with pytest.raises(Invalid):
        owners.give_hours(library, calendar=CalendarFactory(), actor=None)
    calendar = CalendarFactory(office=library)
    assert owners.give_hours(library, calendar=calendar, actor=None)
    assert not owners.give_hours(library, calendar=calendar, actor=None)
    row = Activity.objects.get(verb="hours_given")
    assert (row.data["owner"], row.data["calendar_id"]) == ("office", calendar.pk)


def test_the_page_says_whose_hours_count_and_why_and_sets_them(client, body, library):
    calendar, team = with_hours(body, name="Town hours"), TeamFactory(office=library)
    client.force_login(user_in(body, "admin"))
    with translation.override("en"):
        page = client.get(reverse("hours:calendars")).content.decode()
    assert f"Town hours: those of {body.name}, the office above" in page
    other = CalendarFactory(office=body)
    answer = client.post(reverse("hours:whose"), {f"team-{team.pk}": other.pk, f"office-{body.pk}": calendar.pk})
    assert answer.status_code == 302
    team.refresh_from_db()
    assert team.calendar == other


def test_the_first_hours_of_an_office_become_its_own(client, body):
    client.force_login(user_in(body, "admin"))
    client.post(
        reverse("hours:calendars"), {"name": "All", "office": body.pk, "week": "library", "is_for_office": "on"}
    )
    body.refresh_from_db()
    assert body.calendar.name == "All"
