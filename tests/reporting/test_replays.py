"""What if: other hours, other lengths, and what would have been late. Madrid, 9–18; 2 March 2026 is a Monday."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.core.errors import Invalid
from apps.hours import duty
from apps.hours.models import Shift
from apps.reporting import ranges, replays
from apps.reporting.models import Replay, ReplayChange
from apps.reporting.tasks import run_replay, sweep_replays
from apps.sla.models import Clock
from apps.sla.tasks import sweep_clocks
from apps.tickets import services as tickets
from tests.factories.accounts import OfficeFactory, user_in
from tests.factories.hours import CalendarFactory
from tests.factories.sla import HOUR, PolicyFactory
from tests.factories.tickets import TicketFactory

MADRID = ZoneInfo("Europe/Madrid")
pytestmark = pytest.mark.django_db


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=MADRID)


@pytest.fixture
def told(office, clock_at):
    """Answered after one and after three hours, late after seven, and one that waits still."""
    office.time_zone = "Europe/Madrid"
    office.save()
    PolicyFactory(office=office, targets={"first_response": 4 * HOUR})
    ana = user_in(office)
    for day, hour in ((2, 10), (3, 12), (4, 16)):
        opened = at(f"2026-03-0{day} 09:00")
        ticket = TicketFactory(office=office, requester__email=f"p{day}@olmo.example", at=opened)
        tickets.reply(ticket, author=ana, text="At nine.", at=at(f"2026-03-0{day} {hour}:00"))
    TicketFactory(office=office, requester__email="p9@olmo.example", at=at("2026-03-06 16:00"))
    clock_at("2026-03-06 17:30", "Europe/Madrid")
    sweep_clocks()
    return office


def ask(office, **more):
    wanted = {"name": "If so", "calendar": None, "is_wall_clock": False, "targets": {}, "actor": None} | more
    span = ranges.Range(date(2026, 3, 1), date(2026, 3, 31), timezone.get_default_timezone())
    return replays.ask(office, span=span, **wanted)


def answered(row):
    run_replay(row.pk)
    row.refresh_from_db()
    return row


def stored():
    return list(Clock.objects.order_by("pk").values())


def test_a_shorter_length_breaks_what_was_kept_and_leaves_the_real_clocks_alone(told):
    before = stored()
    row = answered(ask(told, targets={"first_response": 2 * HOUR}))
    assert row.state == "done" and row.percent == 100
    assert row.figures["first_response"] == {"kept": 2, "late": 1, "new_kept": 1, "new_late": 2}
    (change,) = row.changes.all()
    assert change.is_late is False and change.due_at == at("2026-03-03 11:00")
    assert stored() == before


def test_a_longer_length_mends_what_was_late(told):
    row = answered(ask(told, targets={"first_response": 8 * HOUR}))
    assert row.figures["first_response"] == {"kept": 2, "late": 1, "new_kept": 3, "new_late": 0}
    assert [change.is_late for change in row.changes.all()] == [True]


def test_another_calendar_moves_the_due_times(told):
    afternoons = CalendarFactory(office=told, week=[[(15 * 60, 16 * 60)]] * 7)
    row = answered(ask(told, calendar=afternoons))
    assert row.figures["first_response"]["new_late"] == 0
    never = CalendarFactory(office=told, week=[[]] * 7)
    row = answered(ask(told, calendar=never))
    assert row.figures["first_response"]["new_late"] == 0 and row.changes.get().due_at is None


def test_only_some_shifts_answer_and_what_came_outside_waits_for_the_next(told, client):
    early = Shift(office=told, name="Early", opens_minute=9 * 60, closes_minute=11 * 60, weekdays=[0, 1, 2, 3, 4])
    duty.save_shift(early, actor=None)
    row = answered(ask(told, shifts=[early]))
    # Answered at ten: as it was. At twelve: on the next morning, too late. At four: late before and after.
    assert row.figures["first_response"] == {"kept": 2, "late": 1, "new_kept": 1, "new_late": 2}
    (change,) = row.changes.all()
    assert (change.is_late, change.due_at) == (False, at("2026-03-03 13:00"))
    late = Shift(office=told, name="Late", opens_minute=10 * 60, closes_minute=19 * 60, weekdays=[0, 1, 2, 3, 4])
    duty.save_shift(late, actor=None)
    assert answered(ask(told, shifts=[early, late])).changes.count() == 0
    duty.remove_shift(early, actor=None)
    client.force_login(user_in(told, "supervisor"))
    assert "Early" in client.get(reverse("reporting:replay", args=[row.pk])).content.decode()


def test_a_shift_on_a_day_that_never_comes_answers_nothing(told):
    sunday = Shift(office=told, name="Sunday", opens_minute=0, closes_minute=60, weekdays=[6])
    duty.save_shift(sunday, actor=None)
    row = answered(ask(told, shifts=[sunday]))
    assert row.figures["first_response"]["new_kept"] == 0


def test_the_same_hours_and_lengths_change_nothing(told):
    row = answered(ask(told, targets={"first_response": 4 * HOUR}))
    own = row.figures["first_response"]
    assert (own["kept"], own["late"]) == (own["new_kept"], own["new_late"])
    assert not row.changes.exists()


def test_a_replay_goes_on_where_it_was_interrupted_and_counts_nothing_twice(told, monkeypatch, clock_at):
    monkeypatch.setattr(replays, "BATCH", 1)
    row = ask(told, targets={"first_response": 2 * HOUR})
    assert replays.go_on(row.pk)
    real, failed = ReplayChange.objects.bulk_create, []

    def once(*args, **kwargs):
        if not failed:
            failed.append(1)
            raise RuntimeError("the worker died")
        return real(*args, **kwargs)

    monkeypatch.setattr(ReplayChange.objects, "bulk_create", once)
    assert not replays.go_on(row.pk)
    assert not replays.go_on(row.pk)  # its lease is not over
    clock_at("2026-03-06 17:40", "Europe/Madrid")
    while replays.go_on(row.pk):
        pass
    row.refresh_from_db()
    assert row.state == "done" and row.looked_at == row.total
    assert row.figures["first_response"] == {"kept": 2, "late": 1, "new_kept": 1, "new_late": 2}
    assert not replays.go_on(row.pk)


def test_the_sweep_takes_up_what_lies_still(told, monkeypatch):
    row = ask(told, targets={"first_response": 2 * HOUR})
    taken = []
    monkeypatch.setattr(run_replay, "delay", taken.append)
    sweep_replays()
    assert taken == [row.pk]


def test_a_question_that_changes_nothing_is_refused(told):
    with pytest.raises(Invalid):
        ask(told)


def test_asked_and_read_in_the_browser_and_by_nobody_else(told, client):
    client.force_login(user_in(told, "supervisor"))
    data = {
        "name": "Two hours",
        "office": told.pk,
        "first": "2026-03-01",
        "last": "2026-03-31",
        "first_response": "2 h",
    }
    answer = client.post(reverse("reporting:replays"), data)
    row = Replay.objects.get()
    assert answer["Location"] == reverse("reporting:replay", args=[row.pk])
    answered(row)
    page = client.get(answer["Location"]).content.decode()
    assert row.changes.get().clock.ticket.reference in page and "33.3" in page
    for wrong in ({"first_response": "soon"}, {"first_response": ""}, {"last": "2026-01-01"}, {"hours": "999"}):
        assert client.post(reverse("reporting:replays"), data | wrong).status_code == 422, wrong
    client.force_login(user_in(OfficeFactory(), "supervisor"))
    assert client.get(answer["Location"]).status_code == 404
