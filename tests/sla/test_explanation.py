from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from apps.hours import services as hours
from apps.hours.arithmetic import WorkingHours, due_at
from apps.sla.explanation import counted, parts
from apps.sla.letter import letter
from apps.sla.models import Clock
from apps.tickets import services as tickets
from tests.factories.hours import CalendarFactory
from tests.factories.sla import HOUR, PolicyFactory
from tests.factories.tickets import TicketFactory

MADRID = ZoneInfo("Europe/Madrid")
HOURS = WorkingHours(tz=MADRID, weekly=(((540, 1080),),) * 5 + ((), ()))


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=MADRID)


def test_every_stretch_is_counted_closed_or_paused_and_the_counted_ones_are_the_promise():
    start, pause = at("2026-03-06 17:00"), (at("2026-03-09 10:00"), at("2026-03-09 11:00"))
    due = due_at(start, 3 * 3600, HOURS, [pause])
    found = parts(start, due, HOURS, [pause])
    assert [(part.kind, part.begins, part.ends) for part in found] == [
        ("counted", start, at("2026-03-06 18:00")),
        ("closed", at("2026-03-06 18:00"), at("2026-03-09 09:00")),
        ("counted", at("2026-03-09 09:00"), at("2026-03-09 10:00")),
        ("paused", *pause),
        ("counted", at("2026-03-09 11:00"), at("2026-03-09 12:00")),
    ]
    assert counted(found) == timedelta(hours=3)
    assert due == at("2026-03-09 12:00")


@pytest.mark.django_db
def test_the_explanation_is_the_same_for_ever_and_can_be_pasted(office):
    calendar = CalendarFactory(office=office)
    PolicyFactory(office=office, calendar=calendar, targets={"resolution": 3 * HOUR}, name="General")
    ticket = TicketFactory(office=office, at=at("2026-03-06 17:00"))
    tickets.change_status(ticket, to="waiting", actor=None, at=at("2026-03-09 10:00"))
    tickets.change_status(ticket, to="open", actor=None, at=at("2026-03-09 11:00"))
    tickets.change_status(ticket, to="solved", actor=None, at=at("2026-03-09 11:30"))
    with translation.override("en"):
        said = letter(Clock.objects.get())
    assert "6 March 2026" in said or "March" in said
    assert "1 h" in said and "Waiting for them" in said and "Counted in all: 2 h 30 min" in said
    # The Monday is declared a closure long after: what was promised and counted then stays as it was.
    hours.set_special_day(calendar, on=at("2026-03-09").date(), label="Storm", spans=[], actor=None)
    with translation.override("en"):
        assert letter(Clock.objects.get()) == said
