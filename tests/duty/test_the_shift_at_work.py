"""The day of a library with two shifts: opening, live page, handover. Montevideo, 4 March 2026, a Wednesday."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from apps.core.errors import Invalid
from apps.duty import services
from apps.duty.live import look
from apps.duty.models import Handover, HandoverItem, Opening, Wall
from apps.hours import duty
from apps.hours.arithmetic import WorkingHours
from apps.hours.models import Shift
from apps.omnichannel import registry
from apps.sla import forecast
from apps.sla.forecast import Pace, Waiting
from apps.tickets import services as tickets
from tests.factories.accounts import OfficeFactory, user_in
from tests.factories.hours import CalendarFactory
from tests.factories.omnichannel import ChannelFactory
from tests.factories.sla import HOUR, PolicyFactory
from tests.factories.tickets import TicketFactory
from tests.fakes import FakeAdapter

ZONE = ZoneInfo("America/Montevideo")
WEEK = (((480, 810), (810, 1140)),) * 5 + ((), ())
HOURS = WorkingHours(tz=ZONE, weekly=WEEK)
pytestmark = pytest.mark.django_db


def at(text, day="2026-03-04"):
    return datetime.fromisoformat(f"{day}T{text}").replace(tzinfo=ZONE)


@pytest.fixture
def library(monkeypatch):
    monkeypatch.setitem(registry._adapters, "fake", FakeAdapter)
    office = OfficeFactory(time_zone="America/Montevideo")
    ChannelFactory(office=office)
    office.calendar = CalendarFactory(office=office, week=WEEK, time_zone="America/Montevideo")
    office.save()
    return office


@pytest.fixture
def eva(library):
    return user_in(library, "supervisor", full_name="Eva Conti")


@pytest.fixture
def luis(library):
    return user_in(library, full_name="Luis Prado")


@pytest.fixture
def two_shifts(library, eva, luis):
    for name, opens, closes, head in (("Morning", 480, 810, eva), ("Afternoon", 810, 1140, luis)):
        row = Shift(office=library, name=name, place="Centre", opens_minute=opens, closes_minute=closes, head=head)
        duty.save_shift(row, actor=None)


def test_the_afternoon_takes_over_line_by_line(client, library, eva, luis, two_shifts, clock_at):
    clock_at("2026-03-04 13:20")
    PolicyFactory(office=library, calendar=library.calendar, targets={"first_response": 4 * HOUR})
    chat = TicketFactory(office=library, via="webchat", subject="A chat", assignee=eva, at=at("13:10"))
    promise = TicketFactory(office=library, via="email", subject="Soon due", at=at("10:00"))
    later = TicketFactory(office=library, via="email", subject="Not yet", assignee=luis, at=at("13:19"))
    client.force_login(eva)
    client.post(reverse("duty:handover"), {"office": library.pk, "words": "The lift is broken."})
    handover = Handover.objects.get()
    assert (handover.from_shift.name, handover.to_shift.name) == ("Morning", "Afternoon")
    kinds = dict(handover.items.values_list("ticket", "kind"))
    assert kinds == {chat.pk: "chat", promise.pk: "promise"} and later.pk not in kinds

    clock_at("2026-03-04 13:31")
    client.force_login(luis)
    page = client.get(reverse("duty:handover")).content.decode()
    assert "2 left to take over" in page and "The lift is broken." in page and "style=" not in page
    for item in handover.items.all():
        client.post(reverse("duty:accept", args=[item.pk]), {"take": "1" if item.kind == "chat" else "0"})
    handover.refresh_from_db()
    assert handover.done_by == luis
    chat.refresh_from_db()
    promise.refresh_from_db()
    assert (chat.assignee, promise.assignee) == (luis, None)
    assert "Handovers before" in client.get(reverse("duty:handover")).content.decode()


def test_two_who_press_at_once_begin_one_handover_and_accept_once(library, eva, luis, two_shifts, clock_at):
    clock_at("2026-03-04 13:20")
    TicketFactory(office=library, via="webchat", assignee=eva, at=at("13:10"))
    one, other = (services.begin_handover(library, by=user) for user in (eva, luis))
    assert one == other
    item = HandoverItem.objects.get()
    assert services.accept(item, by=luis) and services.accept(item, by=eva)
    item.refresh_from_db()
    assert item.accepted_by == luis


def test_the_day_is_opened_when_nothing_from_before_waits(client, library, eva, two_shifts, clock_at):
    late = [TicketFactory(office=library, via=via, at=at("22:00", "2026-03-03")) for via in ("email", "webchat")]
    clock_at("2026-03-04 08:05")
    TicketFactory(office=library, at=at("08:04"))
    client.force_login(eva)
    page = client.get(reverse("duty:opening"))
    assert page.context["left"] == 2 and list(page.context["by_via"]) == [("email", 1), ("webchat", 1)]
    for wish in ("sound", "channels"):
        client.post(reverse("duty:opening"), {"office": library.pk, "do": wish})
    opening = Opening.objects.get()
    assert (opening.backlog_at_start, bool(opening.sound_at), bool(opening.channels_at)) == (2, True, True)
    client.post(reverse("duty:opening"), {"office": library.pk, "do": "finish"})
    opening.refresh_from_db()
    assert opening.done_at is None
    for ticket in late:
        tickets.reply(ticket, author=eva, text="Good morning.")
    page = client.get(reverse("duty:opening"))
    assert page.context["left"] == 0 and "Everything from before is answered." in page.content.decode()
    client.post(reverse("duty:opening"), {"office": library.pk, "do": "finish"})
    opening.refresh_from_db()
    assert opening.done_by == eva


def test_a_day_is_not_opened_before_its_steps(library, eva):
    opening = services.begin_opening(library, by=eva)
    assert services.begin_opening(library, by=eva) == opening
    with pytest.raises(Invalid):
        services.finish_opening(opening, by=eva)


def test_the_live_page_counts_what_waits(client, library, eva, luis, two_shifts, clock_at):
    PolicyFactory(office=library, calendar=library.calendar, targets={"first_response": HOUR})
    TicketFactory(office=library, via="email", at=at("08:10"), assignee=luis)
    TicketFactory(office=library, via="email", at=at("09:30"))
    TicketFactory(office=library, via="webchat", at=at("21:00", "2026-03-03"))
    clock_at("2026-03-04 09:50")
    now = look(library, [library.pk])
    assert (now.waiting, now.backlog) == (3, 1)
    assert [(queue.via, queue.waiting, queue.late) for queue in now.queues] == [("email", 2, 1), ("webchat", 1, 1)]
    assert [(one.user, one.is_head, one.total) for one in now.colleagues] == [(eva, True, 0), (luis, False, 1)]
    client.force_login(eva)
    page = client.get(reverse("duty:live")).content.decode()
    assert "Waiting" in page and "Eva Conti" in page and "style=" not in page


def test_the_live_page_costs_the_same_for_many_tickets(
    library, eva, two_shifts, clock_at, django_assert_max_num_queries
):
    PolicyFactory(office=library, calendar=library.calendar, targets={"first_response": HOUR, "resolution": 4 * HOUR})
    clock_at("2026-03-04 09:50")
    look(library, [library.pk])
    for minute in range(12):
        TicketFactory(office=library, at=at(f"09:{minute:02d}"))
    with django_assert_max_num_queries(22):
        look(library, [library.pk])


def test_a_wall_shows_figures_and_no_names_of_citizens(client, library, eva, clock_at):
    TicketFactory(office=library, requester__full_name="María Pérez", subject="My secret book")
    row, key = services.make_wall(library, name="Hall", by=eva)
    page = client.get(f"/wall/{key}/")
    text = page.content.decode()
    assert page.status_code == 200 and "no-store" in page["Cache-Control"]
    assert "María" not in text and "secret" not in text and library.name in text
    assert client.get("/wall/wrong/").status_code == 404
    assert key not in str(Wall.objects.values())
    services.remove_wall(row, by=eva)
    assert client.get(f"/wall/{key}/").status_code == 404


def foreseen(queue, pace, now="12:00"):
    return forecast.will_be_late(queue, now=at(now), closes_at=at("19:00"), pace=pace, hours=HOURS)


HALF_AN_HOUR_EACH = Pace(done=8, seconds=4 * 3600)


def test_the_forecast_counts_in_order_of_urgency_at_the_pace_of_the_day():
    every_twenty = [Waiting(n, at("12:00") + timedelta(minutes=20 * n)) for n in range(1, 11)]
    assert [one.id for one in foreseen(reversed(every_twenty), HALF_AN_HOUR_EACH)] == list(range(1, 11))
    mixed = [(1, "12:40"), (2, "12:50"), (3, "13:30"), (4, "19:30")]
    late = foreseen([Waiting(n, at(due)) for n, due in mixed], HALF_AN_HOUR_EACH)
    assert [(one.id, one.place, one.done_at) for one in late] == [(2, 2, at("13:00"))]


def test_what_is_late_already_is_not_foreseen_but_takes_its_time():
    late = foreseen([Waiting(1, at("11:00")), Waiting(2, at("12:40"))], HALF_AN_HOUR_EACH)
    assert [one.id for one in late] == [2]


def test_without_any_pace_all_that_is_due_will_be_late():
    pace = forecast.pace_of(Pace(0, 60), Pace(0, 0))
    assert [one.done_at for one in foreseen([Waiting(1, at("18:00"))], pace)] == [None]
    assert pace.per_hour == 0 and pace.seconds_each is None


def test_a_young_day_takes_the_pace_of_the_last_one():
    assert forecast.pace_of(Pace(1, 60), Pace(40, 11 * 3600)) == Pace(40, 11 * 3600, is_of_before=True)
    assert forecast.pace_of(Pace(9, 3600), Pace(40, 11 * 3600)) == Pace(9, 3600)


def test_the_day_ends_with_its_last_closing():
    assert forecast.end_of_day(at("09:00"), HOURS) == at("19:00")
    assert forecast.end_of_day(at("20:00"), HOURS) == at("20:00")


def test_two_shifts_are_set_up_in_the_browser(client, library, eva, luis, clock_at):
    clock_at("2026-03-04 09:00")
    client.force_login(eva)
    form = {"name": "Morning", "office": library.pk, "place": "Centre", "head": eva.pk, "opens": "08:00",
            "closes": "13:30", "days": ["0", "1", "2", "3", "4"]}  # fmt: skip
    made = client.post(reverse("hours:shifts"), form)
    shift = Shift.objects.get()
    assert made.url == reverse("hours:shift", args=[shift.pk])
    assert (shift.opens_minute, shift.closes_minute) == (480, 810)
    client.post(reverse("hours:weekly", args=[shift.pk]), {"on-2": [luis.pk], "head-2": luis.pk})
    assert duty.head_at(library, at("09:00")) == luis
    page = client.get(reverse("hours:shifts")).content.decode()
    assert "Open with nobody there: 13:30–19:00" in page and "style=" not in page
    away = {"office": library.pk, "user": luis.pk, "first_on": "2026-03-04", "last_on": "2026-03-04",
            "reason": "ill", "replacement": eva.pk}  # fmt: skip
    client.post(reverse("hours:absences"), away)
    assert duty.head_at(library, at("09:00")) == eva
    wrong = client.post(reverse("hours:shifts"), form | {"closes": "08:00"})
    assert wrong.status_code == 422 and "different times" in wrong.content.decode()
    wrong = client.post(reverse("hours:absences"), away | {"last_on": "2026-03-01"})
    assert wrong.status_code == 422 and "before the first" in wrong.content.decode()


def test_one_says_how_one_is(client, luis):
    client.force_login(luis)
    client.post(reverse("hours:my_presence"), {"state": "busy"}, headers={"HX-Request": "true"})
    assert luis.presence.state == "busy"
    page = client.post(reverse("hours:my_presence"), {"state": "away", "back": "//evil.example"})
    assert page.url == "/desk/"
